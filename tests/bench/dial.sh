#!/bin/sh
# dial: 1,000 live calls to the simulator from one process: how many originates
# a second, how much CPU a call, how much memory.
. "${0%/*}/lib.sh"

CALLS=1000

cat >outreach.yaml <<END
exchanges:
  sim: {type: sim, port_file: $T/sim.port}
END
cat >bench.yaml <<'END'
name: bench
base_prompt: You are a bench.
template: You call {{name}}.
exchange: sim
dial_string: Local/{number}-{id}@outreach-once/n
dialplan_context: avr
dialplan_exten: s
caller_id: Bench <+15555550100>
ring_timeout: 20s
max_duration: 5m
pace: bulk
concurrent: 1000
calls_per_second: 200
days: mon-sun
hours: 00:00-24:00
assume_timezone: Etc/UTC
END

# prepare NUMBER-PREFIX: so many people whose phones ring 2 s and answer; call records into calls.
prepare() {
	awk -v n="$CALLS" -v prefix="$1" 'BEGIN {
		print "id,name,phone"
		for (i = 0; i < n; i++)
			printf "%s-%d,Person %d,%s%05d00\n", prefix, i, i, prefix, i
	}' >people.csv
	rm -f outreach.db*
	outreach-init -q </dev/null && outreach-campaign apply -q bench.yaml &&
		outreach-import -q --source bench --id id people.csv | outreach-campaign add -q bench &&
		outreach-campaign activate -q bench &&
		outreach-campaign claim -q --limit "$CALLS" bench | outreach-context >calls
	[ "$(wc -l <calls)" = "$CALLS" ] && return
	echo "dial.sh: no $CALLS call records" >&2
	exit 1
}


outreach-sim --seed 1 --talk 30s --port-file "$T/sim.port" &
kids=$!
until [ -s "$T/sim.port" ]; do kill -0 "$kids" || exit 1; done

title "dial: $CALLS calls, all on the line together"
prepare +44770
table -n 1 -w 0 dial 'outreach-dial <calls'
rate=$(over "$CALLS" "$(over "$(outreach-events log --no-body --kind call.placing | jq -s '
	def s: (.[:19] + "Z" | fromdate) + (.[19:23] | tonumber);
	(map(.at | s) | max - min) * 1000 | floor')" 1000)")
live=$(outreach-events log --no-body | jq -s '
	[ .[] | select(.kind == "call.answered" or .kind == "call.ended") ] | sort_by(.at)
	| reduce .[] as $e ({now: 0, most: 0};
		.now += (if $e.kind == "call.ended" then -1 else 1 end)
		| .most = ([.most, .now] | max)) | .most')
target 'calls answered' "$(outreach-report bench | jq 'select(.section == "calls" and .name == "answered").n')" '>=' "$CALLS"
target 'live together at most' "$live" '>=' "$CALLS"
# The campaign's limit is 200: the last of a second's calls may fall behind it.
target 'originates a second' "$rate" '>=' 198
target 'CPU a call, ms' "$(over "$(figure dial cpu_ms)" "$CALLS")" '<=' 1
target 'peak MiB' "$(figure dial rss_mib)" '<=' 64
finish
