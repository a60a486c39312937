#!/bin/sh
# record: outreach-record(5) and the schemas say the same, the page's examples
# are valid, and what the tools emit in one whole run holds to them.
. "${0%/*}/lib.sh"

PAGE=$ROOT/man/outreach-record.5
OUTREACH_SEED=1
export OUTREACH_SEED

# The examples of the page, one record a line.
grep '^{"type":' "$PAGE" | sed 's/\\e/\\/g' >"$T/examples"
ok "the page's examples are valid" schema_check any <"$T/examples"
is "$(jq -r .type "$T/examples" | sort)" "$(cd "$ROOT/man/schema" && ls | sed 's/\.json$//' | sort)" \
	"there is one of each type that has a schema"
for schema in "$ROOT"/man/schema/*.json; do
	type=$(basename "$schema" .json)
	ok "$type has a section in the page" grep -q "^\.Ss $type\$" "$PAGE"
	# Each field of the schema is an item of its section, or beside one, and no other is.
	awk -v type="$type" '/^\.S[sh] /{on = $2 == type && NF == 2} on' "$PAGE" >"$T/section"
	for field in $(jq -r '.properties | keys[]' "$schema"); do
		case $field in
		type | v | phone[4-7]) continue ;;
		esac
		grep -Eq "^\.I[tc] .*\b$field\b" "$T/section" || echo "$type.$field is not in the page"
	done >"$T/missing"
	is "$(cat "$T/missing")" '' "$type: the page names its fields"
	for field in $(sed -n 's/^\.It Ic \([^:]*\) : .*/\1/p' "$T/section" | tr -d ',' | sed 's/\.\.\.//'); do
		jq -e --arg f "$field" '.properties | has($f)' "$schema" >/dev/null || echo "$type.$field is not in the schema"
	done >"$T/missing"
	is "$(cat "$T/missing")" '' "$type: and no others"
	is "$(jq -r '.properties | to_entries[] | select(.key != "type" and .key != "v" and (.value.description | not)).key' "$schema")" '' \
		"$type: the schema describes each"
	is "$(grep -c '^Out:' "$T/section")/$(grep -c '^In:' "$T/section")" 1/1 "$type: who emits it, who reads it"
done

# What is wrong is found.
printf '%s\n' '{"type":"dnc","v":1,"rule":"number","phone":"0771","at":"2026-03-02T10:00:00.000Z","source":"x","actor":"a"}' >bad
ok "a wrong phone is found" sh -c "! /usr/bin/python3 '$ROOT/tests/schema_check.py' dnc <bad"
printf '%s\n' '{"type":"dnc","v":1,"rule":"number","phone":"+442079460101","at":"2026-03-02T10:00:00Z","source":"x","actor":"a"}' >bad
ok "a time without milliseconds is found" sh -c "! /usr/bin/python3 '$ROOT/tests/schema_check.py' dnc <bad"
printf '%s\n' '{"type":"dnc","v":1,"rule":"number","phone":"+442079460101","at":"2026-03-02T10:00:00.000Z","source":"x","actor":"a","more":1}' >bad
ok "a field that is not written down is found" sh -c "! /usr/bin/python3 '$ROOT/tests/schema_check.py' --strict dnc <bad"
ok "and allowed to everybody else" /usr/bin/python3 "$ROOT/tests/schema_check.py" dnc <bad

# ---- one whole run -----------------------------------------------------------------------

fresh
OUTREACH_NOW=$(outreach now '2026-03-02T06:00:00Z*60')
export OUTREACH_NOW
printf 'exchanges:\n  sim:\n    port_file: %s\n' "$T/sim.port" >outreach.yaml
outreach init -q
outreach-campaign apply -q "$ROOT/examples/scholarship.yaml"
outreach-import -q --rejects rejects.csv --summary summary.ndjson "$ROOT/examples/students.csv" >contacts.ndjson 2>err
outreach-campaign add -q scholarship <contacts.ndjson
outreach-campaign activate -q --except-obstacles scholarship 2>err
outreach-campaign targets scholarship >targets.ndjson
if ok "a simulator" sim_start --talk 20s --log sim.ndjson; then
	outreach-campaign claim -q scholarship >claims.ndjson
	outreach-context -k <claims.ndjson >calls.ndjson 2>err
	outreach-dial -n <calls.ndjson >dry.ndjson 2>err
	outreach-campaign why --contact 1 scholarship >why.ndjson
	outreach-dial --events=all <calls.ndjson >events.ndjson 2>err
	outreach-dnc add -q +442079460999 --reason asked
	outreach-dnc list >dnc.ndjson
	outreach-campaign list >campaigns.ndjson
	outreach-campaign show scholarship >plan.ndjson
	outreach-report --format ndjson scholarship >report.ndjson
	outreach-report --format ndjson --by contact scholarship >people.ndjson
	outreach-events log >journal.ndjson
	outreach-events verify >head.ndjson
	for file in contacts:contact targets:target claims:call calls:call dry:call why:decision events:event dnc:dnc \
		campaigns:campaign plan:campaign report:report people:report journal:journal \
		head:summary summary:summary sim:sim; do
		of=${file%:*}
		ok "$of: there are some" test -s "$of.ndjson"
		ok "$of: they hold to the schema of ${file#*:}" schema_check "${file#*:}" <"$of.ndjson"
	done
	outreach status >status.ndjson
	outreach doctor >check.ndjson 2>err
	ok "status holds to the schema" schema_check status <status.ndjson
	ok "doctor holds to the schema" schema_check check <check.ndjson
	ok "rejects say why" schema_check refusal <rejects.csv.why
	sim_stop
fi
# Every code that policy gives is in its list, in the schema and in the pages that list them.
for code in $(tr '\n' ' ' <"$ROOT/lib/domain/policy.c" |
	grep -oE '(suspend|refuse)\(\s*d, [A-Z]+, "[a-z_]+"|postpone\(d, [^"]*"[a-z_]+"' | grep -oE '"[a-z_]+"' | sort -u | tr -d '"'); do
	codes="$codes $code"
	for page in outreach-campaign.1 outreach-record.5; do
		ok "$code is in $page" grep -qE "^\.Li .*\b$code\b" "$ROOT/man/$page"
	done
done
is "$(echo $codes | wc -w)" 24 "all codes were found"
listed=$(tr '\n' ' ' <"$ROOT/lib/domain/policy.c" | sed 's/.*policy_codes\[\] = {\([^}]*\)}.*/\1/' | grep -oE '"[a-z_]+"' | tr -d '"')
is "$(echo $listed)" "$(echo $codes)" "policy lists them"
is "$(jq -r '.properties.reasons.items.properties.code.enum | join(" ")' "$ROOT/man/schema/decision.json")" \
	"$(echo $codes)" "and so does the schema"

# Every kind of row that is written is known to outreach-events log, and is in the page.
fresh
outreach init -q
of='call|campaign|consent|contact|context|dnc|import|note|number|retention|store|target|token|zones'
for kind in $(grep -ohE "\"($of)\.[a-z_]+\"" -r "$ROOT/lib/store" --include='*.c' |
	tr -d '"' | grep -vE '\.h$|^context\.(system|user)$' | sort -u); do
	kinds="$kinds $kind"
	run outreach-events log --kind "$kind"
	is "$status" 0 "$kind: there are such rows"
	ok "$kind is in the page" grep -qE "^\.Li .*\b$kind\b" "$PAGE"
done
ok "all kinds were found: $(echo $kinds | wc -w)" test "$(echo $kinds | wc -w)" -gt 45
done_testing
