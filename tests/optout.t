#!/bin/sh
# In-call wishes: from the events of a call to do-not-call, the review of a
# person, and a file of phrases.
. "${0%/*}/lib.sh"

OUTREACH_SEED=1
export OUTREACH_SEED
AVR=7b0f6c52-2d0e-4c6a-9d5b-0b6f4b6f1a11

# says ROLE SECOND TEXT, presses SECOND KEY: events of the call under AVR's own id.
says() {
	printf '{"uuid":"%s","type":"transcription","timestamp":"2026-03-02T09:15:%s.000Z","payload":{"role":"%s","text":"%s"}}\n' \
		$AVR "$2" "$1" "$3"
}
presses() {
	printf '{"uuid":"%s","type":"dtmf_digit","timestamp":"2026-03-02T09:15:%s.000Z","payload":{"digit":"%s"}}\n' $AVR "$1" "$2"
}
maps() {
	printf '{"uuid":"%s","type":"call_initiated","timestamp":"2026-03-02T09:15:04.000Z","payload":{"uniqueid":"%s"}}\n' $AVR "$1"
}
phones() {
	outreach-dnc list | jq -r '.rule + " " + .phone + " " + .source'
}
reviews() {
	outreach-dnc review --all | jq -r '.how + " " + .state'
}

fresh
outreach init -q
printf 'exchanges:\n  sim:\n    port_file: %s\nopt_out_words: words\n' "$T/sim.port" >outreach.yaml
printf '[pl]\nnie dzwoń|dzwońcie do_mnie|więcej\n' >words
campaign_yaml 'short_call: 0s' 'days: [sun, mon, tue, wed, thu, fri, sat]' 'hours: 00:00-24:00' >c.yaml
outreach-campaign apply -q c.yaml 2>err
printf 'id,name,phone\n1,Asha Rao,+442079460101\n' >p.csv
outreach-import -q p.csv 2>err | outreach-campaign add -q c
outreach-campaign activate -q c
ok "a simulator" sim_start
outreach-campaign claim -q c | outreach-context | outreach-dial >dialed.ndjson 2>err
call=$(jq -r .call dialed.ndjson)
cp outreach.db before.db

# again: the store as it was before anything was said.
again() {
	rm -rf outreach.db*
	cp before.db outreach.db
	outreach adopt -q
}
again

{
	says user 10 "Nie dzwońcie więcej!"
	presses 20 9
} | outreach-events -q
is "$(phones)" '' "of a call that is not known nothing is known"
maps "$call" | outreach-events -q
is "$(phones)" 'optout +442079460101 call' "until its id is mapped: the number is on do-not-call"
outreach-dnc review >review.ndjson
ok "the review's records hold to the schema" schema_check optout <review.ndjson
is "$(jq -r '.how + " " + .name + " " + .call + " " + (.heard.said // .heard.pressed)' review.ndjson)" \
	"words Asha Rao $call Nie dzwońcie więcej!
key Asha Rao $call 9" "what was said and pressed, a phrase of the file too"
is "$(outreach-dnc list | jq -r .reason)" "said in call $call" "the rule names the call"
outreach-dnc list >list.ndjson
ok "as a record of the schema" schema_check dnc <list.ndjson
is "$(outreach-campaign targets c | jq -r .reason)" "the number is on the do-not-call list, from call" "policy knows"
run outreach-dnc remove -q +442079460101
is "$(phones)" 'optout +442079460101 call' "remove takes no opt-out away: a review does"

