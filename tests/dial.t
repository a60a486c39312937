#!/bin/bash
# dial: outreach-dial against the simulator over its socket. What is counted is
# what the simulator was asked to ring, never what the dialer says it did.
. "${0%/*}/lib.sh"

. "$ROOT/tests/dialling.sh"

# ---- how calls end

campaign '' 00 01 02 03 04 05 06 07
switch
claim >calls
run outreach-dial <calls
is "$status" 0 'every call over: 0'
is "$(printf '%s\n' "$out" | endings)" \
	'00 answered;01 answered;02 busy;03 no_answer;04 congestion;05 invalid;06 declined;07 no_answer;' \
	'how each call ended'
is "$(printf '%s\n' "$out" | jq -c 'select(.phone[-2:] == "02") | [.event, .source, .cause, .tech_cause, .attempt, .name, .attributes.course]')" \
	'["ended","door",17,486,1,"Person 3","BSc"]' 'an event carries the fields of its record'
is "$(sql 'select count(*) from call where line_open = 0 and rank = 7')" 8 'the store knows all of it'
is "$(logged asked)" 8 'eight originates'
once outcomes
cp "$T/out" first

run outreach-dial <calls
is "$status" 0 'the same records again'
is "$(jq -Sc 'del(.dial_status)' "$T/out" | sort)" "$(jq -Sc 'del(.dial_status)' first | sort)" \
	'the same events'
is "$(logged asked)" 8 'still eight originates'

# ---- records that are no good

campaign '' 02 02 02 02 02 02
switch
claim >calls
jq -c '.id = "0190a5e0-7c3e-7cc0-98c4-dc0c0c07398f"' <calls | head -1 >never
run outreach-dial <never
like_run 'an id that was never claimed' 1 '' 'no claim holds under this id'
head -1 calls | jq -c '.phone = "+390000000000"' >edited
run outreach-dial <edited
like_run 'an edited number' 1 '' 'phone is not what was claimed'
sed -n 2p calls | jq -c '.campaign = "other"' >edited
run outreach-dial <edited
like_run 'an edited campaign' 1 '' 'campaign is not what was claimed'
sed -n 2p calls | jq -c 'del(.context)' >bare
run outreach-dial <bare
like_run 'no context, no call' 1 '' 'no context'
is "$(outreach-campaign targets c --state held | jq -r .reason)" 'held: no context' 'and its target is held'
printf '{"type":"call","v":1}\n' >anonymous
run outreach-dial <anonymous
like_run 'a record without an id' 65 '' 'without a call id'
{ printf '{"type":"call","v":1}\n' && sed -n 3p calls; } >mixed
run outreach-dial -k <mixed
like_run '-k goes on behind it' 1 '"disposition":"busy"' 'without a call id'
is "$(logged asked)" 1 'only the good one was dialled'
{ printf '{"type":"parcel","n":1}\n' && sed -n 4p calls; } >others
run outreach-dial <others
is "$(printf '%s\n' "$out" | jq -r '.type' | sort | tr '\n' ' ')" 'event parcel ' 'records for others pass'
outreach-dnc add "$(sed -n 5p calls | jq -r .phone)" --reason asked >"$T/dnc" 2>&1
sed -n 5p calls >unwanted
run outreach-dial <unwanted
like_run 'do-not-call acts on a claimed call' 1 '' 'no claim holds|do-not-call|not call'
before=$(logged asked)
day 2026-03-03
claim >later
sed -n 6p calls >old
run outreach-dial <old
like_run "yesterday's record" 1 '' 'claimed again by another run|no claim holds'
is "$(logged asked)" "$before" 'none of these was dialled'
day 2026-03-02

# ---- without dialling, and not more than so many

campaign '' 02 02 02
switch
claim >calls
run outreach-dial -n <calls
is "$status $(printf '%s\n' "$out" | jq -r '"\(.type) \(.decision) \(.channel)"' | sed 's/[0-9]\{10,\}/N/' | sort -u)" \
	'0 call call_now PJSIP/N@uas' '-n decides and prints'
