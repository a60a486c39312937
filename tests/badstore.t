#!/bin/bash
# badstore: every tool that opens the store, from one table, times every state
# in which a store is not to be used: missing, newer, older, foreign, a copy, in
# WAL mode, read-only, locked, on a full disk, on a network file system. Each
# run says what is wrong and the way out, and leaves the file as it was.
. "${0%/*}/lib.sh"
ASAN_OPTIONS=detect_leaks=0 # the leak checker and strace both want ptrace
export ASAN_OPTIONS OUTREACH_NOW=2026-03-02T09:00:00Z

# tool | kind | status on a good store | standard input | arguments
#
# kind: r reads, s reads and writes a file of its own, w writes, o opens to write and has nothing to
# write here, t too, but waits for its turn, d dials (runs only where it is refused), and three with
# words of their own: doctor, upgrade, init.
table() {
	sed -e '/^#/d' -e 's/ *| */|/g' -e 's/^ *//' -e 's/ *$//' -e '/^$/d' <<'END'
outreach-adopt     | w | 0 | -       |
outreach-backup    | s | 0 | -       | to.db
outreach-calls     | r | 0 | -       | list
outreach-campaign  | w | 0 | -       | apply -q more.yaml
outreach-campaign  | r | 0 | -       | apply -n more.yaml
outreach-campaign  | r | 0 | -       | show hello
outreach-campaign  | r | 0 | -       | list
outreach-campaign  | w | 0 | contact | add -q other
outreach-campaign  | w | 0 | -       | activate -q other
outreach-campaign  | w | 0 | -       | pause -q hello
outreach-campaign  | w | 0 | -       | resume -q paused
outreach-campaign  | w | 0 | -       | cancel -q hello
outreach-campaign  | w | 0 | -       | claim -q hello
outreach-campaign  | r | 0 | -       | targets hello
outreach-campaign  | w | 0 | -       | requeue -q --contact 1 hello
outreach-campaign  | r | 0 | -       | why --contact 1 hello
outreach-contacts  | r | 0 | -       | list
outreach-context   | w | 0 | call    |
outreach-context   | r | 0 | call    | -n
outreach-dial      | d | - | call    |
outreach-dial      | r | 0 | call    | -n
outreach-dnc       | w | 0 | number  | add -q
outreach-dnc       | w | 0 | -       | remove -q +442079460099
outreach-dnc       | r | 1 | -       | check +442079460099
outreach-dnc       | r | 0 | -       | list
outreach-dnc       | r | 0 | -       | lists
outreach-dnc       | r | 0 | -       | export
outreach-dnc       | r | 0 | call    | filter -q
outreach-doctor    | doctor | - | -  | --offline
outreach-events    | w | 0 | event   | apply
outreach-events    | r | 0 | event   | apply -n
outreach-events    | r | 0 | -       | log
outreach-events    | r | 0 | -       | verify
outreach-events    | s | 0 | -       | replay --check
outreach-generate  | w | 0 | call    |
outreach-generate  | r | 0 | call    | -n
outreach-import    | w | 0 | sheet   | -q --id id
outreach-import    | r | 0 | sheet   | -q --id id -n
outreach-init      | init | - | -    | -q
outreach-notes     | w | 0 | -       | add -q note.md
outreach-notes     | w | 0 | -       | remove -q note
outreach-notes     | r | 0 | -       | list
outreach-reconcile | o | 0 | -       | -q
outreach-report    | r | 0 | -       | hello
outreach-resume    | t | 0 | -       | -q
outreach-review    | r | 0 | -       | list hello
outreach-run       | d | - | -       | hello
outreach-status    | r | 0 | -       |
outreach-stop      | w | 0 | -       | -q --reason test
outreach-summarize | t | 0 | call    |
outreach-summarize | r | 0 | call    | -n
outreach-summarize | o | 0 | -       | --new --campaign hello
outreach-token     | r | 0 | -       | list
outreach-upgrade   | upgrade | - | - | -q
END
}