first=$(jq -r .id review.ndjson | head -n 1)
second=$(jq -r .id review.ndjson | tail -n 1)
run outreach-dnc review --dismiss "$first"
like_run "a dismissal wants a reason" 64 '' 'review --dismiss needs --reason'
run outreach-dnc review --dismiss --reason "spoke to somebody else" "$first"
is_run "one is dismissed" 0 '' 'outreach-dnc: 1 dismissed'
is "$(phones)" 'optout +442079460101 call' "the other stands"
run outreach-dnc review --dismiss --reason "wanted the menu" "$second" "$first"
is_run "the other too" 0 '' 'outreach-dnc: 1 dismissed'
is "$(phones)" '' "then the number may be called"
is "$(reviews)" 'words dismissed
key dismissed' "both are there with --all"
is "$(outreach-dnc review)" '' "none is open"
outreach-events log --kind dnc >log.ndjson
ok "journalled" schema_check journal <log.ndjson
is "$(jq -r '.kind + " " + (.body.reason // "") ' log.ndjson)" 'dnc.optout 
dnc.optout 
dnc.reviewed spoke to somebody else
dnc.reviewed wanted the menu' "with the reasons"
run outreach-dnc review --confirm "$second"
is_run "a verdict may be changed" 0 '' 'outreach-dnc: 1 confirmed'
is "$(phones)" 'optout +442079460101 call' "and acts"
ok "the journal replays" outreach-events replay --check
run outreach-dnc review --confirm 1
like_run "what is no opt-out" 65 '' 'there is no opt-out 1 '
run outreach-dnc review "$first"
like_run "an id without a verdict" 64 '' '--confirm or --dismiss'
run outreach-dnc review --confirm --dismiss "$first"
like_run "both" 64 '' 'not both'
run outreach-dnc review --confirm x
like_run "no id" 65 '' 'ID'
outreach-dnc review --all >/dev/full 2>err
is $? 74 "review on a full disk"

# The same wish by letter is kept apart from the opt-out.
again
{
	maps "$call"
	says user 10 "Remove me from your list"
} | outreach-events -q
outreach-dnc add -q --source letter +442079460101
is "$(phones)" 'number +442079460101 letter
optout +442079460101 call' "a letter and an opt-out"
outreach-dnc review -q --dismiss --reason misheard "$(outreach-dnc review | jq -r .id)"
is "$(phones)" 'number +442079460101 letter' "a dismissal leaves the letter alone"

# As a record it is nobody's to take away, and in another store the rule of a number.
again
{
	maps "$call"
	says user 10 "Remove me from your list"
} | outreach-events -q
outreach-dnc list >rules.ndjson
run outreach-dnc remove <rules.ndjson
is_run "its record does not take it away" 65 '' 'outreach-dnc: 0 removed, 0 were so before
outreach-dnc: <stdin>:1: +442079460101 opted out in a call: a review alone takes that away (outreach-dnc review --dismiss)'
outreach-dnc add -q <rules.ndjson
is "$(phones)" 'number +442079460101 call
optout +442079460101 call' "added it is a rule beside it"
ok "which replays" outreach-events replay --check
outreach init -q -d other.db
outreach-dnc add -q -d other.db <rules.ndjson
is "$(outreach-dnc list -d other.db | jq -r '[.rule, .phone, .source, .reason] | join(" ")')" \
	"number +442079460101 call said in call $call" "in another store too, with its source and reason"
ok "and that replays" outreach-events replay -d other.db --check

# What is no wish.
again
{
	maps "$call"
	says agent 10 "Press nine to stop. I can remove you from our list."
	says user 20 "Don't stop, go on."
	presses 30 1
	says user 50 "Call me tomorrow."
} | outreach-events -q
is "$(phones)" '' "the agent's words, other keys and other words are none"
ok "the journal replays" outreach-events replay --check

