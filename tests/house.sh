# house.sh: what the tests of the house verbs share, on top of lib.sh: a store
# with a small campaign. Numbers end in what the simulator does with them.

# small_campaign [KEY: VALUE ...]: the campaign "small"; lines go into its file.
small_campaign() {
	campaign_yaml 'name: small' 'base_prompt: You are Maya.' 'max_duration: 2h' 'short_call: 1s' \
		'pace: progressive' 'concurrent: 10' 'calls_per_second: 20' 'min_gap: 1m' 'max_attempts: 2' \
		'retry: {busy: {max: 1, delays: [90m]}, no_answer: {max: 0}}' "$@" >small.yaml
	outreach-campaign apply -q small.yaml
}

# people NUMBER...: each becomes a contact and a target of small.
people() {
	{
		echo id,name,phone
		for number; do
			echo "P$number,Person $number,$number"
		done
	} >people.csv
	outreach-import -q people.csv 2>/dev/null | outreach-campaign add -q small
}

# A store, the clock at a Monday noon that runs sixty times faster, the settings.
house() {
	fresh
	OUTREACH_NOW=$(outreach now 2026-03-02T12:00:00Z*60)
	OUTREACH_SEED=1
	export OUTREACH_NOW OUTREACH_SEED
	printf 'exchanges:\n  sim:\n    port_file: %s\n' "$T/sim.port" >outreach.yaml
	outreach init -q
}

# count STATE: people of small in that state.
count() {
	outreach-campaign targets --state "$1" small | grep -c .
}

# dialer: outreach-dial on calls.ndjson behind the test; $dial.
dialer() {
	background sh -c 'exec outreach-dial <calls.ndjson >events.ndjson 2>dial.err'
	dial=$!
}

# claims_are N: so many people are claimed.
claims_are() {
	[ "$(outreach status | jq -r 'select(.campaigns) | .claims')" = "$1" ]
}

# open_calls N: that many lines are open.
open_calls() {
	[ "$(outreach status | jq -r 'select(.campaigns) | .open_calls')" = "$1" ]
}
