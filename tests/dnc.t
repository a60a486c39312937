#!/bin/sh
# outreach-dnc: numbers on and off the list, from operands, lines and records,
# and what that does to claimed calls.
. "${0%/*}/lib.sh"

OUTREACH_NOW=2026-03-02T12:00:00Z
export OUTREACH_NOW
fresh
outreach init -q

run outreach-dnc add +442079460101 +442079460102 --source letter --reason "asked in writing"
is_run "add" 0 '' 'outreach-dnc: 2 added, 0 were so before'
run outreach-dnc add +442079460101
is_run "add again" 0 '' 'outreach-dnc: 0 added, 1 were so before'
outreach-dnc list >list.ndjson
ok "list prints dnc records" schema_check dnc <list.ndjson
is "$(jq -r '.phone + " " + .source + " " + .reason' list.ndjson)" '+442079460101 letter asked in writing
+442079460102 letter asked in writing' "with source and reason"
is "$(jq -r '.at' list.ndjson | head -n 1)" 2026-03-02T12:00:00.000Z "and time"

run outreach-dnc check +442079460101 +442079460109
is "$status/$(printf '%s' "$out" | jq -r .phone)" 1/+442079460101 "check: one is listed"
run outreach-dnc check +442079460109
is_run "check: none is listed" 0 '' ''
printf '+442079460102\r\n\n  \n+442079460109\n' >numbers
run outreach-dnc check <numbers
is "$status/$(printf '%s' "$out" | jq -r .phone)" 1/+442079460102 "check: one number a line"
printf '{"type":"contact","v":1,"phone":"+442079460109","phone2":"+442079460102"}\n' >contact
run outreach-dnc check <contact
is "$status/$(printf '%s' "$out" | jq -r .phone)" 1/+442079460102 "check: every number of a contact record"
printf '+442079460103' >numbers
run outreach-dnc add -q <numbers
is_run "a last line without newline" 0 '' ''
run outreach-dnc remove +442079460102 +442079460109 --reason "a mistake"
is_run "remove" 0 '' 'outreach-dnc: 1 removed, 1 were so before'
is "$(outreach-dnc list | jq -r .phone)" '+442079460101
+442079460103' "is off the list"
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

# ---- however a number is written --------------------------------------------------

# A wish and a person meet, whichever form each came in.
outreach init -q -d forms.db
printf 'id,name,phone\n1,Kept,+4402079460018\n2,Plain,+442079460019\n' >forms.csv
outreach-import -q -d forms.db --id id forms.csv >forms.ndjson
is "$(jq -r .phone forms.ndjson | paste -sd' ')" '+442079460018 +442079460019' 'an import drops the trunk 0'
run outreach-dnc add -d forms.db +4402079460018 '+44 (0)20 7946 0019' '+44 20 7946 0020'
is_run "forms that are not plain are read without a region" 0 '' 'outreach-dnc: 3 added, 0 were so before'
is "$(outreach-dnc export -d forms.db | jq -r .phone | paste -sd' ')" \
	'+442079460018 +442079460019 +442079460020' 'all are one form in the store'
