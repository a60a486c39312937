#!/bin/bash
# ws: the journal over WebSocket: the same records as /api/v1/live, for who may
# look, and no page of another site; frames that are wrong end their connection.
. "${0%/*}/lib.sh"
. "$ROOT/tests/streams.sh"
. "$ROOT/tests/tls.sh"

ws() {
	timeout 120 /usr/bin/python3 "$ROOT/tests/ws.py" "$@"
}

# shake HEADER...: the status of a handshake with these lines instead of its own.
shake() {
	local h args=()
	for h; do args+=(-H "$h"); done
	curl -s -o "$T/answer" -w '%{http_code}' --max-time 5 "${args[@]}" "http://127.0.0.1:$PORT/ws"
}
UP=('Upgrade: websocket' 'Connection: Upgrade' 'Sec-WebSocket-Version: 13')
KEY='Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='

fresh
outreach init -q || bail "no store"
said 1 300
serve
outreach-events log >log
last=$(head_seq)
is "$(ws read "$PORT" 1 "$last" | cmp - log && echo same)" same "from=1: what outreach-events log prints"
is "$(ws read "$PORT" "$last" "$last" | jq .seq)" "$last" "from the last one"
like "$(ws read "$PORT" $((last + 2)) $((last + 2)) 2>&1 | tail -n 1)" "1008 .*ends at $last, " "from a row behind the next"
is "$(ws ping "$PORT")" pong "a ping is answered"

# ---- handshakes ---------------------------------------------------------------------
is "$(shake)" 426 "no WebSocket"
is "$(shake "${UP[@]:0:2}" 'Sec-WebSocket-Version: 8' "$KEY")" 426 "another version"
is "$(shake "${UP[@]}")" 400 "no key"
is "$(shake "${UP[@]}" 'Sec-WebSocket-Key: c2hvcnQ=')" 400 "a key that is none"
is "$(shake "${UP[@]}" "$KEY" 'Sec-WebSocket-Protocol: chat')" 400 "another protocol"
is "$(shake "${UP[@]}" "$KEY" 'Origin: http://example.org')" 403 "a page of another site"
is "$(shake "${UP[@]}" "$KEY" 'Origin: null')" 403 "a page of no site"
is "$(shake "${UP[@]}" "$KEY" 'Host: rebound.example.org')" 403 "another name for us, without a token"
is "$(shake "${UP[@]}" "$KEY" "Origin: http://127.0.0.1:$PORT")" 101 "our own page"
is "$(curl -s -o /dev/null -w '%{http_code}' -H "${UP[0]}" -H "${UP[1]}" -H "${UP[2]}" -H "$KEY" "http://127.0.0.1:$PORT/ws?from=0")" 400 "from=0"

# ---- frames that are wrong ------------------------------------------------------------
is "$(ws raw "$PORT" 810161)" 1002 "an unmasked frame"
is "$(ws raw "$PORT" c18000000000)" 1002 "a reserved bit"
is "$(ws raw "$PORT" 838000000000)" 1002 "an unknown opcode"
is "$(ws raw "$PORT" 81fe0fff0000000041414141)" 1009 "a message that is too long"
is "$(ws raw "$PORT" 818100000000ff)" 1007 "no UTF-8"
is "$(ws raw "$PORT" 828100000000ff)" 1003 "no text"
is "$(ws raw "$PORT" 888200000000 03e8 2>/dev/null || ws raw "$PORT" 88820000000003e8)" 1000 "a close is answered"

# ---- many, and one that does not read ----------------------------------------------------
ws many "$PORT" 100 $((last + 3000)) opened >many &
reader=$!
await 60 test -e opened || bail "the clients did not open"
said 1001 4000
wait $reader
is "$(cat many)" "100 complete, 0 not" "100 clients while another process writes: all complete and in order"

# ---- numbers ------------------------------------------------------------------------------
# metric NAME: its value.
metric() {
	curl -s --max-time 20 "http://127.0.0.1:$PORT/metrics" | awk -v name="$1" '$1 == name { print $2 }'
}
took='outreach_request_duration_seconds_count{about="other"}'
is "$(metric outreach_live_streams)" 0 "those who left are no streams"
before=$(metric "$took")
shaken=$(metric 'outreach_requests_total{code="1xx"}')
is "$(ws ping "$PORT")" pong "one more"
asked=2
more() {
	asked=$((asked + 1))
	[ "$(metric 'outreach_requests_total{code="1xx"}')" = $((shaken + 1)) ]
}
ok "is counted when it is over" await 10 more
is "$(metric "$took")" $((before + asked)) "and how long it listened is no answer's duration"

