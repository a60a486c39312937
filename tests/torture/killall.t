#!/bin/bash
# killall: one dial killed before every system call that it makes, then the
# same command again, with and without the fence. In rollback-journal mode the
# store changes by system calls alone, so these are all instants there are.
# strace injects the kill; where ptrace is refused, or with KILL_BY=shim, a preload
# shim does.
. "${0%/*}/../lib.sh"
. "$ROOT/tests/torture/ground.sh"

export CONCURRENT=1000 HOLD=1d

if [ "${KILL_BY:-strace}" = strace ] &&
	strace -qq -o "$T/probe" -e inject=close:signal=SIGKILL:when=1 true 2>/dev/null; [ $? = 137 ]; then
	by=strace
elif cc -shared -fPIC -o "$T/killshim.so" "$ROOT/tests/torture/killshim.c" -ldl 2>"$T/cc.err"; then
	by=shim
else
	by=none
fi
ok "a way to kill before each call: $by" test "$by" != none

# points: "name number" of every call of one dial of the record.
points() {
	if [ "$by" = strace ]; then
		strace -qq -o trace outreach-dial <record >>events 2>/dev/null
		sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' trace |
			awk '$1 != "execve" && $1 != "exit_group" { n[$1]++ }
			END { for (name in n) for (i = 1; i <= n[name] + 1; i++) print name, i }' | sort
	else
		KILL_COUNT=$PWD/count LD_PRELOAD=$T/killshim.so outreach-dial <record >>events 2>/dev/null
		seq "$(cat count)" | sed 's/^/call /'
	fi
}

dial_until() {
	if [ "$by" = strace ]; then
		strace -qq -o /dev/null -e "trace=$1" \
			-e "inject=$1:signal=SIGKILL:when=$2" outreach-dial <record >>events 2>/dev/null
	else
		KILL_AT=$2 LD_PRELOAD=$T/killshim.so outreach-dial <record >>events 2>/dev/null
	fi
}

# What the store promised is on the disk before the first byte of the originate leaves.
in_order() {
	awk '/^pwrite64/ { dirty = 1 } /^f(data)?sync/ { dirty = 0; synced = 1 }
		/^sendto.*Action: Originate/ { found = 1; if (dirty || !synced) bad = 1 }
		END { exit !found || bad }' trace
}

# The next record into the file record; claims when there is none left.
next_record() {
	if ! read -r line <&7; then
		exec 7<&-
		outreach-campaign claim c --limit 300 2>/dev/null | outreach-context >all 2>/dev/null
		exec 7<all
		read -r line <&7 || return 1
	fi
	printf '%s\n' "$line" >record
}

# The same command for those that fell.
again() {
	outreach-dial -q <killed >>again 2>>again.err
	: >killed
}

torture() {
	local killed=0 n=0
	ground "$2" "${PEOPLE:-900}"
	exec 7</dev/null
	next_record
	points >points
	[ "$by" != strace ] || ok "$1: the intent is durable before the originate leaves" in_order
	while read -r name at <&8; do
		next_record || break
		dial_until "$name" "$at" 2>/dev/null
		[ $? = 137 ] && killed=$((killed + 1))
		cat record >>killed
		n=$((n + 1))
		[ "$((n % 10))" != 0 ] || again
	done 8<points 2>/dev/null
	cat <&7 >>killed # those that were claimed for nothing
	again
	exec 7<&-
	is "$n" "$(wc -l <points)" "$1: a kill at each of $n calls"
	ok "$1: $killed of them fell" test "$((killed * 10))" -ge "$((n * 8))"
	settle_accounts "$1" 2>&1
}

[ "$by" = none ] || torture fence 'Local/{number}-{id}@outreach-once/n'
[ "$by" = none ] || torture bare 'PJSIP/{number}@uas'
done_testing
