#!/bin/sh
# outreach-campaign: every verb, what it says, and every wrong input.
. "${0%/*}/lib.sh"

OUTREACH_NOW=2026-03-02T12:00:00Z
OUTREACH_SEED=1
export OUTREACH_NOW OUTREACH_SEED

# write_campaign [LINE ...]: the file small.yaml, with lines changed or added.
write_campaign() {
	campaign_yaml 'name: small' 'base_prompt: You are Maya.' 'concurrent: 3' \
		'template: You call {{name}} about {{course}}.' "$@" >small.yaml
}

# write_people: six, the fourth without a course, the last two on one phone.
write_people() {
	cat >people.csv <<'END'
id,name,phone,course
P1,Asha Rao,+442079460101,BSc
P2,Bela Sen,+442079460102,BA
P3,Chitra Das,+442079460103,MA
P4,Devi Nair,+442079460104,
P5,Esha Roy,+442079460105,BSc
P6,Farid Roy,+442079460105,MSc
END
}

prepare() {
	fresh
	outreach init -q
	write_campaign
	outreach-campaign apply -q small.yaml
	write_people
	outreach-import -q people.csv >people.ndjson 2>import.err
}

# ---- lint --------------------------------------------------------------------

fresh
write_campaign
run outreach-campaign lint small.yaml
is_run "lint: a good file" 0 '' ''
echo 'siblings: merge' >>small.yaml
run outreach-campaign lint small.yaml
is_run "lint: siblings whom the template does not mention" 0 '' \
	'outreach-campaign: small.yaml: note: template: has no {{#siblings}}, so with siblings: merge a call counts as theirs though nothing is said of them'
write_campaign
write_campaign 'hours: 9-20' 'ring_timeout: 30' 'nonsense: 1' 'template: "{{#a}}"'
run outreach-campaign lint small.yaml
is "$status/$out" 78/ "lint: a bad file is unusable"
like "$err" '^outreach-campaign: small.yaml:[0-9]+:[0-9]+: .*hours' "lint: it names the place of one error"
like "$err" '^outreach-campaign: small.yaml:[0-9]+:[0-9]+: .*ring_timeout.*30s' "lint: and of the next, with the way out"
like "$err" 'nonsense' "lint: an unknown key"
like "$err" 'template' "lint: a template that is not closed"
is "$(printf '%s\n' "$err" | grep -c .)" 4 "lint: all of them"
write_campaign 'assume_timezone: Asia/Calcuta'
run outreach-campaign lint small.yaml
like_run "lint: a zone that does not exist" 78 '' 'small.yaml:[0-9]+:[0-9]+: assume_timezone: .*Asia/Calcuta'
write_campaign
sed -i '/^dial_string:/d' small.yaml
run outreach-campaign lint small.yaml
like_run "lint: no dial_string" 78 '' \
	'^outreach-campaign: small.yaml:1:1: dial_string: is missing and has no default .*only an exchange of type http needs none$'
