#!/bin/bash
# sheets: the three of examples/sheets come in as their .expected and .refused
# say, by the commands of their README; and examples/from-akash.md, run as it
# stands, brings the people and the campaign of a database of that schema over.
. "${0%/*}/lib.sh"

# blocks FILE: its blocks of shell, one script each: $T/block.1 and so on.
blocks() {
	rm -f "$T"/block.*
	awk -v to="$T/block" '/^```sh$/ { n++; on = 1; next } /^```$/ { on = 0 } on { print > (to "." n) }' "$1"
}

# ---- three sheets -----------------------------------------------------------------

SHEETS=$ROOT/examples/sheets
fresh
outreach-init -q || bail "no store"
blocks "$SHEETS/README.md"
while read -r tool line; do
	sheet=${line##* }
	stem=${sheet%.csv}
	# shellcheck disable=SC2086
	(cd "$SHEETS" && exec "$tool" -d "$WORK/outreach.db" -q --rejects "$WORK/$stem.r" $line) >"$T/out" 2>"$T/err"
	is $? 1 "$sheet: some rows are refused, the others are taken"
	jq -c 'del(.id, .status)' "$T/out" >"$stem.got"
	jq -r '"\(.line) \(.code)"' "$stem.r.why" >"$stem.why"
	if [ -n "$SHEETS_WRITE" ]; then
		cp "$stem.got" "$SHEETS/$stem.expected"
		cp "$stem.why" "$SHEETS/$stem.refused"
	fi
	ok "$sheet: the people are those expected" diff "$SHEETS/$stem.expected" "$stem.got"
	ok "$sheet: so are the rows that are refused" diff "$SHEETS/$stem.refused" "$stem.why"
done <"$T/block.1"
is "$(outreach-contacts export --format ndjson | wc -l)" "$(cat "$SHEETS"/*.expected | wc -l)" "all of them are in the store"
# What was in another encoding stands in the rejects as the file had it.
ok "the row of another encoding is whole in the rejects" grep -q '^K-8;Björn Größe;' europe.r
sed -n '1p;/^K-8/p' europe.r >again.csv
run outreach-import -q --source europe --region DE --map-file "$SHEETS/europe.map" again.csv
like_run "and comes in from there" 0 '"name":"Björn Größe","phone":"\+493023125046"' ''
for stem in office-in clinic-us europe; do
	is "$(grep -c '^[^#]' "$SHEETS/$stem.map")" "$(cd "$SHEETS" && outreach-import -d "$WORK/outreach.db" -n -q \
		--save-map "$WORK/map" --map-file $stem.map --encoding windows-1252 \
		--skip-rows "$([ $stem = office-in ] && echo 3 || echo 0)" $stem.csv >/dev/null 2>&1; grep -c '^[^#]' "$WORK/map")" \
		"$stem.map has all its fields"
done

# ---- from Akash ---------------------------------------------------------------------

fresh
outreach-init -q || bail "no store"
sqlite3 akash.db <<'END' || bail "no sqlite3"
CREATE TABLE students (id INTEGER PRIMARY KEY, phone_number VARCHAR(20) NOT NULL UNIQUE, student_data JSON,
	call_status VARCHAR(50), call_count INTEGER, last_call_attempt DATETIME, priority INTEGER,
	created_at DATETIME, updated_at DATETIME);
CREATE TABLE campaigns (id INTEGER PRIMARY KEY, name VARCHAR(255), description TEXT, context_note_ids JSON,
	student_ids JSON, call_from_time VARCHAR(5), call_to_time VARCHAR(5), campaign_start_date DATETIME,
	campaign_end_date DATETIME, status VARCHAR(20), total_students INTEGER, students_called INTEGER,
	successful_calls INTEGER, failed_calls INTEGER, personalized_contexts JSON, created_by VARCHAR(255),
	created_at DATETIME, updated_at DATETIME);
CREATE TABLE context_info (id INTEGER PRIMARY KEY, topic VARCHAR(255), information TEXT, priority INTEGER,
	tags JSON, is_active BOOLEAN, created_at DATETIME, updated_at DATETIME);
INSERT INTO context_info VALUES (1, 'Fees', 'The fees are due on 30 June; "late" costs extra.', 5, '["fees"]', 1, NULL, NULL),
	(2, 'Hostel', 'Two to a room.', 8, NULL, 1, NULL, NULL),
	(3, 'Old', 'No longer true.', 10, NULL, 0, NULL, NULL),
	(4, 'Other', 'Of another campaign.', 10, NULL, 1, NULL, NULL);
INSERT INTO students VALUES
	(1, '9876543230', '{"student_name": "Asha Rao", "parent_name": "M. Rao", "test_score": 91}', 'pending', 0, NULL, 5, NULL, NULL),
	(2, '9876543231', '{"student_name": "Ravi \"R\" Das"}', 'failed', 1, NULL, 0, NULL, NULL),
	(3, '9876543232', '{"student_name": "Reached Already"}', 'completed', 1, NULL, 0, NULL, NULL),
	(4, '1234', '{"student_name": "Extension Only"}', 'pending', 0, NULL, 0, NULL, NULL),
	(5, '9876543233', 'null', 'pending', 0, NULL, 0, NULL, NULL),
	(6, '9876543234', NULL, 'pending', 0, NULL, 9, NULL, NULL);
INSERT INTO campaigns VALUES (1, 'Scholarship
2026', NULL, '[1, 2, 3]', '[1, 2, 3, 4, 99]', '09:00', '18:30', '2026-03-02 00:00:00.000000', NULL, 'draft',
	4, 0, 0, 0, '{"1": {"student_name": "Asha Rao", "phone_number": "9876543230", "context": "Asha did well.\nSay so."}}',
	'admin', NULL, NULL);
END
sum=$(sha256sum akash.db)
blocks "$ROOT/examples/from-akash.md"
is "$(find "$T" -name 'block.*' | wc -l)" 3 "three pipes"
run bash -o pipefail "$T/block.1"
is_run "the campaign comes over" 0 '' 'outreach-campaign: akash-1: created'
outreach-campaign show akash-1 | jq .plan >plan
is "$(jq -r '.name + " " + .description' plan)" "akash-1 Scholarship 2026" "under its name"
is "$(jq -c '[.hours, .from, .until]' plan)" '[["09:00-18:30"],"2026-03-02",null]' "with its hours and days" 
is "$(jq -r .base_prompt plan | tail -n 2)" '- Hostel: Two to a room.
- Fees: The fees are due on 30 June; "late" costs extra.' "and its active notes, the most important first"
run bash "$T/block.2"
like "$err" 'line 3|:3:.*1234.*' "a number that is none is refused" 
is "$(outreach-campaign targets akash-1 | jq -r '"\(.key // .contact)"' | wc -l)" 2 "who was reached already stays out"
run bash "$T/block.3"
is "$status" 0 "those of no campaign come over"
is "$(outreach-contacts export --format ndjson | jq -c '[.key, .name, .phone, .priority]')" '["1","Asha Rao","+919876543230",5]
["2","Ravi \"R\" Das","+919876543231",0]
["5",null,"+919876543233",0]
["6",null,"+919876543234",9]' "each under the id that it had"
is "$(outreach-contacts export --format ndjson | jq -c 'select(.key == "1").attributes')" \
	'{"context":"Asha did well.\nSay so.","parent_name":"M. Rao","test_score":91}' "with everything that was known"
is "$(sha256sum akash.db)" "$sum" "and the database is as it was"
done_testing
