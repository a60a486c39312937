#!/bin/sh
# outreach-report: a campaign over two days against the simulator, and every
# number of the report computed again from the journal, with jq.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

# The journal of one campaign as the lines "section name n answered" of its report. $offset: of the
# local zone in seconds. $day: calls of this local date alone, or "". $claimed: a claim is nobody's
# fact, it is not in the journal. The states are those of this campaign's retry table.
cat >"$T/report.jq" <<'END'
def reached: IN("answered", "answered_short", "answered_dropped");
def local: (sub("\\.[0-9]+Z$"; "Z") | fromdate) + $offset | todate;
def permille(whole): if whole == 0 then 0 else (. * 1000 + (whole / 2 | floor)) / whole | floor end;
def average(count): if count == 0 then 0 else . / count | floor end;
def lines(section): .[] | [section] + . | map(tostring) | join(" ");
def tally(section): group_by(.) | map([.[0], length]) | lines(section);
map(select(.campaign == "small"))
| [ .[] | select(.kind == "campaign.added").body | .first as $first | .targets
    | to_entries[] | select(.key % 2 == 0) | {id: ($first + .key / 2), contact: .value} ] as $targets
| ([ .[] | select(.kind == "target.held") | {(.fact.target | tostring): true} ] | add // {}) as $held
| [ .[] | select(.kind | startswith("call.")) ] | group_by(.call)
| map(select(any(.kind == "call.intent")))
| map(
    (.[] | select(.kind == "call.intent")) as $intent
    | ([ .[] | select(.kind == "call.ended") ]
       | min_by([{door: 0, exchange: 1, webhook: 2, file: 3}[.source], .fact.key])) as $last
    | {at: ($intent.at | local), target: $intent.fact.target, last: $last,
       disposition: ($last.fact.disposition // ""),
       placed: any(.kind == "call.placing"),
       answered: (any(.kind == "call.answered") or ($last.fact.disposition // "" | reached))})
| . as $all
| ([ $targets[].id as $id | [ $all[] | select(.target == $id) ]
    | if any(.last == null) then "calling"
      elif any(.disposition | reached) then "done"
      elif $held[$id | tostring] then "held"
      elif any(.disposition | IN("no_answer", "invalid")) then "closed"
      elif map(select(.disposition == "busy")) | length >= 2 then "closed"
      else "waiting" end ]) as $states
| ([ $targets[].id as $id | [ $all[] | select(.target == $id) ] | length ]) as $attempts
| map(select($day == "" or .at[:10] == $day))
| (map(select(.placed and .disposition != "not_placed")) | length) as $seizures
| (map(select(.answered)) | length) as $answered
| (map(.last.fact.talk_ms // empty)) as $talk
| (map(.last.fact.ring_ms // empty)) as $ring
| ($states | map(select(IN("done", "closed"))) | length) as $over
| ($states | map(select(. == "done")) | length) as $done
| ($targets | length) as $people
| ([["waiting", -$claimed], ["claimed", $claimed], ["calling", 0], ["unknown", 0], ["held", 0],
    ["done", 0], ["closed", 0]]
    | map(.[0] as $state | [$state, .[1] + ($states | map(select(. == $state)) | length)])
    | lines("targets")),
  (map(.disposition | select(. != "")) | tally("calls")),
  ($attempts | tally("attempts")),
  ([["targets", $people], ["calls", length], ["open", (map(select(.last == null)) | length)],
    ["seizures", $seizures], ["answered", $answered],
    ["answer_seizure_ratio", ($answered | permille($seizures))],
    ["completion_rate", ($over | permille($people))],
    ["success_rate", ($done | permille($people))],
    ["talk", ($talk | add // 0)], ["talk_average", ($talk | add // 0 | average($answered))],
    ["talk_longest", ($talk | max // 0)],
    ["ring_average", ($ring | add // 0 | average($ring | length))]] | lines("totals")),
  (group_by(.at[11:13]) | map([.[0].at[11:13], length, (map(select(.answered)) | length)])
    | lines("hour")),
  (group_by(.at[:10]) | map([.[0].at[:10], length, (map(select(.answered)) | length)])
    | lines("day"))
END

# same NAME OFFSET DAY ARG...: the report with these arguments says what the journal says.
same() {
	what=$1 offset=$2 day=$3
	shift 3
	run outreach-report --format ndjson "$@" small
	outreach-events log | jq -sr --argjson offset "$offset" --arg day "$day" \
		--argjson claimed "$(count claimed)" -f "$T/report.jq" | sort >"$T/want"
	jq -r '[.section, .name, .n] + [.answered // empty | tostring] | map(tostring) | join(" ")' \
		<"$T/out" | sort >"$T/got"
	is "$status$err" 0 "$what: status"
	ok "$what: $(wc -l <"$T/want") numbers" test "$(wc -l <"$T/want")" -gt 20
	ok "$what: each is the journal's" diff "$T/want" "$T/got"
}

# Monday: two answer, one is busy twice, one rings out, one number does not exist.
house
# Here they are where Kolkata's clock is, whatever their numbers say.
echo '44 Asia/Kolkata' >zones.txt
echo 'phone_zones: zones.txt' >>outreach.yaml
ok "a simulator" sim_start --talk 30s
small_campaign 'assume_timezone: Asia/Kolkata' \
	'retry: {busy: {max: 1, delays: [2m]}, no_answer: {max: 0}}'

run outreach-report small
is "$status/$(printf '%s\n' "$out" | jq -s 'map(.n) | add')" 0/0 "an empty campaign: all is 0"
run outreach-report --by contact --format ndjson small
is_run "an empty campaign: nobody" 0 '' ''

people +442079460100 +442079460200 +442079460302 +442079460103 +442079460105
outreach-campaign activate -q small
run outreach run -q --wait 3m small
is_run "Monday's run" 0 '' ''
same "Monday" 19800 ''

# Tuesday: one has no name and is held; one answers and is on the line when the dialer is killed; one
# is claimed; one waits.
sim_stop
OUTREACH_NOW=$(outreach now '2026-03-03T05:00:00Z*60')
export OUTREACH_NOW
ok "a simulator that talks for long" sim_start --talk 600m
printf 'id,name,phone\nN1,,+442079460400\n' >nameless.csv
outreach-import -q nameless.csv | outreach-campaign add -q small
outreach-campaign claim -q small >calls.ndjson
run outreach-context -k calls.ndjson
is "$status/$out" 1/ "who has no name is held"
people +442079460500
outreach-campaign claim -q small | outreach-context >calls.ndjson
dialer
ok "one is on the line" await 10 sh -c 'outreach-events log --kind call.answered | grep -q 2026-03-03'
kill -9 "$dial"
wait "$dial" 2>/dev/null
people +442079460600 +442079460700
outreach-campaign claim -q --limit 1 small >calls.ndjson
is "$(grep -c . calls.ndjson)" 1 "one is claimed"

# What comes from outside: an ending of a known call that the door knows better, one of a call that
# nobody here placed, and a note.
known=$(outreach-events log --kind call.ended | jq -r 'select(.fact.disposition == "busy").call' | head -n 1)
outreach-events -q <<END
{"type":"event","v":1,"event":"ended","call":"$known","at":"2026-03-02T12:00:50.000Z","source":"webhook","disposition":"answered","talk_ms":77000}
{"type":"event","v":1,"event":"ended","call":"019cae6b-0000-7000-8000-000000000000","at":"2026-03-02T12:00:50.000Z","source":"webhook","disposition":"answered","talk_ms":88000}
{"type":"event","v":1,"event":"dtmf","call":"$known","at":"2026-03-02T12:00:49.000Z","source":"webhook","digit":"1"}
END
same "two days" 19800 ''
is "$(cut -d' ' -f1-3 "$T/got" | grep '^targets' | tr '\n' ';')" \
	'targets calling 1;targets claimed 1;targets closed 3;targets done 2;targets held 1;targets unknown 0;targets waiting 1;' \
	"each state is there"
same "Monday alone" 19800 2026-03-02 --day 2026-03-02
same "Tuesday alone" 19800 2026-03-03 --day 2026-03-03
same "a day without calls" 19800 2026-03-04 --day 2026-03-04
same "in UTC" 0 '' --timezone UTC
same "where it is Monday still" -36000 '' --timezone Pacific/Honolulu
same "Monday on Hawaii" -36000 2026-03-02 --timezone Pacific/Honolulu --day 2026-03-02
is "$(grep '^day' "$T/got")" 'day 2026-03-02 7 3' "its day holds Tuesday's call"

# Records and the other forms.
outreach-report small >report.ndjson
ok "the records are as the schema says" schema_check report <report.ndjson
outreach-report --format csv small >report.csv
is "$(head -n 1 report.csv)" 'section,name,n,unit,answered' "csv: the first line"
jq -r '[.section, .name, .n, .unit // "", .answered // ""] | map(tostring) | join(",")' \
	<report.ndjson >want.csv
ok "csv: the same numbers" sh -c 'tail -n +2 report.csv | diff want.csv -'
outreach-report --format table small >table
grep -Eo '[a-z0-9_+:-]+ +[0-9]+(\.[0-9] [%s])?( +[0-9]+ answered)?$' table | tr -s ' ' |
	sed 's/ answered$//; s/\.\([0-9]\) %$/\1/; s/\.\([0-9]\) s$/\100/' >got.table
jq -r '[.name, (if .unit == "ms" then .n - .n % 100 else .n end)]
	+ [.answered // empty] | map(tostring) | join(" ")' <report.ndjson >want.table
ok "table: the same numbers" diff want.table got.table
is "$(grep -c '^\(hour\|day\) (Asia/Kolkata)$' table)" 2 "table: where it is that hour"
is "$(grep -c '^[a-z]' table)" 6 "table: six headings"

# By contact, against the journal.
outreach-report --by contact small >people.ndjson
ok "by contact: the records are as the schema says" schema_check report <people.ndjson
outreach-events log --kind call | jq -sr 'map(select(.campaign == "small")) | group_by(.call)
	| map((.[] | select(.kind == "call.intent")) as $i
		| ([ .[] | select(.kind == "call.ended" and .source == "door") ] | first) as $e
		| {t: $i.fact.target, at: $i.at, d: ($e.fact.disposition // "-"), talk: ($e.fact.talk_ms // 0),
		   up: any(.kind == "call.answered")})
	| group_by(.t) | .[] | sort_by(.at) | [.[0].t, length, (map(select(.up)) | length), .[-1].d, .[-1].at,
		(map(.talk) | add)] | map(tostring) | join(" ")' >want.people
jq -r 'select(.n > 0) | [.target, .n, .answered, .last_disposition // "-", .last_at, .talk_ms]
	| map(tostring) | join(" ")' <people.ndjson >got.people
ok "by contact: the same numbers" diff want.people got.people
is "$(jq -r 'select(.n == 0) | .name // "nameless"' people.ndjson | tr '\n' ';')" \
	'nameless;Person +442079460600;Person +442079460700;' "by contact: who was not called yet"
outreach-report --by contact --day 2026-03-03 small >tuesday.ndjson
is "$(jq -s 'map(.n) | add' tuesday.ndjson)" 1 "by contact: one day"
run outreach-report --by contact --format csv small
is "$(printf '%s\n' "$out" | sed -n '1p;$p' | tr '\n' ';')" \
	'contact,name,calls,answered,last_disposition,last_at,talk_ms;9,Person +442079460700,0,0,,,0;' "by contact: csv"
run outreach-report --by contact --format table small
is "$(printf '%s\n' "$out" | wc -l)" 10 "by contact: a table with a heading"

# Names that need care in a table and in CSV.
printf 'id,name,phone\nQ1,"Das, ""Chi""",+442079460801\nQ2,Ñandú Ñandú Ñandú Ñandú Ñandú Ñandú,+442079460802\n' >names.csv
outreach-import -q names.csv | outreach-campaign add -q small
run outreach-report --by contact --format csv small
like "$out" '^10,"Das, ""Chi""",0,0,,,0$' "csv: a name is quoted"
run outreach-report --by contact --format table small
is "$(printf '%s\n' "$out" | tail -n 1)" "$(printf '%8d  %s %5d %8d  %-16s %6d.0 s' 11 'Ñandú Ñandú Ñandú Ñandú Ñand' 0 0 - 0)" \
	"table: a long name is cut between characters"

# Wrong input.
run outreach-report
like_run "no campaign" 64 '' 'one campaign is wanted'
run outreach-report small other
like_run "two campaigns" 64 '' 'one campaign is wanted'
run outreach-report nobody
like_run "no such campaign" 65 '' '^outreach-report: there is no campaign nobody'
run outreach-report --format xml small
like_run "no such form" 64 '' '^outreach-report: --format: xml is none of table, ndjson, csv$'
run outreach-report --by hour small
like_run "no such sorting" 64 '' '--by: only contact is known, not hour'
for day in 2026-02-30 2026-3-2 '2026- 1- 2' 2026-1-002 26-03-02 2026-03-02x 1969-12-31 today ''; do
	run outreach-report --day "$day" small
	like_run "no such day: $day" 64 '' "--day: $day is no date"
done
for zone in Mars/Olympus ../../etc/passwd ''; do
	run outreach-report --timezone "$zone" small
	like_run "no such zone: $zone" 65 '' '^outreach-report: .*zone'
done
run outreach-report -d nowhere.db small
like_run "no store" 66 '' 'nowhere.db'
outreach-report small >/dev/full 2>"$T/err"
is $? 74 "a full disk"
outreach stop -q --reason 'lunch' 2>/dev/null
run outreach-report --format csv small
like "$err" 'note: .*lunch' "a stop is shown"
is "$status" 0 "and the report made"
done_testing
