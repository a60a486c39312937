#!/bin/bash
# kill_store: every tool that writes the store, killed by SIGKILL before each
# system call that acts on something outside of the process; then the same
# command again. It must succeed and leave what it leaves when nobody kills it;
# the chain, the replay and the file are whole and no target is lost. A kill
# before a call that only looks leaves what a kill before the next one leaves,
# as there is one thread; with OUTREACH_SOAK=1 those points are tried as well.
# With --full (full_store.t) the disk is full at that call alone instead: 74,
# and nothing is half done.
ROOT=$(cd "${0%/*}/../.." && pwd) || exit 1
BUILD=$(cd "$ROOT" && cd "${OUTREACH_BUILD:-build}" && pwd) || exit 1
PATH=$BUILD:$PATH
LC_ALL=C.UTF-8 TZ=UTC
ASAN_OPTIONS=detect_leaks=0
OUTREACH_NOW=2026-03-02T09:00:00Z OUTREACH_SEED=7
unset OUTREACH_DB OUTREACH_CONF XDG_CONFIG_HOME
export PATH LC_ALL TZ ASAN_OPTIONS OUTREACH_NOW OUTREACH_SEED
# In memory: what survives a SIGKILL does not depend on the disk, and nobody waits for it.
T=$(mktemp -d -p /dev/shm outreach-kill.XXXXXX 2>/dev/null || mktemp -d) || exit 1
export HOME=$T
trap 'rm -rf "$T"' EXIT
trap 'exit 143' TERM INT
workers=$(nproc)
acting='open|openat|creat|close|write|writev|pwrite64|pwritev|fsync|fdatasync|ftruncate|fallocate|link|linkat|unlink|unlinkat|rename|renameat|renameat2|fchmod|fchown|mkdir|flock|msync|kill|sendto|sendmsg|connect'
memory='mmap|munmap|mprotect|brk|mremap|madvise|execve|exit_group|arch_prctl|set_tid_address|set_robust_list|rseq|prlimit64|getrandom'
inject=signal=SIGKILL wanted=137 rows=.
if [ "${1-}" = --full ]; then
	acting='write|pwrite64|ftruncate|link|fsync'
	inject=error=ENOSPC wanted=74 rows='^(change|import|add|claim|dnc|backup)[|]'
	shift
fi
calls="^($acting)\$"
[ -z "${OUTREACH_SOAK-}" ] || calls="^(.*)\$"

# name | folder to start from | status of the second run, if it is not 0 | input | command
#
# A second init, backup or activate may find what the first has finished and say so.
table() {
	sed -e '/^#/d' -e 's/ *| */|/g' -e 's/^ *//' -e 's/ *$//' -e '/^$/d' <<'END'
init     | files   | 65 | -       | outreach-init -q
apply    | empty   | -  | -       | outreach-campaign apply -q c.yaml
change   | filled  | -  | -       | outreach-campaign apply -q d.yaml
import   | empty   | -  | people  | outreach-import -q --id id --source s
reimport | filled  | -  | changed | outreach-import -q --replace --id id --source s
add      | added   | -  | contact | outreach-campaign add -q hello
activate | filled  | 77 | -       | outreach-campaign activate -q hello
claim    | active  | -  | -       | outreach-campaign claim -q --limit 2 hello
context  | claimed | -  | call    | outreach-context
dnc      | claimed | -  | number  | outreach-dnc add -q
events   | claimed | -  | event   | outreach-events apply -q
cancel   | claimed | -  | -       | outreach-campaign cancel -q hello
backup   | claimed | 65 | -       | outreach-backup -q to.db
END
}

