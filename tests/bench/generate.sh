#!/bin/sh
# generate: contexts by a chat API that answers at once, against Node's undici
# and Python's httpx asking the same questions (which store nothing); the same
# again, all cached, against passing the records through and against SQLite alone
# (context_floor.c); memory and rate with 256 under way.
. "${0%/*}/lib.sh"

need node
/usr/bin/python3 -c 'import httpx' 2>/dev/null || {
	echo "generate.sh: httpx is missing (apt-get install python3-httpx)" >&2
	exit 1
}
many=$((N / 100))
chat port &
server=$!
kids=$server
while [ ! -s port ]; do :; done
OPENAI_API_KEY=k
export OPENAI_API_KEY OUTREACH_CONF="$T/outreach.yaml"
printf 'llm: {url: "http://127.0.0.1:%s/v1", concurrent: 64}\n' "$(cat port)" >outreach.yaml
campaign store.db "$many"
printf 'context: {model: m, checks: {language: false}}\n' >>bench.yaml
outreach-campaign apply -q -d store.db bench.yaml 2>/dev/null
outreach-campaign targets -d store.db bench >targets
cp store.db fresh.db

title "generate: $many contexts, 64 at a time, a server that answers at once"
cat >before.sh <<'END'
rm -f store.db store.db-journal && cp fresh.db store.db && outreach-adopt -q -d store.db 2>/dev/null
true
END
sh before.sh
table -n "${BENCH_ROUNDS:-3}" -w 0 -b 'sh before.sh' \
	undici "node $ROOT/tests/bench/chat_node.mjs $(cat port) $many 64" \
	generate 'outreach-generate -q -d store.db targets'
target 'generate: CPU against undici' "$(figure generate cpu_x)" '<=' 0.5
table -n 1 -w 0 -b 'sh before.sh' \
	httpx "/usr/bin/python3 $ROOT/tests/bench/chat_httpx.py $(cat port) $many 64" \
	generate 'outreach-generate -q -d store.db targets'
target 'generate: CPU against httpx' "$(figure generate cpu_x)" '<=' 0.1

title 'generate: again, all cached'
outreach-generate -q -d store.db targets >/dev/null
sed 's/"type":"target"/"type":"parcel"/' targets >others
kill $server && wait $server
kids=''
# The contexts are made anew from the answers that are kept: a changed hour makes them stale.
cat >again.sh <<'END'
hour=$((($(cat hour 2>/dev/null || echo 1) + 1) % 50))
echo $hour >hour
sed -i "s/^hours:.*/hours: 09:$((hour + 10))-20:00/" bench.yaml
outreach-campaign apply -q -d store.db bench.yaml 2>/dev/null
END
sh again.sh # nobody can be asked any more: the server is gone
target 'generate: contexts without a request' "$(outreach-generate -q -d store.db targets | grep -c '"context":')" '>=' "$many"
table -n "${BENCH_ROUNDS:-3}" -b 'cp store.db floor.db' pass 'outreach-generate -q -d store.db others' \
	sqlite 'context_floor read floor.db' stored 'outreach-generate -q -d store.db targets'
target 'generate: CPU with stored contexts against passing through' "$(figure stored cpu_x)" '<=' 3
table -n "${BENCH_ROUNDS:-3}" -b 'cp store.db floor.db; sh again.sh' pass 'outreach-generate -q -d store.db others' \
	sqlite 'context_floor write floor.db' cached 'outreach-generate -q -d store.db targets'
# That is a write: what it can be held against is SQLite alone, writing the same rows.
target 'generate: CPU with contexts from kept answers against SQLite writing their rows' \
	"$(awk -v ours="$(figure cached cpu_ms)" -v floor="$(figure sqlite cpu_ms)" 'BEGIN { printf "%.1f", ours / floor }')" '<=' 4

title "generate: 256 under way, a server that takes 200 ms"
rm -f port
chat port 200 &
server=$!
kids=$server
while [ ! -s port ]; do :; done
printf 'llm: {url: "http://127.0.0.1:%s/v1", concurrent: 256}\n' "$(cat port)" >outreach.yaml
table -n 1 -w 0 -b 'sh before.sh' generate 'outreach-generate -q -d store.db targets'
target 'generate: peak MiB' "$(figure generate rss_mib)" '<=' 48
for at_once in 64 256; do
	sh before.sh
	printf 'llm: {url: "http://127.0.0.1:%s/v1", concurrent: %s}\n' "$(cat port)" $at_once >outreach.yaml
	table -n 1 -w 0 generate 'outreach-generate -q -d store.db targets'
	target "generate: part of the ideal rate at $at_once" \
		"$(awk -v n="$many" -v at_once=$at_once -v wall="$(figure generate wall_ms)" \
			'BEGIN { printf "%.3f", n / at_once * 200 / wall }')" '>=' "$([ $at_once = 64 ] && echo 0.94 || echo 0.9)"
done
finish
