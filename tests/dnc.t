#!/bin/sh
# outreach-dnc: numbers on and off the list, from operands, lines and records,
# and what that does to claimed calls.
. "${0%/*}/lib.sh"

OUTREACH_NOW=2026-03-02T12:00:00Z
export OUTREACH_NOW
fresh
outreach init -q

run outreach-dnc add +447700900101 +447700900102 --source letter --reason "asked in writing"
is_run "add" 0 '' 'outreach-dnc: 2 added, 0 were so before'
run outreach-dnc add +447700900101
is_run "add again" 0 '' 'outreach-dnc: 0 added, 1 were so before'
outreach-dnc list >list.ndjson
ok "list prints dnc records" schema_check dnc <list.ndjson
is "$(jq -r '.phone + " " + .source + " " + .reason' list.ndjson)" '+447700900101 letter asked in writing
+447700900102 letter asked in writing' "with source and reason"
is "$(jq -r '.at' list.ndjson | head -n 1)" 2026-03-02T12:00:00.000Z "and time"

run outreach-dnc check +447700900101 +447700900109
is "$status/$(printf '%s' "$out" | jq -r .phone)" 1/+447700900101 "check: one is listed"
run outreach-dnc check +447700900109
is_run "check: none is listed" 0 '' ''
printf '+447700900102\r\n\n  \n+447700900109\n' >numbers
run outreach-dnc check <numbers
is "$status/$(printf '%s' "$out" | jq -r .phone)" 1/+447700900102 "check: one number a line"
printf '{"type":"contact","v":1,"phone":"+447700900109","phone2":"+447700900102"}\n' >contact
run outreach-dnc check <contact
is "$status/$(printf '%s' "$out" | jq -r .phone)" 1/+447700900102 "check: every number of a contact record"
printf '+447700900103' >numbers
run outreach-dnc add -q <numbers
is_run "a last line without newline" 0 '' ''
run outreach-dnc remove +447700900102 +447700900109 --reason "a mistake"
is_run "remove" 0 '' 'outreach-dnc: 1 removed, 1 were so before'
is "$(outreach-dnc list | jq -r .phone)" '+447700900101
+447700900103' "is off the list"
outreach-dnc list >list.ndjson
run outreach-dnc add <list.ndjson
is_run "its own records" 0 '' 'outreach-dnc: 0 added, 2 were so before'
outreach-events log --kind dnc >log.ndjson
ok "the journal tells" schema_check journal <log.ndjson
is "$(jq -r .kind log.ndjson | sort | uniq -c | tr -s ' ')" ' 3 dnc.added
 1 dnc.removed' "once each"
ok "and replays" outreach-events replay --check
i=0
while [ $i -lt 600 ]; do
	i=$((i + 1))
	printf '+4477019%05d\n' $i
done >many
run outreach-dnc add <many
is_run "many in a few transactions" 0 '' 'outreach-dnc: 600 added, 0 were so before'
is "$(outreach-events log --kind dnc.added | tail -n 600 | jq -r .txn | sort -u | wc -l)" 3 "of at most 256"

# ---- wrong input -----------------------------------------------------------------