# The wish is the person's, whatever number the sheet gives them next, and another campaign's too.
again
{
	maps "$call"
	says user 10 "Please don't call me again"
} | outreach-events -q
printf 'id,name,phone\n1,Asha Rao,+442079460102\n' >p.csv
outreach-import -q p.csv 2>err >people.ndjson
sed 's/^name: c$/name: d/' c.yaml >d.yaml
outreach-campaign apply -q d.yaml 2>err
outreach-campaign add -q d <people.ndjson
outreach-campaign activate -q d
is "$(outreach-campaign claim -q d)" '' "a new number is not called for another campaign"
is "$(phones)" 'optout +442079460101 call' "of the old one the rule stands alone"
ok "which replays" outreach-events replay --check
cp outreach.db wished.db
outreach-dnc review -q --dismiss --reason "meant the other firm" "$(outreach-dnc review | jq -r .id)"
is "$(outreach-campaign claim -q d | jq -r .phone)" '+442079460102' "a dismissal lifts it from the person"
rm -rf outreach.db*
cp wished.db outreach.db
outreach adopt -q
printf 'id,name,phone\n1,Asha Rao,+442079460103\n' >p.csv
outreach-import -q p.csv >people.ndjson 2>err
is "$(phones)" 'number +442079460102 call
optout +442079460101 call' "what the person loses stays as a rule of the number"
outreach-contacts forget -q "$(jq -r .id people.ndjson)" 2>err
printf 'id,name,phone\n7,New,+442079460103\n' >p.csv
outreach-import -q p.csv 2>err | outreach-campaign add -q d
is "$(outreach-campaign claim -q d)" '' "and as a mark when the person is forgotten"
ok "and that replays" outreach-events replay --check
printf 'id,name,phone\n1,Asha Rao,+442079460101\n' >p.csv

# The same wishes in the other shapes, each alone in a store; heard HOW, and what.
hears() {
	again
	printf '%s\n' "$2" | sed "s/CALL/$call/" | outreach-events -q
	is "$(outreach-dnc review | jq -r '.how + " " + (.heard | .said // .pressed // .outcome)')" "$1" "heard: $2"
	is "$(phones)" 'optout +442079460101 call' "  and on do-not-call"
	ok "  and it replays" outreach-events replay --check
}
hears 'words do not call me again' '{"call_id":"CALL","event_type":"transcription","data":{"role":"user","text":"do not call me again"}}'
hears 'words do not call me again' '{"call_id":"CALL","event":"transcription","speaker":"User","text":"do not call me again"}'
hears 'key 9' '{"call_id":"CALL","event_type":"dtmf_digit","data":{"digit":"9"}}'
hears 'key 9' '{"type":"event","v":1,"event":"dtmf_digit","call":"CALL","at":"2026-03-02T09:15:20.000Z","payload":{"digit":"9"}}'
hears 'outcome do_not_call' '{"call_id":"CALL","event":"completed","outcome":"do_not_call"}'
hears 'outcome opt_out' '{"call_id":"CALL","event_type":"call_completed","data":{"outcome":"opt_out"}}'
outreach-dnc review >review.ndjson
ok "an outcome's review holds to the schema" schema_check optout <review.ndjson

# Heard before the id is mapped, and nested: it is found again in what was kept.
again
{
	printf '{"uuid":"%s","type":"transcription","timestamp":"2026-03-02T09:15:10.000Z","speaker":"user","metadata":{"text":"stop calling me"}}\n' $AVR
	maps "$call"
} | outreach-events -q
is "$(outreach-dnc review | jq -r .heard.said)" 'stop calling me' "nested, and before the id is mapped"

# Two utterances, the later one first, in two runs.
again
says user 14 "call me again" | outreach-events -q
{
	maps "$call"
	says user 10 "Please do not"
} | outreach-events -q
is "$(outreach-dnc review | jq -r '.heard.before + "/" + .heard.said')" 'Please do not/call me again' \
	"a wish in two pieces, in any order"
sim_stop

# ---- phrases -----------------------------------------------------------------------------

run outreach-dnc phrases
is "$status/$(printf '%s\n' "$out" | grep -c '^\[')" 0/5 "phrases prints five languages"
outreach-dnc phrases >words
run outreach-events </dev/null
is_run "which is a file of phrases itself" 0 '' ''
echo '* me' >words
run outreach-events </dev/null
like_run "a wrong phrase" 65 '' 'words:1: begins with \*'
run outreach-serve -q
like_run "which serve does not begin with" 65 '' 'words:1: begins with'
rm words
run outreach-events </dev/null
like_run "no such file" 66 '' 'words: .*No such file'
done_testing
