# ground.sh: what the torture tests share, on top of lib.sh: a campaign whose
# people are rung once, a simulator that logs whom it rang, and the count of
# those that were rung twice or lost.

origin=$(cut -d. -f1 /proc/uptime)000
export OUTREACH_NOW="2026-03-02T09:00:00Z*100@$origin"

# ground DIAL-STRING PEOPLE: a store in an empty directory. Every number ends in 02 or 10. With FAMILY
# so many share each number, and one call is about all of them.
ground() {
	fresh
	printf 'exchanges:\n  sim: {type: sim, port_file: sim.port}\n' >outreach.yaml
	cat >c.yaml <<-END
		name: c
		base_prompt: You are a test.
		template: "Call {{name}}."
		exchange: sim
		dial_string: $1
		dialplan_context: avr
		dialplan_exten: s
		caller_id: Test <+15555550100>
		ring_timeout: 20s
		max_duration: 1m
		short_call: 1s
		pace: bulk
		concurrent: ${CONCURRENT:-50}
		calls_per_second: 200
		days: mon-sun
		hours: 00:00-24:00
		assume_timezone: Europe/Rome
		min_gap: 1m
		max_attempts: 1
		claim_hold: ${HOLD:-1m}
		siblings: $([ "${FAMILY:-1}" = 1 ] && echo apart || echo merge)
	END
	seq 1 "$2" | awk -v size="${FAMILY:-1}" 'BEGIN { print "id,name,phone" }
		{ n = int(($1 - 1) / size) + 1
		printf "K%d,Person %d,+3905%06d%s\n", $1, $1, n, n % 3 == 0 ? "10" : "02" }' >people.csv
	{
		outreach init && outreach-campaign apply c.yaml &&
			outreach-import -q --source t --id id people.csv >contacts &&
			outreach-campaign add c <contacts && outreach-campaign activate c
	} >"$T/setup" 2>&1 || bail "no campaign: $(cat "$T/setup")"
	background outreach-sim --port-file sim.port --log sim.log --seed 1 --talk 3s --astdb ast.db 2>sim.err
	await 10 test -s sim.port || bail "no simulator: $(cat sim.err)"
}

# The whole pipeline once, as far as it gets.
pipeline() {
	outreach-campaign claim c --limit "${1:-10}" 2>/dev/null | outreach-context 2>/dev/null |
		outreach-dial 2>/dev/null >>events
}

# One round undisturbed: true if nobody waits, is claimed or on the line any more.
round() {
	outreach-dial -q </dev/null >>events 2>>rest.err
	outreach-campaign claim c --limit 50 2>/dev/null | outreach-context 2>>rest.err |
		outreach-dial -q 2>>rest.err >>events
	[ "$(sqlite3 -cmd '.timeout 5000' outreach.db 'select (select count(*) from call where line_open = 1) +
		(select count(*) from schedule) + (select count(*) from claim)')" = 0 ]
}

# Claims of the killed hold until they expire.
come_to_rest() {
	await 300 round
}

# A number that the trunk was asked for may have rung: that is what is counted.
rung_twice() {
	jq -r 'select(.event == "dial") | .call' sim.log | sort | uniq -d | wc -l
}

# Numbers rung more than once: nobody is tried again here, so none may be.
people_twice() {
	jq -r 'select(.event == "dial") | .number' sim.log | sort | uniq -d | wc -l
}

# People whose call neither ended nor is unknown, or counts as reached though nobody rang.
lost() {
	jq -r 'select(.event == "dial") | .call' sim.log | sort -u >rung
	sqlite3 outreach.db "select count(*) from target where id not in
		(select target from call where rank in (6, 7) and disposition <> 'not_placed'
		union select s.target from call_sibling s join call on call.id = s.call
		where rank in (6, 7) and disposition <> 'not_placed')"
	sqlite3 outreach.db "select call from v_call where disposition not in ('not_placed', 'unknown')" |
		sort >over
	comm -13 rung over | wc -l
}

# The three counts of the end, and the store's own audit.
settle_accounts() {
	ok "$1: it comes to rest" come_to_rest
	is "$(rung_twice)" 0 "$1: no call rang twice"
	is "$(people_twice)" 0 "$1: no person rang twice"
	is "$(lost | tr '\n' ' ')" '0 0 ' "$1: nobody is lost, and no ending is made up"
	run outreach-events verify
	is "$status" 0 "$1: the journal's chain holds"
	diag "$1: $(wc -l <rung) rang, $(sqlite3 outreach.db \
		"select coalesce(group_concat(n || ' ' || disposition, ', '), '') from
		(select count(*) as n, disposition from call group by disposition)")"
}
