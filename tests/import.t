#!/bin/sh
# import: sheets in every form, right and wrong, and what comes of each row.
. "${0%/*}/lib.sh"

# A store of its own for what follows.
prepare() {
	fresh
	outreach-init -q || bail "no store"
}

# What is stored: a line a person, without the ids.
stored() {
	outreach-contacts export --format ndjson | jq -c 'del(.id, .type, .v)'
}

# facts FILE...: the rows and their fate as the last line says.
summary() {
	tail -n 1 "$T/err"
}

counts() {
	jq -r '"\(.rows) \(.accepted) \(.updated) \(.unchanged) \(.refused)"' "$1"
}

# ---- the plain way -----------------------------------------------------------------

prepare
cat >students.csv <<'END'
id,name,phone,phone2,timezone,language,priority,course
S-1,Asha Rao,+914420000001,+914420000011,Asia/Kolkata,hi,5,"BSc, honours"
S-2,José "Pepe" Díaz,+914420000001,,,pt-BR,,
END
sed -i 's/José "Pepe" Díaz/"José ""Pepe"" Díaz"/' students.csv
run outreach-import students.csv
is_run "two rows, two records" 0 \
	'{"type":"contact","v":1,"id":1,"source":"students","key":"S-1","name":"Asha Rao","phone":"+914420000001","phone2":"+914420000011","timezone":"Asia/Kolkata","language":"hi","priority":5,"attributes":{"course":"BSc, honours"},"status":"accepted"}
{"type":"contact","v":1,"id":2,"source":"students","key":"S-2","name":"José \"Pepe\" Díaz","phone":"+914420000001","language":"pt-BR","status":"accepted"}' \
	'outreach-import: students.csv: 2 rows: 2 accepted, 0 updated, 0 unchanged, 0 refused'
run outreach-import students.csv
is_run "the same again changes nothing, and gives the same records" 0 \
	'{"type":"contact","v":1,"id":1,"source":"students","key":"S-1","name":"Asha Rao","phone":"+914420000001","phone2":"+914420000011","timezone":"Asia/Kolkata","language":"hi","priority":5,"attributes":{"course":"BSc, honours"},"status":"unchanged"}
{"type":"contact","v":1,"id":2,"source":"students","key":"S-2","name":"José \"Pepe\" Díaz","phone":"+914420000001","language":"pt-BR","status":"unchanged"}' \
	'outreach-import: students.csv: 2 rows: 0 accepted, 0 updated, 2 unchanged, 0 refused'
sed -i 's/Rao/Roy/; s/+914420000011//' students.csv
run outreach-import -q --summary counts students.csv
like "$out" '"id":1,.*"Asha Roy","phone":"\+914420000001","timezone".*"updated"' "a changed row updates the same person"
unlike "$out" 'phone2' "and a number that is gone is gone"
is "$(counts counts)" "2 0 1 1 0" "the summary file has the counts"
is "$err" "" "-q says nothing"
is "$(outreach-events log | jq -r 'select(.kind == "import.done") | [.fact.accepted, .fact.updated, .fact.unchanged] | join(" ")')" \
	"2 0 0
0 0 2
0 1 1" "each import is one row of the journal"
is "$(outreach-events log | jq -r 'select(.kind == "import.done") | .fact.sha256' | tail -n 1)" \
	"$(sha256sum <students.csv | cut -d' ' -f1)" "with the digest of the file"
run outreach-events verify
is "$status" 0 "the journal verifies"

# ---- forms of a sheet ---------------------------------------------------------------

# form NAME ARGS: $T/sheet is one Asha with a course.
form() {
	name=$1
	shift
	prepare
	cp "$T/sheet" sheet
	run outreach-import -q --source s "$@" sheet
	is "$status:$err:$(printf '%s' "$out" | jq -c '[.key, .name, .phone, .attributes.course]')" \
		'0::["S-1","Asha Ráo","+914420000001","a;b,c"]' "$name"
}

printf 'id,name,phone,course\nS-1,Asha Ráo,+914420000001,"a;b,c"\n' >"$T/sheet"
form "commas"
printf 'id;name;phone;course\nS-1;Asha Ráo;+914420000001;"a;b,c"\n' >"$T/sheet"
form "semicolons, detected"
printf 'id\tname\tphone\tcourse\nS-1\tAsha Ráo\t+914420000001\ta;b,c\n' >"$T/sheet"
form "tabs, detected"
printf 'id\tname\tphone\tcourse\nS-1\tAsha Ráo\t+914420000001\ta;b,c\n' >"$T/sheet"
form "TSV" --format tsv
printf 'id|name|phone|course\nS-1|Asha Ráo|+914420000001|a;b,c\n' >"$T/sheet"
form "another delimiter" --delimiter '|'
printf '\357\273\277id,name,phone,course\r\nS-1,Asha Ráo,+914420000001,"a;b,c"\r\n' >"$T/sheet"
form "a byte order mark, CRLF"
printf 'id,name,phone,course\nS-1,Asha Ráo,+914420000001,"a;b,c"' >"$T/sheet"
form "no newline at the end"
printf 'course,phone,id,name\n"a;b,c",+914420000001,S-1,Asha Ráo\n' >"$T/sheet"
form "columns in another order"
printf 'id,name,phone,course\n\n\nS-1,Asha Ráo,+914420000001,"a;b,c"\n\n' >"$T/sheet"
form "empty lines"
printf 'id,name,phone,course\nS-1,Asha R\341o,+914420000001,"a;b,c"\n' >"$T/sheet"
form "Latin 1" --encoding latin1
printf 'id,name,phone,course\nS-1,Asha Ráo,+914420000001,"a;b,c"\n' | iconv -t utf-16 >"$T/sheet"
form "UTF-16" --encoding utf-16
printf '{"id":"S-1","name":"Asha R\\u00e1o","phone":"+914420000001","course":"a;b,c"}\n' >"$T/sheet"
form "NDJSON, detected"
printf '\357\273\277{"id":"S-1","name":"Asha Ráo","phone":"+914420000001","course":"a;b,c"}' >"$T/sheet"
form "NDJSON" --format ndjson
printf '{"type":"contact","v":1,"id":77,"source":"other","key":"S-1","name":"Asha Ráo","phone":"+914420000001","attributes":{"course":"a;b,c"},"status":"unchanged"}\n' >"$T/sheet"
form "our own records"
printf 'Nr;Wer;Mobil;course\nS-1;Asha Ráo;+914420000001;"a;b,c"\n' >"$T/sheet"
form "mapped columns" --map id=Nr --map name=Wer --map phone=Mobil
printf 'Nr,id,name,phone,course\nS-1,x,Asha Ráo,+914420000001,"a;b,c"\n' >"$T/sheet"
form "--id wins over id" --id Nr

prepare
printf 'name,phone,note\nA,+914420000001,"one\ntwo"\nB,+914420000002,x\nB,12,x\n' >s.csv
run outreach-import s.csv
like "$out" '"note":"one\\ntwo"' "a line break inside quotes is kept"
like "$err" ' s.csv:5:2: phone "12"' "and counted in the lines of what follows"
run outreach-import <s.csv
like "$out" '"source":"stdin","key":"\+914420000001"' "standard input is the source stdin; without an id the number is the key"
like "$err" '<stdin>:5:2: ' "and is called so"
# shellcheck disable=SC2002
cat s.csv | outreach-import -q - >piped 2>/dev/null
is "$(jq -r .status piped | sort | uniq -c | tr -s ' ')" " 2 unchanged" "a pipe is read as well"

prepare
printf '{"phone":"+914420000001","n":1,"list":[1,"a b"],"yes":true,"no":null,"empty":""}\n' >"$T/sheet"
run outreach-import -q <"$T/sheet"
is "$(printf '%s' "$out" | jq -cS .attributes)" '{"list":[1,"a b"],"n":1,"yes":true}' "values of NDJSON stay what they are"
printf '{"type":"contact","v":1,"source":"a","key":"1","phone":"+914420000001"}\n{"type":"contact","v":1,"source":"b","key":"1","phone":"+914420000001"}\n' >two
run outreach-import -q two
is "$(printf '%s' "$out" | jq -r '.source + .status' | tr '\n' ' ')" "aaccepted baccepted " "records keep their sources"
run outreach-import -q --source c two
like_run "unless one is given: then both are the same" 0 '"source":"c".*"accepted"' ''