sed 's/^hours:.*/hours: x/' small.yaml >two.yaml
run outreach-campaign lint two.yaml
is "$status $(printf '%s\n' "$err" | grep -c .)" '78 2' "lint: beside another error"
printf 'exchanges:\n  far: {type: http, url: "http://127.0.0.1:1"}\n' >outreach.yaml
sed -i 's/^exchange:.*/exchange: far/' small.yaml
run outreach-campaign lint small.yaml
is_run "lint: an exchange of type http needs none" 0 '' ''
outreach init -q
run outreach-campaign apply small.yaml
is_run "apply: nor there" 0 '' 'outreach-campaign: small: created'
is "$(outreach-campaign show small --format ndjson | jq 'has("dial_string")')" false "show: it has none"
printf 'exchanges: {far: {type: ftp}}\n' >outreach.yaml
run outreach-campaign lint small.yaml
like_run "lint: settings that are wrong" 78 '' 'outreach.yaml:1:'
write_campaign
run outreach-campaign lint small.yaml
is_run "lint: are not asked where nothing is missing" 0 '' ''
rm outreach.yaml
run outreach-campaign lint none.yaml
like_run "lint: no such file" 66 '' '^outreach-campaign: none.yaml: no such campaign file \(outreach-campaign\(5\) has one to begin with\)'
printf 'name: [\n' >bad.yaml
run outreach-campaign lint bad.yaml none.yaml
like_run "lint: several files, the worst tells" 78 '' 'none.yaml'
printf 'name: a\nname: b\n' >twice.yaml
run outreach-campaign lint twice.yaml
like_run "lint: a repeated key" 78 '' 'twice.yaml:2:'
printf '\377\n' >bytes.yaml
run outreach-campaign lint bytes.yaml
like_run "lint: no UTF-8" 78 '' 'bytes.yaml'
write_campaign 'caller_id: "A\r\nB <+15555550100>"'
run outreach-campaign lint small.yaml
like_run "lint: a control character that could reach the exchange" 78 '' 'caller_id'
write_campaign 'hours: 06:00-22:00'
run outreach-campaign lint small.yaml
like_run "lint: a second look is a note" 0 '' 'note: hours'

# ---- apply, show, list ---------------------------------------------------------

fresh
write_campaign
run outreach-campaign apply small.yaml
like_run "no store" 66 '' 'outreach init'
outreach init -q
run outreach-campaign apply -n small.yaml
is_run "apply --dry-run" 0 '' 'outreach-campaign: small: would be created'
is "$(outreach-campaign list)" '' "which stores nothing"
run outreach-campaign apply small.yaml
is_run "apply" 0 '' 'outreach-campaign: small: created'
run outreach-campaign apply - <small.yaml
is_run "apply from standard input" 0 '' 'outreach-campaign: small: unchanged'
run outreach-campaign apply small.yaml
is_run "the same again" 0 '' 'outreach-campaign: small: unchanged'
write_campaign 'hours: 10:00-18:00'
run outreach-campaign apply small.yaml
is_run "a change shows its difference" 0 '' 'outreach-campaign: small: changed
  hours: 09:00-20:00 -> 10:00-18:00'
write_campaign 'hours: 25:00-18:00'
cp small.yaml other.yaml
write_campaign
run outreach-campaign apply small.yaml other.yaml
like_run "one bad file: none is applied" 78 '' 'other.yaml:'
unlike "$err" 'changed' "not even the good one"
run outreach-campaign show small
is "$(printf '%s' "$out" | jq -r '.plan.hours[0], .state, .plan.min_gap')" "10:00-18:00
draft
4h" "show prints the plan with defaults"
outreach-campaign show small >show.ndjson
ok "as a campaign record" schema_check campaign <show.ndjson
run outreach-campaign show --format table small
like_run "show as a table" 0 '^ring_timeout: 20s$' ''
run outreach-campaign list
is "$(printf '%s' "$out" | jq -r '.name + " " + .exchange')" 'small sim' "list"
outreach-campaign list >list.ndjson
ok "as campaign records" schema_check campaign <list.ndjson
run outreach-campaign list --format table
like_run "list as a table" 0 '^small +draft +sim +0 +0$' ''
run outreach-campaign show other
like_run "no such campaign" 65 '' 'there is no campaign other \(outreach-campaign list shows them\)'
outreach-campaign show small >/dev/full 2>err
is "$?/$(cat err)" '74/outreach-campaign: standard output: No space left on device' "show on a full disk"
outreach-campaign list >/dev/full 2>err
is $? 74 "list on a full disk"

# ---- add -----------------------------------------------------------------------

prepare
run outreach-campaign add small <people.ndjson
is_run "add" 0 '' 'outreach-campaign: small: 6 added, 0 were in already, 0 refused'
run outreach-campaign add small people.ndjson people.ndjson
is_run "add again" 0 '' 'outreach-campaign: small: 0 added, 12 were in already, 0 refused'
printf '%s\n' '{"type":"parcel", "v":1}' '{"v":1}' >others
run outreach-campaign add -q small <others
is_run "add passes what is not for it" 0 "$(cat others)" ''
run outreach-campaign add small </dev/null
like_run "add: empty input" 0 '' ' 0 added'
run outreach-campaign add nobody <people.ndjson
like_run "add: no such campaign" 65 '' 'there is no campaign nobody'