# wrong NAME PATTERN: the lines in the file wrong, after a good one, which counts.
good=0
wrong() {
	good=$((good + 1))
	number=$(printf '+4478009%05d' $good)
	{ echo "$number" && cat wrong; } >lines
	run outreach-dnc add -q <lines
	like_run "$1" 65 '' "$2"
	is "$(outreach-dnc check "$number" | wc -l)" 1 "$1: what came before is done"
	outreach-dnc add -kq <lines 2>err
	is $? 1 "$1: -k goes on"
}
echo 0771234567 >wrong
wrong "a national number" '<stdin>:2: phone "0771234567" is not a number in E.164'
echo '+44 7700 900101' >wrong
wrong "blanks" '<stdin>:2: phone'
echo '+4477009001019999' >wrong
wrong "too long" '<stdin>:2: phone'
echo hello >wrong
wrong "no number" '<stdin>:2: phone'
printf '+4477\0009\n' >wrong
wrong "a NUL byte" '<stdin>:2: phone'
printf '+4477\377\n' >wrong
wrong "invalid UTF-8" '<stdin>:2: phone'
echo '{"phone":' >wrong
wrong "half an object" '<stdin>:2:[0-9]+: '
echo '{"phone":"+447700900101"} x' >wrong
wrong "something behind it" '<stdin>:2:[0-9]+: '
echo '{"phone":5}' >wrong
wrong "a wrong type" '<stdin>:2: phone must be text'
echo '{"name":"A"}' >wrong
wrong "a record without number" '<stdin>:2: the record has no phone'
echo '{"phone":"+1555"}' >wrong
wrong "a record with a wrong one" '<stdin>:2: phone'
head -c 10485760 /dev/zero | tr '\0' x >wrong
number=+447800999999
{ echo $number && cat wrong; } >lines
run outreach-dnc add -q <lines
like_run "a line of 10 MB" 65 '' '<stdin>:2:1: the line is longer than 4 MiB'

run outreach-dnc add 0771234567
like_run "a wrong operand" 65 '' '^outreach-dnc: phone "0771234567"'
run outreach-dnc add -kq 0771234567 +447700900199
is "$status/$(outreach-dnc check +447700900199 | wc -l)" 1/1 "-k: the right one is added"
run outreach-dnc add +447700900101 --reason "$(printf 'a\nb')"
like_run "a reason of two lines" 64 '' 'one line of UTF-8'
run outreach-dnc
like_run "no verb" 64 '' 'say what to do: add, check, list or remove'
run outreach-dnc fly
like_run "an unknown verb" 64 '' 'there is no verb "fly"'
outreach-dnc list >/dev/full 2>err
is "$?/$(cat err)" '74/outreach-dnc: standard output: No space left on device' "list on a full disk"
outreach-dnc check +447700900101 >/dev/full 2>err
is $? 74 "check on a full disk"
run outreach-dnc add </dev/null
is_run "empty input" 0 '' 'outreach-dnc: 0 added, 0 were so before'
mkdir "$T/ro" && cp outreach.db "$T/ro/other.db"
printf 'not a store, but long enough to look like one %0100d' 0 >"$T/ro/text.db"
run outreach-dnc list -d "$T/ro/text.db"
like_run "a file that is no store" 78 '' 'text.db: is not a store'
run outreach-dnc list -d none.db
like_run "no store" 66 '' 'none.db: there is no store here'

# ---- claimed calls ---------------------------------------------------------------

fresh
outreach init -q
cat >c.yaml <<'END'
name: c
template: You call {{name}}.
exchange: sim
dial_string: Local/{number}-{id}@outreach-once/n
dialplan_context: avr
dialplan_exten: s
caller_id: Small <+15555550100>
ring_timeout: 20s
max_duration: 5m
days: mon-sat
hours: 09:00-20:00
assume_timezone: Etc/UTC
END
outreach-campaign apply -q c.yaml
printf 'id,name,phone\n1,A,+447700900101\n2,B,+447700900102\n' >p.csv
outreach-import -q p.csv 2>err | outreach-campaign add -q c
outreach-campaign activate -q c
outreach-campaign claim -q c >claims.ndjson
is "$(wc -l <claims.ndjson)" 2 "two are claimed"
outreach-dnc add -q +447700900101
is "$(outreach-campaign targets c | jq -r '.contact, .state' | tr '\n' ' ')" '1 closed 2 claimed ' \
	"add withdraws the claim at once"
run outreach-context <claims.ndjson
like_run "its record is refused" 65 '' 'is not claimed'
outreach-dnc remove -q +447700900101
is "$(outreach-campaign targets c --contact 1 | jq -r .state)" waiting "remove puts the person back"
outreach stop -q 2>err
run outreach-dnc check +447700900109
like_run "a stop is shown" 0 '' 'note: everything is stopped'
done_testing