printf 'id,name,phone\n' >nobody.csv
run outreach-import -q nobody.csv
is_run "a header alone is told, whatever -q says" 0 '' \
	'outreach-import: nobody.csv: 0 rows: 0 accepted, 0 updated, 0 unchanged, 0 refused'

# ---- what is refused as a whole ----------------------------------------------------

# whole NAME PATTERN ARGS: $T/sheet is wrong altogether.
whole() {
	name=$1 pattern=$2
	shift 2
	prepare
	cp "$T/sheet" s.csv
	run outreach-import "$@" s.csv
	like_run "$name" 65 '' "^outreach-import: $pattern"
	is "$(stored)" "" "$name: nothing was stored"
}

: >"$T/sheet"
prepare
printf 'name,phone\nA,+914420000001\n' >s.csv
run outreach-import -q --skip-rows 99 s.csv
is_run 'more rows to skip than there are' 65 '' \
	'outreach-import: s.csv: has no row behind the 99 that --skip-rows passes over'
whole "an empty file" 's.csv: is empty, there is not even a header$'
printf 'name,Mobile No\nA,+914420000001\n' >"$T/sheet"
whole "no phone column" "s.csv:1: no column is called \"phone\"; if these look right, add --map phone='Mobile No' \(or --accept-map\)\$"
printf 'phone,phone\n' >"$T/sheet"
whole "a column twice" 's.csv:1: columns 1 and 2 are both called "phone"$'
printf 'phone,mobile\n+914420000001,+914420000002\n' >"$T/sheet"
whole "two columns for one field" 's.csv:1: columns "phone" and "mobile" are both the phone; a field has one column$' --map phone=mobile
printf 'phone,note,note\n' >"$T/sheet"
whole "an attribute twice" 's.csv:1: columns 2 and 3 are both called "note"$'
printf 'phone,x\n' >"$T/sheet"
whole "a mapped column is missing" 's.csv:1: there is no column "Name" for the name \(there are: phone, x\)$' --map name=Name
printf 'phone,x\n' >"$T/sheet"
whole "the --id column is missing" 's.csv:1: there is no column "Nr" for the id' --id Nr
printf 'phone,caf\351\n' >"$T/sheet"
whole "a header in another encoding" 's.csv:1: the header is not valid UTF-8 \(--encoding NAME'
printf 'phone,a\000b\n' >"$T/sheet"
whole "a NUL in the header" 's.csv:1: the name of column 2 holds a control character'
for order in LE BE; do
	printf 'Name;phone\nA;+914420000001\n' | iconv -t "UTF-16$order" >"$T/sheet"
	whole "UTF-16$order without its mark" "s.csv:1: the header looks like UTF-16 \(--encoding UTF-16$order\)\$"
done
printf 'phone,"open\n+914420000001,x\n' >"$T/sheet"
whole "a quote open in the header" 's.csv:1:7: the quote that opens here is never closed$'
printf 'phone\n\200\n' >"$T/sheet"
whole "not of the encoding" 's.csv:[0-9]*: byte 6: not valid ascii' --encoding ascii

# ---- rows that are refused ----------------------------------------------------------

# refused NAME PATTERN ROW: behind a good row, before another.
refused() {
	prepare
	# shellcheck disable=SC2059
	printf "id,name,phone,timezone,language,priority,note\n1,A,+914420000001,,,,\n$3\n3,C,+914420000003,,,,\n" >s.csv
	run outreach-import --rejects r s.csv
	is "$status:$(printf '%s' "$out" | jq -r .name | tr '\n' ' ')" "1:A C " "$1: the others are stored"
	like "$err" "^outreach-import: s.csv:$2" "$1: why"
	# shellcheck disable=SC2059
	printf "id,name,phone,timezone,language,priority,note\n$3\n" >want
	ok "$1: the row as it came" cmp -s want r
	ok "$1: the reason is a record" jq -e '.type == "refusal" and .line == 3' r.why
}

refused "a phone with letters" '3:3: phone "12a" is not a number: it has letters' '2,B,12a,,,,'
refused "a phone without +" '3:3: phone "914420000002" is not' '2,B,914420000002,,,,'
refused "a phone of 16 digits" '3:3: phone "\+1234567890123456" is not' '2,B,+1234567890123456,,,,'
refused "a phone that nobody has" '3:3: phone "\+91 44 00000002" is not a number of \+91: no such' '2,B,+91 44 00000002,,,,'
refused "an emergency number" '3:3: phone "112" is an emergency number: it is never called$' '2,B,112,,,,'
refused "no phone" '3: phone is missing$' '2,B,,,,,'
refused "an empty id" '3: id is empty$' ',B,+914420000002,,,,'
refused "no such zone" '3:4: timezone: "Asia/Calcuta" is not a time zone' '2,B,+914420000002,Asia/Calcuta,,,'
refused "a path for a zone" '3:4: timezone: "../../etc/passwd" is not' '2,B,+914420000002,../../etc/passwd,,,'
refused "no language tag" '3:5: language "h!" is not' '2,B,+914420000002,,h!,,'
refused "a priority with a point" '3:6: priority "1.5" is not a whole number$' '2,B,+914420000002,,,1.5,'
refused "a priority out of range" '3:6: priority 99999999999 is not between' '2,B,+914420000002,,,99999999999,'
refused "too few fields" '3: the row has 3 fields, the header 7 ' '2,B,+914420000002'
refused "too many fields" '3: the row has 8 fields, the header 7 ' '2,B,+914420000002,,,,a,b'
refused "invalid UTF-8" '3:2: name is not valid UTF-8 at its byte 2 ' '2,B\351\351,+914420000002,,,,'
refused "a NUL byte" '3:7: note holds a NUL byte at its byte 2$' '2,B,+914420000002,,,,a\000b'
refused "a control character" '3:2: name holds a control character at its byte 2$' '2,B\033[2J,+914420000002,,,,'
refused "a line break in a name" '3:2: name holds a control character' '2,"B\nActionID: 1",+914420000002,,,,'
refused "a C1 control" '3:7: note holds a control character' '2,B,+914420000002,,,,a\302\205b'
refused "a stray quote" '3:4: a quote inside a field that is not quoted$' '2,B"x,+914420000002,,,,'
refused "text behind a quote" '3:6: text behind a closing quote$' '2,"B"x,+914420000002,,,,'
refused "a name of 256 bytes" '3:2: name is 256 bytes long, more than 255$' "2,$(printf '%0256d' 0),+914420000002,,,,"

prepare
{
	printf 'phone,note\n+914420000001,a\n+914420000002,'
	head -c 10000000 /dev/zero | tr '\0' x
	printf '\n+914420000003,c\n'
} >s.csv
run outreach-import --rejects r s.csv
like_run "a 10 MB line is refused" 1 '914420000003' ' s.csv:3:1: a row of more than 1 MiB'
is "$(printf '%s' "$out" | jq -r .phone | tr '\n' ' ')" "+914420000001 +914420000003 " "those around it are not"
is "$(jq -r .code r.why)" syntax "it stands in FILE.why"
{
	printf '{"phone":"+914420000001"}\n{"phone":"+914420000002","note":"'
	head -c 10000000 /dev/zero | tr '\0' x
	printf '"}\n{"phone":"+914420000003"}\n'
} >s.ndjson
run outreach-import s.ndjson
like_run "a 10 MB record is refused" 1 '914420000003' 's.ndjson:2:1: the line is longer than 4 MiB'

