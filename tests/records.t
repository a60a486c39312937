#!/bin/bash
# records: every tool that reads records, from one table, given every kind of
# line that is none, between two good ones: 65 with the line, what came before
# is done, nothing is half done; with -k the one behind it is done as well.
# Then call records that are not what claim gave, and campaigns that are not.
. "${0%/*}/lib.sh"
OUTREACH_NOW=2026-03-02T09:00:00Z
export OUTREACH_NOW

# tool | file whose first two lines are good | a text field, a number field or - | -k or how it goes on | arguments
#
# "lines" reads numbers too; import goes on by itself and stops with --strict.
table() {
	sed -e '/^#/d' -e 's/ *| */|/g' -e 's/^ *//' -e 's/ *$//' -e '/^$/d' <<'END'
outreach-campaign | contacts | source | id | -k | add -q hello
outreach-context  | calls    | id     | -  | -k |
outreach-context  | targets  | -      | id | -k |
outreach-dial     | calls    | id     | -  | -k | -n
outreach-dnc      | contacts | phone  | -  | -k | add -q
outreach-dnc      | contacts | phone  | -  | -k | check
outreach-events   | events   | call   | talk_ms | -k | apply
outreach-events   | events   | call   | talk_ms | -k | apply -n
outreach-import   | contacts | phone  | -  | import | -q --format ndjson
END
}

make_base() {
	mkdir "$T/base" && cd "$T/base" || exit 1
	campaign_yaml 'name: hello' 'base_prompt: Be kind.' 'dial_string: PJSIP/{phone}@trunk' \
		'claim_hold: 15m' 'days: mon-sun' 'hours: 08:00-21:00' 'assume_timezone: Asia/Kolkata' >hello.yaml
	printf 'id,name,phone\n%s\n%s\n%s\n%s\n' 1,Asha,+442079460001 2,Ben,+442079460002 \
		3,Cy,+442079460003 4,Di,+442079460004 >people
	{
		outreach init -q && outreach-campaign apply -q hello.yaml &&
			outreach-import -q --id id --source s people >contacts &&
			outreach-campaign add -q hello contacts && outreach-campaign activate -q hello &&
			outreach-campaign claim -q --limit 2 hello >calls &&
			outreach-campaign targets --state waiting hello >targets
	} 2>err || bail "the store of this test: $(cat err)"
	sed 's/.*"id":"\([^"]*\)".*/\1/' calls | while read -r call; do
		printf '{"type":"event","v":1,"event":"ended","call":"%s","at":"%s","source":"exchange","disposition":"busy"}\n' \
			"$call" 2026-03-02T09:00:05.000Z
	done >events
	cd "$WORK" || exit 1
}

whole() {
	outreach-events verify >/dev/null && outreach-events replay --check &&
		[ "$(sqlite3 outreach.db 'PRAGMA integrity_check')" = ok ]
}

here() {
	rm -rf "$T/x" && cp -a "$T/base" "$T/x" && cd "$T/x" || exit 1
}

# What one good record makes the tool say: the records of a run on it alone.
good_output() { # N
	here
	sed -n "$1p" "$T/base/$file" | "$tool" $args 2>/dev/null | grep -v '"type":"summary"'
}

# bad NAME: the line is in $T/line.
bad() {
	local name=$1 stop=65 strict=''
	here
	{
		sed -n 1p "$T/base/$file"
		cat "$T/line"
		echo
		sed -n 2p "$T/base/$file"
	} >"$T/in"
	[ "$more" != import ] || strict=--strict
	# shellcheck disable=SC2086
	run timeout 20 "$tool" $args $strict <"$T/in"
	grep -v '"type":"summary"' "$T/out" >"$T/records"
	if [ "$status" = $stop ] && [[ $err =~ "$tool: "(<stdin>|-):2[:\ ] ]] && whole &&
		{ [ -n "$strict" ] || [ "$(cat "$T/records")" = "$one" ]; }; then
		pass "$tool $args: $name"
	else
		fail "$tool $args: $name"
		diag "status: $status, want $stop"
		diag "stdout: $(head -c 600 "$T/records")"
		diag "stderr: $(head -c 600 <<<"$err")"
	fi
	here
	strict=-k
	[ "$more" != import ] || strict=''
	# shellcheck disable=SC2086
	run timeout 20 "$tool" $args $strict <"$T/in"
	grep -v '"type":"summary"' "$T/out" >"$T/records"
	if [ "$status" = 1 ] && [[ $err =~ "$tool: "(<stdin>|-):2[:\ ] ]] && whole &&
		{ [ "$more" = import ] || [ "$(cat "$T/records")" = "$one${one:+$two}" ] ||
			[ "$(cat "$T/records")" = "$one"$'\n'"$two" ]; }; then
		pass "$tool $args: $name, and on"
	else
		fail "$tool $args: $name, and on"
		diag "status: $status, want 1"
		diag "stdout: $(head -c 600 "$T/records")"
		diag "stderr: $(head -c 600 <<<"$err")"
	fi
}

