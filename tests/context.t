#!/bin/sh
# outreach-context: call and target records get their context; who cannot have
# one is held. Data come from the store, never from the pipe.
. "${0%/*}/lib.sh"

OUTREACH_NOW=2026-03-02T12:00:00Z
OUTREACH_SEED=1
export OUTREACH_NOW OUTREACH_SEED

# campaign TEMPLATE: the campaign small with it, applied.
campaign() {
	campaign_yaml 'name: small' 'description: A small test' "template: $1" 'concurrent: 10' 'base_prompt: |
  You are Maya.' >small.yaml
	outreach-campaign apply -q small.yaml
}

# people: three; the third has no course.
people() {
	printf 'id,name,phone,course,language\n%s\n%s\n%s\n' 'P1,Asha Rao,+442079460101,BSc "Hons",hi' \
		"P2,Bela O'Neil,+442079460102,BA," 'P3,Chitra Das,+442079460103,,' |
		sed 's/BSc "Hons"/"BSc ""Hons"""/' >people.csv
	outreach-import -q people.csv 2>import.err | outreach-campaign add -q small
}

prepare() {
	fresh
	outreach init -q
	campaign "${1:-Call \{\{name\}\} about \{\{course\}\}.}"
	people
}

# activate: past the obstacles, which are what is tested here.
activate() {
	outreach-campaign activate -q --except-obstacles small 2>obstacles
}

# ---- call records ----------------------------------------------------------------

prepare '"Call {{name}} ({{phone}}, {{#language}}{{language}}{{/language}}{{^language}}any language{{/language}}) about {{course}} for {{campaign.name}}: {{campaign.description}}."'
activate
outreach-campaign claim -q small >claims.ndjson
run outreach-context <claims.ndjson
is "$status/$err" 0/ "fills the template"
printf '%s\n' "$out" >calls.ndjson
ok "into call records" schema_check call <calls.ndjson
is "$(jq -r .context calls.ndjson)" "Call Asha Rao (+442079460101, hi) about BSc \"Hons\" for small: A small test.
Call Bela O'Neil (+442079460102, any language) about BA for small: A small test." "with the store's data, unescaped"
is "$(head -n 1 calls.ndjson | jq -r .system_message)" 'You are Maya.

Call Asha Rao (+442079460101, hi) about BSc "Hons" for small: A small test.' \
	"base prompt, blank line, context"
is "$(jq -c 'del(.context, .system_message)' calls.ndjson)" "$(jq -c . claims.ndjson)" "every other field as it was"
run outreach-context <claims.ndjson
is "$out" "$(cat calls.ndjson)" "the same again writes the same"
run outreach-context <calls.ndjson
is "$out" "$(cat calls.ndjson)" "a record with its current context passes as it is"
is "$(outreach-events log --kind context.made | wc -l)" 2 "made once each"
jq -c '.name="Eve" | .phone="+19005550000" | .campaign="other" | .more={"x":[1,2]} | .contact=3' claims.ndjson >edited.ndjson
run outreach-context <edited.ndjson
is "$(printf '%s\n' "$out" | jq -r .context)" "$(jq -r .context calls.ndjson)" "an edited record changes nothing of it"
is "$(printf '%s\n' "$out" | jq -c '.more, .name' | head -n 2 | tr '\n' ' ')" '{"x":[1,2]} "Eve" ' "and keeps its fields"
jq -c '.context="I am the pipe"' claims.ndjson >edited.ndjson
is "$(outreach-context <edited.ndjson | jq -r .context)" "$(jq -r .context calls.ndjson)" "a context from elsewhere is replaced"
printf ' { "type" : "call" , "id" : %s , "n" : 1.50 }\n' "$(head -n 1 claims.ndjson | jq .id)" >spaced
is "$(outreach-context <spaced | cut -c 1-20)" '{"type":"call","id":' "blanks between fields may go"
like "$(outreach-context <spaced)" '"n":1.50,' "values stay as they are written"
outreach-campaign claim -q small >none
outreach-events log >log.ndjson
ok "the journal holds to its schema" schema_check journal <log.ndjson
ok "and replays" outreach-events replay --check

# ---- stale ones --------------------------------------------------------------------

