#!/bin/sh
# common: the same cases for every tool, from one table: empty input, a bad
# line, one that is too long, input that cannot be read, a full disk, an
# unknown flag, -h. A tool that is built and stands in no row fails the test.
. "${0%/*}/lib.sh"

# tool | needs | arguments with which it reads stdin or writes | a line that makes it write
#
# needs: "-" nothing, "store" a store in the directory. The arguments "-" say that the tool
# reads no records, and the first five cases fall away. The line "-" is a record of a type that
# nobody knows, which every filter passes.
table() {
	sed -e '/^#/d' -e 's/ *| */|/g' -e 's/^ *//' -e 's/ *$//' -e '/^$/d' <<'END'
outreach           | -     | -     | -
outreach-adopt     | store | -     | -
outreach-backup    | store | -     | -
outreach-calls     | store | -     | -
outreach-campaign  | store | -     | -
outreach-contacts  | store | -     | -
outreach-context   | store |       | -
outreach-demo      | -     | -     | -
outreach-dial      | store |       | -
outreach-dnc       | store | -     | -
outreach-doctor    | store | -     | -
outreach-events    | store | apply | -
outreach-generate  | store |       | -
outreach-import    | store | -     | -
outreach-init      | -     | -     | -
outreach-notes     | store | -     | -
outreach-post      | -     | -     | -
outreach-reconcile | store | -     | -
outreach-report    | store | -     | -
outreach-review    | store | check | -
outreach-resume    | store | -     | -
outreach-run       | store | -     | -
outreach-serve     | store | -     | -
outreach-sim       | -     | -     | -
outreach-status    | store | -     | -
outreach-stop      | store | -     | -
outreach-supervise | store | -     | -
outreach-summarize | store |       | -
outreach-token     | store | -     | -
outreach-upgrade   | store | -     | -
END
}

unknown='{"type":"parcel","v":1}'

prepare() {
	fresh
	[ "$1" = store ] || return 0
	run outreach init </dev/null
	[ "$status" = 0 ] || diag "outreach init: $err"
}

# cases TOOL NEEDS ARGUMENTS LINE
cases() {
	tool=$1 args=$3 line=$4
	[ "$line" = - ] && line=$unknown
	prepare "$2"
	if [ "$args" != - ]; then
		# The arguments are words of the table without spaces in them.
		# shellcheck disable=SC2086
		run "$tool" $args </dev/null
		is_run "$tool: empty input" 0 '' "$err"
		printf '%s\n\n{"type":\n' "$unknown" >"$T/bad"
		# shellcheck disable=SC2086
		run "$tool" $args <"$T/bad"
		like_run "$tool: a bad line" 65 "^($unknown)?\$" "^$tool: .*:3:"
		# shellcheck disable=SC2086
		run timeout 20 "$tool" $args <"$T/long"
		like_run "$tool: a line of 5 MB" 65 '' "^$tool: .*:1:1: the line is longer than 4 MiB"
		# shellcheck disable=SC2086
		run timeout 20 "$tool" $args </
		like_run "$tool: input that cannot be read" 74 '' "^$tool: .*: Is a directory"
		printf '%s\n' "$line" >"$T/line"
		# shellcheck disable=SC2086
		"$tool" $args <"$T/line" >/dev/full 2>"$T/err"
		is $? 74 "$tool: a full disk"
	fi
	run "$tool" --no-such-flag </dev/null
	like_run "$tool: an unknown flag" 64 '' "^$tool: .*no-such-flag"
	run "$tool" -h </dev/null
	like_run "$tool: -h" 0 '^usage: ' ''
	"$tool" -h >/dev/full 2>"$T/err"
	is $? 74 "$tool: -h on a full disk"
}

{
	printf '{"type":"parcel","x":"'
	head -c 5000000 /dev/zero | tr '\0' x
	printf '"}\n'
} >"$T/long"
table >"$T/table"
exec 3<"$T/table"
while IFS='|' read -r tool needs args line <&3; do
	cases "$tool" "$needs" "$args" "$line"
done
for path in "$BUILD"/outreach "$BUILD"/outreach-*; do
	name=${path##*/}
	[ ! -f "$path" ] || ok "$name stands in the table" grep -q "^$name|" "$T/table"
done
done_testing