run outreach-dnc filter -q -d forms.db forms.ndjson
is "$out" '' 'nobody whose number was written otherwise passes'
run outreach-dnc check -d forms.db +442079460018 +4402079460018 '+44 20 7946 0018'
is "$status $(printf '%s\n' "$out" | wc -l)" '1 3' 'each form finds the rule'
run outreach-dnc remove -q -d forms.db +4402079460018 '+44 (0)20 7946 0019' +442079460020
is "$(outreach-dnc export -d forms.db)" '' 'and takes it away'
run outreach-dnc add -q -d forms.db +15555550100
like_run "a wish about a number that no plan gives out is kept" 0 '' 'note: [+]15555550100 is kept'
is "$(outreach-dnc export -d forms.db | jq -r .phone)" +15555550100 'as it stands'
printf '%s\n' +4402079460018 '+44 (0)20 7946 0019' +15555550101 >forms.txt
run outreach-dnc import -q -d forms.db --list forms forms.txt
is_run "a list is read the same way" 0 '' ''
run outreach-dnc filter -q -d forms.db forms.ndjson
is "$out" '' 'and keeps the same people out'
run outreach-dnc check -d forms.db +15555550101
is "$status" 1 'what no plan gives out is on it too'
echo +15555550101 | outreach-dnc import -q -d forms.db --list forms
run outreach-dnc filter -q -d forms.db forms.ndjson
is "$(printf '%s\n' "$out" | wc -l)" 2 'without the rules both pass'

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
echo '+44 20 794 6' >wrong
wrong "blanks in what no plan gives out" '<stdin>:2: phone "\+44 20 794 6" is not a number of \+44'
echo '+4420794601019999' >wrong
wrong "too long" '<stdin>:2: phone'
echo hello >wrong
wrong "no number" '<stdin>:2: phone'
printf '+4477\0009\n' >wrong
wrong "a NUL byte" '<stdin>:2: phone'
printf '+4477\377\n' >wrong
wrong "invalid UTF-8" '<stdin>:2: phone'
echo '{"phone":' >wrong
wrong "half an object" '<stdin>:2:[0-9]+: '
echo '{"phone":"+442079460101"} x' >wrong
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
run outreach-dnc add -kq 0771234567 +442079460199
is "$status/$(outreach-dnc check +442079460199 | wc -l)" 1/1 "-k: the right one is added"
run outreach-dnc add +442079460101 --reason "$(printf 'a\nb')"
like_run "a reason of two lines" 64 '' 'one line of UTF-8'
run outreach-dnc
like_run "no verb" 64 '' 'say what to do, such as add'
run outreach-dnc fly
like_run "an unknown verb" 64 '' 'there is no verb "fly"'
outreach-dnc list >/dev/full 2>err
is "$?/$(cat err)" '74/outreach-dnc: standard output: No space left on device' "list on a full disk"
outreach-dnc check +442079460101 >/dev/full 2>err
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
campaign_yaml >c.yaml
outreach-campaign apply -q c.yaml
printf 'id,name,phone\n1,A,+442079460101\n2,B,+442079460102\n' >p.csv
outreach-import -q p.csv 2>err | outreach-campaign add -q c
outreach-campaign activate -q c
outreach-campaign claim -q c >claims.ndjson
is "$(wc -l <claims.ndjson)" 2 "two are claimed"
outreach-dnc add -q +442079460101
is "$(outreach-campaign targets c | jq -r '.contact, .state' | tr '\n' ' ')" '1 closed 2 claimed ' \
	"add withdraws the claim at once"
run outreach-context <claims.ndjson
like_run "its record is refused" 65 '' 'is not claimed'
outreach-dnc remove -q +442079460101
is "$(outreach-campaign targets c --contact 1 | jq -r .state)" waiting "remove puts the person back"
# ---- other rules, each against a claimed call ---------------------------------------