campaign '"Hello {{name}}."'
is "$(outreach-campaign targets --without-context small | wc -l)" 3 "a changed campaign makes them stale"
is "$(sqlite3 outreach.db 'select count(*) from context')" 2 "and keeps the rows until new ones come: apply takes no long step"
outreach-campaign claim -q small >claims.ndjson
is "$(jq -r '.context // "none"' claims.ndjson | sort -u)" none "and withdraws them"
outreach-context <claims.ndjson >calls.ndjson
is "$(head -n 1 calls.ndjson | jq -r .context)" 'Hello Asha Rao.' "they are made anew"
sed -i 's/Asha Rao/Asha Rao-Sen/' people.csv
outreach-import -q people.csv >imported 2>import.err
is "$(outreach-campaign claim -q small | outreach-context | jq -r 'select(.contact == 1).context')" \
	'Hello Asha Rao-Sen.' "as for a changed person"

# ---- target records, the evening before --------------------------------------------

prepare '"Call {{name}} about {{course}}."'
outreach-campaign targets small >targets.ndjson
run outreach-context -k <targets.ndjson
like_run "a target without a value" 1 . '^outreach-context: <stdin>:3: target 3: .*course.*[(]it is held[)]$'
printf '%s\n' "$out" >made.ndjson
ok "target records keep their type" schema_check target <made.ndjson
is "$(wc -l <made.ndjson)" 2 "no context, no record"
is "$(outreach-campaign targets small --state held | jq -r .contact)" 3 "it is held"
like "$(outreach-campaign targets small --state held | jq -r .reason)" 'context: .*course' "with the reason"
is "$(outreach-campaign targets small --without-context | jq -r .contact)" 3 "the others have theirs"
cp outreach.db held.db
outreach-campaign apply -q small.yaml
is "$(outreach-campaign targets small --state held | jq -r .contact)" 3 "the same file again mends nothing"
campaign '"Call {{name}}{{#course}} about {{course}}{{/course}}."'
is "$(outreach-campaign targets small --state held | wc -l)" 0 "a file that does not need it releases the person"
like "$(outreach-events log --kind target.released | tail -n 1)" '"contact":3' "which is journalled"
is "$(outreach-campaign targets small | outreach-context -k 2>err | wc -l)" 3 "and a context is made"
ok "the journal replays" outreach-events replay --check
cat held.db >outreach.db
activate
outreach-campaign claim -q small >claims.ndjson
is "$(jq -r .context claims.ndjson)" "Call Asha Rao about BSc \"Hons\".
Call Bela O'Neil about BA." "claim brings them along"
outreach-campaign targets small --state held >held.ndjson
outreach-events log --kind target.held | wc -l >before
outreach-context -k <held.ndjson >none 2>err
is "$(outreach-events log --kind target.held | wc -l)" "$(cat before)" "held for the same reason is not told twice"
sed -i 's/Das,+442079460103,/Das,+442079460103,MA/' people.csv
outreach-import -q people.csv >imported 2>import.err
run outreach-context <held.ndjson
is "$status/$(printf '%s\n' "$out" | jq -r .context)" '0/Call Chitra Das about MA.' "once it can be made"
is "$(outreach-campaign targets small --contact 3 | jq -r .state)" waiting "the person is released"

# Who is held for something else stays held for that, or a context would let them go.
prepare '"Call {{name}} about {{course}}."'
printf 'id,name,phone,course\nQ9,Asha Rao,+442079460101,\n' >twin.csv
outreach-import -q --source second twin.csv 2>import.err | outreach-campaign add -q small 2>add.err
twin=$(outreach-campaign targets small --state held | jq -r .id)
like "$(outreach-campaign targets small --state held | jq -r .reason)" '^held: probably the same person as target 1' "a twin is held"
outreach-campaign targets small | outreach-context -k >made.ndjson 2>err
like "$(cat err)" "target $twin: .*course" "its context cannot be made"
like "$(outreach-campaign targets small --contact 4 | jq -r .reason)" '^held: probably the same person as target 1' "it is held for what it was"
sed -i 's/0101,/0101,BSc/' twin.csv
outreach-import -q --source second twin.csv >imported 2>import.err
campaign '"Call {{name}}{{#course}} about {{course}}{{/course}}."'
outreach-campaign targets small | outreach-context -k >made.ndjson 2>err
is "$(jq -r 'select(.contact == 4).context' made.ndjson)" 'Call Asha Rao about BSc.' "later it can be"
is "$(outreach-campaign targets small --contact 4 | jq -r .state)" held "but nobody is called twice for that"
ok "the journal replays" outreach-events replay --check

# ---- refused -----------------------------------------------------------------------

