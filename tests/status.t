#!/bin/sh
# outreach-status: the stop, the campaigns and their people; as records and as a table.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

house
run outreach status
is_run "an empty store" 0 '{"type":"status","v":1,"stopped":false,"store":"outreach.db","campaigns":0,"open_calls":0,"claims":0}' ''

small_campaign
people +442079460100 +442079460200 +442079460201
outreach-campaign activate -q small
outreach-campaign claim -q --limit 1 small >call.ndjson
run outreach status
like "$out" '"campaigns":1,"open_calls":0,"claims":1}$' "claims are counted"
like "$out" '"campaign":"small","state":"active","targets":3,"due":2,"waiting":2,"claimed":1,"calling":0,"unknown":0,"held":0,"done":0,"closed":0}$' "a campaign and its people"
is "$(printf '%s\n' "$out" | jq -r .type | sort -u)" status "every line is a status"
run outreach status --format table
like "$out" '^not stopped$' "the table says that nothing is stopped"
like "$out" '^small +active +3 +2 +2 +1 +0 +0 +0 +0 +0$' "and shows the campaign, the claimed too"

outreach stop -q --reason 'a "drill"'
run outreach status
like "$out" '"stopped":true,"stopped_at":"2026-03-02T12:.*","reason":"a \\"drill\\""' "a stop, when, by whom and why"
run outreach status --format table
like "$out" '^STOPPED since 2026-03-02T12:.* by .*: a "drill" \(outreach resume\)$' "the table too"

run outreach status --format csv
like_run "an unknown format" 64 '' '--format: csv is none of table, ndjson$'
run outreach status small
like_run "no operand" 64 '' 'outreach-report small'
OUTREACH_DB=nowhere.db run outreach status
like_run "no store" 66 '' 'nowhere.db.*outreach init'
outreach status >/dev/full 2>"$T/err"
is $? 74 "a full disk"

# Who was reached is done, whatever speaks against another call, in every tool.
house
ok "a simulator" sim_start --talk 1s
small_campaign 'context: {review: none}'
people +442079460100 +442079460200 +442079460103
outreach-campaign activate -q small
outreach run -q small
outreach-dnc add -q +442079460100
sed -i 's/review: none/review: required/' small.yaml
outreach-campaign apply -q small.yaml
is "$(outreach-campaign targets small | jq -r '"\(.contact) \(.state): \(.reason)"')" \
	'1 done: the number is on the do-not-call list, from person
3 done: the person was reached (answered)
2 closed: no_answer: 0 of 0 further attempts are made' "targets: reached is reached"
run outreach status
like "$out" '"waiting":0,.*"unknown":0,"held":0,"done":2,"closed":1}$' "status"
is "$(outreach-report small | jq -r 'select(.section == "targets" and .n > 0) | "\(.name) \(.n)"' | tr '\n' ' ')" \
	'done 2 closed 1 ' "and report agree"
outreach-dnc remove -q +442079460100
is "$(outreach-campaign targets --contact 1 small | jq -r .reason)" 'the person was reached (answered)' \
	"also when the do-not-call is lifted"
done_testing
