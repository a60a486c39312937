#!/bin/bash
# kill200: the whole pipeline, killed 200 times at seeded random instants: the
# dialer mostly, sometimes another stage or all of them. Then the same command
# again. The simulator counts whom it rang.
. "${0%/*}/../lib.sh"
. "$ROOT/tests/torture/ground.sh"

KILLS=${KILLS:-200}
RANDOM=${SEED:-2}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# How long an undisturbed run takes on this machine, in ms: kills later than that hit nobody.
measure_run() {
	local start worst=0 took
	for _ in 1 2 3; do
		start=$(now_ms)
		pipeline 10
		took=$(($(now_ms) - start))
		[ "$took" -le "$worst" ] || worst=$took
	done
	span=$((worst > 0 && worst < 900 ? worst : 900))
}

# One run of the pipeline in a process group of its own, and one kill in it.
disturbed() {
	local group victim ms=$((RANDOM % span)) who=$((RANDOM % 10))
	set -m
	pipeline 10 &
	group=$!
	set +m
	groups="$groups $group"
	sleep "0.$(printf '%03d' "$ms")"
	if [ "$who" -lt 2 ]; then
		kill -9 -- "-$group" 2>/dev/null && hits=$((hits + 1))
	elif [ "$who" -lt 8 ]; then
		victim=$(pgrep -g "$group" -x outreach-dial)
		[ -n "$victim" ] && kill -9 $victim 2>/dev/null && hits=$((hits + 1))
	else
		victim=$(pgrep -g "$group" -x 'outreach-(contex|campai).*' | head -1)
		[ -n "$victim" ] && kill -9 $victim 2>/dev/null && hits=$((hits + 1))
	fi
	# What is left of it ends by itself; a dialer that lives is not waited for.
	[ "$((RANDOM % 2))" = 0 ] || wait "$group" 2>/dev/null
}

torture() {
	hits=0 groups=''
	ground "$2" "$3"
	measure_run
	diag "$1: a run takes up to $span ms"
	for _ in $(seq $((KILLS * 6))); do
		[ "$hits" -lt "$4" ] || break
		disturbed 2>/dev/null
		rested=$(sqlite3 -cmd '.timeout 5000' outreach.db 'select (select count(*) from schedule) + (select count(*) from claim)')
		[ "$rested" != 0 ] || break
	done
	# shellcheck disable=SC2086
	wait $groups 2>/dev/null
	ok "$1: $hits kills" test "$hits" -ge "$4"
	settle_accounts "$1"
}

torture fence 'Local/{number}-{id}@outreach-once/n' $((KILLS * 24)) $((KILLS / 2))
FAMILY=3 torture families 'Local/{number}-{id}@outreach-once/n' $((KILLS * 24)) $((KILLS / 4))
torture bare 'PJSIP/{number}@uas' $((KILLS * 24)) $((KILLS / 2))
done_testing
