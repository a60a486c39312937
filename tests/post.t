#!/bin/bash
# post: what outreach-dial runs to speak HTTP takes orders from nobody else.
# What it does for the dialer is in http.t.
. "${0%/*}/lib.sh"

run outreach-post --help </dev/null
is_run 'help' 0 'usage: outreach-post [-h]
Run by outreach-dial for an exchange of type http; not by people.' ''
for input in /dev/null file; do
	echo '{"type":"call","v":1}' >file
	run outreach-post <"$input"
	like_run "orders from $input" 64 '' 'orders from outreach-dial alone'
done
printf '{"type":"call","v":1}\n' | run outreach-post
like_run 'orders from a pipe' 64 '' 'orders from outreach-dial alone'
run outreach-post now </dev/null
like_run 'an operand' 64 '' 'takes no operands'
run outreach-post --call </dev/null
like_run 'an option' 64 '' 'call'

# What it is told over the socket: an order is good until the instant that it names, connecting included.
cat >orders.py <<'END'
import json, socket, subprocess, time
ID = "019cacf4-9b78-7a3c-8d21-5f0e6b7a9c01"
full = socket.socket(); full.bind(("127.0.0.1", 0)); full.listen(0)
waiting = []
for i in range(8):  # until no connection is taken any more
    c = socket.socket(); c.setblocking(False); c.connect_ex(full.getsockname()); waiting.append(c)
ours, its = socket.socketpair()
post = subprocess.Popen(["outreach-post"], stdin=its, stdout=its); its.close()
lines = ours.makefile("r")
def say(**o): ours.sendall((json.dumps(o) + "\n").encode())
def order(ms):
    say(type="post", id=ID, **{"try": 1}, by=time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000 + ms * 1000, body="{}")
    r = json.loads(lines.readline())
    print(r["said"], "the exchange takes none" if r.get("refused") else "too late")
say(type="post_setup", url="http://127.0.0.1:%d/x" % full.getsockname()[1], key_header="Idempotency-Key", timeout_ms=9000, connections=8)
print(json.loads(lines.readline())["type"])
order(-1)
order(300)
order(60000)
lines.close(); ours.close()
print(post.wait())
END
run /usr/bin/python3 orders.py
is_run 'too late, too late while it connects, and who takes no connection' 0 'post_ready
unsent too late
unsent too late
unsent the exchange takes none
0' ''
done_testing
