#!/bin/bash
# streams: 200 readers of the journal as server-sent events while 1,000 webhooks
# a second come in: nobody misses a row, memory stays flat, and webhooks are
# answered as without them.
. "${0%/*}/lib.sh"

STREAMS=${BENCH_STREAMS:-200}
RATE=${BENCH_RATE:-1000}
MS=${BENCH_MS:-20000}
UNTIL=$((RATE * MS / 1000 / 2)) # rows that surely come: half of what is sent

outreach-init -q -d ours.db </dev/null || exit 1
# Both addresses have a thread of their own.
outreach-serve -d ours.db --avr 127.0.0.1:0 --people 127.0.0.1:0 --port-file up 2>log &
kids=$!
for _ in $(seq 300); do [ -s up ] && break || sleep 0.1; done
[ -s up ] || { cat log >&2 && exit 1; }
port=$(sed -n 's/.*listening on .*://p' log | sed -n 1p)
people=$(sed -n 's/.*listening on .*://p' log | sed -n 2p)
peak() {
	awk '/VmHWM/ { printf "%.1f\n", $2 / 1024 }' "/proc/$kids/status"
}

title "streams: $RATE webhooks a second, with and without $STREAMS streams"
set -- $(webload "$port" 64 "$MS" "events:$RATE")
alone=$1 alone_p99=$3
before=$(peak)
webstream "$people" "$STREAMS" "$((UNTIL * 2))" opened >streams &
reader=$!
for _ in $(seq 300); do [ -e opened ] && break || sleep 0.1; done
set -- $(webload "$port" 64 "$MS" "events:$RATE")
wait "$reader"
read -r good bytes <streams
printf 'alone: %s/s, p99 %s us; with streams: %s/s, p99 %s us; %s MB were sent\n' \
	"$alone" "$alone_p99" "$1" "$3" "$((bytes / 1000000))"
target 'streams that had every row in order' "$(over "$good" "$STREAMS")" '>=' 1
target 'webhooks with streams, of the rate without' "$(over "$1" "$alone")" '>=' 0.7
target 'serve: more memory with streams, MiB' "$(awk -v a="$before" -v b="$(peak)" 'BEGIN { print b - a }')" '<=' 16
finish
