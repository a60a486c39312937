#!/bin/bash
# siblings: people who share a number, apart and merged, through the whole
# pipeline against the simulator, which counts whom it rang.
. "${0%/*}/lib.sh"

. "$ROOT/tests/dialling.sh"

# Asha and Ben on a busy number, Chitra and Dev on one that answers, Eve and Fay on another.
people() {
	cat <<-'END'
		id,name,phone,priority,course
		K1,Asha,+390555510002,,BSc
		K2,Ben,+390555510002,7,MA
		K3,Chitra,+390555520000,,BSc
		K4,Dev,+390555520000,,MA
		K5,Eve,+390555530000,,BSc
		K6,Fay,+390555530000,,MA
	END
}

# families HOW: they in a campaign that is active; Fay's course is lost since then.
families() {
	campaign 's/^template:.*/template: "Of {{name}}, {{course}}{{#siblings}}; of {{name}} ({{id}}), {{course}}{{\/siblings}}."/
		$ a siblings: '"$1"
	sed -i '/Fay/s/MA$//' people.csv
	outreach-import -q --source t --id id people.csv >"$T/import" 2>&1
	switch
}

# told: every person's state and calls, and what the simulator rang.
told() {
	outreach-campaign targets c | jq -r '"\(.name) \(.state) \(.attempts)"' | tr '\n' ','
	jq -r 'select(.event == "dial") | .number' sim.log | sort | uniq -c | awk '{ printf "%s:%s ", $2, $1 }'
}

# ---- merged

families merge
outreach-campaign claim -q c >claims
is "$(jq -r '"\(.name)+\([.siblings[]?.name] | join("+"))"' claims | tr '\n' ' ')" \
	'Ben+Asha Chitra+Dev Eve+Fay ' 'one claim for each number; the highest priority leads, then the first'
ok 'the records hold to their schema' schema_check call <claims
run outreach-context -k <claims
is "$(printf '%s\n' "$out" | jq -r .context)" 'Of Ben, MA; of Asha (K1), BSc.
Of Chitra, BSc; of Dev (K4), MA.' 'one context about all, each by an own key'
is "$status $(cat "$T/err") $(outreach-campaign targets c --state held | jq -r .name)" \
	'1 outreach-context: <stdin>:3: target 6: {{course}} has no value (it is held) Fay' \
	'who has no course does not borrow one, and is held'
printf '%s\n' "$out" >calls
outreach-campaign claim -q c | outreach-context >eve
is "$(jq -r .context eve)" 'Of Eve, BSc.' 'the next claim is without her'
outreach-context <calls >again
ok 'the same again writes the same' cmp -s calls again
run outreach-dial -n <calls
is "$(printf '%s\n' "$out" | jq -r .decision | sort | uniq -c | awk '{ print $1, $2 }')" '2 call_now' '-n decides for all'
run outreach-dial <calls
is "$(printf '%s\n' "$out" | jq -r '"\(.name) \(.disposition) \([.siblings[]?.contact] | map(tostring) | join(","))"' |
	sort | tr '\n' ';')" 'Ben busy 1;Chitra answered 4;' 'one event a call says whom else it was about'
printf '%s\n' "$out" >events
ok 'the events hold to their schema' schema_check event <events
is "$(told)" 'Asha waiting 1,Ben waiting 1,Chitra done 1,Dev done 1,Eve claimed 0,Fay held 0,390555510002:1 390555520000:1 ' \
	'busy: both wait; answered: both are reached; each phone rang once'
outreach-report --by contact c >people.ndjson
is "$(jq -r '"\(.name) \(.n) \(.answered)"' people.ndjson | tr '\n' ',')" \
	'Asha 1 0,Ben 1 0,Chitra 1 1,Dev 1 1,Eve 0 0,Fay 0 0,' 'by contact: everybody was called'
is "$(outreach-report --format ndjson c | jq -r 'select(.section == "totals" and .name == "calls").n')" \
	"$(sql 'select count(*) from call')" 'in the report it is one call'
is "$(outreach-events apply -q <events; sql 'select count(*) from call where line_open = 0'; told | cut -c 1-30)" '2
Asha waiting 1,Ben waiting 1,C' 'events that come back change nothing'
outreach-events log >log
ok 'the journal holds to its schema' schema_check journal <log
is "$(jq -c 'select(.kind == "call.intent" and .fact.siblings) | .fact.siblings' log | sort | tr '\n' ' ')" '[1] [4] ' \
	'the intent says who follows'
ok 'the journal replays' outreach-events replay --check

# a wish between claim and call
day 2026-03-05
outreach-campaign claim -q c | outreach-context >calls
is "$(jq -r '"\(.name)+\(.siblings[0].name?) \(.attempt)"' calls | tr '\n' ' ')" 'Ben+Asha 2 Eve+null 1 ' 'both again, as the second attempt'
outreach-dnc add -q +390555510002 2>"$T/dnc"
sed -n 1p calls >both
run outreach-dial <both
like_run 'do-not-call: not called' 1 '' 'no claim holds|do-not-call|not call'
is "$(told | cut -c 1-27)" 'Asha closed 1,Ben closed 1,' 'none of the two'
switch_off

# ---- apart

day 2026-03-02
families 'apart\nretry: {busy: {max: 0}}'
claim >calls
is "$(jq -r '"\(.name)\(.siblings // "")"' calls | tr '\n' ' ')" 'Ben Chitra Eve ' \
	'apart: one of each family'
outreach-dial <calls >events 2>err
claim >calls
is "$(jq -r .name calls)" '' 'the gap keeps the others away'
day 2026-03-03
outreach-campaign claim -q c | outreach-context -k >calls 2>err
outreach-dial <calls >>events 2>>err
is "$(told)" \
	'Asha closed 1,Ben closed 1,Chitra done 1,Dev done 1,Eve done 1,Fay held 0,390555510002:2 390555520000:2 390555530000:1 ' \
	'each was called, one after the other, and nobody is lost'
ok 'the journal replays too' outreach-events replay --check
done_testing
