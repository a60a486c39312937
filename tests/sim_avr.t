#!/bin/bash
# outreach-sim --avr: the simulated AVR tells outreach-serve of each answered
# call, asks for its context, and says what it was told.
. "${0%/*}/lib.sh"
. "$ROOT/tests/dialling.sh"

serve() {
	rm -f port
	background outreach-serve -q --listen 127.0.0.1:0 --port-file port "$@" 2>>serve.err
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start: $(cat serve.err)"
}

# avr ARG...: the simulator of this directory.
avr() {
	rm -f sim.port
	background outreach-sim --port-file sim.port --log sim.log --seed 1 "$@" 2>>sim.err
	SIM=$!
	await 10 test -s sim.port || bail "no simulator: $(cat sim.err)"
}

# What the simulated AVR sent or asked for in a call, with the status of the answer.
web() {
	jq -r --arg call "$1" 'select(.event == "web" and .call == $call) | "\(.what):\(.status)"' sim.log | tr '\n' ' '
}

# Ends the simulator when its last call and its last webhook are through.
switch_down() {
	kill -USR1 "$SIM"
	wait "$SIM"
	is $? 0 "the simulator ends when all is told"
}

export OUTREACH_SEED=7
campaign '$a\
delivery: dynamic\
opt_out: {key: "9", words: true}' 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 01
serve
avr --talk 30s --avr "http://127.0.0.1:$(cat port)"
run sh -c 'outreach-campaign claim c --limit 20 | outreach-context | outreach-dial >dialled'
is "$status" 0 "a campaign whose AI asks for its contexts" || diag "$err"
switch_down
is "$(jq -r 'select(.event == "answer") | .call' sim.log | sort -u | wc -l)" 19 "all but the busy one were answered"
first=$(jq -r 'select(.name == "Person 1") | .call' dialled | head -1)
like "$(web "$first")" '^call_initiated:200 call_started:200 context:200 (transcription:200 |interruption:200 |dtmf_digit:200 )+call_ended:200 $' \
	"one after the other, all taken"
jq -r 'select(.event == "hangup" and .outcome == "callee_hangup") | .call' sim.log >short
like "$(web "$(cat short)")" '^call_initiated:200 call_started:200 context:200 transcription:200 call_ended:200 $' \
	"who hangs up ends the talk in the middle"
is "$(jq -r 'select(.event == "hangup" and .outcome == "busy") | .call' sim.log | while read -r id; do web "$id"; done)" '' \
	"who is busy has no AI"
is "$(jq -r 'select(.event == "web" and .status != 200) | .what' sim.log)" '' "nothing is refused"
ok "its lines are as the schema says" schema_check sim <sim.log
is "$(sql 'SELECT count(DISTINCT call) FROM receipt')" 19 "each answered call has its receipt"
is "$(outreach-events log --kind call.ended | jq -r 'select(.source == "webhook") | .call' | sort -u | wc -l)" 19 \
	"and its end by webhook"
outreach-events log --kind call.transcription >said
is "$(jq -r --arg c "$first" 'select(.call == $c) | .body.text' said | head -1 | grep -o 'I was told: .*')" \
	'I was told: Call Person 1 about BSc' "the transcript tells what the AI was told"
n=0
for id in $(jq -r 'select(.event == "web" and .what == "context") | .call' sim.log); do
	name=$(jq -r --arg c "$id" 'select(.call == $c) | .name' dialled)
	jq -r --arg c "$id" 'select(.call == $c) | .body.text' said | grep -q "I was told: Call $name about BSc" && n=$((n + 1))
done
is "$n" 19 "every call of its own person"
stops=$(jq -r '.body.text' said | grep -c 'Please stop calling me')
keys=$(jq -r 'select(.what == "dtmf_digit") | .call' sim.log | wc -l)
ok "some want no more calls ($stops by words, $keys by the key)" test $((stops + keys)) -gt 0
is "$(outreach-dnc list | grep -c '"phone"')" $((stops + keys)) "and they are not called again"
ok "replay gives the same" outreach-events replay --check
kill "$SERVE" && wait "$SERVE" 2>/dev/null