# Tools that open no store, outreach-serve, which ends by a signal alone (tests/serve.t), and what it runs.
storeless='outreach outreach-demo outreach-post outreach-serve outreach-sim outreach-supervise'

campaign() {
	campaign_yaml "name: $1" 'base_prompt: Be kind.' 'dial_string: PJSIP/{phone}@trunk' \
		'days: mon-sun' 'hours: 00:00-24:00' 'assume_timezone: Asia/Kolkata'
}

# A store with everything in it that the rows touch.
make_base() {
	mkdir "$T/base" && cd "$T/base" || exit 1
	for name in hello other paused more; do
		campaign $name >$name.yaml
	done
	printf 'id,name,phone\n1,Asha,+442079460001\n2,Ben,+442079460002\n3,Cy,+442079460003\n' >people
	printf 'id,name,phone\n3,Cyrus,+442079460003\n4,Dee,+442079460004\n' >sheet
	echo +442079460001 >number
	{
		outreach init -q &&
			outreach-campaign apply -q hello.yaml other.yaml paused.yaml &&
			outreach-import -q --id id people >contact &&
			outreach-campaign add -q hello contact &&
			outreach-campaign add -q paused contact &&
			head -n 2 contact | outreach-campaign add -q other &&
			outreach-campaign activate -q hello &&
			outreach-campaign activate -q paused &&
			outreach-campaign claim -q --limit 1 hello >call &&
			outreach-campaign pause -q paused &&
			outreach-dnc add -q +442079460099 &&
			echo 'Be brief.' >note.md && outreach-notes add -q note.md &&
			echo 'Be kind.' >>note.md
	} 2>err || bail "the store of this test: $(cat err)"
	call=$(sed 's/.*"id":"\([^"]*\)".*/\1/' call)
	printf '{"type":"event","v":1,"event":"ringing","call":"%s","at":"%s","source":"exchange"}\n' \
		"$call" 2026-03-02T09:00:01.000Z >event
	rm -f outreach.db.owner* err
	cd "$WORK" || exit 1
}

before='' # how the tool is run in this state: a command before it
made=''   # the state in which the folder is
out='' err='' status=0

# What lies in the folder, into $now.
snapshot() {
	local names=(*)

	now=${names[*]}
	[ ! -f outreach.db ] || now="$now; $(cksum outreach.db)"
}

# go ARGUMENTS: the row in a folder made by $prepare, a new one if the last was changed.
go() {
	if [ "$made" != "$prepare" ]; then
		rm -rf "$T/x"
		cp -a "$T/base" "$T/x" && cd "$T/x" && $prepare || exit 1
		snapshot
	fi
	was=$now
	stdin=/dev/null
	[ "$input" = - ] || stdin=$T/base/$input
	# $before is words.
	# shellcheck disable=SC2086
	$before "$tool" "$@" <"$stdin" >"$T/out" 2>"$T/err"
	status=$?
	slurp out
	slurp err
	snapshot
	made=''
	[ "$was" != "$now" ] || made=$prepare
}

# slurp NAME: the variable takes the file of its name, without a process.
slurp() {
	IFS= read -r -d '' "$1" <"$T/$1"
	eval "$1=\${$1%\$'\n'}"
}

untouched() {
	[ -n "$made" ] || { diag "was: $was" && diag "now: $now" && false; }
}

# Many cases: without a process for each comparison.
matches() {
	[[ $1 =~ $2 ]]
}

# The store that was left is whole: so says SQLite, the chain and the replay.
whole() {
	[ -z "$made" ] || return 0 # as it was
	outreach-events verify >/dev/null 2>"$T/err2" && outreach-events replay --check 2>>"$T/err2" &&
		[ "$(sqlite3 outreach.db 'PRAGMA integrity_check')" = ok ] && return
	sed 's/^/# /' "$T/err2"
	return 1
}

