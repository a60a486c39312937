#!/bin/bash
# env: every tool with an empty environment in /, without HOME, with closed
# standard descriptors, with a wrong settings file and with a wrong time: it
# says what is wrong in one line, or works; it never crashes or hangs.
. "${0%/*}/lib.sh"

# tool | status without a store in / | arguments
table() {
	sed -e '/^#/d' -e 's/ *| */|/g' -e 's/^ *//' -e 's/ *$//' -e '/^$/d' <<'END'
outreach           | 0  |
outreach           | 0  | version
outreach-adopt     | 66 |
outreach-backup    | 66 | /nowhere/to.db
outreach-calls     | 66 | list
outreach-campaign  | 66 | list
outreach-campaign  | 66 | claim hello
outreach-contacts  | 66 | list
outreach-context   | 66 |
outreach-dial      | 66 |
outreach-dnc       | 66 | list
outreach-doctor    | 1  | --offline
outreach-events    | 66 |
outreach-events    | 66 | verify
outreach-generate  | 66 |
outreach-import    | 66 |
outreach-init      | 74 | -d /nowhere/outreach.db
outreach-notes     | 66 | list
outreach-post      | -  |
outreach-reconcile | 66 |
outreach-report    | 66 | hello
outreach-resume    | 66 |
outreach-review    | 66 | list hello
outreach-run       | 66 | hello
outreach-serve     | 66 |
outreach-sim       | -  |
outreach-status    | 66 |
outreach-stop      | 66 |
outreach-supervise | 66 |
outreach-summarize | 66 |
outreach-token     | 66 | list
outreach-upgrade   | 66 |
END
}
# outreach-demo is a script that builds its own world: tests/demo.t.
storeless='outreach-demo'

# The tool as it is started by cron, systemd and worse.
bare() {
	(cd / && exec env -i ASAN_OPTIONS="${ASAN_OPTIONS-}" timeout 20 "$@")
}

# sane NAME STATUS WORDS: the last run ended so, with one line that matches (and perhaps the usage).
sane() {
	if [ "$status" = "$2" ] && matches "$err" "$3"; then
		pass "$1"
		return
	fi
	fail "$1"
	diag "status: $status, want $2"
	diag "stdout: $(printf '%s\n' "$out" | head -n 3)"
	diag "stderr: $err"
	diag "want: $3"
}

each() {
	exec 3<"$T/table"
	while IFS='|' read -r tool want args <&3; do
		[ -x "$BUILD/$tool" ] || continue
		# shellcheck disable=SC2086
		"$1" $args
	done
	exec 3<&-
}

empty_environment() {
	[ "$want" != - ] || return 0
	run bare "$BUILD/$tool" "$@" </dev/null
	words="^$tool: (/?nowhere/)?outreach.db"
	[ "$want" != 74 ] || words="^$tool: /nowhere/outreach.db"
	case $want in
	0 | 1) words='' ;;
	esac
	sane "env -i in /: $tool $*" "$want" "$words"
}

help_bare() {
	run bare "$BUILD/$tool" -h </dev/null
	sane "env -i in /: $tool -h" 0 ''
	is "$(printf '%s' "$out" | head -c 6)" 'usage:' "env -i in /: $tool -h shows its usage"
}

# A wrong key (the other faults of a file: tests/unit/settings.c), a folder, no file.
settings() {
	case $tool in
	outreach | outreach-post | outreach-sim) return ;; # read none
	esac
	for file in key.yaml folder.yaml missing.yaml; do
		run env OUTREACH_CONF="$WORK/$file" timeout 20 "$tool" "$@" </dev/null
		if [ "$tool" = outreach-doctor ]; then
			[ "$status" = 1 ] && [[ $out == *'"settings_file","finding":"wrong"'*"$file"* ]]
			is $? 0 "$file: $tool"
			continue
		fi
		sane "$file: $tool $*" "$([ $file = key.yaml ] && echo 78 || echo 66)" "^$tool: .*$file"
		is "$out" '' "$file: $tool $*: nothing on standard output"
	done
}

wrong_time() {
	case $tool in
	outreach) return ;; # asks for no time
	esac
	for now in yesterday 2026-03-02T09:00:00Z\*60; do
		run env OUTREACH_NOW="$now" timeout 20 "$tool" "$@" </dev/null
		if [ "$tool" = outreach-doctor ]; then
			[ "$status" = 1 ] && [[ $out == *'"clock","finding":"wrong"'*OUTREACH_NOW* ]]
			is $? 0 "OUTREACH_NOW=$now: $tool"
			continue
		fi
		sane "OUTREACH_NOW=$now: $tool $*" 78 "^$tool: OUTREACH_NOW: "
	done
}

# A closed descriptor must not become the store's: what is said to it would go into the file.
closed() {
	case $tool in
	outreach-serve | outreach-sim) return ;; # go on until a signal
	esac
	for which in 0 1 2 012; do
		rm -rf "$WORK/x" && cp -a "$WORK/base" "$WORK/x" && cd "$WORK/x" || exit 1
		case $which in
		0) timeout 20 "$tool" "$@" >"$T/out" 2>"$T/err" <&- ;;
		1) timeout 20 "$tool" "$@" 2>"$T/err" </dev/null >&- ;;
		2) timeout 20 "$tool" "$@" >"$T/out" </dev/null 2>&- ;;
		012) timeout 20 "$tool" "$@" <&- >&- 2>&- ;;
		esac
		status=$?
		[ "$status" -lt 124 ] && outreach-events verify >/dev/null 2>&1 &&
			[ "$(sqlite3 outreach.db 'PRAGMA integrity_check')" = ok ]
		is $? 0 "closed $which: $tool $*: status $status, the store is whole"
		[ "$which" != 1 ] || { [ ! -s "$T/would" ] || is "$status" 74 "closed 1: $tool $*: 74"; }
	done
	cd "$WORK" || exit 1
}

# The same with what it writes, to know who must miss its standard output.
closed_with_output() {
	case $tool in
	outreach-serve | outreach-sim) return ;; # go on until a signal
	esac
	rm -rf "$WORK/x" && cp -a "$WORK/base" "$WORK/x" && cd "$WORK/x" || exit 1
	timeout 20 "$tool" "$@" </dev/null >"$T/would" 2>/dev/null
	cd "$WORK" || exit 1
	closed "$@"
}

table >"$T/table"
for path in "$BUILD"/outreach "$BUILD"/outreach-*; do
	tool=${path##*/}
	case " $storeless " in
	*" $tool "*) continue ;;
	esac
	[ ! -f "$path" ] || ok "$tool stands in the table" grep -q "^$tool|" "$T/table"
done
each empty_environment
each help_bare

# HOME unset, empty, relative, a file: the settings below it are not found, no more.
mkdir base
(cd base && outreach init -q && sed 's/^name: .*/name: hello/' "$ROOT/examples/scholarship.yaml" >c.yaml &&
	outreach-campaign apply -q c.yaml && outreach-dnc add -q +442079460001) 2>err ||
	bail "the store of this test: $(cat err)"
for home in unset '' relative /dev/null /nonexistent; do
	if [ "$home" = unset ]; then
		run env -u HOME outreach-status -d base/outreach.db
	else
		run env HOME="$home" outreach-status -d base/outreach.db
	fi
	sane "HOME $home" 0 ''
done

printf 'databse: x.db\n' >key.yaml
mkdir folder.yaml
each settings
each wrong_time
each closed_with_output
done_testing
