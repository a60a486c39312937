#!/bin/bash
# serve: outreach-serve from outside: what it answers, what it refuses, and that
# it ends in order.
. "${0%/*}/lib.sh"
. "$ROOT/tests/tls.sh"

web() {
	/usr/bin/python3 "$ROOT/tests/web.py" "$@"
}

# serve ARG...: one on a free port: $PORT, $SERVE.
serve() {
	rm -f port
	background outreach-serve --port-file port "$@" 2>"$T/serve.err"
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start: $(cat "$T/serve.err")"
	PORT=$(cat port)
}

# serve_stop NAME: by SIGTERM, which is no failure.
serve_stop() {
	kill "$SERVE"
	wait "$SERVE"
	is $? 0 "$1: ends with 0"
}

# ask LINE...: web.py status.
ask() {
	printf '%s\n' "$@" | web status "$PORT"
}

fresh
outreach init -q || bail "no store"
serve --listen 127.0.0.1:0

# ---- what it is -----------------------------------------------------------------
is "$(ask 'GET /healthz' 'GET /readyz')" '200 {"status":"ok"}
200 {"status":"ready"}' "it lives and is ready, on one connection"
like "$(ask 'GET /nothing')" '^404 .*"title":"Not Found","status":404' "an unknown path"
like "$(ask 'POST /healthz')" '^405 .*GET, HEAD' "a wrong method"
like "$(web raw "$PORT" 'DELETE /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')" '^Allow: GET, HEAD$' \
	"and which are right"
is "$(ask 'GET /nothing' 'GET /healthz' | cut -c 1-3 | tr '\n' ' ')" '404 200 ' \
	"a 404 does not end the connection"
run outreach-serve --listen 127.0.0.1:0 </dev/null
like_run "a second one on this store" 75 '' 'another outreach-serve runs on this store'
run outreach-serve --listen 127.0.0.1 </dev/null
like_run "no port" 64 '' '"127.0.0.1" is no address such as'
run outreach-serve --listen example.org:80 </dev/null
like_run "a name" 64 '' 'no numeric address'
run outreach-serve --listen 127.0.0.1:"$PORT" </dev/null
like_run "a port that is taken" 71 '' "127.0.0.1:$PORT: Address already in use"

# ---- webhooks ---------------------------------------------------------------------
call=0195f5f0-0000-7000-8000-00000000000a
event() {
	printf '{"uuid":"%s","type":"%s","timestamp":"2026-03-02T09:15:%02d.000Z","payload":%s}' \
		"$call" "$1" "$2" "${3:-{\}}"
}
said() {
	outreach-events log --kind call | jq -c "$1"
}
one=$(event transcription 9 '{"role":"user","text":"Speaking."}')
is "$(ask "POST /api/webhooks/avr-events	$one" "POST /events	$one" \
	"POST /api/webhooks/call-events	$one")" '200 {"status":"ok","new":true}
200 {"status":"ok","new":false}
200 {"status":"ok","new":false}' "an event of AVR, three times on three paths: once in the journal"
is "$(said '[.kind, .source, .call, .body.text]')" \
	'["call.transcription","webhook","'$call'","Speaking."]' "as it came"
is "$(ask 'POST /events	{"call_id":"'$call'","event_type":"ringing","status":"ringing","timestamp":"2026-03-02T09:15:01Z"}' \
	'POST /events	{"call_id":"'$call'","event":"completed","outcome":"success","duration":63,"timestamp":"2026-03-02T09:17:01Z"}' |
	sort -u)" '200 {"status":"ok","new":true}' "the two shapes of the plan"
is "$(ask "POST /events	$(event something_new 20)")" '200 {"status":"ok","new":true}' "an unknown type"
is "$(said '[.kind, .fact.rank]' | tail -n 3 | tr -d '\n')" \
	'["call.ringing","ringing"]["call.ended","ended"]["call.note",null]' "are in the journal too"
is "$(web raw "$PORT" "POST /events HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n$(event dtmf_digit 30 '{"digit":"2"}' | head -c 16)\r\n$(event dtmf_digit 30 '{"digit":"2"}' | tail -c +17 | wc -c | xargs printf %x)\r\n$(event dtmf_digit 30 '{"digit":"2"}' | tail -c +17)\r\n0\r\n\r\n" | tail -n 1)" \
	'{"status":"ok","new":true}' "chunked"
printf '{\n\t"uuid": "%s",\n\t"type": "interruption",\r\n\t"timestamp": "2026-03-02T09:15:40Z"\n}\n' \
	$call >pretty
is "$(curl -s --data-binary @pretty -H 'Content-Type: application/json; charset=utf-8' "http://127.0.0.1:$PORT/events")" \
	'{"status":"ok","new":true}' "with newlines"