prepare
cat >s.ndjson <<'END'
{"phone":"+914420000001"}
{"phone":"+914420000002"
{"phone":"+914420000003","phone":"+914420000004"}
["+914420000005"]
{"phone":914420000006}
{"phone":"+914420000007","name":7}
{"name":"nobody"}
{"phone":"+914420000008","x":"a\u0000b"}
{"phone":"+914420000009","x":{"y":"\u001b"}}
{"phone":"+914420000010"}
END
run outreach-import --rejects r s.ndjson
is "$status:$(printf '%s' "$out" | jq -r .phone | tr '\n' ' ')" "1:+914420000001 +914420000010 " "wrong records are refused, the others stored"
is "$(jq -r '"\(.line) \(.code)"' r.why | tr '\n' ' ')" "2 syntax 3 syntax 4 syntax 5 type 6 type 7 missing 8 control 9 control " "each with its reason"
ok "as they came" sh -c 'sed "1d; \$d" s.ndjson | cmp -s - r'

# ---- one identity, two rows -----------------------------------------------------------

prepare
cat >s.csv <<'END'
id,name,phone
1,A,+914420000001
2,B,+914420000002
1,C,+914420000003
3,D,+914420000004
3,D,+914420000004
1,A,+914420000001
2,12a,nonsense
END
run outreach-import --rejects r s.csv
is "$status:$(printf '%s' "$out" | jq -r '.name + .status' | tr '\n' ' ')" "1:Baccepted Daccepted Dunchanged " \
	"contradicting rows are all refused, identical ones are one person"
is "$(printf '%s' "$err" | sed -n 's/^outreach-import: s.csv:\([0-9]*\): id 1 is line \([0-9]*\) too.*/\1-\2/p' | tr '\n' ' ')" "2-4 4-2 7-4 " \
	"each with the line that it contradicts"
prepare
printf 'id,name,phone\n1,A,+914420000001\n2,B,+914420000002\r\n 1 ,"A",+91 4420000001\n2,B,+914420000002' >s.csv
run outreach-import s.csv
is "$status:$(printf '%s' "$out" | jq -r '.name + .status' | tr '\n' ' ')" "0:Aaccepted Baccepted Aunchanged Bunchanged " \
	"it is the values that contradict, not how they are written"
prepare
printf 'id,name,phone\n1,A,+914420000001\n1,A,12a\n2,B,+914420000002\n2,B\n2,C,+914420000002\n' >s.csv
run outreach-import --rejects r s.csv
is "$status:$(printf '%s' "$out" | jq -r .name):$(jq -r '"\(.line) \(.code)"' r.why | tr '\n' ' ')" \
	"1:A:3 phone 4 identity 5 fields 6 identity " "a row that is wrong by itself contradicts nobody"
is "$(cat r)" "id,name,phone
1,A,12a
2,B,+914420000002
2,B
2,C,+914420000002" "the rejects have one header"
prepare
printf 'id,name,town,phone\n1,A,B,+914420000001\n' >s.csv
printf 'id,town,name,phone\n1,A,B,+914420000001\n' >o.csv
run outreach-import --source s s.csv o.csv
is "$status:$(printf '%s\n' "$err" | grep -c 'id 1 is .*:2 too, with other values')" 1:2 \
	"equal rows below other headers are not the same"
prepare
printf 'name,phone\nA,+914420000001\nB,+914420000001\n' >"$T/sheet"
run outreach-import <"$T/sheet"
like_run "siblings need keys" 1 '' '<stdin>:3: phone \+914420000001 is line 2 too, with other values; both are refused \(--id COLUMN'

# ---- lists of one name --------------------------------------------------------------

prepare
mkdir 8A 8B
printf 'id,name,phone\n1,Ann,+914420000100\n2,Bob,+914420000110\n' >8A/students.csv
printf 'id,name,phone\n1,Zed,+914420000200\n2,Yan,+914420000210\n3,New,+914420000220\n' >8B/students.csv
run outreach-import 8A/students.csv 8B/students.csv
like_run "two lists in one command: who stands in both is refused" 1 '"key":"3","name":"New"' \
	'outreach-import: 8A/students.csv:2: id 1 is 8B/students.csv:2 too, with other values; both are refused'
like "$err" '^outreach-import: 8B/students.csv:3: id 2 is 8A/students.csv:3 too, ' "with the place in the other file, both ways"
is "$(stored | jq -r .name)" "New" "and neither is stored"
run outreach-import 8A/students.csv 8B/students.csv 8A/students.csv
is "$status:$(printf '%s\n' "$err" | grep -c 'both are refused')" "1:6" "a file given again is refused with it"
cp 8A/students.csv copy.csv
run outreach-import --source same 8A/students.csv copy.csv
is "$status:$(summary)" "0:outreach-import: 2 files: 4 rows: 2 accepted, 0 updated, 2 unchanged, 0 refused" \
	"the same rows in two files are the same people"

prepare
mkdir 8A 8B
printf 'id,name,phone\n1,Ann,+914420000100\n2,Bob,+914420000110\n' >8A/students.csv
printf 'id,name,phone\n1,Zed,+914420000200\n2,Yan,+914420000210\n3,New,+914420000220\n' >8B/students.csv
run outreach-import -q 8A/students.csv
stored >before
for how in -n --strict; do
	run outreach-import "$how" --rejects r --summary counts 8B/students.csv
	like "$err" '^outreach-import: 8B/students.csv:2: id 1 of source students is contact 1, somebody else \("Zed", \+914420000200 here, and "Ann", \+914420000100\): for another list give --source NAME, if it is the same person --replace$' "$how: who is somebody else is refused"
	is "$(jq -c .refusals counts)" '{"identity":2}' "$how: counted by its code"
	is "$(head -n 3 8B/students.csv | cmp - r && jq -r '"\(.line) \(.field) \(.value) \(.code)"' r.why | tr '\n' ' ')" \
		"2 id 1 identity 3 id 2 identity " "$how: the rows are kept, with the header"
	is "$(stored)" "$(cat before)" "$how: nothing is stored"
done
run outreach-import --strict 8B/students.csv
like_run "--strict" 65 '' 'nothing was imported: 2 rows are refused \(--strict\)'
run outreach-import --rejects r --source students - <8B/students.csv
is "$status:$(printf '%s' "$out" | jq -r .name):$(summary)" \
	"1:New:outreach-import: <stdin>: 3 rows: 1 accepted, 0 updated, 0 unchanged, 2 refused (2 identity)" \
	"a source that is given changes nothing about it"
is "$(stored | head -n 2)" "$(cat before)" "who was there stays"
is "$(head -n 3 8B/students.csv | cmp - r && echo same)" same "what is refused late is kept like the rest"
is "$(outreach-events log | jq -r 'select(.kind == "import.done") | [.fact.rows, .fact.refused] | join(" ")' | tail -n 1)" "3 2" \
	"and stands in the journal"
printf 'id,name,phone\n7,X,12\n1,Zed,+914420000200\n1,Zed,+914420000200\n\n2,bob,+914420000111\n' >s.csv
run outreach-import --source students --rejects r s.csv
is "$status:$(printf '%s' "$out" | jq -r '.name + .status'):$(summary)" \
	"1:bobupdated:outreach-import: s.csv: 4 rows: 0 accepted, 1 updated, 0 unchanged, 3 refused (1 phone, 2 identity)" \
	"beside other refusals, twice, and the same name in other letters is the same person"
is "$(sed -n '1,4p' s.csv | cmp - r && echo same)" same "one header, each row once"
printf 'id,name,phone,phone2\n1,Zed,+914420000200,+914420000100\n2,Bob,+914420000999,\n' >s.csv
run outreach-import -q --source students s.csv
is "$status:$(printf '%s' "$out" | jq -r .status | tr '\n' ' ')" "0:updated updated " "a number or the name in common is enough"
run outreach-import -q --source 8B 8B/students.csv
is "$status:$(printf '%s' "$out" | jq -r .status | tr '\n' ' ')" "0:accepted accepted accepted " "another source, other people"
printf 'id,phone\n1,+914420000300\n' >s.csv
run outreach-import --source students s.csv
like_run "a row without a name is not known by it" 1 '' 's.csv:2: id 1 of source students is contact 1, somebody else \(\+914420000300 here, and "Zed", '
run outreach-import -q --strict --replace --source students s.csv
is "$status:$(printf '%s' "$out" | jq -r '"\(.id) \(.status)"')" "0:1 updated" "--replace: the same person all the same"

# ---- rejects, repaired -----------------------------------------------------------------

prepare
run outreach-import -q --rejects r "$ROOT/examples/students.csv"
is "$status" 1 "the example has wrong rows"
sed -e 's/+44207946O123/+442079460123/' -e 's/^S-102,Nofone Atall,,/S-102,Nofone Atall,+442079460124,/' \
	-e 's/^S-103,Identity/S-105,Identity/' -e 's,Asia/Bangalore,Asia/Kolkata,' r >repaired.csv
run outreach-import -q --source students --rejects r2 repaired.csv
is "$status:$(printf '%s' "$out" | jq -r .status | sort | uniq -c | tr -s ' ')" "0: 5 accepted" "repaired rows are accepted"
is "$(wc -c <r2):$(wc -c <r2.why)" "0:0" "nothing is left to repair"
stored >repaired
sed -e 's/+44207946O123/+442079460123/' -e 's/^S-102,Nofone Atall,,/S-102,Nofone Atall,+442079460124,/' \
	-e 's/^S-103,Identity/S-105,Identity/' -e 's,Asia/Bangalore,Asia/Kolkata,' \
	"$ROOT/examples/students.csv" >students.csv
prepare
run outreach-import -q "$WORK/../$((dirs - 1))/students.csv"
stored >direct
ok "the store is the same as from a right sheet" sh -c \
	'sort direct >a && sort "$1" >b && cmp -s a b' - "$WORK/../$((dirs - 1))/repaired"

prepare
printf 'phone\n1\n' >s.csv
run outreach-import --rejects /nonexistent/r s.csv
like_run "rejects that cannot be written" 74 '' '/nonexistent/r.new-[0-9]*: No such file|/nonexistent/r: No such file'
run outreach-import --rejects r s.csv s.csv
like_run "rejects are of one file" 64 '' 'rejects takes the rows of one file'
ok "nothing half stays behind" sh -c '! ls | grep -q new-'

# ---- strict and dry ----------------------------------------------------------------

prepare
printf 'phone\n+914420000001\n12\n' >bad.csv
printf 'phone\n+914420000002\n' >good.csv
run outreach-import --strict --summary counts good.csv bad.csv
like_run "--strict: one wrong row, nothing at all" 65 '' 'bad.csv:3:1: phone "12"'
like "$err" '^outreach-import: nothing was imported: 1 row is refused \(--strict\)$' "and it says so"
is "$(stored)" "" "not even from the other file"
is "$(counts counts)" "3 0 0 0 1" "the summary is written all the same"
run outreach-import --strict -q good.csv
is "$status:$(stored | jq -r .phone)" "0:+914420000002" "--strict: all right, all stored"

prepare
cp "$WORK/../$((dirs - 1))"/*.csv .
run outreach-import -n bad.csv good.csv
like_run "-n: as it would be" 1 '"key":"\+914420000001".*"status":"accepted","dry_run":true' '2 files: 3 rows: 2 accepted, 0 updated, 0 unchanged, 1 refused \(1 phone\) \(dry run\)'
unlike "$out" '"id":' "without ids"
is "$(stored)" "" "-n stores nothing"
outreach-import -q good.csv >/dev/null
run outreach-import -nq good.csv
like_run "-n: known already" 0 '"id":1,.*"unchanged","dry_run":true' ''
is "$(outreach-events log | jq -r 'select(.kind == "import.done").kind' | wc -l)" 1 "-n is not journalled"

# ---- words on the command line --------------------------------------------------------

prepare
printf 'phone\n+914420000001\n' >s.csv
run outreach-import --map phone s.csv
like_run "a map without =" 64 '' 'map phone: write it as field=column'
run outreach-import --map town=x s.csv
like_run "a map of no field" 64 '' 'there is no field "town"'
run outreach-import --format xls s.csv
like_run "no such format" 64 '' 'xls is not csv, tsv or ndjson'
run outreach-import --delimiter x s.csv
like_run "no such delimiter" 64 '' 'give one of'
run outreach-import --encoding klingon s.csv
like_run "no such encoding" 64 '' 'encoding "klingon" is not known'
run outreach-import --source '' s.csv
like_run "an empty source" 64 '' 'the source must be text'
run outreach-import nowhere.csv
like_run "no such file" 66 '' 'nowhere.csv: No such file'
run outreach-import .
like_run "a directory" 66 '' 'is a directory'
outreach-import s.csv >/dev/full 2>"$T/err"
is $? 74 "a full disk behind standard output"
run outreach-import -q s.csv
like_run "and the same command again gives the same records" 0 '"unchanged"' ''
run env -i PATH="$PATH" outreach-import -q -d "$WORK/outreach.db" s.csv
is "$status" 0 "in an empty environment"
fresh
printf 'phone\n+914420000001\n' >"$T/sheet"
run outreach-import <"$T/sheet"
like_run "no store" 66 '' 'outreach init'

# ---- what offices send: titles, other names, other programs' files ------------------------

prepare
printf 'Sunrise School\n"List, of 2 March"\n\nRoll Number,Student Name,Father Name,Mobile No\n7,Asha Rao,M. Rao,+919876543210\n' >office.csv
run outreach-import office.csv
like_run "a title is no header" 65 '' 's.csv:1: is no header, and line 4 looks like one; if so, add --skip-rows 3$|office.csv:1: is no header, and line 4 looks like one; if so, add --skip-rows 3$'
run outreach-import --skip-rows 3 office.csv
is_run "what looks like a field is not taken" 65 '' "outreach-import: office.csv:4: no column is called \"phone\"; if these look right, add --map phone='Mobile No' --map name='Student Name' (or --accept-map)"
is "$(stored)" "" "nothing was stored"
# The line as it stands there, given to the shell.
eval "run outreach-import -q --skip-rows 3 $(printf '%s' "$err" | sed 's/.*add \(.*\) (or.*/\1/') office.csv"
is "$status:$(printf '%s' "$out" | jq -c '[.key, .name, .phone, .attributes]')" \
	'0:["+919876543210","Asha Rao","+919876543210",{"Father Name":"M. Rao","Roll Number":"7"}]' "the line that it names does it"
run outreach-import -q --skip-rows 3 --accept-map --save-map office.map office.csv
is "$status:$(printf '%s' "$out" | jq -r .status)" "0:unchanged" "--accept-map does the same"
is "$(cat office.map)" "# field=column, for outreach-import --map-file
name=Student Name
phone=Mobile No" "--save-map keeps it"
run outreach-import -q --skip-rows 3 --map-file office.map office.csv
is "$status:$(printf '%s' "$out" | jq -r .status)" "0:unchanged" "--map-file does too"
printf 'ID,Name,Mobile,Alternate Mobile,Language,Time Zone\n7,Asha,+919876543210,+919876543211,Hindi,Asia/Kolkata\n' >own.csv
run outreach-import own.csv
is_run "fields in other letters are suggested too" 65 '' \
	"outreach-import: own.csv:1: no column is called \"phone\"; if these look right, add --map phone=Mobile --map phone2='Alternate Mobile' --map name=Name --map id=ID --map timezone='Time Zone' --map language=Language (or --accept-map)"
run outreach-import -nq --accept-map own.csv
is "$status:$(printf '%s' "$out" | jq -c '[.key, .name, .phone, .phone2, .language, .timezone, .attributes]')" \
	'0:["7","Asha","+919876543210","+919876543211","hi","Asia/Kolkata",null]' "and taken"
run outreach-import -nq --accept-map --map 'phone=Alternate Mobile' own.csv
is "$status:$(printf '%s' "$out" | jq -c '[.key, .phone, .phone2]')" '0:["7","+919876543211","+919876543210"]' \
	"but for what a map says"
run outreach-import -nq --accept-map --map 'phone2=Mobile' --map 'id=Alternate Mobile' own.csv
like_run "which must leave a phone" 65 '' 'no column is called "phone" or looks like one .*--map phone=COLUMN'
run outreach-import -q --skip-rows 3 --map-file office.map --id 'Roll Number' --map 'name=Father Name' office.csv
is "$status:$(printf '%s' "$out" | jq -c '[.key, .name]')" '0:["7","M. Rao"]' "--map prevails"
sed -i 's/Mobile No/Mobile/' office.csv
run outreach-import --skip-rows 3 --map-file office.map office.csv
like_run "a sheet of another form is refused" 65 '' 'office.csv:4: there is no column "Mobile No" for the phone'
run outreach-import --map-file nowhere.map office.csv
like_run "no map file" 66 '' 'nowhere.map: No such file'
printf 'phone=x\ntown=y\n' >wrong.map
run outreach-import --map-file wrong.map office.csv
like_run "a wrong map file" 65 '' '^outreach-import: wrong.map:2: map town=y: there is no field "town"'
unlike "$err" usage "is no wrong command line"
run outreach-import --save-map m office.csv office.csv
like_run "one map of two files" 64 '' 'save-map keeps the map of one file, not of 2'
run outreach-import --save-map /nonexistent/m --skip-rows 3 --accept-map office.csv
like_run "a map that cannot be written" 74 '' '/nonexistent/m'
is "$(stored | wc -l)" 2 "stores nobody"
printf '{"phone":"+919876543210"}\n' >r.ndjson
run outreach-import --skip-rows 1 r.ndjson
like_run "records have no titles" 64 '' 'NDJSON has no title rows'
run outreach-import --skip-rows 100 office.csv
like_run "more lines to skip than there are" 65 '' 'has no row behind the 100'
printf 'phone,Full Name\n+919876543210,A\n' >s.csv
run outreach-import s.csv
like_run "a name beside a phone is asked for too" 65 '' "no column is called \"name\"; if these look right, add --map name='Full Name' \(or --accept-map\); if not, --map phone=phone"
run outreach-import -q --map phone=phone s.csv
is "$status:$(printf '%s' "$out" | jq -c '[.name, .attributes]')" '0:[null,{"Full Name":"A"}]' "and can be declined"

prepare
printf 'Mobile,Name,,\n+919876543210,A,,\n,,,\nMobile,Name,,\n\n \302\240,,,\n+919876543211,B,,\n+919876543212,C,x,\nTotal,3,,\n+919876543213\302\240,\302\240D ,,,,\n' >s.csv
run outreach-import --accept-map --summary counts --rejects r s.csv
is "$status:$(printf '%s' "$out" | jq -r .name | tr '\n' ' ')" "1:A B D " "headers again, empty rows and columns are nobody"
like "$err" '5 rows: 3 accepted, 0 updated, 0 unchanged, 2 refused \(1 unnamed, 1 footer\), 3 empty or the header again' "each kind is counted"
is "$(jq -c '[.rows, .refused, .skipped, .refusals]' counts)" '[5,2,3,{"unnamed":1,"footer":1}]' "in the summary too"
ok "which is a record" schema_check summary <counts
ok "and so are the reasons" schema_check refusal <r.why

prepare
printf 'id,name,phone,note\n1,A,+919876543210/43211,"1,00,000"\n2,B,9.87654E+09,\n3,C,"=""+919876543212""",\n4,D,+919876543213.0,\n5,E,+91 98765 43214 x12,\n6,F,+919876543215/77,\n7,G,"9,876,543,216",\n'"'8"',H,+919876543217,\n9,I,+919876543218,#REF!\n1.2E+15,J,+919876543219,\n11,K,'"'"'+919876543220,\n' >s.csv
run outreach-import --rejects r s.csv
is "$(jq -r '"\(.line) \(.code)"' r.why | tr '\n' ' ')" \
	"3 scientific 4 formula 5 decimal 6 extension 7 several 8 grouped 9 apostrophe 10 error 11 scientific " "what a spreadsheet did has its name"
is "$(printf '%s' "$out" | jq -c '[.key, .phone, .phone2, .attributes.note]')" '["1","+919876543210","+919876543211","1,00,000"]
["11","+919876543220",null,null]' "what is certain is undone"

prepare
printf 'name,phone\nA,+919876543210\nJos\351,+919876543211\nJosé,+919876543212\n' >s.csv
run outreach-import --rejects r s.csv
is "$(printf '%s' "$out" | jq -r .name | tr '\n' ' ')$(jq -r '"\(.line) \(.code)"' r.why)" "A José 3 utf8" "two encodings in one file: the line is named"
run outreach-import --encoding windows-1252 --rejects r s.csv
is "$(printf '%s' "$out" | jq -r .name | tr '\n' ' ')$(jq -r '"\(.line) \(.code)"' r.why)" "A José 4 encoding" "and read in the other one, the other line"
ok "which stands in the rejects as it was" grep -qx 'José,+919876543212' r
like "$err" ' s.csv:4: the row is UTF-8 in a file' "with its reason"

# ---- no text ----------------------------------------------------------------------------------

prepare
# book FILE: a workbook of one sheet with a title, a header, a number and a date.
/usr/bin/python3 - <<'END' || bail "no workbook"
import zipfile
ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
text = lambda at, s: '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (at, s)
with zipfile.ZipFile("my book.xlsx", "w") as z:
    z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>')
    z.writestr("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    z.writestr("xl/workbook.xml", '<workbook %s xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>' % ns)
    z.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>')
    z.writestr("xl/styles.xml", '<styleSheet %s><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>' % ns)
    z.writestr("xl/worksheets/sheet1.xml", '<worksheet %s><sheetData><row r="1">%s</row><row r="2">%s%s%s</row><row r="3">%s%s<c r="C3" s="1"><v>46083</v></c></row></sheetData></worksheet>' % (ns, text("A1", "Title"), text("A2", "name"), text("B2", "phone"), text("C2", "seen"), text("A3", "Asha"), text("B3", "+919876543210")))
with zipfile.ZipFile("a.ods", "w") as z:
    z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
END
run outreach-import 'my book.xlsx'
like_run "an XLSX is no text" 65 '' "^outreach-import: my book.xlsx: is an Excel workbook \(XLSX\), not text; read it with: xlsx2csv -f %Y-%m-%d 'my book.xlsx' \| outreach-import --source NAME$"
line=$(printf '%s' "$err" | sed 's/.*read it with: //; s/NAME/book -q --skip-rows 1/')
run sh -c "$line"
is "$status:$(printf '%s' "$out" | jq -c '[.source, .name, .phone, .attributes]')" \
	'0:["book","Asha","+919876543210",{"seen":"2026-03-02"}]' "the line that it names reads it, dates too"
run outreach-import <'my book.xlsx'
like_run "nor from standard input" 65 '' '<stdin>: is an Excel workbook'
run outreach-import a.ods
like_run "ODS" 65 '' 'a.ods: is an OpenDocument sheet \(ODS\), not text; read it with: ssconvert .* a.ods fd://1 \|'
printf '\320\317\021\340\241\261\032\341aaaaaaaaaaaa' >a.xls
run outreach-import a.xls
like_run "XLS" 65 '' 'a.xls: is an old Excel workbook \(XLS\), not text; read it with: ssconvert '
printf 'phone\n+919876543210\n' | gzip >a.csv.gz
run outreach-import a.csv.gz
like_run "gzip" 65 '' 'a.csv.gz: is compressed, not text; read it with: zcat a.csv.gz \|'
run outreach-import outreach.db
like_run "a database" 65 '' 'outreach.db: is an SQLite database, not text; read it with: sqlite3 -csv -header outreach.db'
printf '%%PDF-1.4\n' >a.pdf
run outreach-import a.pdf
like_run "PDF" 65 '' 'a.pdf: is a PDF, which holds no sheet; ask for the sheet itself$'
# ---- national numbers -------------------------------------------------------------

prepare
printf 'phone,name\n044-2000 0001,A\n+44 (0)20 7946 0018,B\n00 1 (415) 555-0123,C\n108,D\n1909,E\n44200,F\n' >s.csv
run outreach-import --region IN --rejects r s.csv
is "$status:$(printf '%s' "$out" | jq -r '"\(.name)\(.phone)"' | tr '\n' ' ')" \
	'1:A+914420000001 B+442079460018 C+14155550123 ' 'a region: its national form, and abroad as it dials'
like "$err" 's.csv:5:1: phone "108" is an emergency number of IN: it is never called' 'an emergency number'
is "$(jq -r .code r.why | tr '\n' ' ')" 'emergency short phone ' 'each with its reason'
printf 'region: IN\n' >outreach.yaml
run outreach-import -q s.csv
is "$status:$(printf '%s\n' "$out" | grep -c unchanged)" 1:3 'the region of the settings'
run outreach-import -q --region US s.csv
like_run '--region goes before it' 1 '\+442079460018' 's.csv:2:1: phone "044-2000 0001" is not a number of \+1'
printf 'region: QQ\n' >outreach.yaml
run outreach-import -q s.csv
like_run 'no such region in the settings' 78 '' './outreach.yaml: region: "QQ" is no region such as IN or GB$'
rm outreach.yaml
run outreach-import -q --region in s.csv
is "$status:$(printf '%s\n' "$out" | grep -c unchanged)" 1:3 'a region in small letters'
run outreach-import --region india s.csv
like_run 'no such region' 64 '' '--region "india" is no region such as IN or GB'

# ---- a name in two columns ---------------------------------------------------------

prepare
printf 'First Name,Last Name,phone\nAsha,Rao,+914420000001\nBo,,+914420000002\n' >two.csv
run outreach-import -q two.csv
is_run 'a name in two columns is not lost' 65 '' \
	"outreach-import: two.csv:1: no column is called \"name\"; if these look right, add --map name='First Name+Last Name' (or --accept-map); if not, --map phone=phone"
run outreach-import -q --map name='First Name+Last Name' --save-map map two.csv
is "$status:$(printf '%s\n' "$out" | jq -c '[.name, .attributes]' | tr '\n' ' ')" '0:["Asha Rao",null] ["Bo",null] ' 'it is put together'
run outreach-import -q --map-file map two.csv
is "$(printf '%s\n' "$out" | jq -r .status | sort -u)" unchanged 'and kept in a map file'
run outreach-import -q --accept-map two.csv
is "$(printf '%s\n' "$out" | jq -r .status | sort -u)" unchanged 'as the suggestion has it'

# ---- who must not be called ------------------------------------------------------

prepare
cat >clinic.csv <<'END'
id,name,phone,DNC status,course
1,Ann,+914420000001,yes,BSc
2,Bo,+914420000002,,BSc
3,Cy,+914420000003,No,BA
4,Di,+914420000004,ask again,BA
END
run outreach-import clinic.csv
is_run 'a column that looks like wishes is not passed over' 65 '' \
	"outreach-import: clinic.csv:1: no column is called \"do_not_call\"; if these look right, add --map do_not_call='DNC status' (or --accept-map); if not, --map attribute='DNC status'"
run outreach-import -nq --map phone=phone clinic.csv
is "$status:$err" "0:outreach-import: clinic.csv: warning: column 'DNC status' is kept as an attribute, and nobody is on do-not-call for it; --map do_not_call='DNC status' obeys it, --map attribute='DNC status' says that it is no wish" \
	'with a map that leaves it out there is a warning, -q or not'
run outreach-import -n --map do_not_call='DNC status' clinic.csv
is "$status:$(outreach-dnc list)" 1: 'a dry run makes no rule'
run outreach-import --map do_not_call='DNC status' --save-map map --summary counts --rejects rejects clinic.csv
is "$status:$err" '1:outreach-import: clinic.csv:5:4: do_not_call "ask again" is neither yes nor no; write yes, no or nothing; it may ask not to be called: nobody is on do-not-call for it, see outreach-dnc add
outreach-import: warning: 1 refused row asks not to be called, or may, and nobody is on do-not-call for it (outreach-dnc add)
outreach-import: clinic.csv: 4 rows: 3 accepted, 0 updated, 0 unchanged, 1 refused (1 do_not_call), 1 on do-not-call' \
	'yes is obeyed, and what is neither yes nor no refuses the row'
is "$(outreach-dnc list | jq -c '[.rule, .contact, .source, .reason]')" \
	'["contact",1,"clinic","do_not_call of clinic.csv"]' 'a rule with the sheet as its source'
is "$(jq .do_not_call counts) $(printf '%s\n' "$out" | grep -c DNC) $(jq -r .code rejects.why)" '1 0 do_not_call' 'it is counted, and no attribute'
ok 'the summary holds to its schema' schema_check summary <counts
for n in 1 2 3; do outreach-dnc check "+91442000000$n" >/dev/null; echo $?; done >said
is "$(tr '\n' ' ' <said)" '1 0 0 ' 'who said yes is not called'
sed -i '5d; s/yes/no/; s/+914420000001/+914420000009/; s/2,Bo,+914420000002,/&x/' clinic.csv
run outreach-import -q --map-file map clinic.csv
is "$status:$(outreach-dnc check +914420000009 | jq -c .contact)" 0:1 'a no takes nothing back, and a new number is not called either'
is "$(outreach-dnc list --rule contact | jq .contact | tr '\n' ' ')" '1 2 ' 'a yes of somebody who was here before'
run outreach-import -q --map-file map clinic.csv
is "$status:$(outreach-dnc list --rule contact | wc -l)" 0:2 'again it is the same'
printf '%s\n' '{"id":7,"phone":"+914420000007","do_not_call":true}' '{"id":8,"phone":"+914420000008","optOut":"yes"}' >people.ndjson
run outreach-import -q people.ndjson
is "$status:$err" '0:outreach-import: people.ndjson: warning: column optOut is kept as an attribute, and nobody is on do-not-call for it; --map do_not_call=optOut obeys it, --map attribute=optOut says that it is no wish' \
	'records: the exact name is obeyed, one like it is named'
is "$(outreach-dnc list --source people | jq .contact)" 4 'by a rule too'
printf '{"id":8,"phone":"+914420000008","do_not_call":[]}\n' | outreach-import -q >/dev/null 2>err
like "$(cat err)" '^outreach-import: <stdin>:1:47: do_not_call must be true or false; it may ask not to be called' 'which must be true or false'

# The other way round.
cat >may.csv <<'END'
id,name,phone,OK to call?,Blocked
1,Ann,+914420000021,yes,
2,Bo,+914420000022,No,
3,Cy,+914420000023,,
4,Di,+914420000024,Y,yes
END
run outreach-import may.csv
is_run 'nor is a column of who may be called' 65 '' \
	"outreach-import: may.csv:1: no column is called \"call_allowed\"; if these look right, add --map call_allowed='OK to call?' --map do_not_call=Blocked (or --accept-map); if not, --map attribute='OK to call?' --map attribute=Blocked"
blocked='outreach-import: may.csv: warning: column Blocked is kept as an attribute, and nobody is on do-not-call for it; --map do_not_call=Blocked obeys it, --map attribute=Blocked says that it is no wish'
run outreach-import -nq --map phone=phone may.csv
is "$status:$err" "0:outreach-import: may.csv: warning: column 'OK to call?' is kept as an attribute, and nobody is on do-not-call for it; --map call_allowed='OK to call?' obeys it, --map attribute='OK to call?' says that it is no wish
$blocked" 'a warning for each'
run outreach-import -nq --map attribute='OK to call?' may.csv
is "$status:$err" "0:$blocked" 'none for what means something else'
run outreach-import -q --accept-map --save-map map may.csv
is "$status:$err" '1:outreach-import: may.csv:4: call_allowed is empty; who may be called needs a yes; it may ask not to be called: nobody is on do-not-call for it, see outreach-dnc add
outreach-import: warning: 1 refused row asks not to be called, or may, and nobody is on do-not-call for it (outreach-dnc add)' \
	'where nothing is said, nobody is called'
for n in 1 2 3 4; do outreach-dnc check "+91442000002$n" >/dev/null; echo $?; done >said
is "$(tr '\n' ' ' <said)$(tail -n 2 map | tr '\n' ' ')" '0 1 0 1 call_allowed=OK to call? do_not_call=Blocked ' 'a no is a wish, and a yes of the other column'

# What somebody wrote.
cat >notes.csv <<'END'
id,name,phone,Remarks,Branch
1,Ann,+914420000031,Asked not to be called,DND
2,Bo,+914420000032,"father: pls
DO NOT CALL",Pune
3,Cy,+914420000033,do not call before 10,Pune
4,Di,+9144200000,"कॉल न करें",Pune
2,Bob,+914420000035,dnc,Pune
END
run outreach-import -n --map attribute=Branch notes.csv
is "$status:$(printf '%s\n' "$err" | grep -c wish):$(outreach-dnc list --source notes | wc -l)" 1:1:0 'a remark: a dry run makes no rule'
run outreach-import -q --map attribute=Branch --rejects notes.rej notes.csv
is "$status:$err" '1:outreach-import: notes.csv:2: warning: Remarks "Asked not to be called" is taken for a wish not to be called
outreach-import: notes.csv:3: id 2 is line 7 too, with other values; both are refused; the row asks not to be called: do-not-call for +914420000032, whoever comes as id 2
outreach-import: notes.csv:6:3: phone "+9144200000" is not a number of +91: no such number is given out; the row asks not to be called: do-not-call for whoever comes as id 4
outreach-import: notes.csv:7: id 2 is line 3 too, with other values; both are refused; the row asks not to be called: do-not-call for +914420000035, whoever comes as id 2
outreach-import: warning: 1 person is on do-not-call for a text of their row; outreach-dnc remove takes that back, --map attribute=COLUMN passes a column over' 'remarks that say so are obeyed, and told with their lines'
is "$(outreach-dnc list --source notes --rule contact | jq -r .reason)" 'a remark in notes.csv' 'the rule says where it is from'
for n in 1 2 3 5; do outreach-dnc check "+91442000003$n" >/dev/null; echo $?; done >said
is "$(tr '\n' ' ' <said)" '1 1 0 1 ' 'who is not called'
run outreach-import -q --map attribute=Branch notes.csv
like "$err" 'csv:2: warning: Remarks' 'again it is the same'
outreach-dnc list --source notes --rule contact | outreach-dnc remove -q
run outreach-import -q --map attribute=Branch notes.csv
is "$status:$(printf '%s\n' "$err" | grep -c Remarks):$(outreach-dnc check +914420000031 >/dev/null; echo $?)" 1:0:0 'what a person took away stays away'
sed 's/DND/Goa/' notes.csv >moved.csv
run outreach-import -q --source notes --map attribute=Branch moved.csv
is "$(outreach-dnc check +914420000031 >/dev/null; echo $?)" 0 'where another column changes, too'
sed '2s/Asked not/wants not/' notes.csv >news.csv
run outreach-import -q --source notes --map attribute=Branch news.csv
like "$err" 'news.csv:2: warning: Remarks "wants not to be called"' 'what is written later is heard'
is "$(outreach-dnc check +914420000031 | jq -r .reason)" 'a remark in news.csv' 'and has its rule'
outreach-dnc list --source notes --rule contact | outreach-dnc remove -q
sed -i '2s/,DND/,DND,yes/; 1s/$/,do_not_call/; 2!s/Pune$/Pune,/' notes.csv
run outreach-import -q --map attribute=Branch notes.csv
is "$(printf '%s\n' "$err" | grep -c Remarks):$(outreach-dnc check +914420000031 | jq -r .reason)" '0:do_not_call of notes.csv' 'but a column says it again'
printf '{"id":"7","phone":"+914420000039","tags":["DNC"]}\n{"id":"8","phone":"12","memo":"\\u0915\\u0949\\u0932 \\u0928 \\u0915\\u0930\\u0947\\u0902"}\n' >notes.ndjson
run outreach-import -q --source nd notes.ndjson
like "$err" 'ndjson:2:19: phone "12".*; the row asks not to be called: do-not-call for whoever comes as id 8' 'of a record'
like "$err" 'ndjson:1: warning: tags .*DNC.* is taken' 'in a list too'
printf '{"type":"contact","v":1,"source":"nd","key":"9","phone":"+914420000039","attributes":{"memo":"NO LLAMAR","n":[1]}}\n' | outreach-import -q >/dev/null 2>err
is "$(cat err)" 'outreach-import: <stdin>:1: warning: memo "NO LLAMAR" is taken for a wish not to be called
outreach-import: warning: 1 person is on do-not-call for a text of their row; outreach-dnc remove takes that back, --map attribute=COLUMN passes a column over' 'the attributes of a contact are'

# Of rows that are refused. wish SOURCE: its rules, subject and reason.
wish() {
	outreach-dnc list --source "$1" | jq -r '[.contact // .phone, .reason] | join(" ")' | sort | tr '\n' ';'
}
printf 'id,name,phone\n17,Ravi,+442079460301\n18,Rose,+442079460302\n' | outreach-import -q --source crm >/dev/null
crm=$(outreach-contacts list --format ndjson --where source=crm | jq -s -r 'map(.id) | join(" ")')
ravi=${crm% *} rose=${crm#* }
printf 'id,name,phone,do_not_call\n17,Ravi,,yes\n18,Rose,,no\n19,New,,yes\n20,Cut,+442079460304,,yes\n' >gone.csv
run outreach-import -n --source crm gone.csv
is "$status:$(wish crm)" 1: 'the wish of a refused row: no rule by a dry run'
run outreach-import -q --source crm --rejects rejects gone.csv
is "$status:$err" "1:outreach-import: gone.csv:2: phone is missing; the row asks not to be called: do-not-call for contact $ravi
outreach-import: gone.csv:3: phone is missing
outreach-import: gone.csv:4: phone is missing; the row asks not to be called: do-not-call for whoever comes as id 19
outreach-import: gone.csv:5: the row has 5 fields, the header 4 (a delimiter inside a value needs quotes); the row asks not to be called: do-not-call for +442079460304, whoever comes as id 20" \
	'the refusal says what became of it'
is "$(wish crm)" "+442079460304 do_not_call of gone.csv:5, which was refused;$ravi do_not_call of gone.csv:2, which was refused;" 'who is stored under that id is not called any more'
outreach-dnc check +442079460301 >/dev/null
is "$?" 1 'by no number'
ok 'the refusals hold to their schema' schema_check refusal <rejects.why
# Whoever comes later under the id of such a row is not called, even from the same file.
printf 'id,name,phone\n19,New,+442079460341\n20,Cut,+442079460342\n30,Nil,+442079460343\n' >come.csv
run outreach-import -q --source other come.csv
is "$status:$(wish other)" 0: 'of another source it is somebody else'
run outreach-import -q --source crm come.csv
new=$(outreach-contacts list --format ndjson --where source=crm --where key=19 | jq .id)
like "$(wish crm)" "$new do_not_call of gone.csv:4, which was refused;" 'who comes later has the rule'
is "$(for n in 1 2 3; do outreach-dnc check +44207946034$n >/dev/null; echo $?; done | tr '\n' ' ')" '1 1 0 ' 'and is not called'
outreach-contacts forget -q "$new" >/dev/null
run outreach-import -q --source crm come.csv
like "$(wish crm)" "[1-9][0-9]* do_not_call of gone.csv:4" 'nor who comes back'
{
	printf 'id,name,phone,do_not_call\n50,Ann,,yes\n'
	for n in $(seq 1000 1299); do printf '%s,N,12,yes\n' "$n"; done
	printf '50,Ann,+442079460345,no\n'
} >order.csv
run outreach-import -q order.csv
like "$err" 'order.csv:2: phone is missing; the row asks not to be called: do-not-call for whoever comes as id 50' 'a refused row before the good one'
is "$(outreach-dnc check +442079460345 | jq -r .reason)" 'do_not_call of order.csv:2, which was refused' 'is obeyed too'

# What waits is listed, and a person lifts it.
outreach-dnc awaited >awaited
ok 'what is awaited is told' schema_check awaited <awaited
is "$(jq -r 'select(.source == "crm") | .reason' awaited)" 'do_not_call of gone.csv:4, which was refused
do_not_call of gone.csv:5, which was refused' 'with the line'
id=$(jq -r 'select(.reason | startswith("do_not_call of gone.csv:4")).id' awaited)
run outreach-dnc awaited --lift "$id"
like_run 'lifting needs a reason' 64 '' 'awaited --lift needs --reason'
run outreach-dnc awaited --lift --reason 'the sheet was wrong'
like_run 'and an id' 64 '' 'awaited: which'
run outreach-dnc awaited "$id"
like_run 'an id alone lifts nothing' 64 '' '--lift'
run outreach-dnc awaited --lift --reason 'the sheet was wrong' "$id"
is_run 'it is lifted' 0 '' 'outreach-dnc: 1 lifted'
run outreach-dnc awaited --lift --reason 'the sheet was wrong' "$id"
is_run 'once' 65 '' "outreach-dnc: nobody is awaited by $id (outreach-dnc awaited)"
is "$(outreach-dnc awaited | grep -c "\"id\":$id,")" 0 'nobody is awaited by it'
new=$(outreach-contacts list --format ndjson --where source=crm --where key=19 | jq .id)
outreach-dnc remove -q --contact "$new" 2>err
outreach-contacts delete -q "$new"
printf 'id,name,phone\n19,New,+442079460348\n' >come.csv
run outreach-import -q --source crm come.csv
is "$(outreach-dnc check +442079460348 >/dev/null; echo $?)" 0 'who comes then may be called'
ok 'the journal replays with it' outreach-events replay --check
run outreach-import -q --source crm gone.csv
is "$(outreach-dnc awaited | grep -c "gone.csv:4")" 0 'somebody is there: the row is about them'
like "$(wish crm)" "do_not_call of gone.csv:4, which was refused;" 'and has its rule again'

printf 'id,name,phone,phone2,do_not_call\n1,Zed,+16502530190,+16502530191 x9,yes\n' >zed.csv
run outreach-import --summary counts zed.csv
like "$err" 'extension.*asks not to be called: do-not-call for \+16502530190, whoever comes as id 1$' 'nobody is stored: the number that could be read'
is "$(wish zed) $(jq .do_not_call counts)" '+16502530190 do_not_call of zed.csv:2, which was refused; 1' 'is on do-not-call'
printf 'id,name,phone,do_not_call\n18,Rose,+442079460302,no\n18,Rosa,+442079460302,yes\n' >clash.csv
run outreach-import -q --source crm clash.csv
like "$err" "clash.csv:3: id 18 is line 2 too.*do-not-call for contact $rose" 'of two that contradict each other, one says yes'
printf 'id,name,phone,do_not_call\n18,Olga,+442079460399,yes\n21,Pia,+442079460305,no\n21,,,yes\n' >other.csv
run outreach-import -q --source crm other.csv
like "$err" 'somebody else .*do-not-call for \+442079460399' 'of somebody else under that id: the number'
pia=$(outreach-contacts list --format ndjson --where key=21 | jq .id)
like "$err" "other.csv:4: phone is missing; .* contact $pia" 'of who has just come'
printf '%s\n' '{"do_not_call":true,"id":"22","phone":"+442079460306","priority":"high"}' '{"id":17,"phone":5,"do_not_call":true}' >wish.ndjson
run outreach-import -q wish.ndjson
is "$(wish wish)" '+442079460306 do_not_call of wish.ndjson:1, which was refused;' 'of records'
run outreach-import -q --source crm wish.ndjson
like "$err" "wish.ndjson:2:18: phone must be text.*do-not-call for contact $ravi" 'whatever stands first in them'
printf 'id,name,phone,language,do_not_call\n17,Ravi,+442079460311,x!,yes\n' >moved.csv
run outreach-import -q --source crm moved.csv
like "$err" "do-not-call for contact $ravi, \\+442079460311\$" 'of who is known: the contact, and the number that was to be new'
is "$(outreach-dnc check +442079460311 | jq -r '.rule + " " + .source')" 'number crm' 'which is not called either'

printf 'id,name,phone,do_not_call\n17,Ravi,yes\n' >short.csv
run outreach-import -q --source crm short.csv
like "$err" "short.csv:2: the row has 3 fields.*do-not-call for contact $ravi\$" 'a row that is too short, of somebody who is known'

printf 'Ann,+442079460312,yes\nBob,+442079460313,\n' >bare.csv
run outreach-import --map phone=+442079460312 --map name=Ann bare.csv
is_run 'a sheet without a header loses nobody' 65 '' \
	'outreach-import: bare.csv:1: "+442079460312" is a number and no name of a column: put a line with their names first'

# Rows whose wish is stored, others between them, and who is good; in groups, but told in their order.
awk 'BEGIN {
	print "id,name,phone,do_not_call"
	for (i = 1; i <= 300; i++) {
		print "a" i ",Ann,+4420794605" i % 100 "x,yes"
		print "b" i ",Bob,+44207946" 1000 + i ",yes,x"
		print "c" i ",Cy,12,"
		print "d" i ",Di,+44207946" 2000 + i ","
	}
	print "d7,Di,12,yes"
}' >many.csv
before=$(outreach-events log | wc -l)
run outreach-import -q -v --rejects rejects many.csv
is "$(cut -d: -f3 "$T/err" | grep '^[0-9]' | cksum)" "$(awk 'BEGIN { for (i = 2; i < 1201; i++) if (i % 4 != 1) print i; print 1202 }' | cksum)" \
	'refused rows are told in their order'
like "$(grep many.csv:1202: "$T/err")" 'asks not to be called: do-not-call for contact [0-9]+$' 'and hear of who stands in front of them'
is "$(outreach-dnc list --source many | wc -l)" 301 'each wish is a rule'
commits=$(outreach-events log | tail -n "+$((before + 1))" | jq .txn | sort -u | wc -l)
ok "but few are a commit of their own ($commits)" test "$commits" -lt 150
is "$(jq .line rejects.why | cksum) $(wc -l <rejects)" "$(cut -d: -f3 "$T/err" | grep '^[0-9]' | cksum) 902" 'the rejects are in the same order'

# heard NAME LINE WANT: of the row behind the header, what became of its wish; WANT is what the refusal says.
heard() {
	outreach-dnc list --source shifted | outreach-dnc remove -q
	printf 'id,name,phone,do_not_call,note\n%b\n' "$2" >shifted.csv
	run outreach-import -q shifted.csv
	like "$err" "^outreach-import: shifted.csv:2:.*; $3\$" "heard: $1"
	is "$(outreach-dnc check +442079460320 >/dev/null; echo $?)/$(printf '%s\n' "$err" | grep -c 'warning: 1 refused row')" \
		"$(case $3 in *nobody*) echo 0/1 ;; *) echo 1/0 ;; esac)" "heard: $1: the rule, or the warning"
}
all='the row asks not to be called: do-not-call for \+442079460320, whoever comes as id 1'
may='it may ask not to be called: nobody is on do-not-call for it, see outreach-dnc add'
heard 'a delimiter in the name' '1,Rao, Asha,+442079460320,yes,BSc' "$all"
heard 'a delimiter behind the wish' '1,Asha,+442079460320,yes,a,b' "$all"
heard 'a value that is missing' '1,+442079460320,yes,BSc' "$all"
heard 'the wish is missing' '1,Asha,+442079460320,BSc' "$may"
heard 'a line that is cut off' '1,Asha,+442079460320' "$may"
heard 'nothing but a name' 'Asha' "$may"
heard 'many values' '1,Asha,+442079460320,yes,a,b,c,d,e' "$may"
heard 'a word that is neither' '1,Asha,+442079460320,later,a,b' "$may"
heard 'a yes without a number' ',Asha,12,yes,a,b' 'the row asks not to be called: nobody is on do-not-call for it, see outreach-dnc add'
heard 'a stray quote' '1,As"ha,+442079460320,yes,BSc' "$all"
heard 'text behind a quote' '1,"As"ha,+442079460320,"yes",BSc' "$all"
heard 'a quote that is never closed' '1,"Asha,+442079460320,yes,BSc' "$all"
printf 'id,name,phone,do_not_call,note\n1,A,+442079460320,no,,b\n2,"B,+442079460320,no,BSc\nTotal 1\n' >shifted.csv
run outreach-import -q shifted.csv
unlike "$err" 'not to be called' 'a plain no is none, nor is the end of a sheet'
printf 'id,name,phone,do_not_call\n1,Jos\351,+442079460321,yes\n1,Jos\303\251,+442079460320,yes\n' >mixed.csv
run outreach-import -q --encoding latin1 mixed.csv
like "$err" 'mixed.csv:3: the row is UTF-8.*do-not-call for contact [0-9]+, \+442079460320$' 'heard: a row of another encoding'
printf '{"id":1,"phone":"+442079460321","do_not_call":false}\n{"id":2,"phone":"+442079460320","do_not_call":true\n{"id":3,"phone":"+44"}\n' >broken.ndjson
run outreach-import -q broken.ndjson
like "$err" "broken.ndjson:2:[0-9]+: .*; $may" 'a line that is no record'
unlike "$(printf '%s\n' "$err" | grep ndjson:3)" 'may ask' 'but no record without the field'
printf '{"id":2,"phone":"+442079460320"\n' | outreach-import -q 2>err
is "$(grep -c 'not to be called' err)" 0 'nor a broken one of records that have none'
# A pipe that is never empty is copied until a signal comes, and interrupts no read; at 1 GiB the kernel ends it.
is_copying() {
	awk '/^wchar/ { n = $2 } END { exit !(n > 1000000) }' "/proc/$1/io"
}
for signal in INT/130 TERM/143; do
	yes '1,Ann,+442079460321' | sh -c 'ulimit -f 2097152; exec outreach-import -q' >endless.out 2>endless.err &
	kid=$!
	await 20 is_copying "$kid"
	kill -"${signal%/*}" "$kid"
	wait "$kid" 2>/dev/null
	is "$?:$(cat endless.out endless.err)" "${signal#*/}:" "${signal%/*} ends the copying of an endless pipe"
done
ok 'the journal replays' outreach-events replay --check
done_testing