# claimed: a store with two claimed people; the first shares nothing with the second.
claimed() {
	fresh
	outreach init -q
	cp "$T/c.yaml" . && outreach-campaign apply -q c.yaml
	printf 'id,name,phone,phone2\n1,A,+442079460101,+447010000001\n2,B,+442079460102,\n' >p.csv
	outreach-import -q p.csv 2>err | outreach-campaign add -q c
	outreach-campaign activate -q c
	outreach-campaign claim -q c >claims.ndjson
	is "$(states)" '1 claimed 2 claimed ' "$1: two are claimed"
}
states() {
	outreach-campaign targets c | jq -r '.contact, .state' | tr '\n' ' '
}
# withdrawn NAME ARG...: outreach-dnc withdraws the first; what undoes it puts the person back.
withdrawn() {
	claimed "$1"
	name=$1
	shift
	outreach-dnc "$@" -q
	is "$(states)" '1 closed 2 claimed ' "$name: withdraws the claim at once"
	is "$(outreach-campaign targets c --reason dnc | jq -r .contact)" 1 "$name: for that reason"
	outreach-context <claims.ndjson >context 2>err
	is $? 65 "$name: its record is refused"
}
back() {
	outreach-dnc "$@" -q </dev/null
	is "$(states)" '1 waiting 2 claimed ' "$name: removal puts the person back"
	ok "$name: replays" outreach-events replay --check
}
cp c.yaml "$T/c.yaml"
withdrawn "a further number" add +447010000001
back remove +447010000001
withdrawn "a prefix" add '+4470*'
back remove --prefix +4470
# Whom a prefix means is not due, before anybody asks for them.
counted() {
	outreach-status | jq -c 'select(.campaign == "c") | [.waiting, .claimed, .closed]'
}
is "$(counted)" '[1,1,0]' 'one waits, one is claimed'
outreach-dnc add -q '+4470*'
is "$(counted)" '[0,1,1]' 'a prefix: who waited is closed'
back remove --prefix +4470
is "$(counted)" '[1,1,0]' 'and waits again'
withdrawn "a prefix by option" add --prefix +447010
back remove '+447010*'
withdrawn "a contact" add --contact 1
back remove --contact 1
withdrawn "in the campaign" add --campaign c +442079460101
back remove --campaign c +442079460101
echo +447010000001 >"$T/list"
withdrawn "a list" import --list own "$T/list"
back remove --list own
claimed "another campaign"
sed 's/^name: c/name: e/' c.yaml >e.yaml && outreach-campaign apply -q e.yaml
outreach-dnc add -q --campaign e --contact 1 --contact 2 +442079460101 '+4470*'
is "$(states)" '1 claimed 2 claimed ' "another campaign: has no say"
is "$(outreach-dnc list --campaign e | jq -r .rule | tr '\n' ' ')" 'number prefix contact contact ' \
	"list --campaign: its rules"
is "$(outreach-dnc list --rule contact --limit 1 | jq -c '[.contact, .campaign]')" '[1,"e"]' \
	"list --rule --limit"
run outreach-dnc check --campaign c +442079460101 +447010000001
is_run "check --campaign c: nothing" 0 '' ''
outreach-dnc check --contact 1 >check.ndjson
is "$?/$(jq -r '.phone + .rule' check.ndjson | sort | uniq -c | tr -s ' ')" '1/ 1 +442079460101contact
 1 +442079460101number
 1 +447010000001contact
 1 +447010000001prefix' "check --contact: every rule by every number"
ok "its records" schema_check dnc <check.ndjson
outreach-dnc list >rules.ndjson
ok "list's records" schema_check dnc <rules.ndjson
outreach-dnc remove -q <rules.ndjson
is "$(outreach-dnc list)" '' "rules as records are removed"
outreach-dnc add -q <rules.ndjson
is "$(outreach-dnc list | jq -c 'del(.at)')" "$(jq -c 'del(.at)' rules.ndjson)" "and come back the same"

# ---- a contact's rule and its numbers ------------------------------------------------

claimed "a contact record"
outreach-contacts show 1 | outreach-dnc add -q --source letter
is "$(outreach-dnc list | jq -r '[.rule, .phone // .contact, .source] | join(" ")')" \
	'number +442079460101 letter
number +447010000001 letter
contact 1 letter' "means its numbers and the person"
printf '{"type":"contact","v":1,"id":2,"phone":"+442079460555"}\n' | outreach-dnc add -q
is "$(outreach-dnc list --rule contact | jq -r .contact)" 1 "an id of another store does not"
claimed "numbers later"
outreach-dnc add -q --contact 1 --reason "asked"
printf 'id,name,phone,phone2\n1,A,+442079460333,+447010000001\n' >p.csv
outreach-import -q p.csv >out
is "$(outreach-dnc check +442079460333 | jq -r .rule)" contact "a number that the contact gets"
is "$(outreach-dnc check +442079460101 | jq -c '[.rule, .reason]')" '["number","asked"]' \
	"a number that it loses stays"
