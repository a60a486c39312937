#!/bin/sh
# outreach-contacts: finding people, showing them, a sheet that comes back as
# the same people, and what deleting and forgetting leave behind.
. "${0%/*}/lib.sh"

OUTREACH_NOW=2026-03-02T12:00:00Z
export OUTREACH_NOW

# people: a store with five persons of one source, some of them awkward on purpose.
people() {
	fresh
	outreach init -q
	cat >people.csv <<'END'
id,name,phone,phone2,timezone,language,priority,city,"note, short",Grad;Jahr
S-1,Asha Rao,+442079460001,,Asia/Kolkata,hi,,Pune,,
S-2,Ben Ito,+442079460002,+442079460012,,en,5,Leeds,"says ""later""
twice, loudly",2026
S-3,Chi Ögüt,+442079460002,,Europe/London,,-3,,,"a;b, c"
S-4,,+442079460004,,,,,Pune,,
S-5,"Dee, Jr.",+442079460005,,,en,0,PUNE,=1+1, lead
END
	outreach-import -q --source s people.csv >records.ndjson
}

# The ids of the records that the last run printed.
ids() {
	jq -r .id "$T/out" | tr '\n' ' '
}

campaign() {
	campaign_yaml 'template: You call {{name}} of {{city}}.' >c.yaml
	outreach-campaign apply -q c.yaml
}

# ---- looking ---------------------------------------------------------------------

people
run outreach-contacts
is "$status/$(ids)/$err" '0/1 2 3 4 5 /' "all, as records in a pipe"
ok "they are contact records" schema_check contact <"$T/out"
is "$out" "$(jq -c 'del(.status)' records.ndjson)" "the same as import gave"
run outreach-contacts list
is "$(ids)" '1 2 3 4 5 ' "list is what it does anyway"
run outreach-contacts 4 2
is "$status/$(ids)" '0/4 2 ' "ids, in their order"
run outreach-contacts --where city=Pune
is "$(ids)" '1 4 ' "--where with an attribute"
run outreach-contacts --where city=Pune --where language=hi
is "$(ids)" '1 ' "--where twice: both"
run outreach-contacts --where phone=+442079460012
is "$(ids)" '2 ' "--where phone: any of the numbers"
for where in id=3 key=S-3 'name=Chi Ögüt' timezone=Europe/London priority=-3 'Grad;Jahr=a;b, c'; do
	run outreach-contacts --where "$where"
	is "$(ids)" '3 ' "--where $where"
done
run outreach-contacts --where source=s
is "$(ids)" '1 2 3 4 5 ' "--where source"
run outreach-contacts --where language=
is "$(ids)" '3 4 ' "--where with nothing: those without"
run outreach-contacts --where city=
is "$(ids)" '3 ' "an attribute too"
run outreach-contacts --where city=Rome
is_run "--where that nobody is" 0 '' ''
run outreach-contacts --where 'city=b=c'
is_run "a value with an equals sign" 0 '' ''
run outreach-contacts --where citty=Pune
is_run "--where with what nobody has" 65 '' \
	'outreach-contacts: --where citty: no contact has a field of that name (city?); there are id, source, key, name, phone, timezone, language, priority, city, Grad;Jahr, note, short'
run outreach-contacts --where langauge=
like_run "also for those without it" 65 '' '--where langauge: .* \(language[?]\); there are'
run outreach-contacts 1 --where citty=Pune
is_run "of contacts that are named, it is no mistake" 0 '' ''
run outreach-contacts --search pune
is "$(ids)" '1 4 5 ' "--search in attributes, in any case"
run outreach-contacts --search 460002
is "$(ids)" '2 3 ' "--search in numbers"
run outreach-contacts 1 2 3 --search rao
is "$(ids)" '1 ' "ids and --search: both"
run outreach-contacts --format table 1 3
is_run "a table" 0 'ID      NAME                     PHONE            TIMEZONE         LANGUAGE SOURCE       KEY
1       Asha Rao                 +442079460001    Asia/Kolkata     hi       s            S-1
3       Chi Ögüt                 +442079460002    Europe/London             s            S-3' ''
run outreach-contacts show --format table 2 4
is_run "show: every field" 0 'id: 2
source: s
key: S-2
name: Ben Ito
phone: +442079460002
phone2: +442079460012
language: en
priority: 5
attributes:
  Grad;Jahr: 2026
  city: Leeds
  note, short: "says \"later\"\ntwice, loudly"

