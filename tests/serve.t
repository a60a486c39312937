#!/bin/bash
# serve: outreach-serve from outside: what it answers, what it refuses, and that
# it ends in order.
. "${0%/*}/lib.sh"

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
like "$(web raw "$PORT" 'DELETE /healthz HTTP/1.1\r\nHost: a\r\n\r\n')" '^Allow: GET, HEAD$' \
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

# ---- the end ------------------------------------------------------------------------
serve_stop "SIGTERM"
serve --listen 127.0.0.1:0 --listen unix:serve.sock
is "$(printf 'GET /healthz\n' | web status unix:serve.sock)" '200 {"status":"ok"}' "a Unix socket"
serve_stop "with a Unix socket"
ok "the Unix socket is gone" test ! -e serve.sock
done_testing
