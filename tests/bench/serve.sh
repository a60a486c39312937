#!/bin/bash
# serve: webhooks durable before the answer, against the least server there can
# be, Node with better-sqlite3 and the stack of the Python original, each on
# SQLite with journal_mode=TRUNCATE and synchronous=FULL; then more connections,
# and the context of a call.
. "${0%/*}/lib.sh"

here=$ROOT/tests/bench
# Many short rounds in turn: what the disk does to one server it soon does to the other, too.
MS=${BENCH_MS:-1500}
ROUNDS=${BENCH_ROUNDS:-9}
OPEN=${BENCH_OPEN:-100000}
python=/usr/bin/python3
need node
need npm
"$python" -c 'import fastapi, sqlalchemy, uvicorn' 2>/dev/null || {
	echo 'serve: apt-get install python3-fastapi python3-uvicorn python3-sqlalchemy' >&2
	exit 1
}
# BENCH_NODE: a folder with better-sqlite3@12 in it already; else it is installed, and built if it must be.
NODE_PATH=${BENCH_NODE:-$T}/node_modules
export NODE_PATH
has_sqlite() {
	node -e "new (require('better-sqlite3'))(':memory:')" 2>/dev/null
}
npm() {
	HOME=$(getent passwd "$(id -u)" | cut -d: -f6) command npm "$@" >>npm.log 2>&1
}
has_sqlite || npm install --no-audit --no-fund better-sqlite3@12
has_sqlite || npm rebuild better-sqlite3 --build-from-source --nodedir=/usr --foreground-scripts
has_sqlite || { cat npm.log >&2 && exit 1; }

# We and the floor have one core and the load another: else the load takes from a server with several threads
# what it leaves to one that has one. The peers may use all. On a busy machine all of them want chrt (README.md).
on_core() { # N COMMAND...: in place of this subshell
	core=$1
	shift
	if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then
		set -- taskset -c "$core" "$@"
	fi
	exec "$@"
}

start() { # NAME COMMAND...
	name=$1
	shift
	"$@" >"$name.out" 2>&1 &
	kids="$kids $!"
	eval "pid_$name=$!"
}

peak() { # NAME: MiB
	eval "id=\$pid_$1"
	awk '/VmHWM/ { printf "%.1f\n", $2 / 1024 }' "/proc/$id/status"
}

# load NAME PORT CONNECTIONS WHAT [UUIDS]: rate, p50, p99, bad; kept for the medians.
load() {
	set -- "$1" "$3" "$(on_core 1 webload "$2" "$3" "$MS" "$4" ${5:+"$5"})"
	[ -n "$3" ] || exit 1
	echo "$1 $2 $3" >>figures
	[ "${3##* }" = 0 ] || target "$1: answers that were refused" "${3##* }" '<=' 0
}