prepare '"Call {{name}} about {{course}}."'
activate
outreach-campaign claim -q small >claims.ndjson
run outreach-context --dry-run <claims.ndjson
is "$status/$(printf '%s\n' "$out" | wc -l)" 0/2 "--dry-run prints"
is "$(outreach-campaign targets --without-context small | wc -l)" 3 "and stores nothing"
outreach-campaign targets small --contact 3 >three
outreach-events log --kind target >before
outreach-context --dry-run <three >none 2>err
is "$?/$(outreach-events log --kind target | cmp - before)" 65/ "--dry-run holds nobody"

# wrong NAME PATTERN: the record in the file wrong is refused, what came before leaves.
wrong() {
	{ echo '{"type":"parcel","v":1}' && cat wrong && head -n 1 claims.ndjson; } >input
	run outreach-context <input
	like_run "$1" 65 '^\{"type":"parcel","v":1\}$' "$2"
	outreach-context -k <input >kept 2>err
	is "$?/$(wc -l <kept)" 1/2 "$1: -k goes on"
}
echo nonsense >wrong
wrong "no JSON" '^outreach-context: <stdin>:2:1: '
echo '{"type":"call","v":1,"v":1}' >wrong
wrong "a repeated key" '<stdin>:2:[0-9]+: repeated key'
echo '{"type":"call","v":1}' >wrong
wrong "no id" '<stdin>:2: the id of the call is not a UUID'
echo '{"type":"call","v":1,"id":5}' >wrong
wrong "an id that is no text" '<stdin>:2: id must be text'
echo '{"type":"call","v":1,"id":"019cacf4-9b78-7a3c-8d21-5f0e6b7a9c01"}' >wrong
wrong "an id that was never claimed" '<stdin>:2: call 019cacf4-.* is not claimed'
echo '{"type":"target","v":1}' >wrong
wrong "a target without id" '<stdin>:2: the target has no id'
echo '{"type":"target","v":1,"id":"1"}' >wrong
wrong "a target whose id is text" '<stdin>:2: id must be a whole number'
echo '{"type":"target","v":1,"id":77}' >wrong
wrong "a target that does not exist" '<stdin>:2: there is no target 77'
printf '{"type":"call","v":1,"name":"\377"}\n' >wrong
wrong "invalid UTF-8" '<stdin>:2:'
printf '{"type":"call","v":1,"name":"a\000"}\n' >wrong
wrong "a NUL byte" '<stdin>:2:'
{
	printf '{"type":"call","x":"'
	head -c 10485760 /dev/zero | tr '\0' x
	printf '"}\n'
} >wrong
wrong "a line of 10 MB" '<stdin>:2:1: the line is longer than 4 MiB'
OUTREACH_NOW=2026-03-03T12:00:00Z
outreach-campaign claim -q small >tomorrow.ndjson
run outreach-context <claims.ndjson
like_run "a record from yesterday" 65 '' 'is not claimed \(withdrawn, expired and claimed again'
OUTREACH_NOW=2026-03-02T12:00:00Z
is "$(outreach-context <tomorrow.ndjson | wc -l)" 2 "today's is fine"

# ---- the key, and names that are none -----------------------------------------------

prepare '"Call {{name}}, roll {{Roll Number}}, about {{corse}}."'
printf 'Roll Number,name,phone,course\nR1,Dora Sen,+442079460104,BA\n' >rolls.csv
outreach-import -q --source rolls --map 'id=Roll Number' rolls.csv 2>import.err | outreach-campaign add -q small 2>add.err
run outreach-campaign activate small
like_run "activate: names that are none" 77 '' \
	'contact 4: context: \{\{Roll Number\}\}, \{\{corse\}\} \(did you mean \{\{course\}\}\?\) have no value'
like "$err" '^outreach-campaign: small: a template may name campaign.name, campaign.description, course, id \(the key of the row\), name, phone, language$' \
	"and all names that there are, once"
campaign '"Call {{name}}, roll {{id}}."'
outreach-campaign targets small --contact 4 >four
is "$(outreach-context <four | jq -r .context)" 'Call Dora Sen, roll R1.' "a template may tell the key"

# ---- what a context may be -------------------------------------------------------------

prepare '"Call {{name}}.{{#note}} {{note}}{{/note}}"'
printf 'id,name,phone,note\nP1,Asha,+442079460101,%s\nP2,Bela,+442079460102,"a\tb\nc"\n' \
	"$(head -c 33000 /dev/zero | tr '\0' x)" >people.csv