is "$(logged asked)" 0 '-n dials nobody'
run outreach-dial --max-calls 1 <calls
is "$status $(printf '%s\n' "$out" | endings)" '0 02 busy;' '--max-calls 1 makes one call'
is "$(claim | jq -r .type | wc -l)" 2 'the others can be claimed again at once'
is "$(logged asked)" 1 'one originate'

# ---- every step

campaign '' 00
switch
claim >calls
run outreach-dial --events all <calls
is "$(printf '%s\n' "$out" | jq -r .event | tr '\n' ' ')" \
	'intent placing placed ringing answered ended ' '--events all: every step in order'

# ---- what is wrong with the exchange

campaign '' 02 02
claim >calls
printf '1\n' >sim.port
run outreach-dial <calls
like_run 'nobody listens: try again later' 75 '' 'cannot be reached'
is "$(printf '%s\n' "$err" | wc -l)" 2 'which is told once, and at the end'
is "$(sql 'select count(*) from call')" 0 'no intent without an exchange'
rm sim.port
claim >calls
run outreach-dial <calls
like_run 'no port file' 75 '' 'sim.port'

campaign '' 02 02
printf 'wrong\n' >secret && chmod 600 secret
switch --secret-file secret
claim >calls
run outreach-dial <calls
like_run 'login refused' 69 '' 'login as outreach refused'
is "$(printf '%s\n' "$err" | wc -l)" 1 'once'
is "$(sql 'select count(*) from call')" 0 'no intent without a login'

campaign 's/@uas/@dead/; s/20s/16s/' 00 00 00
switch
claim >calls
run outreach-dial <calls
like_run 'a dead trunk stops it' 69 '"trunk_dead"' 'no more calls: .*trunk_dead'

campaign 's/dialplan_exten: s/dialplan_exten: nosuch/; s/concurrent: 20/concurrent: 1/' 00 00 00
switch
claim >calls
run outreach-dial <calls
like_run 'an originate that is refused stops it' 69 '"not_placed"' 'no more calls: .*Extension does not exist'
is "$(sql "select count(*) from call where disposition = 'not_placed'")" 1 'after one'

# A peer that is no simulator, though the settings say so; and a real one with an injected clock.
campaign '' 02
cat >peer.py <<'END'
import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1)
open("sim.port.tmp", "w").write(str(s.getsockname()[1]) + "\n")
import os; os.rename("sim.port.tmp", "sim.port")
while True:
    c, _ = s.accept(); c.sendall(b"Asterisk Call Manager/11.0.0\r\n")
    f = c.makefile("rb"); m = {}
    for line in f:
        line = line.decode().rstrip("\r\n")
        if line:
            k, v = line.split(": ", 1); m[k] = v
            continue
        r = "Response: Success\r\nActionID: %s\r\n" % m.get("ActionID", "")
        if m.get("Action") == "Challenge": r = "Response: Error\r\nActionID: challenge\r\nMessage: no\r\n"
        if m.get("Action") == "Originate": open("dialled", "w")
        if m.get("Action") == "CoreSettings": r += "AsteriskVersion: 22.10.1\r\n"
        c.sendall((r + "\r\n").encode()); m = {}
END
background python3 peer.py
await 10 test -s sim.port
claim >calls
run outreach-dial <calls
like_run 'type sim must prove itself' 69 '' 'no outreach-sim'
sed -i 's/type: sim/type: ami, host: 127.0.0.1, user: outreach, secret_file: secret/; s/port_file: sim.port/port: 1/' outreach.yaml
printf 'x\n' >secret && chmod 600 secret
sed -i 's/  sim:/  pbx:/' outreach.yaml
run outreach-dial --exchange pbx <calls
like_run 'a real exchange is not dialled on an injected clock' 78 '' 'OUTREACH_NOW'
ok 'and nothing was' test ! -e dialled

# ---- an exchange that dies, or goes silent, in mid-call