# wrong NAME PATTERN: the record in wrong.ndjson is refused.
wrong() {
	run outreach-campaign add -q small <wrong.ndjson
	like_run "add: $1" 65 '' "$2"
	outreach-campaign add -kq small <wrong.ndjson >/dev/null 2>err
	is $? 1 "add -k: $1"
}
printf 'hello\n' >wrong.ndjson
wrong "no JSON" '^outreach-campaign: <stdin>:1:1: '
printf '{"type":"contact","id":1,"id":1}\n' >wrong.ndjson
wrong "a repeated key" '<stdin>:1:[0-9]+: repeated key'
printf '{"type":"contact","v":1}\n' >wrong.ndjson
wrong "no id" '<stdin>:1: the contact has no id'
printf '{"type":"contact","v":1,"id":"1"}\n' >wrong.ndjson
wrong "an id that is text" 'id must be a whole number'
printf '{"type":"contact","v":1,"id":99}\n' >wrong.ndjson
wrong "a contact that does not exist" 'there is no contact 99'
printf '{"type":"contact","v":1,"id":1,"key":"P9"}\n' >wrong.ndjson
wrong "a contact of another store" 'of another store'
printf '{"type":"contact","v":1,"id":1,"name":"\377"}\n' >wrong.ndjson
wrong "invalid UTF-8" '<stdin>:1:'
printf '{"type":"contact","v":1,"id":1,"name":"a\000"}\n' >wrong.ndjson
wrong "a NUL byte" '<stdin>:1:'
{
	printf '{"type":"contact","x":"'
	head -c 10485760 /dev/zero | tr '\0' x
	printf '"}\n'
} >wrong.ndjson
wrong "a line of 10 MB" '<stdin>:1:1: the line is longer than 4 MiB'
run outreach-campaign add small none.ndjson
like_run "add: no such file" 66 '' 'none.ndjson: No such file'
run outreach-campaign add small people.csv
like_run "add: the sheet itself" 65 '' '^outreach-campaign: people.csv:1:1: .*outreach-import FILE \| outreach-campaign add small'
outreach-campaign add -q small <others >/dev/full 2>err
is $? 74 "add on a full disk"

# ---- the same people from another sheet ------------------------------------------

prepare
outreach-campaign add -q small <people.ndjson
{
	sed 's/^P/Q/; s/Asha Rao/"  ASHA  rao"/; s/,MA$/,BSc/' people.csv
	echo 'Q7,Gita Roy,+442079460105,BSc' # a further sibling
	echo 'Q8,Asha Rao,+442079460109,BSc' # another number: a namesake
} >saved-as.csv
outreach-import -q saved-as.csv >again.ndjson 2>import.err
run outreach-campaign add small again.ndjson
is_run "a sheet under another file name: said, with both sources and the way out" 0 '' \
	'outreach-campaign: small: 6 of source "saved-as" are held: somebody of "people" has the same name and number
outreach-campaign: small: if it is the same sheet again, import it with the --source of before; who is another person after all: outreach-campaign release small TARGET ... (targets --reason held small shows them)
outreach-campaign: small: 8 added, 0 were in already, 0 refused'
is "$(outreach-campaign targets small | jq -r '"\(.id) \(.state)"' | tr '\n' ' ')" \
	'1 waiting 2 waiting 3 waiting 4 waiting 5 waiting 6 waiting 7 held 8 held 9 held 10 held 11 held 12 held 13 waiting 14 waiting ' \
	"they are held; siblings and namesakes are not"
is "$(outreach-campaign targets --state held small | jq -r .reason | head -1)" \
	'held: probably the same person as target 1: same name and number, another source' "with the reason"