outreach-contacts forget -q 1
for n in +442079460333 +447010000001 +442079460101; do
	is "$(outreach-dnc check $n | jq -r .rule)" number "forgotten, and not to be called on $n"
done
run outreach-dnc add --contact 1
like_run "the contact is gone" 65 '' 'there is no contact 1'
run outreach-dnc add --contact x
like_run "no id" 64 '' '--contact'
ok "it replays" outreach-events replay --check
fresh
outreach init -q
printf 'id,name,phone\n1,A,+442079460101\n' >p.csv
outreach-import -q p.csv >out
outreach-dnc add -q --contact 1
outreach-contacts delete -q 1
is "$(outreach-dnc check +442079460101 | jq -r .rule)" number "deleted, and not to be called"

# ---- rules as records --------------------------------------------------------------------

fresh
outreach init -q
cat >rules <<'END'
{"type":"dnc","v":1,"rule":"number","phone":"+442079460101","source":"letter","reason":"asked in writing"}
{"type":"dnc","v":1,"rule":"prefix","prefix":"+4470"}
END
outreach-dnc add -q <rules
is "$(outreach-dnc list | jq -c '[.rule, .source, .reason]' | tr '\n' ' ')" \
	'["number","letter","asked in writing"] ["prefix","person",null] ' "a rule keeps its source and reason"
outreach-dnc remove -q <rules
outreach-dnc add -q --source move --reason "from the old store" <rules
is "$(outreach-dnc list | jq -r '.source + " " + .reason' | sort -u)" 'move from the old store' \
	"what the options say goes before"
printf '{"type":"dnc","rule":"number","phone":"+442079460101","reason":"a\\nb"}\n' | outreach-dnc add -q 2>err
is "$?/$(cat err)" '65/outreach-dnc: <stdin>:1: reason must be one line of text' "a reason of two lines"
# A rule that there cannot be, among so many that they are several transactions.
{
	seq -f '+4477019%05.0f' 100
	echo '{"type":"dnc","rule":"contact","contact":99}'
	seq -f '+4477019%05.0f' 101 300
} >many
run outreach-dnc add -k <many
is_run "-k passes over the wrong one alone" 1 '' 'outreach-dnc: <stdin>:101: there is no contact 99
outreach-dnc: 300 added, 0 were so before'
run outreach-dnc add <many
is_run "without it ends it, and what came before is done" 65 '' 'outreach-dnc: 0 added, 100 were so before
outreach-dnc: <stdin>:101: there is no contact 99'

# ---- prefixes that are none ------------------------------------------------------------

for bad in '+*' '*' '+0*' '+44a*' '+4420794601019999*' '44*'; do
	run outreach-dnc add "$bad"
	like_run "prefix $bad" 65 '' 'outreach-dnc: prefix '
done
run outreach-dnc check '+4470*'
like_run "check of a prefix" 65 '' 'phone "[+]4470[*]"'
run outreach-dnc add --campaign nope +442079460101
like_run "no such campaign" 65 '' 'there is no campaign nope'

# ---- national numbers -------------------------------------------------------------------

run outreach-dnc add --region XX 07400123456
like_run "no such region" 64 '' '--region "XX" is no region'
outreach-dnc add -q --region GB 07400123456
printf '{"type":"contact","phone":"07400 123456"}\n' >national
run outreach-dnc check --region GB <national
is "$status/$(printf '%s' "$out" | jq -r .phone)" 1/+447400123456 "a national number"
run outreach-dnc filter -q --region GB national
is_run "filter reads them too" 0 '' ''
printf 'a,b\n1,07400 123 457\n2,+447400123458\n' >national.csv
outreach-dnc import -q --list national --region GB --column b national.csv
is "$(outreach-dnc export --list national --format lines | tr '\n' ' ')" '+447400123457 +447400123458 ' "and import"
run outreach-dnc import --list national --region GB --column a national.csv
like_run "what is no number there" 65 '' 'national.csv:2: phone "1"'

