#!/bin/sh
# outreach-stop: stored, seen by every tool, acts on what runs; --hangup ends
# our own calls even where no dialer lives.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

house
small_campaign
people +442079460100 +442079460200 +442079460300
outreach-campaign activate -q small
run outreach stop --reason drill
is_run "a stop is told" 0 '' 'outreach-stop: stopped until `outreach resume`; open calls: 0'
is "$(outreach status | jq -r 'select(.stopped) | .reason')" drill "and stored"
outreach-campaign claim small >claims.ndjson 2>err
is "$?/$(cat claims.ndjson)" 77/ "nothing is claimed"
like "$(cat err)" 'everything is stopped since .* \(outreach resume\)' "and the tool says why"
is "$(wc -l <err)" 1 "once"
run outreach-dial </dev/null
is "$status $(printf '%s\n' "$err" | grep -c 'everything is stopped')" '77 1' "so does the dialer"
run outreach reconcile
is "$status $(printf '%s\n' "$err" | grep -c 'everything is stopped')" '0 1' "and reconcile, which dials nobody"
since=$(outreach status | jq -r 'select(.stopped) | .stopped_at')
run outreach run small
like_run "run does not start" 77 '' 'everything is stopped'
run outreach stop --reason again
like_run "a second stop is no fault" 0 '' 'stopped until'
run outreach stop -q
is "$(outreach status | jq -r 'select(.stopped) | .stopped_at + " " + .reason')" "$since again" "it began with the first"
run outreach stop --reason "$(printf 'two\nlines')"
like_run "a reason is one line" 64 '' 'one line of UTF-8'
run outreach stop small
like_run "no operand" 64 '' 'outreach-campaign pause small'
outreach resume -q
run sh -c "trap '' XFSZ; ulimit -f 1; exec outreach stop"
like_run "a stop that cannot be stored says so" 74 '' '^outreach-stop: NOTHING IS STOPPED: outreach.db: '
is "$(outreach status | jq -r 'select(.campaigns) | .stopped')" false "and so it is"

# Calls that are open while a dialer lives.
ok "a simulator" sim_start --talk 1h
outreach-campaign claim -q small | outreach-context >calls.ndjson
dialer
ok "three calls are answered" await 10 open_calls 3
run outreach stop --hangup
like_run "stop --hangup with a dialer" 0 '' 'all calls are hung up'
is "$(outreach status | jq -r 'select(.campaigns) | .open_calls')" 0 "no line is open"
ok "the dialer ends" await 10 gone "$dial"
is "$(jq -r .event events.ndjson | sort | uniq -c | tr -s ' ')" ' 3 ended' "and tells the end of each call"
outreach resume -q

# A dialer that was killed: its calls live on at the exchange.
fresh
printf 'exchanges:\n  sim:\n    port_file: %s\n' "$T/sim.port" >outreach.yaml
outreach init -q
small_campaign
people +442079460400 +442079460500
outreach-campaign activate -q small
outreach-campaign claim -q small | outreach-context >calls.ndjson
dialer
ok "two calls are open" await 10 open_calls 2
kill -9 "$dial"
ok "the dialer is dead" await 10 gone "$dial"
run outreach stop --hangup
like_run "stop --hangup with no dialer alive" 0 '' 'all calls are hung up'
is "$(outreach status | jq -r 'select(.campaigns) | .open_calls')" 0 "no line is open"
outreach resume -q

# The exchange is gone: the stop holds all the same.
outreach-campaign targets small >/dev/null
sim_stop
rm -f "$T/sim.port"
run outreach stop --hangup
like_run "with no call open the exchange is not asked" 0 '' 'stopped until'
done_testing