run outreach-campaign add -q small again.ndjson
is_run "the same again changes nothing" 0 '' ''
run outreach-campaign release small 7 8 9
is_run "release" 0 '' 'outreach-campaign: small: 3 released, 0 were not held'
run outreach-campaign release small 7
is_run "release again" 0 '' 'outreach-campaign: small: 0 released, 1 were not held'
is "$(outreach-campaign targets --reason held small | jq .id | tr '\n' ' ')" '10 11 12 ' "the others are held still"
run outreach-campaign release small 99
is_run "release: no such target" 65 '' 'outreach-campaign: small: it has no target 99 (outreach-campaign targets)'
run outreach-campaign release small seven
like_run "release: no number" 64 '' 'TARGET.*seven'
write_campaign 'consent: express'
outreach-campaign apply -q small.yaml
run outreach-campaign release small 10
is_run "release: what else holds the person is said" 0 '' \
	'outreach-campaign: small: target 10 is held by the rules: no express consent is on record (outreach-dnc consent add) (outreach-campaign why)
outreach-campaign: small: 1 released, 0 were not held'
run outreach-campaign release small 1
is_run "release: of whom no hold but a rule holds" 0 '' \
	'outreach-campaign: small: target 1 is held by the rules: no express consent is on record (outreach-dnc consent add) (outreach-campaign why)
outreach-campaign: small: 0 released, 1 were not held'
run outreach-campaign release -q small 1
is_run "release -q" 0 '' ''
write_campaign
outreach-campaign apply -q small.yaml
run outreach-campaign release small
like_run "release: nobody" 64 '' 'release needs a NAME and a TARGET'
outreach-contacts forget -q 12
run outreach-campaign release small 12
like_run "release: a forgotten person" 65 '' 'target 12 was forgotten'
ok "the journal replays" outreach-events replay --check

prepare
outreach-campaign add -q small <people.ndjson
cp people.csv saved-as.csv
outreach-import -q --source people saved-as.csv >again.ndjson
run outreach-campaign add small again.ndjson
is_run "with the source of before nobody is there twice" 0 '' \
	'outreach-campaign: small: 0 added, 6 were in already, 0 refused'
sed 's/^P\([0-9]\),[^,]*/R\1,Asha Rao/' people.csv | sed 's/7946010[1-5]/79460101/' >one.csv
outreach-import -q one.csv 2>import.err | outreach-campaign add -q small 2>err
is "$(outreach-campaign targets --reason held small | jq -r .reason | sort | uniq -c | tr -s ' ')" \
	' 6 held: probably the same person as target 1: same name and number, another source' \
	"all of another source are told from the one that was there"
outreach init -q -d other.db
outreach-campaign apply -q -d other.db small.yaml
outreach-import -q -d other.db one.csv 2>import.err | outreach-campaign add -q -d other.db small
is "$(outreach-campaign targets -d other.db --reason held small)" '' "within one source the sheet says who is who"
cut -d, -f3 people.csv >bare.csv
cp bare.csv bare2.csv
for sheet in bare bare2; do outreach-import -q -d other.db $sheet.csv 2>import.err; done |
	outreach-campaign add -d other.db small 2>err
is "$(outreach-campaign targets -d other.db --reason held small | jq .id | tr '\n' ' ')" '12 13 14 15 16 ' \
	"people without a name, in one stream"

# ---- activate ------------------------------------------------------------------

