#!/bin/bash
# supervise: outreach-serve with serve.dialer: true keeps a dialer running for
# each active campaign, and none for any other.
. "${0%/*}/lib.sh"
. "$ROOT/tests/dialling.sh"

serve() {
	rm -f port
	background outreach-serve -q --listen 127.0.0.1:0 --port-file port 2>>serve.err
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start: $(cat serve.err)"
}

# switch [TALK]: the simulator of this directory.
switch() {
	rm -f sim.port
	background outreach-sim --port-file sim.port --log sim.log --seed 1 --talk "${1:-5s}" 2>>sim.err
	SIM=$!
	await 10 test -s sim.port || bail "no simulator: $(cat sim.err)"
}

api() {
	curl -s -X "$1" "http://127.0.0.1:$(cat port)/api/v1/campaigns$2"
}

# dialer NAME JQ: of what is told about a campaign's dialer.
dialer() {
	api GET "/$1" | jq -r ".dialer | $2"
}

stands() {
	[ "$(dialer "$1" .state)" = "$2" ]
}

# kids PID: the process ids of a process' children.
kids() {
	cat "/proc/$1/task/$1/children" 2>/dev/null
}

with_dialer() {
	campaign "$@"
	printf 'serve: {dialer: true}\n' >>outreach.yaml
}

# ---- an active campaign has one, whoever made it active

with_dialer '' 01 00
switch
serve
ended() {
	[ "$(sql 'SELECT count(*) FROM call WHERE rank = 7')" = "$1" ]
}
ok 'an active campaign is called' await 30 ended 2
ok 'and its dialer ends when nobody is due' await 30 stands c waiting
is "$(dialer c '[.starts, .last_code] | @csv')" 1,0 'it was started once'
sed 's/^name: c/name: d/; s/^min_gap: .*/min_gap: 1s/' c.yaml >d.yaml
printf 'id,name,phone,timezone,course\nD1,Eve,+390555500100,Europe/Rome,BSc\nD2,Ann,+390555500200,Europe/Rome,BSc\n' >d.csv
{ outreach-campaign apply d.yaml && outreach-import -q --source d --id id d.csv | outreach-campaign add d; } >"$T/d" 2>&1
is "$(api GET /d | jq -c '[.state, .dialer]')" '["draft",null]' 'a draft has none'
api POST /d/activate >activated
is "$(jq -c '[.state, .dialer.state]' activated)" '["active","starting"]' 'activated by HTTP'
ok 'it is called' await 30 ended 4
ok 'nothing is left to do' await 30 stands d waiting
once 'two dialers'
is "$(api GET '' | jq -c '[.items[] | .dialer.state]')" '["waiting","waiting"]' 'the list tells too'
is "$(api GET /d/progress | jq -r .dialer.state)" waiting 'and so do the numbers of one'
is "$(logged asked)" 4 'each was called once'
kill "$SERVE"
wait "$SERVE"
is $? 0 'it ends'
switch_off

# ---- one that dies, one that fails

with_dialer 's/^max_duration.*/max_duration: 2h/' 00 00
switch 1h
serve
await 30 live 2
supervisor=$(kids "$SERVE" | tr -d ' ')
run_of=$(kids "$supervisor" | tr -d ' ')
ok 'outreach-serve has one child, and that one a run' test -n "$run_of"
run outreach run c
like_run 'a second run' 75 '' 'another run of c is at work'
kill -9 "$run_of"
again() {
	[ "$(dialer c '[.starts, .last_code, .state] | @csv')" = '2,137,"running"' ]
}
ok 'killed, it is started again' await 30 again
is "$(logged asked)" 2 'nobody is called again'
is "$(api POST /c/pause | jq -r .state)" paused 'paused'
none() {
	[ "$(dialer c .)" = null ]
}
stopping() {
	stands c stopping || none
}
ok 'its dialer is told to end' await 30 stopping
is "$(sql 'SELECT count(*) FROM call WHERE line_open = 1')" 2 'calls that live are followed'
outreach-stop --hangup -q
ok 'until they are over' await 30 none
api POST /c/resume >"$T/resumed"
# Resumed under a stop: none; then the stop is lifted.
is "$(api GET /c | jq -c '[.state, .dialer.state]')" '["active","starting"]' 'resumed'
outreach-resume -q
ok 'and has one again, which ends' await 30 stands c waiting
kill "$SERVE"
wait "$SERVE"
switch_off