id: 4
source: s
key: S-4
phone: +442079460004
attributes:
  city: Pune' ''
run outreach-contacts show 2
is "$status/$out" "0/$(sed -n 2p records.ndjson | jq -c 'del(.status)')" "show: records in a pipe"
campaign
outreach-contacts --where city=Pune >pune
run outreach-campaign add c <pune
is "$status/$(outreach-campaign targets c | jq -r .contact | tr '\n' ' ')" '0/1 4 ' \
	"what it prints feeds outreach-campaign add"
seq -f '+4477019%05.0f' 2100 | sed 1iphone >many.csv
outreach-import -q --source many many.csv >/dev/null
is "$(outreach-contacts --where source=many | wc -l)/$(outreach-contacts | tail -n 1 | jq .id)" \
	2100/2105 "more than two pages"
outreach-contacts export --where source=many | outreach-import --source many >/dev/null 2>err
like "$(tail -n 1 err)" ' 2100 unchanged, 0 refused$' "and as a sheet"
outreach stop -q 2>err
run outreach-contacts 1
like_run "a stop is shown" 0 '"id":1,' 'note: everything is stopped'

# ---- a sheet that comes back -------------------------------------------------------

people
outreach-contacts export >sheet.csv
is "$(head -n 1 sheet.csv)" \
	'id,name,phone,phone2,timezone,language,priority,"Grad;Jahr",city,"note, short"' \
	"export: the header that import reads"
outreach-import --source s sheet.csv >back.ndjson 2>err
is "$(cat err)" \
	'outreach-import: sheet.csv: 5 rows: 0 accepted, 0 updated, 5 unchanged, 0 refused' \
	"export and import again: all unchanged"
is "$(jq -r .status back.ndjson | sort -u)" unchanged "every record says so"
outreach-contacts export --format csv | outreach-import --source s >/dev/null 2>err
like "$(tail -n 1 err)" ' 5 unchanged, 0 refused$' "the same in a pipe"
outreach-contacts export --format ndjson | outreach-import >/dev/null 2>err
like "$(tail -n 1 err)" ' 5 unchanged, 0 refused$' "as records too, without --source"
outreach-contacts >here
mkdir other && (cd other && outreach init -q && outreach-import -q --source s ../sheet.csv >/dev/null &&
	outreach-contacts >../there)
ok "into another store: the same people" cmp -s here there
run outreach-contacts --format csv 2
is_run "csv of one: the columns that it has" 0 \
	'id,name,phone,phone2,timezone,language,priority,"Grad;Jahr",city,"note, short"
S-2,Ben Ito,+442079460002,+442079460012,,en,5,2026,Leeds,"says ""later""
twice, loudly"' ''
run outreach-contacts export --where city=Rome
is_run "export of nobody" 0 'id,name,phone,timezone,language,priority' ''
outreach-contacts export --where city=Pune >part.csv
is "$(cut -d, -f 1 part.csv | tr '\n' ' ')" 'id S-1 S-4 ' "export with --where"
printf 'phone\n+442079460031\n+442079460032\n' >bare.csv
outreach-import -q --source t bare.csv >/dev/null
outreach-contacts export --where source=t >t.csv
outreach-import --source t t.csv >/dev/null 2>err
like "$(tail -n 1 err)" ' 2 unchanged, 0 refused$' "people without an id column: the number is their id"
run outreach-contacts export
like_run "two sources in a sheet" 65 '' \
	'contacts of "s" and of "t", and a sheet has one source: --where source="s"'
run outreach-contacts export --format ndjson
is "$status/$(ids)" '0/1 2 3 4 5 6 7 ' "two sources in records"

printf '{"phone":"+442079460041","n":5,"l":["a"],"t":"x"}\n' >odd.ndjson
outreach-import -q --source u odd.ndjson >/dev/null
run outreach-contacts export --where source=u
is_run "values that are no text are told" 0 'id,name,phone,timezone,language,priority,l,n,t
+442079460041,,+442079460041,,,,"[""a""]",5,x' \
	'outreach-contacts: note: 1 contact has attributes that are no text; an import of this sheet makes them text (--format ndjson keeps them)'
