#!/bin/sh
# claim: 256 of a million targets, nine in ten of them where it is night,
# against 256 of ten thousand; then four claimers at once.
. "${0%/*}/lib.sh"

# Noon in India; in the zones of the other nine tenths it is before 9 or after 20 h.
export OUTREACH_NOW=2026-03-02T06:30:00Z
export OUTREACH_SEED=1
SMALL=10000

campaign small.db "$SMALL"
campaign big.db "$N"
cp small.db small.keep && cp big.db big.keep
for store in small big; do # a claim that finds nobody would be quick
	target "claimed from $store" "$(outreach-campaign claim -q -d $store.db --limit 256 bench | wc -l)" '>=' 256
done
# Over the file, not in its place: the store knows its inode.
echo 'cat small.keep >small.db && cat big.keep >big.db' >before.sh

title "claim: 256 of $N targets against 256 of $SMALL"
table -n 7 -b 'sh before.sh' small 'outreach-campaign claim -q -d small.db --limit 256 bench' \
	big 'outreach-campaign claim -q -d big.db --limit 256 bench'
target 'claim of many against few' "$(figure big cpu_x)" '<=' 1.5

title 'claim: four at once, 30 times 8 each, from start to end of the process'
sh before.sh
pids=''
for i in 1 2 3 4; do
	run -n 30 -w 0 "claimer$i" 'outreach-campaign claim -q -d big.db --limit 8 bench' >"four.$i" &
	pids="$pids $!"
	kids="$kids $!"
done
for pid in $pids; do
	wait "$pid" || exit 1
done
kids=''
head -n 1 four.1
tail -q -n 1 four.1 four.2 four.3 four.4
target 'targets claimed by the four' \
	"$(outreach-report -d big.db bench | jq 'select(.section == "targets" and .name == "claimed").n')" '>=' 960
target 'the longest of all waits, ms' "$(tail -q -n 1 four.? | sort -rnk4 | awk 'NR == 1 { print $4 }')" '<=' 250
finish