prepare
run outreach-campaign activate small
like_run "activate: nobody to call" 77 '' 'campaign small has nobody to call \(outreach-campaign add small\)'
outreach-campaign add -q small <people.ndjson
run outreach-campaign activate small
like_run "activate: an obstacle" 77 '' '1 of 6 people have an obstacle'
like "$err" 'target 4, contact 4: context: \{\{course\}\}' "activate: it is named"
is "$(outreach-campaign list | jq -r .state)" draft "activate: all or nothing"
run outreach-campaign activate --except-obstacles small
like_run "activate --except-obstacles" 0 '' 'small: active; 1 person is held back'
is "$(outreach-campaign targets small --state held | jq -r .contact)" 4 "the person is held"
run outreach-campaign activate small
like_run "activate twice" 77 '' 'small is active'
write_campaign 'name: alone'
outreach-campaign apply -q small.yaml
sed -n 4p people.ndjson | outreach-campaign add -q alone
outreach-campaign targets alone | outreach-context -k >made 2>err
run outreach-campaign activate alone
like_run "activate: all are held" 77 '' 'nobody to call: all are held \(outreach-campaign targets alone says why\)'
write_campaign 'name: far' 'exchange: moon'
outreach-campaign apply -q small.yaml
outreach-campaign add -q far <people.ndjson
run outreach-campaign activate --except-obstacles far
like_run "activate: an exchange that the settings do not know" 77 '' 'campaign far was not activated: .*moon'
unlike "$err" 'except-obstacles' "activate: which no option helps"
like "$err" 'target [0-9]+, contact 4: context: ' "activate: and all other obstacles"
is "$(outreach-campaign list | jq -r 'select(.name=="far").state')" draft "activate: it stays a draft"
write_campaign 'name: nozone'
grep -v assume_timezone small.yaml >nozone.yaml
outreach-campaign apply -q nozone.yaml
outreach-campaign add -q nozone <people.ndjson
# At sea no prefix says which clock holds.
printf 'id,name,phone,course\n%s\n%s\n' 'S1,Sea One,+870301234567,BSc' 'S2,Sea Two,+870301234568,BSc' >sea.csv
outreach-import -q --source sea --id id sea.csv | outreach-campaign add -q nozone
run outreach-campaign activate nozone
like_run "activate: no zone, and the number tells none" 77 '' 'contact 7: the time zone is not known, and the number tells none'
is "$(printf '%s\n' "$err" | grep -c '^outreach-campaign: target')" 3 "activate: every obstacle is listed"
like "$err" 'contact 4: context: ' "activate: whose number tells the zone needs no assumed one"

# All that stands in the way of one person, and of many what it is first.
write_campaign 'name: several' 'consent: express' \
	'template: You call {{name}} of {{city}} about {{course}}, {{course}} and {{fee}}.'
grep -v assume_timezone small.yaml >several.yaml
outreach-campaign apply -q several.yaml
printf 'id,name,phone,course\n%s\n' 'T1,Sea Three,+870301234569,' >several.csv
outreach-import -q --source t --id id several.csv | outreach-campaign add -q several
run outreach-campaign activate several
is_run "activate: every obstacle of a person" 77 '' \
	'outreach-campaign: target 22, contact 9: the time zone is not known, and the number tells none (give the contact a timezone, or the campaign assume_timezone)
outreach-campaign: target 22, contact 9: no express consent is on record (outreach-dnc consent add)
outreach-campaign: target 22, contact 9: context: {{city}}, {{course}}, {{fee}} have no value
outreach-campaign: several: a template may name campaign.name, campaign.description, id (the key of the row), name, phone
outreach-campaign: campaign several was not activated: 1 of 1 people have an obstacle (mend them, or --except-obstacles holds them back)'
{
	echo id,name,phone
	for i in $(seq 10 29); do echo "U$i,Person $i,+4420794601$i"; done
} >many.csv
outreach-import -q --source u --id id many.csv | outreach-campaign add -q several
run outreach-campaign activate several
is "$status/$(printf '%s\n' "$err" | sed -n 1p)" \
	'77/outreach-campaign: several: 43 obstacles: 1 zone, 21 consent, 21 context' "activate: of many their kinds come first"
is "$(printf '%s\n' "$err" | grep -c ': target ')" 43 "activate: then each"
like "$err" '21 of 21 people have an obstacle' "activate: and how many people"
run outreach-campaign activate --except-obstacles several
is "$status/$(printf '%s\n' "$err" | tail -n 1)" '0/outreach-campaign: several: active; 21 people are held back' \
	"activate --except-obstacles: all of them"
is "$(outreach-campaign targets several | jq -r .state | sort | uniq -c | tr -s ' ')" ' 21 held' "and they are held"