# median NAME CONNECTIONS COLUMN (3 rate, 4 p50, 5 p99)
median() {
	awk -v n="$1" -v c="$2" -v k="$3" '$1 == n && $2 == c { print $k }' figures | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# ratio NAME CONNECTIONS OTHER CONNECTIONS COLUMN: the median of the rounds' ratios.
ratio() {
	awk -v a="$1" -v m="$2" -v b="$3" -v n="$4" -v k="$5" '
		$1 == a && $2 == m { x[++i] = $k }
		$1 == b && $2 == n { y[++j] = $k }
		END { for (i = 1; i <= j; i++) print x[i] / (y[i] ? y[i] : 1) }' figures | sort -n |
		awk '{ v[NR] = $1 } END { printf "%.2f\n", v[int((NR + 1) / 2)] }'
}

show() {
	printf '%-9s %5s %9s %9s %9s\n' server conns req/s 'p50 us' 'p99 us'
	awk '{ print $1, $2 }' figures | awk '!seen[$0]++' | while read -r name conns; do
		printf '%-9s %5s %9s %9s %9s\n' "$name" "$conns" "$(median "$name" "$conns" 3)" \
			"$(median "$name" "$conns" 4)" "$(median "$name" "$conns" 5)"
	done
}

outreach-init -q -d ours.db </dev/null || exit 1
# The peer looks its contexts up in a table of its own.
campaign calls.db 10 >/dev/null
"$python" - calls.db fastapi.db "$OPEN" >uuids <<'END'
import hashlib, json, os, sqlite3, sys
ours, peer, n = sqlite3.connect(sys.argv[1]), sqlite3.connect(sys.argv[2]), int(sys.argv[3])
text = "You call somebody about the scholarship. " * 12
target, campaign, contact = ours.execute("SELECT id, campaign, contact FROM target LIMIT 1").fetchone()
revision, = ours.execute("SELECT plan_revision FROM campaign WHERE id = ?", (campaign,)).fetchone()
digest, = ours.execute("SELECT digest FROM contact WHERE id = ?", (contact,)).fetchone()
seq = ours.execute("SELECT max(seq) FROM journal").fetchone()[0]
body = json.dumps({"context": text, "system_message": text})
# A text for all of them: the bench is about finding it, and nobody verifies this journal.
ours.execute("INSERT OR REPLACE INTO body (seq, salt, json) VALUES (?, zeroblob(16), ?)", (seq, body))
ours.execute("INSERT INTO context (target, campaign, plan_revision, contact_digest, seq, digest, origin, review)"
             " VALUES (?, ?, ?, ?, ?, zeroblob(32), 'template', 'made')", (target, campaign, revision, digest, seq))
peer.execute("CREATE TABLE context (uuid VARCHAR PRIMARY KEY, system VARCHAR)")
for i in range(n):
    b = bytes.fromhex("0195f5f00000") + b"\x70\x00\x80\x00" + hashlib.sha256(str(i).encode()).digest()[:6]
    h = b.hex()
    u = "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:]))
    ours.execute("INSERT INTO call (id, campaign, target, contact, phone, exchange, owner, attempt, fenced,"
                 " context, rank, intent_at, line_closed, line_open)"
                 " VALUES (?, ?, ?, ?, ?, 'sim', 'none', 1, 0, ?, 1, 1, 0, 1)",
                 (b, campaign, target, contact, 440000000000 + i, seq))
    peer.execute("INSERT INTO context VALUES (?, ?)", (u, text))
    print(u)
ours.commit()
peer.commit()
END

start serve on_core 0 outreach-serve -q -d ours.db --listen 127.0.0.1:9301
start floor on_core 0 webfloor 9302 floor.db
start node node "$here/web_node.js" 9303 node.db
PYTHONPATH=$here STORE=$T/fastapi.db start fastapi "$python" -m uvicorn web_fastapi:app --port 9304 \
	--log-level warning --no-access-log
start context on_core 0 outreach-serve -q -d calls.db --listen 127.0.0.1:9305
for port in 9301 9302 9303 9304 9305; do
	for _ in $(seq 300); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
		sleep 0.1
	done
done

title "serve: webhooks of 300 bytes, durable before the answer, 64 connections"
: >figures
for _ in $(seq "$ROUNDS"); do
	load serve 9301 64 events
	load floor 9302 64 events
	load node 9303 64 events
	load fastapi 9304 64 events
done
show
target 'webhooks: times the Python stack' "$(ratio serve 64 fastapi 64 3)" '>=' 10
target 'webhooks: times Node, a commit each' "$(ratio serve 64 node 64 3)" '>=' 5
target 'webhooks: of the floor' "$(ratio serve 64 floor 64 3)" '>=' 0.5
target "webhooks: p99, times the floor's" "$(ratio serve 64 floor 64 5)" '<=' 2

title 'serve: more connections'
: >figures
for _ in $(seq "$ROUNDS"); do
	for n in 64 128 256 384 512 1000; do
		load serve 9301 $n events
	done
done
show
for n in 128 256 384 512 1000; do
	target "webhooks: rate with $n connections, of that with 64" \
		"$(ratio serve $n serve 64 3)" '>=' 0.8
done
target 'serve: peak memory with 1,000 connections, MiB' "$(peak serve)" '<=' 32

title "serve: the context of one of $OPEN open calls, 64 connections"
: >figures
for _ in $(seq "$ROUNDS"); do
	load context 9305 64 /api/context uuids
	load constant 9305 64 /healthz
	load fastapi 9304 64 /api/context uuids
done
show
target 'context: times the Python stack' "$(ratio context 64 fastapi 64 3)" '>=' 20
target 'context: p99, times that of a constant answer' "$(ratio context 64 constant 64 5)" '<=' 2
printf 'peak    %s MiB with %s contexts of 500 bytes\n' "$(peak context)" "$OPEN"
finish
