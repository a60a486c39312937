# dialling.sh: what the tests of the door share, on top of lib.sh: a campaign,
# the simulator of this directory, and what it was asked to ring.

# Twenty times faster, from one origin for all processes.
origin=$(cut -d. -f1 /proc/uptime)000
day() {
	export OUTREACH_NOW="$1T09:00:00Z*20@$origin"
}
day 2026-03-02

# Twice as fast, until the next day: for what must still go on when the test comes to it.
slowly() {
	export OUTREACH_NOW="2026-03-02T09:00:00Z*2@$origin"
}

# people SUFFIX...: a sheet of people whose numbers end in these digits.
people() {
	n=0
	echo 'id,name,phone,timezone,course'
	for suffix; do
		n=$((n + 1))
		printf 'K%d,Person %d,+3905555%04d%s,Europe/Rome,BSc\n' $n $n $n "$suffix"
	done
}

# campaign EDIT SUFFIX...: a store with an active campaign c; EDIT is for sed.
campaign() {
	edit=$1
	shift
	fresh
	cat >outreach.yaml <<-END
		exchanges:
		  sim: {type: sim, port_file: sim.port}
	END
	sed "$edit" >c.yaml <<-'END'
		name: c
		base_prompt: You are a test.
		template: "Call {{name}} about {{course}}."
		exchange: sim
		dial_string: PJSIP/{number}@uas
		dialplan_context: avr
		dialplan_exten: s
		caller_id: Test <+15555550100>
		ring_timeout: 20s
		max_duration: 1m
		short_call: 1s
		pace: bulk
		concurrent: 20
		calls_per_second: 50
		days: mon-sun
		hours: 00:00-24:00
		assume_timezone: Europe/Rome
		min_gap: 10m
		max_attempts: 4
	END
	people "$@" >people.csv
	{
		outreach init && outreach-campaign apply c.yaml &&
			outreach-import -q --source t --id id people.csv | outreach-campaign add c &&
			outreach-campaign activate c
	} >"$T/setup" 2>&1 || bail "no campaign: $(cat "$T/setup")"
}

# switch ARG...: the simulator of this directory.
switch() {
	rm -f sim.port
	case " $* " in *' --talk '*) ;; *) set -- --talk 5s "$@" ;; esac
	background outreach-sim --port-file sim.port --log sim.log --seed 1 "$@" 2>>sim.err
	SIM=$!
	await 10 test -s sim.port || bail "no simulator: $(cat sim.err)"
}

switch_off() {
	kill -9 "$SIM"
	wait "$SIM" 2>/dev/null
}

claim() {
	outreach-campaign claim c "$@" 2>"$T/claim.err" | outreach-context 2>>"$T/claim.err"
}

# logged EVENT: how often the simulator says so.
logged() {
	[ -f sim.log ] || touch sim.log
	grep -c "\"event\":\"$1\"" sim.log
}

# live N: so many phones rang.
live() {
	[ "$(logged ring)" = "$1" ]
}

# Nobody rang twice for one call.
once() {
	is "$(jq -r 'select(.event == "ring") | .call' sim.log | sort | uniq -d)" '' "$1: no call rang twice"
}

sql() {
	sqlite3 outreach.db "$1"
}

endings() {
	jq -r 'select(.type == "event") | "\(.phone[-2:]) \(.disposition // .event)"' | sort | tr '\n' ';'
}