printf 'region: gb\n' >outreach.yaml
run outreach-dnc check 07400123456
is "$status/$(printf '%s' "$out" | jq -r .phone)" 1/+447400123456 "the region of the settings"
outreach-dnc check 07400123456 <national >/dev/null
is $? 1 "which records are read with too"
run outreach-dnc add 07400123459
is_run "add with it" 0 '' 'outreach-dnc: 1 added, 0 were so before'
outreach-dnc remove -q 07400123459
outreach-dnc import -q --list national --column b national.csv
is "$(outreach-dnc export --list national --format lines | tr '\n' ' ')" '+447400123457 +447400123458 ' "import with it"
outreach-dnc filter -q national >out
is "$?/$(cat out)" 0/ "and filter"
run outreach-dnc check --region in 07400123456
is $status 0 "--region goes before it, in capitals or not"
printf 'region: QQ\n' >outreach.yaml
run outreach-dnc check 07400123456
is_run "a region of the settings that is none" 78 '' \
	'outreach-dnc: ./outreach.yaml: region: "QQ" is no region such as IN or GB'
rm outreach.yaml

# ---- what is left ---------------------------------------------------------------------

outreach-dnc add -q +442079460190 '+44207946019*'
run outreach-dnc remove +442079460190
is_run "a removal says what still speaks against the number" 0 '' \
	'outreach-dnc: note: +442079460190 is still not called, because of the prefix +44207946019* (outreach-dnc check shows all)
outreach-dnc: 1 removed, 0 were so before'
run outreach-dnc remove -q +442079460190
like_run "so does one that found none" 0 '' '^outreach-dnc: note: [+]442079460190 is still not called'
run outreach-dnc remove -q '+44207946019*'
is_run "the prefix itself" 0 '' ''
run outreach-dnc remove -q +442079460190
is_run "and then nothing is left" 0 '' ''

# ---- numbers that no plan gives out --------------------------------------------------

run outreach-dnc add -q +449999999999999 +447400123456
is_run "a mistyped wish is kept, with a note" 0 '' \
	'outreach-dnc: note: +449999999999999 is kept, but no numbering plan gives it out; if it was mistyped, add the right one, and outreach-dnc remove +449999999999999 takes this one back'
run outreach-dnc check +449999999999999
is $status 1 "it is on it"
run outreach-dnc remove -q +449999999999999
is_run "which takes it back" 0 '' ''
seq -f '+9992%.0f' 100000 100024 | outreach-dnc add -q 2>err
is "$(grep -c 'is kept' err) $(tail -1 err)" \
	'20 outreach-dnc: note: and 5 more numbers that no plan gives out' "of many the first are named"
run outreach-dnc consent add -q --kind express +449999999999999
is_run "a consent too" 0 '' \
	'outreach-dnc: note: +449999999999999 is kept, but no numbering plan gives it out; if it was mistyped, add the right one, and outreach-dnc consent revoke +449999999999999 takes this one back'
run outreach-dnc consent revoke -q +449999999999999
is_run "taken back without a word" 0 '' ''
printf 'phone,kind,at\n+449999999999998,express,2026-01-01\n' >consents.csv
run outreach-dnc consent import -q consents.csv
like_run "and one of a file" 0 '' 'note: [+]449999999999998 is kept'
run outreach-dnc add -q --prefix +4499999
is_run "a prefix is no number" 0 '' ''

# ---- lists ---------------------------------------------------------------------------

