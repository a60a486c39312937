#!/bin/sh
# outreach-adopt: a copy becomes the store, knowingly.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

house
small_campaign
people +442079460100
outreach-campaign activate -q small
run outreach adopt
is_run "the store itself" 0 '' 'outreach-adopt: outreach.db is the store already'
cp outreach.db moved.db
export OUTREACH_DB=moved.db
run outreach run small
like_run "a copied file does not dial" 77 '' 'outreach adopt'
is "$(outreach status | jq -r 'select(.campaign) | .targets')" 1 "it can be looked at"
run outreach adopt
is_run "it is adopted" 0 '' 'outreach-adopt: moved.db is the store from now on'
run outreach adopt
is_run "a second time" 0 '' 'outreach-adopt: moved.db is the store already'
is "$(outreach-events log | jq -r .kind | tail -n 1)" store.adopted "the journal knows"
ok "a simulator" sim_start
run outreach run -q small
is_run "and it dials" 0 '' ''
is "$(count done)" 1 "the person was called"
run outreach adopt small
like_run "no operand" 64 '' 'no operand is wanted'
done_testing