# refused NAME STATUS PATTERN: what the last run must be when the state forbids it.
refused() {
	case $kind in
	doctor) # says it on standard output, and finds more to say
		if [ "$status" = 1 ] && matches "$out" "$3" && untouched; then
			pass "$1"
			return
		fi
		;;
	*)
		words=$err
		[[ $err != *': note: '* ]] || words=$(printf '%s\n' "$err" | grep -v ': note: ')
		if [ "$status" = "$2" ] && [ -z "$out" ] && [[ $words != *$'\n'* ]] &&
			matches "$words" "^$tool: .*($3)" && untouched; then
			pass "$1"
			return
		fi
		;;
	esac
	fail "$1"
	diag "status: $status, want $2"
	diag "stdout: $out"
	diag "stderr: $err"
	diag "want: $3"
}

# served NAME STATUS [WORDS ON STDOUT]: what the last run must be when the state does not matter to it.
served() {
	if [ "$status" = "$2" ] && ! matches "$err" "$tool: outreach.db:" && matches "$out" "${3-}" &&
		whole; then
		pass "$1"
		return
	fi
	fail "$1"
	diag "status: $status, want $2"
	diag "stdout: $(printf '%s\n' "$out" | head -n 3)"
	diag "stderr: $err"
}

# each NAME STATE: every row in that state; $expect decides.
each() {
	label=$1 prepare=$2 expect=$3 made='' seen=' '
	exec 3<"$T/table"
	while IFS='|' read -r tool kind good input args <&3; do
		[ -x "$BUILD/$tool" ] || continue
		# The arguments are words of the table without spaces in them.
		# shellcheck disable=SC2086
		set -- $args
		$expect "$label: $tool${args:+ $args}" "$@"
	done
}

# ---- states in which nobody opens it: $why says which, $code what they exit with --------------

# What the file is, the tool sees where it opens it: once to read and once to write is enough.
forbidden() {
	[[ $seen != *" $tool/$kind "* ]] || return 0
	seen="$seen$tool/$kind "
	title=$1
	shift
	go "$@"
	case $kind in
	init)
		if [ -e "$T/base/outreach.db" ] && [ "$prepare" != absent ]; then
			refused "$title" 65 'outreach.db: exists already; nothing was changed'
		else
			served "$title" 0
		fi
		;;
	upgrade) refused "$title" "$code" "outreach.db: ${why_upgrade:-$why}" ;;
	*) refused "$title" "$code" "outreach.db: $why" ;;
	esac
}

forbid() { # NAME STATE STATUS WORDS [WORDS of upgrade]
	code=$3 why=$4 why_upgrade=${5-}
	each "$1" "$2" forbidden
}

absent() { rm -f outreach.db outreach.db-journal outreach.db.turn; }
newer() { sqlite3 outreach.db 'PRAGMA user_version = 99'; }
older() { sqlite3 outreach.db 'PRAGMA user_version = 0'; }
foreign() { absent && sqlite3 outreach.db 'CREATE TABLE bird (name); PRAGMA user_version = 1'; }
text() { seq 1000 >outreach.db; }
short() { echo hello >outreach.db; }
empty() { : >outreach.db; }
directory() { absent && mkdir outreach.db; }
pipe() { absent && mkfifo outreach.db; }
as_it_is() { :; }
# The header alone: what matters is that nobody lets SQLite see it.
wal() { printf '\002\002' | dd of=outreach.db bs=1 seek=18 conv=notrunc 2>/dev/null; }

# ---- states that matter to some ---------------------------------------------------------------

# A copy, as all folders here are, is read and written like any other; only what calls people refuses.
copied() {
	title=$1
	shift
	go "$@"
	case $kind in
	d) refused "$title" 77 'outreach.db: is a copy of a store .*outreach adopt' ;;
	doctor) served "$title" 1 'is a copy of a store .*outreach adopt' ;;
	init) refused "$title" 65 'exists already' ;;
	upgrade) served "$title" 0 ;;
	*) served "$title" "$good" ;;
	esac
}

