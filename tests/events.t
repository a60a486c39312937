#!/bin/bash
# outreach-events: every shape, any order, any number of times; the journal
# shown, verified and replayed.
. "${0%/*}/lib.sh"

OUTREACH_NOW=2026-03-02T12:00:00Z
OUTREACH_SEED=1
export OUTREACH_NOW OUTREACH_SEED
CALL=019cacf4-9b78-7a3c-8d21-5f0e6b7a9c01
AVR=7b0f6c52-2d0e-4c6a-9d5b-0b6f4b6f1a11

# The events of one call, told by the exchange, by AVR under its own id, and by a file.
write_events() {
	cat <<END
{"type":"event","v":1,"event":"ringing","call":"$CALL","at":"2026-03-02T09:15:01.000Z","source":"exchange"}
{"type":"event","v":1,"event":"ended","call":"$CALL","at":"2026-03-02T09:17:31.777Z","source":"exchange","disposition":"answered","cause":16,"talk_ms":147000}
{"uuid":"$AVR","type":"call_initiated","timestamp":"2026-03-02T09:15:04.120Z","payload":{"from":"18005550100","to":"5003","uniqueid":"$CALL","channel":"PJSIP/1000-0000002a","recording":false}}
{"uuid":"$AVR","type":"call_started","timestamp":"2026-03-02T09:15:04.391Z","payload":{}}
{"uuid":"$AVR","type":"transcription","timestamp":"2026-03-02T09:15:09.002Z","payload":{"role":"agent","text":"Hello, may I speak with Mrs Rao?"}}
{"uuid":"$AVR","type":"call_ended","timestamp":"2026-03-02T09:17:31.500Z","payload":{}}
{"type":"event","v":1,"event":"ended","call":"$CALL","at":"2026-03-02T09:17:40.000Z","source":"file","disposition":"busy","cause":17}
END
}

# state: what the store believes of all calls, but for the order in which it was told.
state() {
	rm -f state.db
	outreach-events replay --into state.db &&
		python3 - "${1:-state.db}" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for table in "call", "seen", "alias":
    for row in db.execute("SELECT * FROM %s ORDER BY 1, 2" % table):
        print(table, row)
END
}

prepare() {
	fresh
	outreach init -q
}

# ---- one call, all shapes ------------------------------------------------------------

prepare
write_events >events
run outreach-events -v events
is_run "applies" 0 '' 'outreach-events: 7 new, 0 known before, 0 refused'
outreach-events log --kind call >log.ndjson
ok "as journal rows" schema_check journal <log.ndjson
is "$(jq -r .call log.ndjson | sort -u)" $CALL "of one call, mapped by call_initiated"
is "$(jq -r .kind log.ndjson | sort | tr '\n' ' ')" \
	'call.alias call.answered call.ended call.ended call.ended call.initiated call.ringing call.transcription ' \
	"of their kinds"
is "$(jq -r 'select(.kind == "call.transcription").body.text' log.ndjson)" 'Hello, may I speak with Mrs Rao?' \
	"what is personal is in the body"
state >want
like "$(grep ^call want)" "'answered', 16" "the exchange's ending wins"
run outreach-events -v <events
is_run "again: nothing is new" 0 '' 'outreach-events: 0 new, 7 known before, 0 refused'
is "$(state)" "$(cat want)" "nothing changes"
ok "the journal replays" outreach-events replay --check