fresh
outreach init -q
printf '+442079460105\n\n+442079460103 \r\n+442079460105' >a
run outreach-dnc import --list tps --as-of 2026-03-01 --max-age 28d a
is_run "import" 0 '' 'outreach-dnc: the list tps of 2026-03-01 is in force: 2 numbers, until 2026-03-29T00:00:00.000Z'
outreach-dnc lists >lists.ndjson
ok "lists prints dnc_list records" schema_check dnc_list <lists.ndjson
is "$(jq -c '[.list, .numbers, .max_age, .too_old]' lists.ndjson)" '["tps",2,"28d",false]' "of what is in force"
outreach-events log --kind dnc.imported >log.ndjson
ok "one journal row" schema_check journal <log.ndjson
is "$(jq -r .fact.sha256 log.ndjson)" "$(sha256sum a | cut -d' ' -f1)" "with the file's digest"
is "$(outreach-dnc export --list tps --format lines)" '+442079460103
+442079460105' "export"
outreach-dnc export --list tps >export.ndjson
ok "export as records" schema_check dnc <export.ndjson
run outreach-dnc check +442079460103 +442079460104
is "$status/$(printf '%s' "$out" | jq -c '[.rule, .phone, .list]')" '1/["list","+442079460103","tps"]' "check names the list"
printf 'id;Mobile\n1;+442079460201\n2;+442079460202 \n' >b
run outreach-dnc import --list tps --update --as-of 2026-03-01 --column mobile b
is_run "--update of a table" 0 '' 'outreach-dnc: the list tps of 2026-03-01 is in force: 4 numbers'
printf '1,+442079460301\n2,+442079460302\n' >c
printf '{"type":"contact","v":1,"phone":"+442079460303"}\n{"phone":"+442079460304"}\n' >d
run outreach-dnc import --list tps --as-of 2026-03-02 d
is_run "records replace it" 0 '' 'outreach-dnc: the list tps of 2026-03-02 is in force: 2 numbers'
run outreach-dnc import --list own --column 2 --format csv c
is_run "a column by its number" 0 '' 'outreach-dnc: the list own of 2026-03-02 is in force: 2 numbers'
is "$(outreach-dnc export --list own --list tps --format lines | tr '\n' ' ')" \
	'+442079460301 +442079460302 +442079460303 +442079460304 ' "two lists"
is "$(sqlite3 outreach.db "SELECT group_concat(DISTINCT list) FROM dnc_block")" 3,4 "what is over is emptied"
outreach-dnc import -q --list many a a d
is "$?/$(outreach-events log --kind dnc.imported | jq -r 'select(.fact.list == "many") | .body.file' | tr '\n' ' ')" \
	'0/a a d ' "several files, lines and records: a journal row each"

# stays NAME STATUS PATTERN ARG...: the import is refused and the list tps is what it was.
outreach-dnc lists >before
stays() {
	name=$1 want=$2 pattern=$3
	shift 3
	run outreach-dnc import --list tps "$@"
	like_run "$name" "$want" '' "$pattern"
	outreach-dnc lists >after
	ok "$name: nothing changed" cmp before after
}
printf '+442079460401\n0771\n' >wrong
stays "a wrong line" 65 '^outreach-dnc: wrong:2: phone "0771"' wrong
stays "no number" 65 'there is no number in it; the list tps stays' --as-of 2026-03-02 /dev/null
stays "an earlier date" 77 'in force is of 2026-03-02, later' --as-of 2026-03-01 a
stays "no date for an age" 64 -- '--max-age needs --as-of' --max-age 3d a
stays "a date to come" 64 'is in the future' --as-of 2026-03-09 a
stays "no date" 64 'is no date such as' --as-of yesterday a
stays "no time" 64 'is no time such as 31d' --as-of 2026-03-02 --max-age 31 a
stays "no file" 66 'none: No such file' none
stays "no such column" 65 'b:1: there is no column phone' --column phone b
stays "lines have no column" 64 'lines have no column' --column phone --format lines a
stays "no such format" 64 'none of lines, csv, ndjson' --format xlsx a
stays "a record without the field" 65 'd:1: the record has no name' --column name --format ndjson d
run outreach-dnc import --list TPS a
like_run "no name of a list" 64 '' 'must name the list'
run outreach-dnc import -k --list wrong wrong
like_run "-k goes on" 1 '' 'list wrong of 2026-03-02 is in force: 1 number; 1 refused'
run outreach-dnc remove --list nope
like_run "no such list" 65 '' 'there is no list nope'
run outreach-dnc export --list nope
like_run "nor to export" 65 '' 'there is no list nope'
run outreach-dnc remove --list wrong +442079460401
like_run "a list and a number" 64 '' 'no further operand'
for f in '' ' --list tps'; do
	outreach-dnc add -q +442079460999
	# shellcheck disable=SC2086
	outreach-dnc export $f >/dev/full 2>err
	is "$?" 74 "export$f on a full disk"