# Reading goes on; $code, $why: what a writer says. $opens: no (not even opened to write), turn, full.
hampered() {
	title=$1
	shift
	case $kind in
	d | doctor | init) return ;; # would call; says more; never writes
	s) [ "$opens" != turn ] || return ;; # its own file has a turn too
	esac
	go "$@"
	case $kind in
	w) refused "$title" "$code" "$why" ;;
	upgrade) served "$title" 0 ;;
	*) case "$kind $opens" in
		'o no' | 't no' | 't turn' | 's full') refused "$title" "$code" "$why" ;;
		*) served "$title" "$good" ;;
		esac ;;
	esac
}

hamper() { # NAME STATE STATUS WORDS OPENS
	code=$3 why=$4 opens=$5
	each "$1" "$2" hampered
}

# Root passes by file modes: it must give up that power, or the folder be mounted read-only.
modes() {
	chmod 444 outreach.db
}

# inject SYSCALL=...: what the kernel answers, for this tool and what it starts.
inject() {
	before="strace -f -qq -o /dev/null -e trace=${1%%:*} -e inject=$1"
}

command -v strace >/dev/null || bail 'strace is not installed (tests/deps.sh installs it)'
command -v sqlite3 >/dev/null || bail 'sqlite3 is not installed (tests/deps.sh installs it)'
table >"$T/table"
make_base

# Every tool stands in the table.
for path in "$BUILD"/outreach "$BUILD"/outreach-*; do
	tool=${path##*/}
	case " $storeless " in
	*" $tool "*) continue ;;
	esac
	[ ! -f "$path" ] || ok "$tool stands in the table" grep -q "^$tool|" "$T/table"
done

forbid missing absent 66 'there is no store here .*outreach init'
forbid newer newer 78 'was made by a newer outreach .*version 99.* use that one'
forbid older older 78 'is of version 0, this outreach needs .*outreach upgrade' \
	'there is no way from version 0'
forbid foreign foreign 78 'is an SQLite file, but not a store of outreach \(-d or .OUTREACH_DB names another\)'
forbid 'a text' text 78 'is not a store'
forbid 'a short text' short 78 'is not a store'
forbid 'an empty file' empty 78 'is not a store'
forbid 'a folder' directory 78 'is not a store but a folder'
before='timeout 20'
forbid 'a named pipe' pipe 78 'is not a store but no file at all'
before=''
version=$(sqlite3 "$T/base/outreach.db" 'SELECT sqlite_version()')
case $version in
3.[0-9].* | 3.[1-4][0-9].* | 3.50.[0-6] | 3.51.[0-2])
	forbid 'WAL mode' wal 78 \
		'is in WAL mode, in which SQLite .* can lose .*PRAGMA journal_mode=truncate' ;;
*) pass "WAL mode: SQLite $version does not lose what was committed in it" ;;
esac
# struct statfs begins with the type: here it is that of NFS.
inject 'statfs:poke_exit=@arg2=6969000000000000'
forbid 'a network file system' as_it_is 78 \
	'is on a network file system .NFS., .*move the store to a local disk'
before=''
each 'a copy' as_it_is copied

if [ "$(id -u)" = 0 ]; then
	before='setpriv --bounding-set=-dac_override,-dac_read_search'
	setpriv --bounding-set=-dac_override,-dac_read_search true ||
		bail 'setpriv cannot give up what lets root write everywhere'
fi
hamper 'a read-only file' modes 74 'outreach.db: cannot be written: Permission denied' no
before=''
# The turn never comes: the wait itself is that of tests/unit/badstore.c.
inject flock:error=EAGAIN
hamper 'another writes' as_it_is 75 'outreach.db: another process has been writing for over 30 s' turn
inject pwrite64:error=ENOSPC
hamper 'a full disk' as_it_is 74 '.*(disk is full|full; nothing of this step was kept|full; no copy was made)' full
before=''
done_testing