slowly
campaign 's/20s/2m/' 03 03 03
switch
claim >calls
outreach-dial <calls >events 2>err &
dialer=$!
await 10 live 3
switch_off
mv sim.log sim1.log
switch
wait "$dialer"
is "$? $(endings <events)" '0 03 unknown;03 unknown;03 unknown;' 'the exchange died: unknown'
is "$(sql 'select count(*) from call where line_open = 1')" 0 'its restart closed the lines'
is "$(logged ring)" 0 'nobody rang again'
day 2026-03-02

campaign 's|PJSIP.*|Local/{number}-{id}@outreach-once/n|' 00 00 00
switch --astdb ast.db --die-after 3
claim >calls
outreach-dial <calls >events 2>err &
dialer=$!
await 10 gone "$SIM"
switch --astdb ast.db
wait "$dialer"
is "$?" 0 'with a fence: it ends too'
once 'with a fence'
is "$(sql 'select count(*) from call where line_open = 1')" 0 'and no line stays open'

# Silence is measured in real time: 15 s.
slowly
campaign 's/20s/2m/; s/second: 50/second: 1/' 03 03 03 03 03 03 03 03 03 03 03 03
switch --silent-after 1
claim >calls
outreach-dial <calls >events 2>err &
dialer=$!
ok 'an exchange that stops answering is noticed' await 40 grep -q 'it stopped answering' err
asked=$(logged asked)
ok "and is asked for nothing more from two seconds on ($asked)" test "$asked" -lt 9
kill -INT "$dialer"
await 10 grep -q 'no new calls' err
kill -INT "$dialer"
wait "$dialer"
is "$? $(sql 'select count(*) from call where line_open = 1')" "130 $asked" 'and its calls stay open'
is "$(logged asked)" "$asked" 'nobody else was rung'
day 2026-03-02

campaign '' 00 00
switch --silent-after 2
claim >calls
run outreach-dial <calls
like_run 'calls that are left open are work that remains' 75 '' '2 calls are left open \(outreach reconcile\)'

# ---- signals

campaign 's/concurrent: 20/concurrent: 2/; s/max_duration: 1m/max_duration: 10m/' 00 00 00 00
switch --talk 3m
claim --limit 2 >calls
mkfifo in
outreach-dial <in >events 2>err &
dialer=$!
exec 5>in
cat calls >&5
await 10 live 2
kill -TERM "$dialer"
await 10 grep -q 'no new calls' err
wait "$dialer"
is "$? $(endings <events)" '143 00 answered;00 answered;' 'SIGTERM: the live calls are followed to their end'
exec 5>&-

campaign 's/max_duration: 1m/max_duration: 10m/' 00 00
switch --talk 3m
claim >calls
outreach-dial <calls >events 2>err &
dialer=$!
await 10 live 2
kill -INT "$dialer"
await 10 grep -q 'no new calls' err
kill -INT "$dialer"
wait "$dialer"
is "$? $(cat events)" '130 ' 'a second signal leaves'
is "$(sql 'select count(*) from call where line_open = 1')" 2 'and the calls are recorded as open'
run outreach-reconcile
like_run 'reconcile leaves what lives' 0 '' '0 settled.*2 left open'
run outreach-dial </dev/null
is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;00 answered;' 'the next dialer follows them'
once signals

# ---- kill -9, and who owns what

campaign 's/max_duration: 1m/max_duration: 10m/' 00 00
switch --talk 3m
claim >calls
outreach-dial <calls >events 2>err &
dialer=$!
await 10 live 2
run outreach-dial <calls
like_run 'a call of a living dialer is not touched' 1 '' 'another dialer follows this call'
kill -9 "$dialer"
wait "$dialer" 2>/dev/null
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;00 answered;' 'the same command after kill -9'
is "$(printf '%s\n' "$out" | jq -r .attributes.course | sort -u)" BSc 'with the fields of the input'
once 'kill -9'

# ---- readers that stop

# The last call is answered, so its record comes when the reader is long gone.
campaign 's/concurrent: 20/concurrent: 2/' 02 02 02 02 02 00
switch
claim --limit 6 >calls
sed -i 's/concurrent: 2$/concurrent: 20/' c.yaml
outreach-campaign apply c.yaml >"$T/setup" 2>&1
claim >calls
outreach-dial <calls 2>err | head -1 >first
is "${PIPESTATUS[0]}" 74 'a reader that is gone: 74'
is "$(sql "select count(*) from call where line_open = 1 or disposition not in ('busy', 'answered')")" 0 'and everything is recorded'