done

# ---- a list that is too old -----------------------------------------------------------

fresh
outreach init -q
cp "$T/c.yaml" . && outreach-campaign apply -q c.yaml
printf 'id,name,phone\n1,A,+442079460101\n2,B,+442079460102\n' >p.csv
outreach-import -q p.csv 2>err | tee people | outreach-campaign add -q c
outreach-campaign activate -q c
echo +442079460102 >list
outreach-dnc import -q --list tps --as-of 2026-02-10 --max-age 28d list
later=2026-03-10T12:00:00Z
is "$(outreach-campaign targets c | jq -r .state | tr '\n' ' ')" 'waiting closed ' "in its time"
OUTREACH_NOW=$later outreach-campaign claim c >claims 2>err
is "$?/$(wc -l <claims)" 77/0 "too old: nobody is claimed"
like "$(cat err)" '^outreach-campaign: c: the do-not-call list tps is too old since' "and claim says why"
like "$(OUTREACH_NOW=$later outreach-campaign targets c --reason dnc_stale | jq -r .contact | tr '\n' ' ')" '1 2' \
	"everybody has the reason"
OUTREACH_NOW=$later run outreach-dnc check +442079460101
like_run "too old: check does not know" 77 '' 'list tps is too old since 2026-03-10T00:00:00.000Z'
OUTREACH_NOW=$later run outreach-dnc check +442079460102
is $status 1 "but of those on it"
OUTREACH_NOW=$later run outreach-dnc filter people
like_run "too old: filter does not know" 77 '' 'list tps is too old'
OUTREACH_NOW=$later run timeout 20 outreach run -q c
like_run "too old: a run ends and says why" 77 '' 'c: the do-not-call list tps is too old since'
OUTREACH_NOW=$later outreach-dnc import -q --list tps --as-of 2026-03-10 --max-age 28d list
OUTREACH_NOW=$later outreach-campaign claim -q c >claims
is "$(jq -r .contact claims)" 1 "a new one: who is not on it is claimed"
is "$(OUTREACH_NOW=$later outreach-campaign targets c | jq -r .state | tr '\n' ' ')" 'claimed closed ' "who is on it is not"
OUTREACH_NOW=$later outreach-dnc import -q --list tps --as-of 2026-03-10 list2 2>err
echo +442079460101 >list
OUTREACH_NOW=$later outreach-dnc import -q --list tps --as-of 2026-03-10 list
is "$(OUTREACH_NOW=$later outreach-campaign targets c | jq -r .state | tr '\n' ' ')" 'closed waiting ' \
	"a newer one turns it round at once"
for lists in none '[own]' tps; do
	sed "/^dnc_lists/d" c.yaml >e.yaml && echo "dnc_lists: $lists" >>e.yaml
	OUTREACH_NOW=$later outreach-campaign apply -q e.yaml
	OUTREACH_NOW=$later outreach-campaign targets c | jq -r .state | tr '\n' ' '
	OUTREACH_NOW=$later outreach-campaign targets c --reason dnc_stale | jq -r '"stale"' | tr '\n' ' '
	echo
done >states
is "$(cat states)" 'waiting waiting 
waiting waiting stale stale 
closed waiting ' "dnc_lists: none; one that was never imported; this one"

# ---- filter ---------------------------------------------------------------------------