# ---- whom activate held back, once it is mended -----------------------------------

# why: everybody who does not wait, and for what.
why() {
	outreach-campaign targets small | jq -r 'select(.state != "waiting") | "\(.name) \(.state): \(.reason)"'
}
# called: who may be claimed now; nobody stays claimed.
called() {
	outreach-campaign claim -q small >claimed.ndjson
	jq -r .name claimed.ndjson | sort | tr '\n' ' '
}
lacking() {
	fresh
	outreach init -q
	write_campaign 'concurrent: 20' 'template: Hello {{name}}.' "$@"
	sed -i /assume_timezone/d small.yaml
	outreach-campaign apply -q small.yaml
	printf 'id,name,phone,timezone,language\n%s\n' >people.csv \
		S1,Sea,+870301234567,, S2,Ship,+870301234568,, S3,Free,+18005550199,America/New_York, \
		S4,Elise,+442079460104,,fr S5,Asha,+442079460105,,
	outreach-import -q --source t --id id people.csv 2>import.err | outreach-campaign add -q small
	outreach-campaign activate -q --except-obstacles small 2>err
}
lacking 'languages: {hi: {template: "Namaste {{name}}."}}' 'languages_only: true'
is "$(grep -c '^outreach-campaign: target' err)" 4 "four have an obstacle"
is "$(why)" 'Sea held: the time zone of the person is not known
Ship held: the time zone of the person is not known
Free closed: the number is toll_free, which this campaign does not allow
Elise held: the campaign has no texts in the language fr' "policy says why"
is "$(outreach-events log --kind target.held | wc -l)" 0 "and nothing else holds them"
is "$(sqlite3 outreach.db 'SELECT state, reason FROM standing ORDER BY target' | tr '\n' ' ')" \
	'held|zone held|zone closed|number_type held|language ' "they stand aside, by the reason that is theirs"
is "$(called)" 'Asha ' "only the other is called"
sed -i '/^S1/s/,,$/,Etc\/UTC,/' people.csv
outreach-import -q --source t --id id people.csv >imported 2>import.err
is "$(called)" 'Sea ' "a timezone of their own releases one"
echo '870 Etc/UTC' >zones.txt
echo 'phone_zones: zones.txt' >outreach.yaml
is "$(called)" 'Ship ' "the operator's zones the next"
echo 'allow_numbers: [toll_free]' >>small.yaml
sed -i 's/^hours: .*/hours: 06:00-20:00/' small.yaml
outreach-campaign apply -q small.yaml 2>err
is "$(outreach-campaign show small | jq -c .plan.allow_numbers)" '["toll_free"]' "show prints allow_numbers"
is "$(called)" 'Asha Free Sea Ship ' "a campaign that allows the number, too"
sed -i '/^S4/s/fr$/hi/' people.csv
outreach-import -q --source t --id id people.csv >imported 2>import.err
is "$(called)" 'Elise ' "and a language that the campaign has"
ok "the journal replays" outreach-events replay --check
lacking
echo 'assume_timezone: Etc/UTC' >>small.yaml
outreach-campaign apply -q small.yaml
is "$(called)" 'Asha Elise Sea Ship ' "an assumed zone releases whose is not known"
lacking 'consent: express' 'assume_timezone: Etc/UTC'
is "$(why | grep -c 'held: no express consent is on record')" 4 "without a consent nobody is called"
outreach-dnc consent add -q --kind express +442079460105
outreach-dnc consent add -q --kind express --contact 4
is "$(called)" 'Asha Elise ' "a consent releases, by number and by contact"
ok "and the journal replays" outreach-events replay --check

# ---- targets ---------------------------------------------------------------------

prepare
outreach-campaign add -q small <people.ndjson
outreach-campaign activate -q --except-obstacles small 2>err
outreach-campaign targets small >targets.ndjson
ok "targets are target records" schema_check target <targets.ndjson
is "$(jq -r .state targets.ndjson | sort | uniq -c | tr -s ' ')" ' 1 held
 5 waiting' "targets: their states"
