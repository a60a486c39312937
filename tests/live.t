#!/bin/bash
# live: the journal as a stream: the records of outreach-events log, without a
# gap, for many readers at once, and slow ones cost nobody anything.
. "${0%/*}/lib.sh"
. "$ROOT/tests/streams.sh"
. "$ROOT/tests/tls.sh"

live() {
	/usr/bin/python3 "$ROOT/tests/live.py" "$@"
}

streams=200
[ -z "$SANITIZED" ] || streams=20

fresh
outreach init -q || bail "no store"
said 1 300
outreach-dnc add -q +14155550100 2>/dev/null
serve
outreach-events log >log
last=$(head_seq)
is "$(live read "$PORT" 1 "$last" | cmp - log && echo same)" same "from=1: what outreach-events log prints"
is "$(live read "$PORT" 1 "$last" 200 | cmp - <(tail -n +201 log) && echo same)" same \
	"Last-Event-ID: behind it, and it goes before from"
is "$(live read "$PORT" "$last" "$last" | jq .seq)" "$last" "from the last one"
like "$(curl -s "http://127.0.0.1:$PORT/api/v1/live?from=0")" '"status":400.*from' "from=0"
like "$(curl -s "http://127.0.0.1:$PORT/api/v1/live?from=$((last + 2))")" "\"status\":409.*ends at $last," \
	"from a row behind the next"
like "$(curl -s -H "Last-Event-ID: $((last + 1))" "http://127.0.0.1:$PORT/api/v1/live")" "\"status\":409.*ends at $last," \
	"behind a row that is none"
# Nobody streams, so that the shared pages are where serve last looked: the newest row is asked for.
outreach-dnc add -q +14155550101 2>/dev/null
is "$(live read "$PORT" "$((last + 1))" "$((last + 1))" | jq .seq)" "$((last + 1))" "from a row that was written just now"
last=$((last + 1))
like "$(curl -s -H 'Last-Event-ID: x' "http://127.0.0.1:$PORT/api/v1/live")" '"status":400.*Last-Event-ID' \
	"a Last-Event-ID that is none"
is "$(curl -s -I "http://127.0.0.1:$PORT/api/v1/live" | tr -d '\r' | grep -i '^content-type')" \
	'Content-Type: text/event-stream' "HEAD"

# ---- many -----------------------------------------------------------------------
live many "$PORT" $streams $((last + 5000)) opened >many &
reader=$!
await 30 test -e opened || bail "$streams streams did not open"
said 1001 6000
wait $reader
is "$(cat many)" "$streams complete, 0 not" "$streams streams while another process writes: all complete and in order"

# ---- one that does not read, beside others -------------------------------------------
before=$(awk '/VmHWM/ { print $2 }' "/proc/$SERVE/status")
last=$(head_seq)
rm opened
mkfifo go
live hold "$PORT" opened <go >hold &
holder=$!
exec 8>go
await 30 test -e opened || bail "the slow stream did not open"
rm opened
live many "$PORT" 10 $((last + 300)) opened >many &
others=$!
await 30 test -e opened || bail "the other streams did not open"
said 10001 10300 100000
wait $others
is "$(cat many)" "10 complete, 0 not" "beside a reader that does not read the others have all of it"
after=$(awk '/VmHWM/ { print $2 }' "/proc/$SERVE/status")
[ -n "$SANITIZED" ] || ok "30 MB of rows went through $((after - before)) KiB" test $((after - before)) -lt 24000
exec 8>&-
wait $holder

# ---- the end ------------------------------------------------------------------------
live beat "$PORT" >beat 2>/dev/null &
reader=$!
rm -f opened
live slow "$PORT" "$last" $((last + 300)) opened >slow 2>/dev/null &
await 30 test -e opened
kill "$SERVE"
wait "$SERVE"
is $? 0 "SIGTERM ends the streams"
wait $reader
is "$(cat beat)" '' "a stream that ended has no heartbeat"
OUTREACH_NOW=$(outreach now '2026-03-02T09:00:00Z*60')
export OUTREACH_NOW
serve
is "$(live beat "$PORT")" beat "a heartbeat, after 15 s of our clock"

# ---- who takes nothing for five seconds, of the same clock -----------------------------
# slow: a reader that does not read while 10 MB come; what it says in the end.
slow() {
	last=$(head_seq)
	rm -f opened
	live slow "$PORT" "$last" $((last + 100)) opened >slow &
	reader=$!
	await 30 test -e opened || bail "the slow stream did not open"
	said $1 100000
	wait $reader
	is "$(cat slow)" "ended whole $last" "$2"
}
slow '20001 20100' "a reader that does not read is ended, and resumes without a gap"
kill "$SERVE"
wait "$SERVE"

# ---- over TLS ---------------------------------------------------------------------------
certificate one
printf 'serve: {tls: {cert: one.pem, key: one.key}}\n' >outreach.yaml
LIVE_CA=$PWD/one.pem
export LIVE_CA
fast=$OUTREACH_NOW
unset OUTREACH_NOW
serve tls:127.0.0.1:0
is "$(live read "$PORT" 1 300 | cmp - <(head -n 300 log) && echo same)" same "over TLS: the same rows"
kill "$SERVE"
wait "$SERVE"
OUTREACH_NOW=$fast
export OUTREACH_NOW
serve tls:127.0.0.1:0
slow '30001 30100' "over TLS: a reader that does not read is ended, and resumes without a gap"
kill "$SERVE"
wait "$SERVE"
is $? 0 "it ends in order"
done_testing