campaign 's/calls_per_second: 50/calls_per_second: 5/; s/concurrent: 20/concurrent: 300/' $(yes 02 | head -300)
switch
claim >calls
# quiet: in ten looks one behind the other no call was asked for, and none is open.
quiet() {
	before=$asked
	asked=$(logged asked)
	[ "$asked" -gt 0 ] && [ "$asked" = "$before" ] &&
		[ "$(sql 'select count(*) from call where line_open = 1')" = 0 ] || still=0
	still=$((still + 1))
	[ "$still" -gt 10 ]
}
mkfifo out
outreach-dial --events all <calls >out 2>err &
dialer=$!
exec 6<out
asked=0 still=0
await 30 quiet
ok 'a reader that stopped stops new calls' test "$(logged asked)" -lt 300
is "$(sql 'select count(*) from call where rank = 7')" "$(logged asked)" 'never the recording'
cat <&6 >events &
reader=$!
exec 6<&-
wait "$dialer"
is "$?" 0 'and when it reads again the rest comes'
wait "$reader"
is "$(jq -r 'select(.event == "ended") | .call' events | sort -u | wc -l)" 300 'every record'

# ---- stop

slowly
campaign 's/20s/2m/; s/min_gap: 10m/min_gap: 4h/' 03 03 03
switch
claim >calls
outreach-dial <calls >events 2>err &
dialer=$!
await 10 live 3
outreach stop --hangup --reason test 2>>err
wait "$dialer"
is "$? $(endings <events)" '77 03 cancelled;03 cancelled;03 cancelled;' 'stop --hangup: cancelled, 77'
run outreach-dial <calls
like_run 'while everything is stopped' 77 '' 'everything is stopped since .*outreach resume'
outreach resume 2>>err
OUTREACH_NOW=${OUTREACH_NOW/T09:/T11:}
claim >calls
is "$(wc -l <calls) $(outreach-campaign targets c --state waiting | jq -r .reason | sort | uniq -c | tr -s ' ')" '0  3 the number was called less than 4h ago' \
	'their phones rang: they wait for the gap, though nothing is charged'

slowly
campaign 's/20s/2m/' 03 03
switch
claim >calls
outreach-dial <calls >events 2>err &
dialer=$!
await 10 live 2
kill -9 "$dialer"
wait "$dialer" 2>/dev/null
outreach stop --hangup 2>err
await 10 eval '[ "$(logged hangup)" = 2 ]'
is "$(logged hangup)" 2 'stop --hangup ends our channels with no dialer alive'
is "$(sql 'select count(*) from call where line_open = 1')" 0 'and the store knows'
day 2026-03-02

# ---- two dialers, one limit

campaign 's/concurrent: 20/concurrent: 3/; s/min_gap: 10m/min_gap: 1m/' 01 01 01 01 01 01
switch
outreach-campaign show c >"$T/show" 2>&1
claim --limit 3 >calls
head -1 calls | outreach-dial >e1 2>err1 &
one=$!
tail -2 calls | outreach-dial >e2 2>err2 &
two=$!
await 10 live 3
wait "$one" "$two"
is "$(cat e1 e2 | endings)" '01 answered;01 answered;01 answered;' 'two dialers at once'
once 'two dialers'

# ---- an empty environment

campaign '' 02
switch
claim >calls
env -i "OUTREACH_NOW=$OUTREACH_NOW" OUTREACH_CONF="$PWD/outreach.yaml" \
	"$BUILD/outreach-dial" -d "$PWD/outreach.db" <calls >events 2>err
is "$? $(endings <events)" '0 02 busy;' 'an empty environment'
(cd / && env -i "OUTREACH_NOW=$OUTREACH_NOW" "$BUILD/outreach-dial" </dev/null >"$T/o" 2>"$T/e")
is "$?" 66 'no store: 66'

done_testing
