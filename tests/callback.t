#!/bin/bash
# callback: another call that was asked for: by whom, when, and what the one
# decision says to it all the same. The simulator counts what rang.
. "${0%/*}/lib.sh"

. "$ROOT/tests/dialling.sh"

# now TIME: the clock stands still.
now() {
	export OUTREACH_NOW="$1"
}
# morning: from nine o'clock on, twenty times faster.
morning() {
	now "2026-03-02T09:00:00Z*20@$(cut -d. -f1 /proc/uptime)000"
}
target() {
	outreach-campaign targets c --contact "$1" | jq -r '"\(.state) \(.due_at // "-") \(.reason // "-")"'
}
why() {
	outreach-campaign why c --contact "$1" | jq -r '.verdict + " " + ([.reasons[].code] | join(" "))'
}

morning
campaign 's/^hours: .*/hours: 09:00-20:00/' 00 02 00
switch
claim | outreach-dial >dialled 2>"$T/err"
is "$(endings <dialled)" '00 answered;00 answered;02 busy;' 'three were called'
now 2026-03-02T10:00:00Z
is "$(target 1)" 'done - the person was reached (answered)' 'who was reached is done'

run outreach-campaign callback c --contact 1 --at 2026-03-02T18:00
is_run 'a time by the clock of the person' 0 '' \
	'outreach-campaign: c: contact 1: waiting until 2026-03-02T17:00:00.000Z, the next call was asked for then'
is "$(why 1)" 'not_before callback' 'why says that it was asked for'
outreach-campaign why c --contact 1 >why.ndjson
ok 'in a record of the schema' schema_check decision <why.ndjson
run outreach-campaign why c --contact 1 --format table
like_run 'or a table' 0 '^callback +not_before +2026-03-02T17:00:00.000Z the next call was asked for then' ''
is "$(claim | jq -r .contact)" 2 'only who was busy is claimed before'
run outreach-campaign callback -q c --contact 1 --at 2026-03-02T22:00:00+01:00
is_run 'a time outside the hours' 0 '' ''
is "$(target 1)" \
	'waiting 2026-03-03T08:00:00.000Z by then it is 22:00 in Europe/Rome, hours are 09:00-20:00' \
	'waits for the next morning, and says that it is the hours'
is "$(why 1)" 'not_before callback hours' 'behind the callback'
now 2026-03-02T21:30:00Z
is "$(why 1)" 'not_before hours' 'then because of the hours'
is "$(claim | wc -l)" 0 'and nobody is claimed'
now 2026-03-03T08:00:00Z
is "$(claim | jq -c '[.contact, .attempt]' | head -1)" '[1,2]' 'but then: the second call to this person'
outreach-campaign pause -q c
outreach-campaign resume -q c
run outreach-events replay --check
is_run 'the journal replays' 0 '' ''

# What speaks against a call speaks against a callback too.
outreach-dnc add -q --source letter +3905555000100
is "$(why 1)" 'never dnc' 'do-not-call'
outreach-dnc remove -q +3905555000100
is "$(why 1)" 'call_now ' 'lifted'
outreach-campaign cancel -q c
is "$(why 1)" 'never campaign' 'a campaign that is closed for good'
run outreach-campaign callback c --contact 1 --at 2026-03-05T18:00
like_run 'of which nobody is promised a call' 77 '' 'campaign c is cancelled for good'
run outreach-campaign requeue c --contact 1
like_run 'nor called once more' 77 '' 'campaign c is cancelled for good'

# Who was promised a call gets it before others; it is made once.
morning
campaign 's/^concurrent: .*/concurrent: 1/' 00 00 00
switch
claim --limit 1 | outreach-dial >dialled 2>"$T/err"
is "$(jq -r .contact dialled)" 1 'the first of three'
now 2026-03-02T10:00:00Z
outreach-campaign callback -q c --contact 1 --at 2026-03-02T10:30:00Z
now 2026-03-02T10:30:00Z
claim --limit 1 >again
is "$(jq -r .contact again)" 1 'is called again before the others'
now "2026-03-02T10:30:00Z*20@$(cut -d. -f1 /proc/uptime)000"
outreach-dial <again >dialled 2>"$T/err"
is "$(jq -r '"\(.contact) \(.disposition) \(.attempt)"' dialled)" '1 answered 2' 'and reached'
now 2026-03-02T13:00:00Z
is "$(target 1)" 'done - the person was reached (answered)' 'once'
is "$(claim | jq -r .contact)" 2 'then come the others'
once callback
run outreach-events replay --check
is_run 'the journal replays' 0 '' ''