is "$(outreach-campaign targets small --due --limit 2 | wc -l)" 2 "targets --due --limit: looks at the first"
is "$(outreach-campaign targets small --due --limit 2 | wc -l)" 2 "and takes nothing"
is "$(outreach-campaign targets small --reason held | jq -r .contact)" 4 "targets --reason"
is "$(outreach-campaign targets small --contact 3 | jq -r .name)" 'Chitra Das' "targets --contact"
is "$(outreach-campaign targets small --without-context | wc -l)" 6 "targets --without-context"
run outreach-campaign targets small --format table
like_run "targets as a table" 0 '^1 +1 +Asha Rao +\+442079460101 +waiting +0$' ''
run outreach-campaign targets small --state sleeping
like_run "targets: no such state" 64 '' 'sleeping.*waiting'
run outreach-campaign targets small --state waitng
like_run "targets: which one was meant" 64 '' 'did you mean waiting'
run outreach-campaign targets small --reason dcn
like_run "targets: no such reason" 64 '' '--reason: dcn is none of attempts, .*, zone \(did you mean dnc\?\)'
run outreach-campaign targets small --format cvs
like_run "targets: no such format" 64 '' '--format: cvs is none of table, ndjson'
run outreach-campaign targets small --limit 0
like_run "targets: no limit of 0" 64 '' '--limit 0 is not between'
outreach-campaign targets small >/dev/full 2>err
is $? 74 "targets on a full disk"
outreach-campaign targets small | head -n 1 >first
is "$(wc -l <first)" 1 "targets: a reader may leave"

# ---- claim -----------------------------------------------------------------------

run outreach-campaign claim small --limit 2
is "$status/$err" '0/outreach-campaign: small: 2 claimed' "claim --limit"
printf '%s\n' "$out" >claims.ndjson
ok "claims are call records" schema_check call <claims.ndjson
run outreach-campaign claim small
is "$status/$(printf '%s\n' "$out" | wc -l)/$err" \
	'0/1/outreach-campaign: small: 1 claimed; all slots are taken' "claim: never more than the free slots"
run outreach-campaign claim small
is_run "claim: no slot" 0 '' 'outreach-campaign: small: 0 claimed; all slots are taken'
is "$(outreach-campaign targets small --state claimed | wc -l)" 3 "three are claimed"
OUTREACH_NOW=2026-03-02T14:00:00Z
outreach-campaign claim -q small >again.ndjson
is "$(wc -l <again.ndjson)" 3 "expired claims are replaced"
is "$(jq -r .id claims.ndjson again.ndjson | sort | uniq -d)" '' "under new ids"
OUTREACH_NOW=2026-03-02T12:00:00Z

prepare
write_campaign 'concurrent: 10'
outreach-campaign apply -q small.yaml
outreach-campaign add -q small <people.ndjson
outreach-campaign activate -q --except-obstacles small 2>err
outreach-campaign claim small >/dev/full 2>err
is "$?/$(cat err)" '74/outreach-campaign: standard output: No space left on device' "claim on a full disk"
is "$(outreach-campaign targets small --state claimed | wc -l)" 0 "what was not written is not claimed"
sh -c 'outreach-campaign claim small 2>err; echo $? >code' | :
ok "claim: a reader that left" await 10 test -s code
like "$(cat code)" '^(74|0)$' "claim: is a failed write, if it came to that"
outreach-campaign claim -q small >claims.ndjson
run outreach-campaign claim small
like_run "claim: nobody is due" 0 '' '0 claimed; (nobody else is due|the next is due at )'
fresh
write_campaign 'hours: 15:00-16:00'
outreach init -q
outreach-campaign apply -q small.yaml
write_people
outreach-import -q people.csv 2>err | outreach-campaign add -q small
outreach-campaign activate -q --except-obstacles small 2>err
run outreach-campaign claim small
like_run "claim outside the hours" 0 '' 'the next is due at 2026-03-02T15:00:00.000Z'
run outreach-campaign claim small --limit none
like_run "claim: a limit that is none" 64 '' 'whole number'