# with FIELD VALUE: the first good record with another value (JSON) for the field.
with() {
	sed -n 1p "$T/base/$file" | jq -c --argjson v "$2" --arg k "$1" '.[$k] = $v' >"$T/line"
}

head_of() {
	sed -n 1p "$T/base/$file" | sed 's/}$//'
}

lines() {
	printf '{"type":' >"$T/line" && bad 'no JSON'
	printf '[1,2]' >"$T/line" && bad 'no object'
	echo "$(head_of),\"v\":1}" >"$T/line" && bad 'a key twice'
	printf '%s,"x":"\377"}' "$(head_of)" >"$T/line" && bad 'invalid UTF-8'
	printf '%s,"x":"\\ud800"}' "$(head_of)" >"$T/line" && bad 'half a character'
	printf '%s,"x":"a\000b"}' "$(head_of)" >"$T/line" && bad 'a NUL byte'
	printf '%s,"x":"a\tb"}' "$(head_of)" >"$T/line" && bad 'a control character as it is'
	{ head_of | tr -d '\n' && printf ',"x":"' && head -c 10485760 /dev/zero | tr '\0' x && printf '"}'; } >"$T/line"
	bad 'a line of 10 MB'
	{ head_of | tr -d '\n' && printf ',"x":' && head -c 100000 /dev/zero | tr '\0' '['; } >"$T/line"
	bad '100,000 brackets'
	if [ "$text" != - ]; then
		with "$text" '{"a":1}' && bad "$text is an object"
		with "$text" '[]' && bad "$text is a list"
		with "$text" 'true' && bad "$text is true"
		with "$text" '"+44\r\nAction: Originate"' && bad "$text with a line break"
		with "$text" '"\u0000"' && bad "$text with a NUL"
	fi
	if [ "$number" != - ]; then
		with "$number" '"one"' && bad "$number is a text"
		with "$number" '1.5' && bad "$number is 1.5"
		with "$number" '{}' && bad "$number is an object"
		sed -n 1p "$T/base/$file" | jq -c --arg k "$number" '.[$k] = "@"' |
			sed 's/"@"/99999999999999999999/' >"$T/line" && bad "$number is too large"
	fi
}

make_base
table >"$T/table"
while IFS='|' read -r tool file text number more args <&3; do
	[[ -x $BUILD/$tool && ( -z ${1-} || $tool = "$1" ) ]] || continue
	one=$(good_output 1) two=$(good_output 2)
	lines
done 3<"$T/table"

# ---- call records that are not what claim gave: the store believes itself ----------------------

[ -z "${1-}" ] || { done_testing && exit; }
for tool in 'outreach-context' 'outreach-dial -n'; do
	here
	jq -c '.id = "019cadc6-9a80-7125-945b-000000000000"' calls | head -n 1 >never
	# shellcheck disable=SC2086
	run $tool <never
	[ "$status" = 65 ] || [ "$status" = 1 ]
	is "$?/$out" 0/ "$tool: an id that was never claimed is refused"
	like "$err" '<stdin>:1: .*claim' "$tool: and says so"
	jq -c '.phone = "+442079460099" | .contact = 3 | .target = 3 | .campaign = "other"' calls |
		head -n 1 >edited
	# shellcheck disable=SC2086
	run $tool <edited
	is "$status" 0 "$tool: an edited record is taken by its id"
	unlike "$(jq -r '.context // "", .channel // ""' <<<"$out")" '960099|Cy' \
		"$tool: what was edited changes neither the words nor the number dialled"
	# Yesterday's record: its claim ran out and somebody else claimed the person again.
	OUTREACH_NOW=2026-03-03T09:00:00Z
	outreach-campaign claim -q hello >/dev/null
	# shellcheck disable=SC2086
	run $tool <calls
	[ "$status" = 65 ] || [ "$status" = 1 ]
	is "$?/$out" 0/ "$tool: a record of yesterday, claimed again since, is refused"
	like "$err" '<stdin>:1: .*claim' "$tool: and says so"
	OUTREACH_NOW=2026-03-02T09:00:00Z
	ok "$tool: the store is whole" whole
done

# ---- a campaign that does not exist -------------------------------------------------------------

here
cksum outreach.db >sum
for command in 'campaign show' 'campaign add' 'campaign activate' 'campaign pause' 'campaign resume' \
	'campaign cancel' 'campaign claim' 'campaign targets' report run; do
	# shellcheck disable=SC2086
	set -- $command
	tool=outreach-$1
	shift
	run timeout 20 "$tool" "$@" nosuch <contacts
	like_run "outreach-$command: a campaign that does not exist" 65 '' \
		"^$tool: .*nosuch.*outreach-campaign (list|apply)"
done
is "$(cksum outreach.db)" "$(cat sum)" 'and nothing was changed'
done_testing
