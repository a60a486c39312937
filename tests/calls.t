#!/bin/sh
# outreach-calls: calls are listed, one is shown, one is hung up: by its dialer,
# or where that is dead; nothing else is ended.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

# The id of the call to a number that ends so.
id_of() {
	outreach-calls list | jq -r --arg e "$1" 'select(.phone | endswith($e)) | .id'
}

house
small_campaign
people +442079460100 +442079460200 +442079460300 +442079460102
outreach-campaign activate -q small
run outreach-calls list
is_run "no call yet" 0 '' ''
ok "a simulator" sim_start --talk 1h
outreach-campaign claim -q small | outreach-context >calls.ndjson
claimed=$(head -n 1 calls.ndjson | jq -r .id)
run outreach-calls show "$claimed"
like_run "a claim is no call" 65 '' "$claimed is claimed and nobody has dialled it yet \(outreach-campaign targets --state claimed small\)"
dialer
ok "three calls are answered" await 10 open_calls 3
ok "and one has ended" await 10 sh -c 'outreach-calls list --state ended | grep -q .'
run outreach-calls list
is "$status $(printf '%s\n' "$out" | jq -r '"\(.campaign) \(.attempt) \(.line_open)"' | sort | uniq -c | tr -s ' ')" \
	'0  1 small 1 false
 3 small 1 true' "all are listed"
ok "as the schema says" schema_check attempt <"$T/out"
is "$(outreach-calls list --open | jq -r .state | sort | uniq -c | tr -s ' ')" ' 3 answered' "the open ones"
is "$(outreach-calls list --campaign small --limit 2 | grep -c .)" 2 "not more than wanted"
is "$(outreach-calls list --contact 1 | jq -r .contact)" 1 "of one contact"
is "$(outreach-calls list --open --contact 77)" '' "of nobody"
like "$(outreach-calls list --format table | sed -n 2p)" '^[0-9a-f-]{36} small +[0-9]+ +Person ' "a table"
run outreach-calls list --campaign none
like_run "no such campaign" 65 '' 'outreach-calls: .*none'
run outreach-calls list --state dead
like_run "no such state" 64 '' '--state: dead is none of intent, placing, placed, ringing, answered, unknown, ended'

one=$(id_of 0100)
run outreach-calls show "$one"
is "$status $(printf '%s\n' "$out" | sed -n 1p | jq -r '[.type, .id, .context] | @tsv')" \
	"0 attempt	$one	You call Person +442079460100." "one is shown with what the AI was told"
like "$(printf '%s\n' "$out" | sed 1d | jq -r .kind | tr '\n' ' ')" 'call.intent .*call.answered $' "and its rows"
ok "as the schemas say" schema_check any <"$T/out"
like "$(outreach-calls show --format table "$one" | tail -n 1)" '^[0-9]+ +2026.*Z call.answered$' "as a table"
for wrong in 7 "$(echo "$one" | sed 's/^......../00000000/')"; do
	run outreach-calls show "$wrong"
	like_run "no call: $wrong" 65 '' "$wrong.* \(outreach-calls list\)"
done

# What needs its end, names it.
run outreach-campaign requeue --contact 1 small
like_run "an open call is named" 77 '' "call [0-9a-f-]{36} is open: wait for its end \(outreach-calls hangup\)"

run outreach-calls hangup "$one"
is_run "a dialer hangs one up" 0 '' "outreach-calls: call $one is hung up"
is "$(outreach-calls show "$one" | sed -n 1p | jq -r '"\(.state) \(.line_open) \(.hangup_at != null)"')" 'ended false true' "it is over"
is "$(outreach-calls list --open | grep -c .)" 2 "the others go on"
run outreach-calls hangup "$one"
is_run "once more" 0 '' "outreach-calls: call $one was over already"
run outreach-calls hangup -q "$one"
is_run "-q" 0 '' ''
run outreach-calls hangup 00000000-0000-7000-8000-000000000000
like_run "none" 65 '' 'there is no call'
ok "the request is in the journal" sh -c 'outreach-events log --kind call.hangup | grep -q .'

# Its dialer is dead, and the exchange has the line.
kill -9 "$dial"
ok "the dialer is dead" await 10 gone "$dial"
two=$(id_of 0200)
run outreach-calls hangup "$two"
like_run "a dead dialer's call" 0 '' "call $two is hung up"
is "$(outreach-calls list --open | jq -r .phone)" +442079460300 "and that one alone"

# Nobody is there to ask.
sim_stop
rm -f "$T/sim.port"
three=$(id_of 0300)
run outreach-calls hangup "$three"
is "$status$out" 75 "an exchange that is gone"
is "$(outreach-calls list --open | jq -r '.hangup_at != null')" true "the request is kept"

# An unknown call is named where a person must say how it ended.
sqlite3 outreach.db "UPDATE call SET rank = 6, unknown_at = 1, disposition = 'unknown', line_open = 0, line_closed = 1 WHERE hex(id) = upper(replace('$three', '-', ''))"
is "$(outreach-calls list --state unknown | jq -r .id)" "$three" "the unknown one"
contact=$(outreach-calls list --state unknown | jq -r .contact)
run outreach-campaign requeue --contact "$contact" small
like_run "is named" 77 '' "how call $three ended is not known: say it first \(outreach reconcile --call\)"
run outreach-reconcile --call "$three" --outcome no_answer --because 'log of the trunk'
like_run "and said" 0 '' 'was unknown'
done_testing