while IFS='|' read -r name status words body; do
	like "$(ask "POST /events	$body")" "^$status .*$words" "$name: $status"
done <<'END'
bad JSON|400|body:1:|{"uuid":
no object|400|body:1:|[1]
a key twice|400|body:1:|{"uuid":"a","uuid":"b"}
not UTF-8|400|body:1:|{"uuid":"\ud800"}
an empty body|400|empty|
no event|422|no event that is known|{"hello":"world"}
no time|422|timestamp is missing|{"uuid":"a","type":"call_started"}
a wrong time|422|no.*instant|{"uuid":"a","type":"call_started","timestamp":"yesterday"}
an id that is none|422|uuid|{"uuid":7,"type":"call_started","timestamp":"2026-03-02T09:15:40Z"}
a record of ours|422|no event that is known|{"type":"event","v":1,"event":"ringing","call":"0195f5f0-0000-7000-8000-00000000000a","at":"2026-03-02T09:00:00Z","source":"exchange"}
END
like "$(ask 'POST /events Content-Type: text/plain	{}')" '^415 .*application/json' "another media type"
like "$(ask 'GET /events')" '^405 .*"here are POST"' "GET"
is "$(head -c 10000000 /dev/zero | curl -s -o "$T/answer" -w '%{http_code}' -H Expect: -H 'Content-Type: application/json' \
	--data-binary @- "http://127.0.0.1:$PORT/events")" 413 "ten megabytes"
is "$(head -c 10000000 /dev/zero | curl -s -o "$T/answer" -w '%{http_code}' -H Expect: -H 'Content-Type: application/json' \
	-H 'Transfer-Encoding: chunked' --data-binary @- "http://127.0.0.1:$PORT/events")" 413 "the same, chunked"
is "$(web half "$PORT" "POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n$one")" '' \
	"a Content-Length that is too long: no answer, the connection ends"
like "$(web half "$PORT" "POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n$one")" '^HTTP/1.1 400 ' \
	"one that is too short: half an event is bad JSON"
is "$(for i in 41 42 43 44; do printf 'POST /events HTTP/1.1\r\nHost: a\r\nConnection: %s\r\nContent-Length: %d\r\n\r\n%s' "$([ $i = 44 ] && echo close || echo keep-alive)" "$(event interruption $i | wc -c)" "$(event interruption $i)"; done |
	web pipe "$PORT" | grep -c '"new":true')" 4 "four in one write: each is answered"
is "$(said .kind | grep -c interruption)" 5 "and all are there"
is "$(outreach-events verify | jq -c .type)" '"summary"' "the journal verifies"
ok "and replays" outreach-events replay --check

