#!/bin/bash
# reconcile: calls whose dialer is dead, settled by what the exchange says or
# by a person; nobody is called.
. "${0%/*}/lib.sh"
. "$ROOT/tests/dialling.sh"

# calling: a dialer of its own has the one call, which lives at the exchange.
calling() {
	claim >calls
	outreach-dial <calls >events 2>err &
	dialer=$!
	await 10 live 1
}
# dies: the dialer is gone, and nobody follows its calls.
dies() {
	kill -9 "$dialer"
	wait "$dialer" 2>/dev/null
}

# ---- nothing to do, and wrong command lines

campaign '' 02
switch
run outreach-reconcile
like_run 'nothing is open' 0 '' '0 settled'
run outreach-reconcile -q
is_run 'quietly' 0 '' ''
run outreach-reconcile --call nonsense --outcome busy --because x
is "$status" 65 'an id that is none'
run outreach-reconcile --call 019cadc6-9a80-7235-97da-22c98dd6de26 --outcome busy --because x
is "$status" 65 'a call that there is not'
run outreach-reconcile --outcome busy
is "$status" 64 'an outcome of nothing'
run outreach-reconcile operand
is "$status" 64 'an operand'
run outreach-reconcile --exchange nosuch
is "$status" 78 'an exchange that is not in the settings'

# ---- the dialer died, its call lives

campaign 's/max_duration: 1m/max_duration: 2h/' 00
switch --talk 1h
calling
run outreach-reconcile
like_run 'a call of a living dialer is its own' 0 '' '0 settled'
dies
run outreach-reconcile
like_run 'what lives is left' 0 '' '1 left open'
is "$(logged ring)" 1 'nobody rang again'

# ---- a webhook tells the end, and the exchange still has the line

# told: what the store has of the one call
told() {
	sql 'select rank, disposition, line_open from call'
}
# ends: the plan's webhook for the call in calls
ends() {
	jq -c '{call_id: .id, event: "call_completed", outcome: "success", duration: 12,
		timestamp: "2026-03-02T09:01:00Z"}' calls | outreach-events
}
campaign 's/max_duration: 1m/max_duration: 2h/' 00
switch --talk 1h
calling
run ends
is "$(told)" '7|answered|1' 'it is over for the store, and its line open'
is "$(outreach-status | jq .open_calls | head -1)" 1 'it is counted'
dies
run outreach-reconcile
like_run 'while it lives it is left' 0 '' '0 settled.*1 left open'
is "$(told)" '7|answered|1' 'and open'
switch_off
rm -f sim.port
switch
run outreach-reconcile
like_run 'it is gone: what was told is told' 0 '"event":"ended".*"disposition":"answered"' \
	'1 settled, 0 of them unknown; 0 left'
is "$(told)" '7|answered|0' 'and its line is closed'
is "$(sql 'select talk_ms from call')" 12000 'as it was told'
is "$(logged ring)" 1 'nobody rang again'
is "$(outreach-events replay --check >/dev/null; echo $?)" 0 'the journal gives the same'

# Its exchange is not in the settings any more.
campaign 's/max_duration: 1m/max_duration: 2h/' 00
switch --talk 1h
calling
ends
id=$(jq -r .id calls)
run outreach-reconcile --call "$id" --outcome answered --because x
like_run 'while a dialer follows it nobody closes it' 77 '' 'a dialer that lives follows this call'
dies
run outreach-reconcile --call "$id" --outcome answered --because 'the trunk is taken down'
is_run 'a person closes its line' 0 '' "outreach-reconcile: the line of call $id is closed"
is "$(told)" '7|answered|0' 'which is closed'
is "$(outreach-events replay --check >/dev/null; echo $?)" 0 'and replayed'
switch_off

# ---- both died

campaign 's/20s/2m/' 03
switch
calling
dies
switch_off
rm -f sim.port
switch
run outreach-reconcile
like_run 'both died: unknown' 0 '"event":"unknown"' '1 settled, 1 of them unknown; 0 left'
id=$(jq -r .id calls)
run outreach-reconcile --call "$id" --outcome nonsense --because x
like_run 'an outcome that there is not' 65 '' 'no outcome'
jq -cn --arg id "$id" '{type: "event", v: 1, event: "ended", call: $id, at: "2026-03-02T12:10:00Z"}' |
	outreach-events >/dev/null
is "$(sql 'select rank, disposition from call')" '7|unknown' 'its end is told, and not how'
run outreach-reconcile --call "$id" --outcome no_answer --because 'the log of the trunk says so'
is_run 'a person settles it' 0 '' "outreach-reconcile: call $id was unknown, and is no_answer now"
is "$(sql 'select rank, disposition from call')" '7|no_answer' 'as evidence'
is "$(outreach-events log --kind call.ended | tail -n 1 | jq -r '[.fact.reason, .body.reason] | map(. // "none") | join("/")')" \
	'none/the log of the trunk says so' 'whose words can be erased'
run outreach-reconcile --call "$id" --outcome busy --because again
like_run 'once' 65 '' 'not unknown'
run outreach-reconcile --call "$id" --outcome busy
like_run 'not without a reason' 64 '' 'go together'
is "$(outreach-events verify >/dev/null; echo $?)" 0 'the journal verifies'

# ---- an exchange that was taken out of the settings

campaign 's/20s/2m/' 03 03
echo '  other: {type: sim, port_file: sim.port}' >>outreach.yaml
# The store knows that N calls ring.
rings() {
	[ "$(sql 'select count(*) from call where rank = 4')" = "$1" ]
}
switch
claim | jq -sc 'sort_by(.id)[]' >calls # the one that stays in the way comes first
for n in 1 2; do
	sed -n ${n}p calls >one
	[ $n = 1 ] && exchange=other || exchange=sim
	outreach-dial --exchange $exchange <one >events 2>err &
	dialer=$!
	await 10 rings $n
	dies
done
switch_off
rm -f sim.port
switch
sed -i '/other/d' outreach.yaml
run outreach-reconcile
like_run 'it is named, and the calls of the others are settled' 78 '"event":"unknown"' 'exchange.*other'
is "$(sql 'select exchange, rank, line_open from call order by id' | tr '\n' ' ')" 'other|4|1 sim|6|0 ' \
	'its own calls stay open'
done_testing