run outreach-contacts export -q --where source=u
is "$status/$err" 0/ "-q: not told"
outreach-contacts export --format ndjson --where source=u | outreach-import >/dev/null 2>err
like "$(tail -n 1 err)" ' 1 unchanged, 0 refused$' "as records they are kept"
printf '{"type":"contact","v":1,"source":"w","key":"1","phone":"+442079460051","attributes":{"name":"X"}}\n' |
	outreach-import -q >/dev/null
run outreach-contacts export --where source=w
like_run "an attribute called as a field" 65 '' \
	'contact [0-9]+: an attribute is called name, as a field is'
printf '{"type":"contact","v":1,"source":"v","key":"1","phone":"+442079460052","attributes":{"do_not_call":"perhaps"}}\n' |
	outreach-import -q >/dev/null
run outreach-contacts export --where source=v
like_run "as any of them" 65 '' 'contact [0-9]+: an attribute is called do_not_call, as a field is'
jq -nc '{phone: "+442079460061"} + ([range(1000) | {key: "a\(.)", value: "x"}] | from_entries)' |
	outreach-import -q --source x >/dev/null
run outreach-contacts export --where source=x
like_run "more attributes than a sheet takes" 65 '' 'too many for a sheet'

# ---- going -------------------------------------------------------------------------

people
run outreach-contacts delete -n 1 2
is_run "delete -n" 0 '' 'outreach-contacts: 2 deleted (dry run)'
is "$(outreach-contacts | wc -l)" 5 "has deleted nobody"
run outreach-contacts delete 1 2
is_run "delete" 0 '' 'outreach-contacts: 2 deleted'
run outreach-contacts
is "$(ids)" '3 4 5 ' "they are gone"
run outreach-contacts delete 3 99 4
is_run "delete: an id that is not there ends it" 65 '' 'outreach-contacts: 1 deleted
outreach-contacts: there is no contact 99'
run outreach-contacts delete -k 3 99 4
is_run "delete -k goes on" 1 '' 'outreach-contacts: there is no contact 3
outreach-contacts: there is no contact 99
outreach-contacts: 1 deleted'
run outreach-contacts
is "$(ids)" '5 ' "one is left"
outreach-import -q --source s people.csv >again.ndjson
is "$(jq .id again.ndjson | sort -n | tr '\n' ' ')" '5 6 7 8 9 ' "an id is never given to a second person"
outreach-events verify >verify.json
is $? 0 "the journal holds"

people
printf 'id,name,phone,city\nS-6,Secret Person,+442079460102,Hiddenville\n' >secret.csv
outreach-import -q --source s secret.csv >/dev/null
campaign
outreach-contacts 6 | outreach-campaign add -q c
outreach-campaign activate -q c
run outreach-contacts delete 6
like_run "delete of somebody in a campaign" 65 '' \
	'contact 6 is in a campaign, .* outreach-contacts forget 6 erases'
ok "a simulator" sim_start
printf 'exchanges:\n  sim:\n    port_file: %s\n' "$T/sim.port" >outreach.yaml
outreach-campaign claim -q c | outreach-context >ready.ndjson
is "$(wc -l <ready.ndjson)" 1 "a claim with its context"
ok "the store knows the person" grep -q Hiddenville outreach.db
run outreach-contacts forget 6
is_run "forget while claimed" 77 '' 'outreach-contacts: 0 forgotten
outreach-contacts: contact 6 is claimed for a call: forget it when that is over, or put it on do-not-call first (outreach-dnc add), which takes the claim'
run outreach-contacts forget -k 6 5
is_run "forget -k goes on" 1 '' \
	'outreach-contacts: contact 6 is claimed for a call: forget it when that is over, or put it on do-not-call first (outreach-dnc add), which takes the claim