# The hangup of a call that no dialer has any more: its campaign is paused, so no other takes it.
with_dialer 's/^max_duration.*/max_duration: 2h/' 00
switch 1h
claim >calls
background sh -c 'exec outreach-dial <calls >events 2>err'
DIAL=$!
await 30 live 1
outreach-campaign pause -q c
kill -9 "$DIAL"
wait "$DIAL" 2>/dev/null
serve
hung_up() {
	[ "$(logged hangup)/$(sql 'SELECT count(*) FROM call WHERE line_open = 1')" = 1/0 ]
}
is "$(curl -s -X POST "http://127.0.0.1:$(cat port)/api/v1/calls/$(jq -r .id calls)/hangup" | jq -c .)" \
	'{"status":"asked","changed":true,"dialer":"supervised"}' 'a hangup whose dialer is dead'
ok 'outreach-supervise sees to it' await 30 hung_up
kill "$SERVE"
wait "$SERVE"
switch_off

with_dialer '' 00
rm -f sim.port
serve
ok 'no exchange: it is tried again' await 30 eval '[ "$(dialer c .starts)" -ge 3 ]'
is "$(dialer c .last_code)" 75 'as long as it cannot be reached'
is "$(sql 'SELECT count(*) FROM call')" 0 'nobody was called'
switch
ok 'until it is there' await 60 live 1
kill "$SERVE"
wait "$SERVE"
switch_off

# Nobody is due any more, and the exchange was gone too long: the last call was left open, by a run that did
# not fail.
with_dialer 's/^max_duration.*/max_duration: 2h/' 00
switch 1h
serve
await 30 live 1
switch_off
ok 'the run gives up' await 60 eval '[ "$(dialer c "[.state, .last_code] | @csv")" = "\"waiting\",75" ]'
is "$(sql 'SELECT count(*) FROM call WHERE line_open = 1')" 1 'and leaves the call open'
switch 1h
settled() {
	[ "$(sql 'SELECT count(*) FROM call WHERE line_open = 1')" = 0 ]
}
ok 'the next run settles it, though nobody is due' await 60 settled
is "$(logged asked)" 1 'nobody was called again'
kill "$SERVE"
wait "$SERVE"
switch_off

# ---- the end of outreach-serve

with_dialer 's/^max_duration.*/max_duration: 10m/' 00
switch 5m
serve
await 30 live 1
supervisor=$(kids "$SERVE" | tr -d ' ')
kill "$SERVE"
wait "$SERVE"
is $? 0 'SIGTERM with a live call'
ok 'no dialer is left' await 5 gone "$supervisor"
is "$(sql 'SELECT count(*) FROM call WHERE line_open = 1')/$(logged hangup)" 1/0 'the call is left to the exchange'
serve
await 30 stands c running
supervisor=$(kids "$SERVE" | tr -d ' ')
kill -9 "$SERVE"
wait "$SERVE" 2>/dev/null
ok 'kill -9: the dialers end too' await 30 gone "$supervisor"
run outreach run c
is "$(logged asked)" 1 'nobody was called again'
switch_off

# ---- the end of who supervises

with_dialer 's/^concurrent.*/concurrent: 1/; s/^max_duration.*/max_duration: 10m/' 00 00 00
switch 5m
serve
await 30 live 1
supervisor=$(kids "$SERVE" | tr -d ' ')
runs=$(kids "$supervisor")
kill -9 "$supervisor"
ok 'no run outlives it' await 30 gone $runs
kill "$SERVE"
wait "$SERVE"
is "$(logged asked)" 1 'nobody else was called'
switch_off

# ---- not asked for

campaign '' 02
switch
serve
is "$(api GET /c | jq -c '[.state, .dialer]')" '["active",null]' 'off by default'
kill "$SERVE"
wait "$SERVE"
is "$(logged asked)" 0 'and nobody is called'
run outreach-supervise
like_run 'no tool for people' 64 '' 'outreach-serve alone runs it'
done_testing