# The plan's webhook tells that one was asked for, and not when: a person says it.
morning
campaign '' 00 00
switch
claim | outreach-dial >dialled 2>"$T/err"
# told CONTACT JSON: what the webhook adds.
told() {
	jq -c --argjson c "$1" --argjson more "$2" \
		'select(.contact == $c) | {call_id: .call, timestamp: "2026-03-02T09:05:00Z"} + $more' dialled
}
is "$(target 1), $(target 2)" 'done - the person was reached (answered), done - the person was reached (answered)' 'two were reached'
told 1 '{"event": "completed", "outcome": "callback_requested"}' | outreach-events
told 2 '{"event": "callback_requested"}' | outreach-events
is "$(target 1)" 'held - another call was asked for, and not when' 'a call that ended so: held'
is "$(target 2)" 'held - another call was asked for, and not when' 'likewise an event'
is "$(sql 'select disposition from call' | tr '\n' ' ')" 'answered answered ' 'as the exchange told'
now 2026-03-03T10:00:00Z
like "$(claim; cat "$T/claim.err")" 'nobody' 'nobody is called again by that'
run outreach-campaign callback c --contact 1 --at 2026-03-03T11:00:00Z
is "$(target 1)" 'waiting 2026-03-03T11:00:00.000Z the next call was asked for then' 'until a person says when'
run outreach-campaign callback c --contact 2 --none
is "$(target 2)" 'done - the person was reached (answered)' 'or that there is none'
told 2 '{"event": "callback_requested"}' | outreach-events
is "$(target 2)" 'done - the person was reached (answered)' 'once'
run outreach-events replay --check
is_run 'the journal replays' 0 '' ''

# requeue: as soon as allowed; what is held is let go.
morning
campaign 's/^max_attempts: .*/max_attempts: 1/' 02 00
switch
claim | outreach-dial >dialled 2>"$T/err"
now 2026-03-02T10:00:00Z
is "$(why 1)" 'never attempts' 'the attempts are used up'
run outreach-campaign requeue c --contact 1
is_run 'requeue' 0 '' 'outreach-campaign: c: contact 1: waiting'
is "$(claim | jq -r .contact)" 1 'it may be claimed'
run outreach-campaign requeue c --contact 1
like_run 'again, while it is claimed' 0 '' 'contact 1: waiting'
is "$(sql 'select count(*) from claim')" 0 'takes the claim away'

run outreach-campaign callback c --contact 2 --none
like_run 'what nobody asked for' 65 '' 'no other call to target 2 is asked for'
outreach-campaign requeue -q c --contact 1
run outreach-campaign callback c --contact 1 --none
like_run 'what was asked for is taken back' 0 '' 'contact 1: closed'
run outreach-events replay --check
is_run 'which replays' 0 '' ''

# ---- wrong input

morning
campaign '' 00
run outreach-campaign callback c --contact 1
like_run 'no time' 64 '' 'callback needs either --at TIME or --none'
run outreach-campaign callback c --at 2026-03-03T10:00
like_run 'nobody' 64 '' 'callback needs --contact ID'
run outreach-campaign requeue c
like_run 'nobody to requeue' 64 '' 'requeue needs --contact ID'
run outreach-campaign why c
like_run 'why who' 64 '' 'why needs --contact ID'
run outreach-campaign callback c --contact 1 --at tomorrow
like_run 'no time at all' 65 '' '--at: "tomorrow" is no time such as 2026-03-02T18:00'
run outreach-campaign callback c --contact 1 --at 2026-03-01T10:00
like_run 'the past' 65 '' '2026-03-01T10:00 is over'
run outreach-campaign callback c --contact 9 --at 2026-03-03T10:00
like_run 'somebody else' 65 '' 'contact 9 is not in campaign c'
run outreach-campaign why none --contact 1
like_run 'no campaign' 65 '' 'there is no campaign none'
done_testing
