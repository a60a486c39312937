#!/bin/sh
# zones: where a person is, and who says so: their own timezone, the number, the
# operator's file, the campaign; and what happens to those who wait when it changes.
. "${0%/*}/lib.sh"

# A store at that time with the campaign c: 09:00 to 20:00, and whatever lines are given.
store() {
	fresh
	OUTREACH_NOW=$1 OUTREACH_SEED=1
	export OUTREACH_NOW OUTREACH_SEED
	shift
	cat >c.yaml <<-'END'
		name: c
		base_prompt: You are a test.
		template: Call {{name}}.
		exchange: sim
		dial_string: PJSIP/{number}@uas
		dialplan_context: avr
		dialplan_exten: s
		caller_id: Test <+15555550100>
		ring_timeout: 20s
		max_duration: 1m
		allow_numbers: [toll_free]
		short_call: 1s
		concurrent: 20
		days: mon-sun
	END
	echo "hours: ${hours-09:00-20:00}" >>c.yaml
	[ $# = 0 ] || printf '%s\n' "$@" >>c.yaml
	outreach init -q && outreach-campaign apply -q c.yaml 2>/dev/null
}

# people NAME,PHONE[,ZONE] ...
people() {
	{
		echo id,name,phone,timezone
		printf '%s\n' "$@" | sed 's/\([^,]*\),/\1,\1,/'
	} >people.csv
	outreach-import -q --source t --id id people.csv | outreach-campaign add -q c
}

# seen: what targets says of everybody.
seen() {
	outreach-campaign targets c | jq -r '[.name, .state, .zone_from // "-", .zones // "-", .due_at // "-"] | join(" ")'
}

# Who says so.
store 2026-03-02T09:30:00Z 'assume_timezone: Asia/Tokyo'
people Rome,+390612345678, Own,+390612345679,Europe/London Denver,+13035550123, Sea,+870301234567, \
	Perth,+61412345678,Australia/Perth
run outreach-campaign activate -q c
is_run "nobody needs more than a number" 0 '' ''
is "$(seen)" 'Rome waiting number Europe/Rome -
Own waiting own Europe/London -
Denver waiting number America/Denver 2026-03-02T16:00:00.000Z
Sea waiting assumed Asia/Tokyo -
Perth waiting own Australia/Perth -' "their own, their number's, the campaign's"
outreach-campaign targets c >targets
ok "targets hold to the schema" schema_check target <targets
outreach-campaign claim -q c >calls
ok "calls too" schema_check call <calls
is "$(jq -r '"\(.name) \(.zone_from) \(.zones)"' calls | sort)" 'Own own Europe/London
Perth own Australia/Perth
Rome number Europe/Rome
Sea assumed Asia/Tokyo' "claimed are those whose clocks allow it"
is "$(outreach-contacts show --format ndjson 1 | jq -r '.timezone // "-"')" - "a contact keeps what was given"

# Every zone of a set: 850 is the west of Florida, on both sides of a line between zones.
store 2026-03-02T14:30:00Z
people Edge,+18505550123, East,+12125550123,
outreach-campaign activate -q c
is "$(outreach-campaign claim -q c | jq -r .name)" East "not before it is nine in both"
is "$(seen | grep Edge)" 'Edge waiting number America/Chicago,America/New_York 2026-03-02T15:00:00.000Z' "but then"
OUTREACH_NOW=2026-03-02T15:00:00Z
is "$(outreach-campaign claim -q c | jq -r .name)" Edge "it is claimed"

# A set that shares no hour, and one that shares half an hour.
hours=10:00-19:00
store 2026-03-02T19:00:00Z
unset hours
people Free,+18005550123, Nine,+390612345678,
outreach-campaign activate -q c
is "$(outreach-campaign targets --state held c | jq -r '"\(.name): \(.reason)"')" \
	'Free: no hour within two years is open in all 42 zones of the number' "toll-free is held"
store 2026-03-02T19:00:00Z
people Free,+18005550123, Russia,+79161234567,
outreach-campaign activate -q c
is "$(outreach-campaign targets --state waiting c | jq -r '"\(.name) \(.due_at)"' | sort)" \
	'Free 2026-03-02T23:00:00.000Z
Russia 2026-03-03T07:00:00.000Z' "with longer hours: nine in Guam, before eight in St. John's; all of Russia awake"

# The operator's file.
store 2026-03-02T09:30:00Z
people Perth,+61412345678, Rome,+390612345678,
outreach-campaign activate -q c
is "$(seen | grep Perth | cut -d ' ' -f 1-3)" "Perth waiting number" "anywhere in Australia"
is "$(outreach-campaign claim -q c | jq -r .name)" Rome "one is claimed"
is "$(outreach-events log | jq -r .kind | grep -c zones)" 0 "the plain table is nobody's statement"
printf '# ours\n614 Australia/Perth\n' >zones.txt
echo 'phone_zones: zones.txt' >outreach.yaml
is "$(outreach-campaign claim -q c | jq -r '"\(.name) \(.zones)"')" 'Perth Australia/Perth' \
	"with the file, who waited is decided anew at the next claim"
is "$(outreach-events log | jq -r 'select(.kind == "zones.stated") | .body.text')" "$(cat zones.txt)" "the file is in the journal"
outreach-campaign claim -q c >/dev/null
is "$(outreach-events log | jq -r .kind | grep -c zones)" 1 "once"
run outreach-events replay --check
is "$status" 0 "the journal replays"
echo '39 Asia/Tokyo' >>zones.txt
run outreach-campaign activate c
is "$status" 77 "an active campaign is not activated"
outreach run -q c --wait 0s >/dev/null 2>&1
outreach-campaign claim -q c >/dev/null
is "$(outreach-events log | jq -r .kind | grep -c zones)" 2 "another file is another statement"

# What is held under one table waits under the next, and the other way round.
hours=10:00-19:00
store 2026-03-02T19:00:00Z
unset hours
people Free,+18005550123, Rome,+390612345678,
outreach-campaign activate -q c
outreach-campaign claim -q c >/dev/null
is "$(sqlite3 outreach.db 'SELECT state, reason FROM standing')" 'held|hours' "held"
printf '1800 America/New_York\n39 America/New_York,Asia/Tokyo\n' >zones.txt
echo 'phone_zones: zones.txt' >outreach.yaml
outreach-campaign claim -q c >calls
is "$(jq -r .name calls)" Free "then claimed"
is "$(sqlite3 outreach.db 'SELECT state, reason FROM standing')" 'held|hours' "and the other is held"
# Another release of the tz database.
mkdir tz && cp -r /usr/share/zoneinfo/. tz/ && sed -i '1s/.*/# version 2099z/' tz/tzdata.zi
before=$(sqlite3 outreach.db 'SELECT digest FROM zones')
TZDIR=$PWD/tz outreach-campaign claim -q c >/dev/null
ok "another release of the tz database counts as a change" test "$(sqlite3 outreach.db 'SELECT digest FROM zones')" != "$before"
ok "and nothing is left to be made anew" test -z "$(sqlite3 outreach.db 'SELECT * FROM rebuild')"

# A database that lacks a zone.
store 2026-03-02T15:00:00Z
people Kyiv,+380441234567, Chile,+56961234567, Own,+390612345678,America/Coyhaique
cp -r /usr/share/zoneinfo tz && rm tz/America/Coyhaique
export TZDIR="$PWD/tz"
run outreach-campaign activate -q c
like_run "an obstacle" 77 '' 'contact [0-9]+: the tz database of this system lacks a zone of America/Coyhaique,'
like "$err" 'the tz database of this system lacks a zone of America/Coyhaique \(bring' "so is a zone of one's own"
run outreach-campaign activate -q --except-obstacles c
is "$(outreach-campaign claim -q c | jq -r .name)" Kyiv "the others are called"
unset TZDIR
TZDIR=$PWD/tz outreach-campaign targets c >target
is "$(jq -r 'select(.name == "Chile") | "\(.state) \(.reason)"' target)" 'held the tz database of this system lacks a zone of the number' \
	"policy holds them, too"

# A wrong file stops every tool, by its line.
store 2026-03-02T09:30:00Z
echo 'phone_zones: zones.txt' >outreach.yaml
wrong() {
	printf "$1" >zones.txt
	run outreach-campaign list
	like_run "$2" 78 '' "^outreach-campaign: .*/?zones.txt:?$3"
	unlike "$err" 'phone_zones.*phone_zones' "$2: said once"
}
wrong '39 Europe/Rome\n40 Europa/Bukarest\n' "no such zone" '2: "Europa/Bukarest" is not a time zone of this system'
wrong '39 ../../etc/passwd\n' "a path" '1: ".*" is not a time zone'
wrong 'Italy Europe/Rome\n' "no prefix" '1: "Italy" is no prefix'
wrong '39\n' "no zone" '1: no zone behind 39'
wrong '39 Europe/Rome Europe/London\n' "spaces" '1: more than a prefix and zones'
wrong '39 Europe/Rome\n\n39 Europe/London\n' "twice" '3: prefix 39 stands in line 1 already'
wrong '39 Europe/Rome # \377\n' "bytes" ' is not UTF-8'
rm zones.txt
run outreach status
like_run "no file" 78 '' 'zones.txt: No such file or directory \(phone_zones in the settings\)'
run outreach-doctor
like "$out" '"phone_zones","finding":"wrong"' "doctor says so"
mkdir zones.txt
run outreach-campaign list
like_run "a directory" 78 '' 'zones.txt: Is a directory'
done_testing
