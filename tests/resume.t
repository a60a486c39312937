#!/bin/sh
# outreach-resume: the only way out of a stop.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

house
small_campaign
people +442079460100
outreach-campaign activate -q small
run outreach resume
is_run "nothing was stopped" 0 '' 'outreach-resume: nothing was stopped'
outreach stop -q
outreach-campaign pause -q small
outreach-campaign resume -q small 2>err
is "$(outreach status | jq -r 'select(.campaigns) | .stopped')" true "a campaign's resume does not end a stop"
run outreach resume
like_run "resume ends it" 0 '' 'calls may be made again'
is "$(outreach status | jq -r 'select(.campaigns) | .stopped')" false "status says so"
is "$(outreach-campaign claim -q small | grep -c .)" 1 "and claims are given again"
is "$(outreach-events log | jq -r .kind | grep '^store\.' | tr '\n' ' ')" 'store.created store.stopped store.resumed ' "the journal has both, the idle resume left nothing"
run outreach resume small
like_run "no operand" 64 '' 'outreach-campaign resume small'
run outreach resume -d nowhere.db
like_run "no store" 66 '' 'outreach init'
done_testing