# ---- pause, resume, cancel -------------------------------------------------------

prepare
outreach-campaign add -q small <people.ndjson
run outreach-campaign claim small
like_run "claim: a draft" 77 '' 'small is draft'
run outreach-campaign pause small
like_run "pause: a draft" 77 '' 'only an active one'
outreach-campaign activate -q --except-obstacles small 2>err
outreach-campaign claim -q --limit 2 small >claims.ndjson
run outreach-campaign pause small --reason "lunch"
is_run "pause" 0 '' 'outreach-campaign: small: paused'
is "$(outreach-campaign targets small --state claimed | wc -l)" 0 "pause: claims are withdrawn"
run outreach-campaign pause small
is_run "pause twice" 0 '' 'outreach-campaign: small: paused already'
run outreach-campaign claim small
like_run "claim: paused" 77 '' 'paused'
is "$(outreach-events log --kind campaign.paused | jq -r .fact.reason)" lunch "pause: the reason is journalled"
run outreach-campaign resume small
is_run "resume" 0 '' 'outreach-campaign: small: active'
run outreach-campaign resume small
is_run "resume twice" 0 '' 'outreach-campaign: small: active already'
outreach-campaign claim -q --limit 1 small >claims.ndjson
write_campaign 'concurrent: 4'
outreach-campaign apply -q small.yaml
is "$(outreach-campaign targets small --state claimed | wc -l)" 0 "apply: unplaced claims are withdrawn"
run outreach-campaign cancel small --reason over
is_run "cancel" 0 '' 'outreach-campaign: small: cancelled'
run outreach-campaign resume small
like_run "cancel is for good" 77 '' 'cancelled'
run outreach-campaign claim small
is_run "nobody is claimed of it" 77 '' 'outreach-campaign: campaign small is cancelled for good'
run outreach-campaign add small <people.ndjson
like_run "nobody is added to it" 77 '' 'cancelled for good'
run outreach-campaign pause small --reason "$(printf 'a\nb')"
like_run "a reason is one line" 64 '' 'one line of UTF-8'
run outreach-campaign pause small --reason "$(printf '\377')"
like_run "in UTF-8" 64 '' 'one line of UTF-8'
outreach-events log >log.ndjson
ok "the journal holds to its schema" schema_check journal <log.ndjson
ok "and replays" outreach-events replay --check

# ---- the command line --------------------------------------------------------------

run outreach-campaign
like_run "no verb" 64 '' 'say what to do'
run outreach-campaign fly
like_run "an unknown verb" 64 '' 'there is no verb "fly"'
run outreach-campaign traget small
like_run "a slip in a verb" 64 '' 'there is no verb "traget" \(did you mean targets\?\)'
run outreach-campaign --fly
like_run "an unknown option" 64 '' 'unknown option --fly'
run outreach-campaign claim small --due
like_run "an option of another verb" 64 '' 'unknown option --due'
is "$(printf '%s\n' "$err" | sed 1d)" 'usage: outreach-campaign claim [--limit N] [-q] [-d STORE] NAME' \
	"with the usage of the verb alone"
run outreach-campaign cancel
is "$(printf '%s\n' "$err" | sed 1d)" 'usage: outreach-campaign pause | cancel [--reason TEXT] [-q] [-d STORE] NAME' \
	"of two verbs on one line, too"
run outreach-campaign targets
is "$(printf '%s\n' "$err" | wc -l)" 3 "and of two lines of one verb"
run outreach-campaign show
like_run "no name" 64 '' 'show needs the NAME of a campaign'
run outreach-campaign show a b
like_run "a name too many" 64 '' 'no further operand "b"'
run outreach-campaign claim --help
like_run "help of a verb" 0 '^usage: outreach-campaign' ''
run outreach-campaign list -d /nowhere/outreach.db
like_run "no such store" 66 '' '/nowhere/outreach.db'
run env -i PATH="$PATH" sh -c 'cd / && outreach-campaign list'
like_run "an empty environment" 66 '' 'outreach init'
done_testing
