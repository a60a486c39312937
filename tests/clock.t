#!/bin/bash
# clock: one that was wrong for a while, far ahead, and is set back: what was
# decided meanwhile keeps nobody until then. Another file of the campaign is
# put in force as well, though apply is killed before everybody is decided anew.
. "${0%/*}/lib.sh"
. "$ROOT/tests/dialling.sh"

# at TIME: from then on, twenty times faster.
at() {
	export OUTREACH_NOW="$1*20@$(cut -d. -f1 /proc/uptime)000"
}
states() {
	sql "SELECT count(*) FROM schedule; SELECT count(*) FROM standing; SELECT count(*) FROM claim" | tr '\n' ' '
}

at 2026-03-02T09:00:00Z
campaign '$a until: 2026-12-31' 10 10 10
switch
at 2031-03-02T09:00:00Z
is "$(claim | wc -l)" 0 'five years ahead the campaign is over'
is "$(states)" '0 3 0 ' 'and everybody stands so'
at 2026-03-02T09:10:00Z
outreach run -q c 2>"$T/err"
is "$?:$(logged ring)" '0:3' 'set back: a run calls them'
run outreach-events replay --check
is_run 'and the journal replays' 0 '' ''
switch_off

at 2026-03-02T09:00:00Z
campaign '$a until: 2026-12-31' 10 10 10
switch
at 2031-03-02T09:00:00Z
outreach-campaign priority -q c 3 1
is "$(states)" '2 1 0 ' 'five years ahead one is decided about, by a change of priority'
at 2026-03-02T09:10:00Z
outreach run -q c 2>"$T/err"
is "$?:$(logged ring)" '0:3' 'set back: a run calls all of them, too'
switch_off

at 2026-03-02T09:00:00Z
campaign 's/concurrent: .*/concurrent: 2/' 10 10 10
switch
at 2026-03-03T09:00:00Z
is "$(claim | wc -l)" 2 'a day ahead two are claimed, which is all that may be'
outreach-campaign priority -q c 3 1
is "$(states)" '1 0 2 ' 'and one waits from then on'
at 2026-03-02T09:10:00Z
outreach run -q c 2>"$T/err"
is "$?:$(logged ring)" '0:3' 'set back: a run calls all of them'
switch_off

at 2026-03-02T09:00:00Z
campaign '$a priority: 1' 10 10 10
at 2026-03-03T09:00:00Z
phone=$(sql 'SELECT e164 FROM contact_phone ORDER BY contact LIMIT 1')
outreach-dnc add -q "+$phone" && outreach-dnc remove -q "+$phone"
outreach-campaign priority -q c 2 1
at 2026-03-02T09:05:00Z
is "$(claim | wc -l)" 3 'what do-not-call and a priority decided a day ahead keeps nobody either'

at 2026-03-02T09:05:00Z
campaign '$a priority: 1' 10 10 10
at 2026-03-02T09:00:00Z
is "$(claim | wc -l)" 3 'nor does a step of five minutes'
outreach-campaign pause -q c

at 2026-03-02T09:00:00Z
campaign 's/^hours: .*/hours: 12:00-20:00/' 10 10 10
switch
is "$(claim | wc -l)" 0 'it is too early'
sql 'INSERT INTO rebuild (campaign, next, released) VALUES (1, 0, 0); UPDATE schedule SET due_at = due_at + 864000000'
at 2026-03-02T12:00:00Z
outreach run -q c 2>"$T/err"
is "$?:$(logged ring)" '0:3' 'who is to be decided anew is, by a run to which nobody seems due'
done_testing