# ---- a page in a browser here is not this machine ---------------------------------------
while IFS='|' read -r name status fields; do
	like "$(ask "POST /events ${fields//#/|}	$(event dtmf_digit 33 '{"digit":"9"}')")" "^$status " "without a secret, $name: $status"
done <<'END'
a page of another site|403|Origin: http://example.org
one of no site|403|Origin: null
our own page|403|Origin: http://test
one whose browser says where it is from|403|Sec-Fetch-Site: cross-site
END
is "$(said .kind | grep -c dtmf)" 1 "and nothing of it is in the journal"

# ---- one event that the store does not take ---------------------------------------------
serve_stop "before one event that is refused"
sqlite3 outreach.db "CREATE TRIGGER poison BEFORE INSERT ON journal WHEN NEW.kind = 'call.interruption'
	BEGIN SELECT RAISE(ABORT, 'poison'); END"
serve --listen 127.0.0.1:0
is "$(web gather "$PORT" outreach.db.turn "$(event dtmf_digit 34 '{"digit":"1"}')" "$(event dtmf_digit 35 '{"digit":"2"}')" \
	"$(event interruption 36)" "$(event dtmf_digit 37 '{"digit":"3"}')" "$(event dtmf_digit 38 '{"digit":"4"}')")" \
	'200 200 500 200 200' "of events that come together, one that the store does not take is alone in that"
like "$(cat "$T/serve.err")" 'poison' "and it is told"
serve_stop "with it"
sqlite3 outreach.db 'DROP TRIGGER poison'
serve --listen 127.0.0.1:0

# ---- a clock that goes back ---------------------------------------------------------
serve_stop "a clock that goes back"
last=$(outreach-events verify | jq .seq)
OUTREACH_NOW=2026-03-02T09:00:00Z
export OUTREACH_NOW
serve --listen 127.0.0.1:0
is "$(ask "POST /events	$one")" '200 {"status":"ok","new":false}' "what came before is known"
OUTREACH_NOW=2026-03-01T09:00:00Z # a day earlier
serve_stop "the first"
serve --listen 127.0.0.1:0
is "$(ask "POST /events	$one" "POST /events	$(event dtmf_digit 50 '{"digit":"3"}')")" '200 {"status":"ok","new":false}
200 {"status":"ok","new":true}' "and a day earlier too; what is new comes behind it"
is "$(outreach-events verify | jq .seq)" $((last + 1)) "in the order in which it came"
ok "the journal replays" outreach-events replay --check
unset OUTREACH_NOW
serve_stop "the second"
serve --listen 127.0.0.1:0

# ---- shapes that smuggle, and others that are wrong: 400 and the connection ends --
while IFS='|' read -r name text; do
	got=$(web raw "$PORT" "${text}GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
	is "$(printf '%s\n' "$got" | grep -c '^HTTP/1.1 ')/$(printf '%s\n' "$got" | sed -n '1s/HTTP.1.1 \([0-9]*\).*/\1/p')" \
		1/400 "$name: 400, and what follows is not served"
done <<'END'
both lengths|POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n
two lengths|POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n
a blank before the colon|POST /events HTTP/1.1\r\nHost: a\r\nContent-Length : 0\r\n\r\n
another coding|POST /events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n
a folded field|GET /healthz HTTP/1.1\r\nHost: a\r\nX y: 1\r\n folded: 2\r\n\r\n
two hosts|GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n
no host|GET /healthz HTTP/1.1\r\n\r\n
no target|GET healthz HTTP/1.1\r\nHost: a\r\n\r\n
END

# ---- the secret -------------------------------------------------------------------
serve_stop "without a secret"
like "$(cat "$T/serve.err")" 'no webhook secret: only this machine' "it says that there is none"
run outreach-serve --avr 0.0.0.0:0 </dev/null
like_run "the network without a secret" 78 '' 'without a webhook secret only this machine'
printf 'one\n' >new.secret && printf 'whsec_%s\n' "$(printf 'two' | base64)" >old.secret && chmod 600 ./*.secret
printf 'serve: {avr: "127.0.0.1:0", webhook_secret_file: [new.secret, old.secret]}\n' >outreach.yaml
serve
two=$(event call_started 5)
signed() { # ID TIMESTAMP BODY
	printf 'webhook-id: %s|webhook-timestamp: %s|webhook-signature: v1,%s' "$1" "$2" \
		"$(printf '%s.%s.%s' "$1" "$2" "$3" | openssl dgst -sha256 -hmac two -binary | base64)"
}
now=$(date +%s)
while IFS='#' read -r name status fields; do
	like "$(ask "POST /events $fields	$two")" "^$status " "$name: $status"
done <<END
no secret#401#
a wrong secret#401#X-AVR-WEBHOOK-SECRET: on
an empty one#401#X-AVR-WEBHOOK-SECRET:
the secret#200#X-AVR-WEBHOOK-SECRET: one
the one before#200#X-AVR-WEBHOOK-SECRET: $(cat old.secret)
a signature#200#$(signed msg_1 "$now" "$two")
one of another body#401#$(signed msg_1 "$now" "$one")
one that is old#401#$(signed msg_1 $((now - 301)) "$two")
a wrong secret beside a signature#401#$(signed msg_1 "$now" "$two")|X-AVR-WEBHOOK-SECRET: x
END
is "$(said .kind | grep -c answered)" 1 "it came in once"
like "$(ask "POST /events $(signed msg_1 "$now" "$one")	$two")" 'not of this body by the webhook secret' "which is wrong with it"
like "$(ask "POST /events $(signed msg_1 $((now - 301)) "$two")	$two")" 'not within five minutes of this machine' "or old"
# Whatever is wrong with it, the work is the same (tests/unit/secrets.c) and so are the words.
for wrong in twe onf xne on one1 ''; do
	ask "POST /events X-AVR-WEBHOOK-SECRET: $wrong	$two"
done >wrong
is "$(sort wrong | uniq -c | sed 's/^ *\([0-9]*\) \([0-9]*\) .*/\1 \2/')" '6 401' "the first byte, the last, another length: one answer"
like "$(ask 'GET /healthz')" '^200' "health needs no secret"

# ---- the end ------------------------------------------------------------------------
serve_stop "SIGTERM"
rm outreach.yaml
serve --listen 127.0.0.1:0 --listen unix:serve.sock
is "$(printf 'GET /healthz\n' | web status unix:serve.sock)" '200 {"status":"ok"}' "a Unix socket"
serve_stop "with a Unix socket"
ok "the Unix socket is gone" test ! -e serve.sock
serve --listen 127.0.0.1:0 --listen unix:serve.sock
{ kill -9 "$SERVE" && wait "$SERVE"; } 2>/dev/null
ok "even after kill -9" await 20 test ! -e serve.sock

# ---- what it gave up (the rest is tests/unit/sandbox.c) -------------------------------
held() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$SERVE/task/"*/status | sort -u
}
gone() {
	! kill -0 "$SERVE" 2>/dev/null
}
serve --listen 127.0.0.1:0
if grep -q '^Seccomp:' /proc/self/status; then
	is "$(held NoNewPrivs) $(held Seccomp)" '1 2' "each of its threads is confined"
fi
sqlite3 outreach.db 'PRAGMA user_version = 1'
if outreach doctor | grep -q Landlock; then
	ok "a journal that the sqlite3 shell deleted is out of reach" await 20 gone
	wait "$SERVE"
	is $? 75 "it ends with 75"
	like "$(cat "$T/serve.err")" 'replaced the journal' "and says why"
else
	serve_stop "without Landlock"
fi
printf 'serve: {sandbox: off}\n' >outreach.yaml
serve --listen 127.0.0.1:0
is "$(held NoNewPrivs) $(held Seccomp)" '0 0' "off: nothing is given up"
serve_stop "without a sandbox"
rm outreach.yaml

# ---- TLS ------------------------------------------------------------------------------------
secure() { # PATH CURL-ARG...
	curl -s --noproxy '*' --cacert one.pem "https://127.0.0.1:$PORT$1" "${@:2}"
}
run outreach-serve -q --listen tls:127.0.0.1:0 </dev/null
like_run "TLS without a certificate" 78 '' 'tls:127.0.0.1:[0-9]+: there is no certificate: give serve.tls'
certificate one
certificate two
printf 'serve: {tls: {cert: one.pem, key: two.key}}\n' >outreach.yaml
run outreach-serve -q --listen tls:127.0.0.1:0 </dev/null
like_run "a key of another certificate" 78 '' 'serve.tls: ./one.pem with ./two.key: .*not match'
printf 'serve: {tls: {cert: one.pem, key: one.key}}\n' >outreach.yaml
chmod 644 one.key
run outreach-serve -q --listen tls:127.0.0.1:0 </dev/null
like_run "a key that everybody reads" 78 '' './one.key: open to others .mode 644.: chmod o= it'
chmod 640 one.key
serve --listen tls:127.0.0.1:0
is "$(secure /healthz -w ' %{ssl_verify_result}' | tr -d '\n')" '{"status":"ok"} 0' "TLS, with the certificate of the settings"
background curl -sN --noproxy '*' --cacert one.pem "https://127.0.0.1:$PORT/api/v1/live" >"$T/stream"
ok "a stream begins" await 20 grep -q retry "$T/stream"
for i in 51 52 53; do
	secure /events -H 'Content-Type: application/json' -d "$(event interruption $i)" -o "$T/one" \
		-: -s --cacert one.pem "https://127.0.0.1:$PORT/healthz"
done >"$T/answers"
is "$(grep -c ok "$T/answers")" 3 "events, two requests a connection"
ok "the stream has them" await 20 sh -c "[ \"\$(grep -c call.interruption '$T/stream')\" = 3 ]"
ok "no TLS 1.1" test "$(secure /healthz --tls-max 1.1; echo $?)" = 35
is "$(web raw "$PORT" 'GET /healthz HTTP/1.0\r\n\r\n' | grep -c healthz)" 0 "and nothing without TLS"
like "$(cat "$T/serve.err")" "listening on tls:127.0.0.1:$PORT" "it says where"
serve_stop "with TLS, and a stream that is open"
rm outreach.yaml

# ---- started by systemd, and by others that wait -------------------------------------------
is "$(web activate people outreach-serve -q 2>&1)" 'READY=1 200 404 WATCHDOG=1 STOPPING=1 0' \
	"a passed socket for people takes no webhooks; READY, WATCHDOG and STOPPING are told"
is "$(rm -f notify.sock && web activate avr outreach-serve -q 2>&1)" 'READY=1 200 422 WATCHDOG=1 STOPPING=1 0' \
	"one for AVR does"
run sh -c 'LISTEN_PID=$$ LISTEN_FDS=17 exec outreach-serve -q' </dev/null
like_run "sockets that are none are not taken for none" 78 '' 'descriptor 3 from systemd is no listening'
mkfifo ready
background sh -c 'exec outreach-serve -q --listen 127.0.0.1:0 --ready-fd 9 >port.out 2>>serve.err 9>ready'
SERVE=$!
is "$(cat ready | wc -l)" 1 "--ready-fd gets a line and its end"
PORT=$(cat port.out)
is "$(ask 'GET /healthz')" '200 {"status":"ok"}' "and then it answers, on the port that it prints"
serve_stop "with --ready-fd"
done_testing