# ---- tokens -----------------------------------------------------------------------------
ws closed "$PORT" opened1 >close1 &
reader=$!
await 20 test -e opened1
look=$(outreach-token add -q look)
ok "who came without a token goes when there is one" await 10 gone "$reader"
is "$(cat close1)" "1008 the token was removed" "and is told why"
last=$(head_seq)
is "$(ws read "$PORT" "$last" "$last" "$look" | jq .seq)" "$last" "a token among the protocols"
is "$(ws first "$PORT" "$last" "{\"token\":\"$look\",\"from\":$last}" | jq .seq)" "$last" "one in the first message"
like "$(ws first "$PORT" 1 '{"token":"ort_0"}')" '^1008 this token is none' "one that is none"
like "$(ws first "$PORT" 1 'hello')" '^1008 ' "a first message that is no JSON"
like "$(ws first "$PORT" 1 '{"from":1}')" '^1008 the first message must be' "or shows no token"
is "$(shake "${UP[@]}" "$KEY" 'Sec-WebSocket-Protocol: outreach.v1, token.ort_0')" 401 "none among the protocols"
is "$(shake "${UP[@]}" "$KEY" "Authorization: Bearer $look" 'Origin: http://example.org')" 403 "a page of another site with a token"
ws closed "$PORT" opened2 "$look" >close2 &
reader=$!
await 20 test -e opened2
like "$(curl -s -H "Authorization: Bearer $look" "http://127.0.0.1:$PORT/metrics")" '^outreach_live_streams 1$' "it is among the streams"
curl -sN -H "Authorization: Bearer $look" "http://127.0.0.1:$PORT/api/v1/live" >sse &
sse=$!
await 20 test -s sse
outreach-token add -q other >/dev/null
outreach-token remove -q look
ok "a token that is removed ends its streams" await 10 gone "$reader"
is "$(cat close2)" "1008 the token was removed" "and says so"
ok "those of server-sent events too" await 10 gone "$sse"
outreach-token remove -q other

# ---- who takes nothing, says nothing or shows nothing: by a clock that runs faster ------------
kill "$SERVE"
wait "$SERVE"
OUTREACH_NOW=$(outreach now '2026-03-02T09:00:00Z*60')
export OUTREACH_NOW
# stuck NAME FROM TO: one that does not read, while rows come: it is ended, and nothing of it stays.
stuck() {
	is "$(ws ping "$PORT")" pong "$1 it answers"
	descriptors=$(ls "/proc/$SERVE/fd" | wc -l)
	before=$(awk '/VmHWM/ { print $2 }' "/proc/$SERVE/status")
	rm -f stuck
	ws slow "$PORT" stuck >slow &
	reader=$!
	await 20 test -e stuck
	said "$2" "$3" 8000
	wait $reader
	is "$(cat slow)" ended "$1 who does not read is ended"
	grown=$(($(awk '/VmHWM/ { print $2 }' "/proc/$SERVE/status") - before))
	[ -n "$SANITIZED" ] || ok "$1 memory stays flat ($grown KiB more)" [ "$grown" -lt 12288 ]
	ok "$1 and its descriptors are free" await 10 eval '[ "$(ls "/proc/$SERVE/fd" | wc -l)" -le "$descriptors" ]'
}
serve
stuck plain: 10001 12000
is "$(ws silent "$PORT")" 'ended behind a ping' "who answers no ping is ended"
outreach-token add -q other >/dev/null
await 10 eval '[ "$(curl -s -o /dev/null -w "%{http_code}" "http://127.0.0.1:$PORT/metrics")" = 401 ]'
like "$(ws first "$PORT" 1)" '^1008 a token is wanted in the first message' "who shows no token in time is told so"
outreach-token remove -q other
kill "$SERVE"
wait "$SERVE"

# ---- over TLS ------------------------------------------------------------------------------
certificate one
printf 'serve: {tls: {cert: one.pem, key: one.key}}\n' >outreach.yaml
WS_CA=$PWD/one.pem
export WS_CA
fast=$OUTREACH_NOW
unset OUTREACH_NOW
serve tls:127.0.0.1:0
is "$(ws read "$PORT" 1 300 | cmp - <(head -n 300 log) && echo same)" same "TLS: the same rows"
is "$(ws ping "$PORT")" pong "TLS: a ping is answered"
is "$(ws raw "$PORT" 88820000000003e8)" 1000 "TLS: a close is answered"
kill "$SERVE"
wait "$SERVE"
OUTREACH_NOW=$fast
export OUTREACH_NOW
serve tls:127.0.0.1:0
stuck TLS: 12001 14000
kill "$SERVE"
wait "$SERVE"
is $? 0 "TLS: it ends in order"
unset WS_CA OUTREACH_NOW
rm outreach.yaml
serve

# ---- the end ------------------------------------------------------------------------------
ws closed "$PORT" opened3 >close3 &
reader=$!
await 20 test -e opened3
kill "$SERVE"
wait "$SERVE"
is $? 0 "it ends in order"
wait "$reader"
is "$(cat close3)" "1001 this server stops" "and says so"
done_testing