# A secret; a wrong one.
campaign '$a\
delivery: api' 00 00
printf 'hush\n' >hook && chmod 600 hook
printf 'serve: {webhook_secret_file: hook}\n' >>outreach.yaml
serve
avr --avr "http://127.0.0.1:$(cat port)" --avr-secret-file hook
claim --limit 1 | outreach-dial >dialled
like "$(web "$(jq -r .call dialled | head -1)")" 'call_initiated:200 ' "with the secret"
switch_down
printf 'other\n' >wrong && rm sim.log
avr --avr "http://127.0.0.1:$(cat port)" --avr-secret-file wrong
claim --limit 1 | outreach-dial >dialled
like "$(web "$(jq -r .call dialled | head -1)")" 'call_initiated:401 ' "with a wrong one"
switch_down
kill "$SERVE" && wait "$SERVE" 2>/dev/null

# Behind avr-app, which takes AVR's events and passes them on.
campaign '$a\
delivery: dynamic\
opt_out: {key: "9", words: true}' 00 00 00 00 00 00
printf 'hush\n' >hook && chmod 600 hook
printf 'serve: {webhook_secret_file: hook}\n' >>outreach.yaml
serve
background /usr/bin/python3 "$ROOT/tests/avr_app.py" app.port hush "http://127.0.0.1:$(cat port)/events"
APP=$!
await 10 test -s app.port || bail "no avr-app"
avr --avr "http://127.0.0.1:$(cat app.port)" --avr-secret-file hook
run sh -c 'outreach-campaign claim c | outreach-context | outreach-dial >dialled'
is "$status" 0 "behind avr-app: a campaign whose AI asks for its contexts" || diag "$err"
switch_down
is "$(jq -r 'select(.event == "web" and .what != "context") | "\(.call) \(.what)"' sim.log | sort)" \
	"$(outreach-events log --kind call | jq -r 'select(.source == "webhook") | "\(.call) \(.kind)"' |
		sed 's/call\.initiated/call_initiated/; s/call\.answered/call_started/; s/call\.dtmf/dtmf_digit/; s/call\.ended/call_ended/; s/call\.//' | sort)" \
	"every event is in the journal, once, with its call"
is "$(sql 'SELECT count(DISTINCT call) FROM receipt')" 6 "and each call has its receipt"
is "$(sql 'SELECT count(*) FROM call WHERE campaign IS NULL OR line_open')" 0 "no call is an orphan, or open"
kill "$APP" "$SERVE" && wait "$APP" "$SERVE" 2>/dev/null

# Nobody is there: what AVR sends is lost, the call goes on; a call that is dropped has no AI.
campaign '' 00
printf 'outcomes: {dropped: {share: 1}}\n' >mix.yaml
avr --avr http://127.0.0.1:1
claim | outreach-dial >dialled
is "$(jq -r .disposition dialled)" answered "a call without a web server"
like "$(web "$(jq -r .call dialled | head -1)")" '^call_initiated:0 ' "tells nobody"
switch_down
campaign '' 00
printf 'outcomes: {dropped: {share: 1}}\n' >mix.yaml
avr --avr http://127.0.0.1:1 --mix mix.yaml
claim | outreach-dial >dialled 2>dial.err
is "$(jq -r 'select(.event == "web") | .what' sim.log)" '' "a dropped call tells nothing"
switch_down

run outreach-sim --avr https://example.org
like_run 'this machine alone' 78 '' '^outreach-sim: https://example.org: .*this machine alone'
run outreach-sim --avr http://127.0.0.1:1 --avr-secret-file nosuch
like_run 'a secret that is not there' 78 '' 'nosuch: '
done_testing