outreach-contacts: 1 forgotten'
outreach-dial <ready.ndjson >ended.ndjson 2>err || diag "$(cat err)"
sim_stop
is "$(jq -r .event ended.ndjson)" ended "the call is over"
run outreach-contacts forget -n 6
is_run "forget -n" 0 '' 'outreach-contacts: 1 forgotten (dry run)'
is "$(outreach-contacts 6 | jq -r .name)" 'Secret Person' "has forgotten nobody"
outreach-events verify >before.json
run outreach-contacts forget 6
is_run "forget" 0 '' 'outreach-contacts: 1 forgotten'
run outreach-contacts show 6
is_run "the contact is gone" 65 '' 'outreach-contacts: there is no contact 6'
for word in Hiddenville 'Secret Person' 442079460102; do
	grep -q "$word" outreach.db
	is $? 1 "no trace of $word"
done
outreach-events verify >after.json
is $? 0 "verify still passes"
ok "and says how many bodies are gone" [ "$(jq .erased after.json)" -gt "$(jq .erased before.json)" ]
ok "replay gives the same" outreach-events replay --check
is "$(outreach-report --format ndjson c | jq 'select(.section == "totals" and .name == "calls").n')" 1 \
	"the history of the call stays"
run outreach-contacts forget 6
is_run "forget twice" 65 '' 'outreach-contacts: 0 forgotten
outreach-contacts: there is no contact 6'

# ---- wrong input -------------------------------------------------------------------

people
# wrong NAME PATTERN ARG...
wrong() {
	case_name=$1 pattern=$2
	shift 2
	run outreach-contacts "$@"
	like_run "$case_name" 64 '' "^outreach-contacts: $pattern"
	like "$err" '^usage: outreach-contacts' "$case_name: with the usage"
}
wrong "an unknown verb" 'there is no verb "fly"' fly
wrong "an id that is no number" 'contact "1x" is not a whole number' 1x
wrong "an id of 0" 'contact 0 is not between 1' show 0
wrong "a negative id" 'contact -5 is not between 1' show -- -5
wrong "an id that is too large" 'contact 99999999999999999999 is not between' 99999999999999999999
wrong "show without id" 'show: say which, by id' show
wrong "delete without id" 'delete: say which, by id' delete
wrong "forget without id" 'forget: say which, by id' forget
wrong "--where without value" '--where city: write it as field=value' --where city
wrong "--where without field" '--where =x: write it as field=value' --where =x
wrong "delete --where" 'delete takes ids, not --where' delete 1 --where city=Pune
wrong "show --search" 'show takes ids, not --where or --search' show 1 --search x
wrong "an unknown format" '--format: xml is none of table, ndjson, csv' --format xml
wrong "export as a table" '--format: export writes csv or ndjson' export --format table
wrong "show as csv" '--format: show writes a table or ndjson' show --format csv 1
wrong "delete --format" 'delete writes nothing' delete --format csv 1
wrong "list -n" 'list changes nothing' -n
set --
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
	set -- "$@" --where "a=$n"
done
wrong "too many --where" '--where is given more than 16 times' "$@"
run outreach-contacts 1 99 2
is_run "list: an id that is not there, before anything is written" 65 '' \
	'outreach-contacts: there is no contact 99'
run outreach-contacts -k 1 99 2
is "$status/$(ids)/$err" '1/1 2 /outreach-contacts: there is no contact 99' "list -k goes on"
run outreach-contacts export -k 99 1
is "$status/$(wc -l <"$T/out")/$err" '1/2/outreach-contacts: there is no contact 99' "export -k, told once"
for verb in list export 'show 1'; do
	# The words of the verb are apart on purpose.
	# shellcheck disable=SC2086
	outreach-contacts $verb >/dev/full 2>err
	is "$?/$(cat err)" '74/outreach-contacts: standard output: No space left on device' \
		"$verb on a full disk"
done
printf 'not a store, but long enough to look like one %0100d' 0 >text.db
run outreach-contacts -d text.db
like_run "a file that is no store" 78 '' 'text.db: is not a store'
run outreach-contacts -d none.db
like_run "no store" 66 '' 'none.db: there is no store here'
run env -i "$BUILD/outreach-contacts" -d "$PWD/outreach.db" 1
like_run "an empty environment" 0 '"id":1,' ''
fresh
outreach init -q
run outreach-contacts
is_run "an empty store" 0 '' ''
run outreach-contacts --where city=Pune
is_run "of nobody, nobody knows the fields" 0 '' ''
run outreach-contacts export
is_run "an empty sheet" 0 'id,name,phone,timezone,language,priority' ''
done_testing
