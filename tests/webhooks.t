#!/bin/bash
# webhooks: what outreach-serve said 200 to is in the journal, whatever happens:
# a kill, a full disk, a store that others hold; and whoever is slow or silent
# is in nobody's way.
. "${0%/*}/lib.sh"

web() {
	/usr/bin/python3 "$ROOT/tests/web.py" "$@"
}

serve() {
	rm -f port
	background outreach-serve -q --listen 127.0.0.1:0 --port-file port 2>>serve.err
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start: $(cat serve.err)"
	PORT=$(cat port)
}

# The numbers of the events in the journal, in order.
stored() {
	outreach-events log --kind call.transcription | jq -r '.body.text | ltrimstr("event ")' | sort -n
}

whole() {
	outreach-events verify >/dev/null && outreach-events replay --check
}

# ---- kill -9 in the middle of ten thousand ------------------------------------------
for round in 1 2 3; do
	fresh
	outreach init -q
	serve
	{ web flood "$PORT" 64 10000 acked >flood.out; echo done >>flood.out; } &
	enough() {
		[ "$(wc -l <acked)" -ge $((round * 1500)) ]
	}
	await 60 enough
	kill -9 "$SERVE"
	wait "$SERVE" 2>/dev/null
	await 30 grep -q done flood.out
	sort -n acked >acked.sorted
	stored >stored.sorted
	is "$(comm -23 <(sort acked.sorted) <(sort stored.sorted) | wc -l)" 0 \
		"round $round: every event that was answered 200 is there ($(wc -l <acked))"
	is "$(uniq -d stored.sorted | wc -l)" 0 "round $round: none twice"
	like "$(head -n 1 flood.out)" '"cut": 64' "round $round: it was killed in the middle"
	serve
	is "$(web flood "$PORT" 64 10000 again)" '{"200": 10000}' "round $round: all of them again"
	is "$(stored | cksum)" "$(seq 0 9999 | cksum)" "round $round: each is there once"
	kill "$SERVE" && wait "$SERVE"
	ok "round $round: the journal is whole" whole
done

# ---- SIGTERM in the middle of it: what is under way is answered --------------------------
fresh
outreach init -q
serve
{ web flood "$PORT" 64 10000 acked >flood.out; echo done >>flood.out; } &
round=1
await 60 enough
last=$(printf '{"uuid":"0195f5f0-0000-7000-8000-00000000000b","type":"interruption","timestamp":"2026-03-02T09:15:00Z"}')
exec 7<>"/dev/tcp/127.0.0.1/$PORT"
printf 'POST /events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n' \
	${#last} >&7
read -r line <&7
is "${line%$'\r'}" 'HTTP/1.1 100 Continue' "a request is half there"
kill "$SERVE"
refused() {
	! (exec 8<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null
}
ok "SIGTERM: nobody else comes in" await 10 refused
printf %s "$last" >&7
answer=$(cat <&7)
exec 7>&-
like "$answer" '"status":"ok","new":true' "what was half there is taken"
like "$answer" '^Connection: close' "and told that it was the last"
wait "$SERVE"
is $? 0 "it ends with 0"
await 30 grep -q done flood.out
like "$(head -n 1 flood.out)" '^[{]"cut": [0-9]+, "200": [0-9]+[}]$' "the others got their answer or none"
is "$(comm -23 <(sort acked) <(stored | sort) | wc -l)" 0 "what was answered is there ($(wc -l <acked))"
ok "the journal is whole" whole

# ---- a full disk, told by a limit on the size of files --------------------------------
fresh
outreach init -q
trap '' XFSZ
serve
trap - XFSZ
size=$(stat -c %s outreach.db)
prlimit --pid "$SERVE" --fsize="$size:"
got=$(web flood "$PORT" 16 4000 acked)
like "$got" '"503": ' "a full disk: 503 ($got)"
# The last to come may be few enough for what room there is: it is asked for once a second.
ok "and it is not ready" await 5 sh -c "curl -s -i http://127.0.0.1:$PORT/readyz | grep -q '^HTTP/1.1 503'"
is "$(comm -23 <(sort acked) <(stored | sort) | wc -l)" 0 "what was answered 200 before is there"
prlimit --pid "$SERVE" --fsize=unlimited:
ok "with room again it is ready by itself, though nobody sends it anything" await 5 curl -sf -o /dev/null "http://127.0.0.1:$PORT/readyz"
prlimit --pid "$SERVE" --fsize="$(stat -c %s outreach.db):"
ok "and not ready before the first event is refused" await 5 sh -c "curl -s http://127.0.0.1:$PORT/readyz | grep -q 'as a file may be'"
prlimit --pid "$SERVE" --fsize=unlimited:
is "$(web flood "$PORT" 16 4000 acked)" '{"200": 4000}' "with room again it takes all"
like "$(curl -s -i "http://127.0.0.1:$PORT/readyz")" '^HTTP/1.1 200' "and is ready"
is "$(stored | cksum)" "$(seq 0 3999 | cksum)" "each is there once"

# ---- a store that another holds --------------------------------------------------------
is "$(web locked "$PORT" outreach.db 3)" '503/retry soon 200' "a store that is locked for 3 s: 503 with Retry-After, in time"
exec 9>>outreach.db.turn
flock 9
like "$(curl -s -i -H 'Content-Type: application/json' -d "$(echo '{"uuid":"0195f5f0-0000-7000-8000-00000000000a","type":"interruption","timestamp":"2026-03-02T09:15:00Z"}')" "http://127.0.0.1:$PORT/events")" \
	'^HTTP/1.1 503' "a turn that another has: 503"
exec 9>&-
ok "the journal is whole" whole

# ---- beside an import ---------------------------------------------------------------------
seq 1 20000 | awk 'BEGIN { print "id,phone" } { printf "%d,+3905%07d1\n", $1, $1 }' >people.csv
background outreach-import -q --id id people.csv >/dev/null
import=$!
is "$(web flood "$PORT" 16 3000 beside)" '{"200": 3000}' "beside an import every event is taken"
await 60 gone "$import"

# ---- the slow and the silent --------------------------------------------------------------
is "$(web idle "$PORT" 1000)" 1000 "a thousand idle connections, each served at last"
kill "$SERVE"
wait "$SERVE"
is $? 0 "it ends with 0"
OUTREACH_NOW=$(outreach now '2026-03-02T09:00:00Z*20') # ten and thirty seconds are of this clock
export OUTREACH_NOW
serve
is "$(web loris "$PORT" 50)" '51 ended, others answered' "headers and a body that drip are ended, others are served meanwhile"
kill "$SERVE"
wait "$SERVE"
unset OUTREACH_NOW
serve
is "$(web hoard "$PORT" 200 250000)" 'some taken, some 503, then taken' "bodies that do not become whole are bounded together"
ok 'and so is the memory that they take' [ "$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$SERVE/status")" -lt 128 ]
kill "$SERVE"
wait "$SERVE"
OUTREACH_WEBHOOK_SECRET=known
export OUTREACH_WEBHOOK_SECRET
serve
is "$(web crowd "$PORT" known)" 200 "those of strangers leave room for who has the secret"
kill "$SERVE"
wait "$SERVE"
done_testing
