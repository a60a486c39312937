#!/bin/bash
# http: the dialer killed at random instants against an exchange that is told by
# HTTP and loses replies: to a peer that promises nothing no call is asked for
# twice, at an idempotent one nobody rings twice, and in the end nobody is lost.
. "${0%/*}/../lib.sh"
. "$ROOT/tests/dialling.sh"

kills=${KILLS:-40}
people=$((kills * 3))

# peer IDEMPOTENT FAULT...: a store, its people, the server and the simulator.
peer() {
	idempotent=$1
	shift
	# shellcheck disable=SC2046
	campaign 's/^min_gap: .*/min_gap: 1m/; s/^max_attempts: .*/max_attempts: 1/; $a\
claim_hold: 1m' $(yes 02 | head -n "$people")
	background outreach-serve -q --listen 127.0.0.1:0 --port-file port 2>serve.err
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start: $(cat serve.err)"
	set -- $(printf -- '--http-fault %s ' "$@")
	[ "$idempotent" = false ] || set -- "$@" --http-idempotent
	background outreach-sim --port-file sim.port --http-port-file http.port --log sim.log --seed 1 \
		--webhook "http://127.0.0.1:$(cat port)/api/webhooks/call-events" "$@" 2>sim.err
	SIM=$!
	await 10 test -s sim.port || bail "no simulator: $(cat sim.err)"
	printf 'exchanges:\n  peer: {type: http, url: "http://127.0.0.1:%s", simulator: true, idempotent: %s}\n' \
		"$(cat http.port)" "$idempotent" >outreach.yaml
	sed -i 's/^exchange: .*/exchange: peer/' c.yaml
	outreach-campaign apply -q c.yaml 2>"$T/apply" || bail "$(cat "$T/apply")"
}

kill_often() {
	for i in $(seq "$kills"); do
		claim --limit 3 >calls
		background outreach-dial <calls >>dialled 2>>dial.err
		DIAL=$!
		# The instants spread over what a dialer does, from its start on.
		timeout "0.$(printf %03d $((i * 37 % 250)))" tail --pid="$DIAL" -f /dev/null
		kill -9 "$DIAL" 2>/dev/null
		wait "$DIAL" 2>/dev/null
	done
}

# Undisturbed, until nobody waits or is claimed.
rest() {
	outreach run -q c >>dialled 2>>run.err
	[ "$(sql 'SELECT (SELECT count(*) FROM schedule) + (SELECT count(*) FROM claim)
		+ (SELECT count(*) FROM call WHERE rank < 6)')" = 0 ]
}

over() {
	kill -9 "$SIM" "$SERVE"
	wait "$SIM" "$SERVE" 2>/dev/null
}

twice() {
	jq -r "select(.event == \"$1\") | .call" sim.log | sort | uniq -d | wc -l
}

for kind in false true; do
	peer "$kind" lost:5 late:7 slow:11
	kill_often 2>>killed.err
	ok "idempotent $kind: all is settled" await 120 rest
	is "$(twice asked)" 0 "idempotent $kind: $kills kills, nobody was asked for twice"
	is "$(sql 'SELECT count(*) FROM target t WHERE NOT EXISTS (SELECT 1 FROM call c WHERE c.target = t.id)')" 0 \
		"idempotent $kind: nobody was forgotten"
	diag "idempotent $kind: $(sql 'SELECT count(*) FROM call WHERE rank = 7') over, $(sql 'SELECT count(*) FROM call WHERE rank = 6') unknown, $(jq -r 'select(.event == "asked")' -c sim.log | wc -l) asked"
	ok "idempotent $kind: it replays" outreach-events replay --check
	over
done
done_testing
