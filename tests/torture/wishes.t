#!/bin/bash
# wishes: people who opt out in a call of one campaign while six others claim
# and dial them for a second one. Nobody is called behind a wish, whoever did
# not wish it is called once, and the chain, the replay and the file are whole.
# shellcheck source=tests/lib.sh
. "${0%/*}/../lib.sh"
# shellcheck source=tests/dialling.sh
. "$ROOT/tests/dialling.sh"
people=${OUTREACH_SOAK:+600}
people=${people:-90}
day 2026-03-02

# second_campaign: everybody again; concurrent enough that all dialers have something to do.
second_campaign() {
	sed 's/^name: c/name: d/' c.yaml >d.yaml
	outreach-campaign apply -q d.yaml && outreach-contacts | outreach-campaign add -q d &&
		outreach-campaign activate -q d
}

# says CALL SECOND: an opt-out of a call.
says() {
	printf '{"uuid":"%s","type":"transcription","timestamp":"2026-03-02T10:%02d:%02d.000Z","payload":{"role":"user","text":"do not call me again"}}\n' \
		"$1" $(($2 / 60)) $(($2 % 60))
}

# work NAME COMMAND...: whoever fails is told by its file. 1: some were refused, 75: nothing was free.
work() {
	local name=$1 code
	shift
	"$@" 2>>"$name.err"
	code=$?
	case $code in 0 | 1 | 75) ;; *) echo "$name: status $code: $(grep -v ': note: ' "$name.err" | tail -n 1)" >>bad ;; esac
}

caller() {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		work "claim$1" outreach-campaign claim -q --limit 5 d >"claims$1"
		work "context$1" outreach-context -k "claims$1" >"ready$1"
		work "dial$1" outreach-dial -k <"ready$1" >>"dialled$1"
	done
}

# wisher FIRST: each third call of the first campaign, some alone, some together.
wisher() {
	local i=0 call
	while read -r call; do
		i=$((i + 1))
		[ $((i % 6)) = "$1" ] || continue
		says "$call" $i >"wish$1"
		work "events$1" outreach-events -q "wish$1"
	done <calls
}

campaign '' 00
{
	echo id,name,phone,timezone,course
	for ((i = 1; i <= people; i++)); do
		printf 'P%d,Person %d,+3905556%04d00,Europe/Rome,BSc\n' $i $i $i
	done
} >people.csv
outreach-import -q --source t --id id people.csv | outreach-campaign add -q c
switch
while claim -q >ready && [ -s ready ]; do
	outreach-dial <ready >>first 2>>first.err
done
jq -r 'select(.disposition == "answered") | .call' first >calls
is "$(wc -l <calls)" $((people + 1)) 'everybody was reached once'
day 2026-03-04
second_campaign || bail 'no second campaign'
for i in 1 2 3 4 5 6; do caller $i & kids2="$kids2 $!"; done
for i in 0 2 4; do wisher $i & kids2="$kids2 $!"; done
# shellcheck disable=SC2086
wait $kids2
touch bad
is "$(cat bad)" '' 'nobody fails'
wishes=$(sql 'SELECT count(*) FROM optout')
called=$(sql "SELECT count(*) FROM call WHERE campaign = 2")
is "$wishes" $(((people + 1) / 2)) 'every wish is there'
ok "some were called meanwhile ($called), and not all" test "$called" -gt 0 -a "$called" -lt $((people + 1))
is "$(sql 'SELECT count(*) FROM call c JOIN journal i ON i.call = c.id AND i.kind = '\''call.intent'\''
	JOIN optout o ON o.phone = c.phone WHERE c.campaign = 2 AND i.seq > o.seq')" 0 'nobody is called behind a wish'
is "$(sql 'SELECT count(*) FROM claim JOIN optout USING (phone)')" 0 'nor claimed'
is "$(sql 'SELECT count(*) FROM (SELECT 1 FROM call WHERE campaign = 2 GROUP BY phone HAVING count(*) > 1)')" 0 'nobody twice'
once 'both'
outreach-events verify >verified
is $? 0 'the chain verifies'
run outreach-events replay --check
is "$status/$err" 0/ 'the replay gives the same'
is "$(sql 'PRAGMA integrity_check')" ok 'the file is whole'
diag "$wishes wishes against $called calls of $((people + 1)) people"
done_testing