# permute PREFIX REST...: each order of the lines, one a line of numbers.
permute() {
	local prefix=$1 i
	shift
	if [ $# = 0 ]; then
		echo "$prefix"
		return
	fi
	for ((i = 0; i < $#; i++)); do
		local rest=("$@") one
		one=${rest[i]}
		unset "rest[i]"
		permute "$prefix $one" "${rest[@]}"
	done
}
mapfile -t line <events
wrong=0
# Each in a store of its own; order.t takes all orders of seven through one.
permute '' 1 2 3 >orders
for i in 1 2 3 4; do
	shuf -r -n 14 --random-source=<(yes $i) -e 0 1 2 3 4 5 6 | tr '\n' ' '
	echo
done >>orders
while read -r order; do
	rm -f outreach.db*
	outreach init -q
	for i in $order; do
		printf '%s\n' "${line[i]}"
	done | outreach-events -q || wrong=$((wrong + 1))
	outreach-events <events -q
	[ "$(state)" = "$(cat want)" ] || wrong=$((wrong + 1))
done <orders
is $wrong 0 "$(wc -l <orders) orders, with repetitions, come to the same"

# One event a transaction is the same as all in one.
rm -f outreach.db*
outreach init -q
for ((i = 0; i < 7; i++)); do
	printf '%s\n' "${line[i]}" | outreach-events -q
done
is "$(state)" "$(cat want)" "one at a time comes to the same"

# ---- other shapes ----------------------------------------------------------------------

prepare
cat >events <<'END'
{"call_id":"call_17","event_type":"call_started","status":"initiating","metadata":{},"data":{},"timestamp":"2026-03-02T09:15:00Z"}
{"call_id":"call_17","event_type":"call_completed","status":"completed","metadata":{"student_id":5},"data":{"outcome":"success","duration":61}}
{"call_id":"call_17","student_id":5,"campaign_id":2,"event":"completed","outcome":"success","duration":61,"timestamp":"2026-03-02T09:16:04"}
{"call_id":"call_18","student_id":6,"campaign_id":2,"event":"failed","outcome":"no_response","duration":0,"timestamp":1772442964}
{"uuid":"7b0f6c52-2d0e-4c6a-9d5b-0b6f4b6f1a12","type":"mood","timestamp":"2026-03-02T09:15:04.120Z","payload":{"m":1}}
END
run outreach-events -v <events
is_run "the plan's shapes and an unknown type" 0 '' 'outreach-events: 5 new, 0 known before, 0 refused'
outreach-events log --kind call >log.ndjson
ok "are journalled" schema_check journal <log.ndjson
is "$(jq -r '.kind + " " + (.fact.disposition // "")' log.ndjson)" 'call.placed 
call.ended answered
call.ended answered
call.ended no_answer
call.note ' "with what they say"
is "$(jq -r .call log.ndjson | sort | uniq -c | awk '{print $1}' | sort | tr '\n' ' ')" '1 1 3 ' "each under its call"
is "$(jq -c 'select(.kind == "call.note").body' log.ndjson)" '{"type":"mood","payload":{"m":1}}' "an unknown type is kept whole"
OUTREACH_NOW=2026-03-02T13:00:00Z
run outreach-events -v <events
is_run "later again: nothing is new, timestamp or not" 0 '' 'outreach-events: 0 new, 5 known before, 0 refused'
OUTREACH_NOW=2026-03-02T12:00:00Z

# ---- our own calls -----------------------------------------------------------------------

prepare
campaign_yaml >c.yaml
unset OUTREACH_NOW
printf 'exchanges:\n  sim:\n    port_file: %s\n' "$T/sim.port" >outreach.yaml
sed -i 's/days: .*/days: [sun, mon, tue, wed, thu, fri, sat]/; s/hours: .*/hours: 00:00-24:00/; $a short_call: 0s' c.yaml
outreach-campaign apply -q c.yaml 2>err
printf 'id,name,phone\n1,A,+442079460100\n2,B,+442079460102\n' >p.csv
outreach-import -q p.csv 2>err | outreach-campaign add -q c
outreach-campaign activate -q c
if ok "a simulator" sim_start; then
	outreach-campaign claim -q c | outreach-context | outreach-dial --events=all >dialed.ndjson 2>err
	ok "outreach-dial's events hold to the schema" schema_check event <dialed.ndjson
	outreach-events log | wc -l >rows
	run outreach-events -v dialed.ndjson
	like_run "the door's own events come back without harm" 0 '' ' 0 new, [1-9][0-9]* known before, 0 refused'
	is "$(outreach-events log | wc -l)" "$(cat rows)" "and leave no row"
	jq -c 'del(.key) | select(.event == "ended") | .disposition = "busy"' dialed.ndjson >edited.ndjson
	outreach-events -q edited.ndjson
	is "$(outreach-report c --format ndjson | jq -r 'select(.section == "calls" and .name == "busy").n' | head -n 1)" \
		"$(jq -r 'select(.event == "ended").disposition' dialed.ndjson | grep -c busy | sed 's/^0$//')" \
		"an edited ending does not beat the door's"
	ok "the journal replays" outreach-events replay --check
	sim_stop
fi
OUTREACH_NOW=2026-03-02T12:00:00Z
export OUTREACH_NOW

# ---- wrong input ---------------------------------------------------------------------------

prepare
write_events | head -n 1 >good
# wrong NAME PATTERN: the record in the file wrong, after a good one, which counts.
wrong() {
	rm -f outreach.db*
	outreach init -q
	cat good wrong >input
	run outreach-events <input
	like_run "$1" 65 '' "$2"
	is "$(outreach-events log --kind call | wc -l)" 1 "$1: what came before is stored"
	outreach-events -k <input 2>err
	is $? 1 "$1: -k goes on"
}
echo nonsense >wrong
wrong "no JSON" '^outreach-events: <stdin>:2:1: '
echo '[1]' >wrong
wrong "no object" '<stdin>:2:1: a record is a JSON object'
echo '{"a":1,"a":1}' >wrong
wrong "a repeated key" '<stdin>:2:[0-9]+: repeated key'
echo '{"a":1}' >wrong
wrong "no shape that is known" '<stdin>:2: this is no event that is known'
echo '{"type":"event","v":1,"event":"ringing","at":"2026-03-02T09:15:01.000Z"}' >wrong
wrong "no call" '<stdin>:2: call is empty'
echo '{"type":"event","v":1,"event":"ringing","call":"x","at":"2026-03-02T09:15:01.000Z"}' >wrong
wrong "a call that is no UUID" '<stdin>:2: call "x" is not a UUID'
printf '{"type":"event","v":1,"event":"ringing","call":"%s"}\n' $CALL >wrong
wrong "no time" '<stdin>:2: at is missing'
printf '{"type":"event","v":1,"event":"ringing","call":"%s","at":7}\n' $CALL >wrong
wrong "a time of a wrong type" '<stdin>:2: at must be text'
printf '{"type":"event","v":9,"event":"ringing","call":"%s","at":"2026-03-02T09:15:01.000Z"}\n' $CALL >wrong
wrong "a version from the future" '<stdin>:2: an event of version 9'
printf '{"type":"event","v":1,"event":"ended","call":"%s","at":"2026-03-02T09:15:01.000Z","disposition":"fine"}\n' $CALL >wrong
wrong "no disposition" '<stdin>:2: "fine" is no disposition'
printf '{"uuid":"a\\nb","type":"call_started","timestamp":"2026-03-02T09:15:01.000Z"}\n' >wrong
wrong "a control character in an id" '<stdin>:2: uuid contains a control character'
printf '{"uuid":"%0200d","type":"call_started","timestamp":"2026-03-02T09:15:01.000Z"}\n' 0 >wrong
wrong "an id that is too long" '<stdin>:2: uuid is longer than 128 bytes'
printf '{"uuid":"a","type":"call_started","timestamp":"2026-03-02T09:15:01.000Z","x":"\377"}\n' >wrong
wrong "invalid UTF-8" '<stdin>:2:'
printf '{"uuid":"a","type":"call_started\000"}\n' >wrong
wrong "a NUL byte" '<stdin>:2:'
{
	printf '{"uuid":"a","x":"'
	head -c 10485760 /dev/zero | tr '\0' x
	printf '"}\n'
} >wrong
wrong "a line of 10 MB" '<stdin>:2:1: the line is longer than 4 MiB'

prepare
printf '{"type":"contact","v":1,"id":1}\n{"type":"parcel","v":1}\n' >others
run outreach-events <others
is_run "records that are no events pass" 0 "$(cat others)" ''
outreach-events <others >/dev/full 2>err
is "$?/$(cat err)" '74/outreach-events: standard output: No space left on device' "a full disk"
run outreach-events </dev/null
is_run "empty input" 0 '' ''
write_events >events
run outreach-events -nv events
is_run "--dry-run stores nothing" 0 '' 'outreach-events: 7 events, 0 refused; nothing is stored (--dry-run)'
is "$(outreach-events log --kind call)" '' "indeed"
run outreach-events none.ndjson
like_run "no such file" 66 '' 'none.ndjson: No such file'
run outreach-events -d none.db events
like_run "no store" 66 '' 'none.db: there is no store here'
chmod a-w outreach.db
if [ "$(id -u)" != 0 ]; then
	run outreach-events events
	like_run "a store that cannot be written" 74 '' 'cannot be written'
fi
chmod u+w outreach.db

# ---- log, verify, replay ---------------------------------------------------------------------

outreach-events -q events
run outreach-events log --from 3 --kind call.ended
is "$(printf '%s\n' "$out" | jq -r .seq | head -n 1)" 3 "log --from --kind"
is "$(outreach-events log --kind call.end)" '' "a kind is a whole word"
is "$(outreach-events log --no-body | jq -c 'select(.body)')" '' "log --no-body"
outreach-events log >/dev/full 2>err
is $? 74 "log on a full disk"
background sh -c 'outreach-events log --follow --kind dnc.added >followed'
follower=$!
outreach-dnc add -q +442079460101
ok "log --follow shows what comes" await 10 test -s followed
kill $follower 2>/dev/null
is "$(jq -r .kind followed)" dnc.added "as it is written"
run outreach-events log --from 0
like_run "log: rows count from 1" 64 '' '--from 0 is not between'
run outreach-events log --kind cal
like_run "log: no such kind" 64 '' '--kind: cal is none of call, campaign, .*, zones \(did you mean call\?\)'
run outreach-events log --kind dnc.add
like_run "log: no such kind of dnc" 64 '' '--kind dnc.: add is none of added, .* \(did you mean added\?\)'
run outreach-events log --kind call.endd
like_run "log: a note of a call has any word" 0 '' ''
run outreach-events log -h extra
like_run "log: help before anything else" 0 '^usage: ' ''
run outreach-events verfy
like_run "a slip in a verb" 64 '' 'there is no verb and no file "verfy" \(did you mean verify\?\)'
cp events verfy
run outreach-events -v verfy
like_run "but a file of that name is one" 0 '' ' 0 new, 7 known before'
run outreach-events log extra
like_run "log: an operand" 64 '' 'takes no operand "extra"'

outreach-events verify >head.ndjson
ok "verify prints a summary" schema_check any <head.ndjson
is "$(jq -r .seq head.ndjson)" "$(outreach-events log | tail -n 1 | jq -r .seq)" "of the head"
is "$(jq -r .hash head.ndjson | tr -d '\n' | wc -c)" 64 "with its hash"
run outreach-events replay --check
is_run "replay --check" 0 '' ''
run outreach-events replay --into copy.db
is_run "replay --into" 0 '' ''
run outreach-events replay --into copy.db
like_run "not over a file" 65 '' 'copy.db'
run outreach-events replay
like_run "replay to nowhere" 64 '' 'replay needs --check or --into FILE'
cp outreach.db spoilt.db
python3 - <<'END'
import sqlite3
db = sqlite3.connect("spoilt.db")
db.execute("DROP TRIGGER journal_is_fixed")
db.execute("UPDATE journal SET at = at + 1 WHERE seq = 4")
db.commit()
END
run outreach-events verify -d spoilt.db
like_run "verify finds a changed row" 1 '' '^outreach-events: the journal was changed: '
cp outreach.db spoilt.db
python3 - <<'END'
import sqlite3
db = sqlite3.connect("spoilt.db")
db.execute("UPDATE call SET talk_ms = 1")
db.commit()
END
run outreach-events replay --check -d spoilt.db
like_run "replay --check finds a changed table" 1 '' 'call'

# ---- words of the store's own, from outside, are events like others -----------------
prepare
for word in intent alias hangup receipt; do
	printf '{"type":"event","v":1,"event":"%s","call":"%s","at":"2026-03-02T09:00:00Z"}\n' $word $CALL
done >words
run outreach-events -v words
like_run "intent, alias and hangup from outside" 0 '' '4 new'
ok "the journal replays with them" outreach-events replay --check
done_testing