outreach-import -q people.csv >imported 2>import.err
outreach-campaign targets small >targets.ndjson
run outreach-context -k <targets.ndjson
like_run "a context over 32 KiB" 1 . 'target 1: the context has [0-9]+ bytes, more than 32768 [(]it is held[)]'
is "$(printf '%s\n' "$out" | sed -n 1p | jq -c .context)" '"Call Bela. a\tb\nc"' "newlines and tabs stay"
campaign '"{{#nobody}}x{{/nobody}} "'
outreach-campaign targets small --contact 2 >targets.ndjson
run outreach-context <targets.ndjson
like_run "an empty context" 65 '' 'the context is empty'
# ---- languages ----------------------------------------------------------------------

# spoken LINE...: lines for the campaign, and four people: hi-IN, pt, fr, and one of no language.
spoken() {
	prepare '"Hello {{name}}."'
	printf '%s\n' 'voice: anna' 'languages:' '  hi: {template: "Namaste {{name}}.", voice: asha}' \
		'  pt-BR: {template: "Oi {{name}}."}' '  PT: {base_prompt: "Voce e Maya."}' "$@" >>small.yaml
	outreach-campaign apply -q small.yaml
	printf 'id,name,phone,course,language\n%s\n%s\n%s\n%s\n' P1,Asha,+442079460101,,hi-IN \
		P2,Bela,+442079460102,,pt P3,Chitra,+442079460103,,fr P4,Dev,+442079460104,, >people.csv
	outreach-import -q people.csv 2>import.err | outreach-campaign add -q small
}
spoken
is "$(outreach-campaign show small | jq -c '.. | .languages? // empty')" \
	'{"hi":{"template":"Namaste {{name}}.","voice":"asha"},"pt-BR":{"template":"Oi {{name}}."},"PT":{"base_prompt":"Voce e Maya."}}' \
	"show prints languages"
activate
outreach-campaign claim -q small >claims.ndjson
is "$(jq -r '"\(.name) \(.voice)"' claims.ndjson | tr '\n' ,)" 'Asha asha,Bela anna,Chitra anna,Dev anna,' \
	"a claim carries the voice of the language"
run outreach-context <claims.ndjson
is "$(printf '%s\n' "$out" | jq -r .system_message | tr '\n' ' ')" \
	'You are Maya.  Namaste Asha. Voce e Maya.  Hello Bela. You are Maya.  Hello Chitra. You are Maya.  Hello Dev. ' \
	"texts by language: hi-IN is hi, and who has none of them gets the campaign's own"
printf '%s\n' "$out" >calls.ndjson
ok "the records hold to their schema" schema_check call <calls.ndjson
sed -i 's/,fr$/,pt-BR/' people.csv
outreach-import -q people.csv >imported 2>import.err
is "$(outreach-campaign claim -q small | tee again.ndjson | jq -r '"\(.name) \(.context)"')" 'Chitra null' \
	"another language withdraws claim and context"
is "$(outreach-context <again.ndjson | jq -r .context)" 'Oi Chitra.' "and makes one in it"

spoken 'languages_only: true'
run outreach-campaign activate small
like_run "languages_only: an obstacle at activation" 77 '' \
	'target 3, contact 3: the campaign has no texts in the language fr'
is "$(outreach-campaign targets small --reason language | jq -r '"\(.name), \(.state): \(.reason)"')" \
	'Chitra, held: the campaign has no texts in the language fr' "who speaks another is held by policy"
sed -i 's/,fr$/,PT-pt/' people.csv
outreach-import -q people.csv >imported 2>import.err
is "$(outreach-campaign targets small --contact 3 | jq -r '"\(.state)"')" waiting "until the language is known"
run outreach-campaign activate -q small
is "$status/$err" 0/ "then nothing stands in the way"
is "$(outreach-campaign claim -q small | outreach-context | jq -r .name | wc -l)" 4 "and everybody is called"
ok "the journal replays" outreach-events replay --check

outreach-context </dev/null >out 2>err
is "$?/$(cat out err)" 0/ "empty input"
echo '{"type":"parcel","v":1}' | outreach-context >/dev/full 2>err
is "$?/$(cat err)" '74/outreach-context: standard output: No space left on device' "a full disk"
run outreach-context none.ndjson
like_run "no such file" 66 '' 'none.ndjson: No such file'
cd / && run outreach-context </dev/null
like_run "no store" 66 '' 'outreach init'
done_testing