fresh
outreach init -q
echo +442079460104 >list
outreach-dnc import -q --list tps list
outreach-dnc add -q +442079460101 '+4470*'
cat >records <<'END'
{"type":"contact","v":1,"id":1,"phone":"+442079460101"}
{"type":"contact","v":1,"id":2,"phone":"+442079460102","phone2":"+447010000001","x":{"a":1}}
{"type":"target","v":1,"id":3,"phone":"+442079460103"}
{"type":"call","v":1,"id":"x","phone":"+442079460104"}
{"type":"other","phone":5}
END
run outreach-dnc filter records
is_run "filter" 0 '{"type":"target","v":1,"id":3,"phone":"+442079460103"}
{"type":"other","phone":5}' 'outreach-dnc: 1 passed, 3 dropped (1 by number, 1 by prefix, 1 by list)'
run outreach-dnc filter -q --mark records
is_run "--mark" 0 '{"type":"contact","v":1,"id":1,"phone":"+442079460101","do_not_call":"number"}
{"type":"contact","v":1,"id":2,"phone":"+442079460102","phone2":"+447010000001","x":{"a":1},"do_not_call":"prefix"}
{"type":"target","v":1,"id":3,"phone":"+442079460103"}
{"type":"call","v":1,"id":"x","phone":"+442079460104","do_not_call":"list tps"}
{"type":"other","phone":5}' ''
outreach-dnc filter -q --mark records >marked
run outreach-dnc filter -q --mark marked
is "$out" "$(cat marked)" "--mark of what is marked already"
cat >marked <<'END'
{"do_not_call":"x","type":"contact","phone":"+442079460101"}
{"type":"contact", "do_not\u005fcall" : null , "phone":"+442079460101" }
{ "do_not_call":"x" , "phone":"+442079460101" , "type":"contact"}
END
run outreach-dnc filter -q --mark marked
is "$(printf '%s\n' "$out" | jq -c '[.type, .phone, .do_not_call]' | sort -u)/$(printf '%s\n' "$out" | grep -o do_not | wc -l)" \
	'["contact","+442079460101","number"]/3' "wherever the old mark stands, there is one"
printf '{"type":"target","id":3}\n{"type":"contact","phone":"+442079460103"}\n' >bad
run outreach-dnc filter bad
like_run "a record without number" 65 '' 'bad:1: the record has no phone'
run outreach-dnc filter -kq bad
is_run "-k" 1 '{"type":"contact","phone":"+442079460103"}' 'outreach-dnc: bad:1: the record has no phone'
printf '{"type":"call","ph\\u006fne":"\\u002b442079460101"}\n{"type":"contact","phone":null,"phone8":"+442079460101"}\n{"type":"contact","phone9":"+442079460101","phone":"+442079460103"}\n' >odd
run outreach-dnc filter odd
is_run "fields written with escapes, the last number, a field that is none" 0 \
	'{"type":"contact","phone9":"+442079460101","phone":"+442079460103"}' 'outreach-dnc: 1 passed, 2 dropped (2 by number)'
printf '{"type":"call","phone":5}\n' >odd
run outreach-dnc filter -q odd
like_run "a number that is no text" 65 '' 'odd:1: phone must be text'
outreach-dnc filter records >/dev/full 2>err
is $? 74 "filter on a full disk"
run outreach-dnc filter </dev/null
is_run "filter of nothing" 0 '' 'outreach-dnc: 0 passed, 0 dropped'
outreach stop -q 2>err
run outreach-dnc check +442079460109
like_run "a stop is shown" 0 '' 'note: everything is stopped'
# ---- what reports say

. "$ROOT/tests/dialling.sh"
campaign '' 00 02
outreach-dnc add -q +3905555000100
is "$(outreach status | jq -r 'select(.campaign == "c") | "\(.due) due \(.closed) closed"')" '1 due 1 closed' \
	'who is listed is not counted as due'
outreach-dnc remove -q +3905555000100
is "$(outreach status | jq -r 'select(.campaign == "c") | "\(.due) due \(.closed) closed"')" '2 due 0 closed' \
	'until it is taken back'
done_testing