campaign() {
	cat <<END
name: hello
description: a test
base_prompt: Be kind.
template: You call {{name}}{{#siblings}} and {{name}}{{/siblings}}.
siblings: merge
exchange: sim
dial_string: PJSIP/{phone}@trunk
dialplan_context: avr
caller_id: School <+15555550100>
ring_timeout: 20s
max_duration: 5m
days: mon-sun
hours: $1
assume_timezone: Asia/Kolkata
END
}

# Each folder holds the one before and one step more.
make_bases() {
	mkdir "$T/files" && cd "$T/files" || return 1
	campaign 08:00-21:00 >c.yaml
	campaign 09:00-20:00 >d.yaml
	printf 'id,name,phone\n%s\n%s\n%s\n%s\n%s\n' 1,Asha,+442079460001 2,Ben,+442079460002 \
		3,Cy,+442079460003 4,Di,+442079460003 6,Fay,+442079460001 >people
	printf 'id,name,phone\n%s\n%s\n' 3,Cyrus,+442079460005 5,Eve,+442079460006 >changed
	echo +442079460001 >number
	cp -a "$T/files" "$T/empty" && cd "$T/empty" && outreach-init -q &&
		cp -a "$T/empty" "$T/added" && cd "$T/added" && outreach-campaign apply -q c.yaml &&
		outreach-import -q --id id --source s people >contact &&
		cp -a "$T/added" "$T/filled" && cd "$T/filled" &&
		outreach-campaign add -q hello contact &&
		cp -a "$T/filled" "$T/active" && cd "$T/active" && outreach-campaign activate -q hello &&
		cp -a "$T/active" "$T/claimed" && cd "$T/claimed" &&
		outreach-campaign claim -q --limit 2 hello >call && [ -s call ] || return 1
	printf '{"type":"event","v":1,"event":"%s","call":"%s","at":"%s","source":"exchange"%s}\n' \
		ringing "$(sed -n '1s/.*"id":"\([^"]*\)".*/\1/p' call)" 2026-03-02T09:00:01.000Z '' \
		ended 01890000-0000-7000-8000-000000000001 2026-03-02T09:00:02.000Z \
		',"disposition":"busy"' >event
}

# What the store says, without what differs from run to run (ids of calls, salts).
content() {
	sqlite3 "$1" "
SELECT 'contact', id, source, key, name, digest FROM contact ORDER BY id;
SELECT 'phone', contact, ord, e164 FROM contact_phone ORDER BY contact, ord;
SELECT 'unfinished', first FROM unfinished;
SELECT 'campaign', id, name, state, plan FROM campaign ORDER BY id;
SELECT 'target', id, campaign, contact, held FROM target ORDER BY id;
SELECT 'dnc', kind, value, campaign FROM dnc ORDER BY kind, value, campaign;
SELECT 'context', target, digest FROM context ORDER BY target;
SELECT 'call', hex(id), rank, disposition FROM call ORDER BY id;
SELECT 'beside', hex(call), target FROM call_sibling ORDER BY call, target;
SELECT 'seen', hex(call), key FROM seen ORDER BY call, key;
SELECT 'waits', target FROM schedule WHERE '$2' <> 'claim' ORDER BY target;
SELECT 'stands', target, state, reason FROM standing ORDER BY target;
SELECT 'rebuild', campaign FROM rebuild;
SELECT 'claims', count(*) FROM claim WHERE '$2' <> 'claim';
SELECT 'follows', target FROM claim_sibling WHERE '$2' <> 'claim' ORDER BY target;"
}

# Every target of an active or paused campaign stands in one place and one only.
conserved() {
	[ -z "$(sqlite3 "$1" "
SELECT t.id FROM target t JOIN campaign c ON c.id = t.campaign
WHERE (SELECT count(*) FROM schedule s WHERE s.target = t.id)
	+ (SELECT count(*) FROM standing s WHERE s.target = t.id)
	+ (SELECT count(*) FROM claim s WHERE s.target = t.id)
	+ (SELECT count(*) FROM claim_sibling s WHERE s.target = t.id)
	+ (SELECT count(*) FROM call s WHERE s.target = t.id AND s.line_open = 1)
	+ (SELECT count(*) FROM call s JOIN call_sibling f ON f.call = s.id
		WHERE f.target = t.id AND s.line_open = 1) <> 1;
SELECT phone FROM call WHERE line_open = 1 AND phone IN (SELECT phone FROM claim);")" ]
}

# whole FILE: SQLite, the chain and the replay agree that it is.
whole() {
	[ "$(sqlite3 "$1" 'PRAGMA integrity_check')" = ok ] && outreach-events verify -d "$1" >/dev/null &&
		outreach-events replay --check -d "$1" && conserved "$1"
}

# The command a second time, and what is there then. Says what is wrong. The same bytes are
# looked at once.
again() {
	local status sum
	"${command[@]}" <"$input" >out2 2>err2
	status=$?
	if [ "$status" != 0 ] && [ "$status" != "$second" ]; then
		echo "the second run ended with $status: $(cat err2)"
		return
	fi
	sum=$(cksum "$file" out1 out2)
	[ "$name" != init ] || # a store of its own each time: the id, the inode and what hangs on them
		sum=$(sqlite3 outreach.db .dump | grep -Ev 'INTO (home|txn) ' | cksum)
	[[ $seen != *"|$sum|"* ]] || return
	looked=$((looked + 1))
	whole "$file" >err3 2>&1 || {
		echo "$file is not whole: $(cat err3)"
		return
	}
	[ "$(content "$file" "$name")" = "$want" ] || {
		echo "it is not what it should be:"
		content "$file" "$name" | diff <(echo "$want") -
		return
	}
	[ "$name" != claim ] || claims || return
	seen="$seen|$sum|"
}

# Records of both runs and the claims in the store: no id and no phone twice, every record claimed.
claims() {
	local ids phones
	grep -h '"type":"call"' out1 out2 >records
	ids=$(sed 's/.*"id":"\([^"]*\)".*/\1/' records | sort)
	phones=$(sed 's/.*"phone":"\([^"]*\)".*/\1/' records | sort)
	[ -z "$(uniq -d <<<"$ids")$(uniq -d <<<"$phones")" ] ||
		{ echo 'a call or phone left twice' && return 1; }
	sed 's/-//g' <<<"$ids" | tr a-f A-F >ids
	[ "$(sqlite3 outreach.db 'SELECT hex(call) FROM claim' | grep -cFf ids)" = "$(wc -l <records)" ] ||
		{ echo 'a record left without a claim' && return 1; }
}

# One share of the points of one run; a line for each that is wrong.
share() { # WORKER
	local call n at=0 seen='' looked=0 deaths=0 x=$T/$name.$1
	while read -r call n; do
		at=$((at + 1))
		[ $((at % workers)) = "$1" ] || continue
		rm -rf "$x"
		cp -a "$T/$base" "$x" && cd "$x" || exit 1
		strace -qq -o /dev/null --trace="$call" --inject="$call:$inject:when=$n" \
			"${command[@]}" <"$input" >out1 2>err1
		[ $? != "$wanted" ] || deaths=$((deaths + 1))
		again >"$T/lines.$1" 2>&1
		[ ! -s "$T/lines.$1" ] || printf 'before %s %s: %s\n' "$call" "$n" "$(cat "$T/lines.$1")"
	done <"$T/points" 2>/dev/null
	echo "$looked $deaths" >"$T/looked.$1"
}

test_run() {
	local i n file=outreach.db
	[ "$name" != backup ] || file=to.db
	# How it goes when nobody kills it, and what it calls.
	rm -rf "$T/x" && cp -a "$T/$base" "$T/x" && cd "$T/x" || exit 1
	strace -c -o "$T/calls" "${command[@]}" <"$input" >out1 2>err || {
		echo "not ok $tests - $name: $(cat err)"
		return 1
	}
	want=$(content $file "$name")
	awk -v calls="$calls" -v memory="^($memory)\$" '$4 + 0 > 0 && $NF ~ calls && $NF !~ memory && $NF != "total" {
		for (i = 1; i <= $4; i++) print $NF, i }' "$T/calls" >"$T/points"
	n=$(wc -l <"$T/points")
	for ((i = 0; i < workers; i++)); do
		share $i >"$T/wrong.$i" &
	done
	wait
	cat "$T"/wrong.? >"$T/wrong"
	read -r looked deaths < <(awk '{ a += $1; b += $2 } END { print a, b }' "$T"/looked.?)
	# A count may differ by a few from run to run; a test that kills nobody proves nothing.
	[ "$deaths" -ge $((n * 9 / 10)) ] || echo "only $deaths of $n ended with $wanted" >>"$T/wrong"
	killed=$((killed + deaths))
	[ ! -s "$T/wrong" ] && [ "$n" -gt 20 ]
}

command -v strace >/dev/null && command -v sqlite3 >/dev/null || {
	echo 'Bail out! strace and sqlite3 are needed (tests/deps.sh installs them)'
	exit 1
}
strace -qq -o /dev/null true || {
	echo 'Bail out! strace may not trace here (ptrace is refused)'
	exit 1
}
make_bases 2>"$T/err" || { echo 'Bail out! the stores of this test could not be made' && exit 1; }
tests=0 failed=0 killed=0
table | grep -E "$rows" >"$T/table"
while IFS='|' read -r name base second input line <&3; do
	[[ -z ${1-} || $1 = "$name" ]] || continue
	tests=$((tests + 1)) begin=$SECONDS
	read -ra command <<<"$line"
	[ "$input" != - ] || input=/dev/null
	if test_run; then
		echo "ok $tests - $name: $inject $deaths times, $looked different outcomes, $((SECONDS - begin)) s"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $name: $inject $deaths times"
		sed 's/^/# /' "$T/wrong" | head -n 40
	fi
done 3<"$T/table"
echo "# $killed points of $inject in $SECONDS s"
echo "1..$tests"
[ "$failed" = 0 ]
