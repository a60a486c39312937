#!/bin/sh
# outreach-doctor: each thing that can be wrong, with the way out; 1 if anything is.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

# finding NAME: its finding in the last run.
finding() {
	printf '%s\n' "$out" | jq -r "select(.check == \"$1\") | .finding"
}
text() {
	printf '%s\n' "$out" | jq -r "select(.check == \"$1\") | .text"
}

fresh
outreach init -q
chmod 600 outreach.db
run outreach doctor
is "$status/$err" 0/ "all is well"
is "$(printf '%s\n' "$out" | jq -r .type | sort -u)" check "records"
is "$(printf '%s\n' "$out" | jq -r 'select(.finding == "wrong")')" '' "nothing is wrong"
is "$(printf '%s\n' "$out" | jq -r 'select(.check == "database") | .from')" default "the origin of a value"
like "$(printf '%s\n' "$out" | jq -r 'select(.check == "sqlite") | .value')" '^3\.' "the SQLite that reads it"
like "$(printf '%s\n' "$out" | jq -r 'select(.check == "tzdata") | .value')" '^20[0-9][0-9][a-z]$' "the release of the time zones"
like "$(printf '%s\n' "$out" | jq -r 'select(.check == "sandbox") | .value')" '^(none|(Landlock [0-9]+)?(, )?(seccomp)?)$' "what holds outreach-serve"
like "$(printf '%s\n' "$out" | jq -r 'select(.check == "zones_of_numbers") | .value')" '^libphonenumber-.* [0-9]' "and what the zones of numbers are from"
OUTREACH_DB=$WORK/outreach.db run outreach doctor
is "$(printf '%s\n' "$out" | jq -r 'select(.check == "database") | .from')" '$OUTREACH_DB' "another origin"
run outreach doctor --format table
like "$out" '^ok     journal_mode  +truncate$' "a table"

chmod 666 outreach.db
run outreach doctor
is "$status/$(finding store_permissions)" 1/wrong "a store that anyone may change"
chmod 600 outreach.db
cp outreach.db copy.db
run outreach doctor -d copy.db
is "$status/$(finding home)" 1/wrong "a copy"
like "$(text home)" 'outreach adopt' "and the way out"
run outreach doctor -d nowhere.db
is "$status/$(finding store)" 1/wrong "no store"
sqlite3 copy.db 'PRAGMA journal_mode = wal' >/dev/null
run outreach doctor -d copy.db
like "$(text store)" 'WAL mode' "a store in WAL mode"
outreach stop -q
run outreach doctor
is "$status/$(finding stopped)" 0/note "a stop is a note"
outreach resume -q
echo +442079460101 >list
outreach-dnc import -q --list tps --as-of 2026-03-01 --max-age 28d list 2>err
OUTREACH_NOW=2026-03-02T00:00:00Z run outreach doctor
is "$status/$(finding dnc_list.tps)" 0/ok "a list in its time"
OUTREACH_NOW=2026-03-28T00:00:00Z run outreach doctor
is "$(finding dnc_list.tps)" note "on its last day"
OUTREACH_NOW=2026-03-29T00:00:00Z run outreach doctor
is "$status/$(finding dnc_list.tps)" 1/wrong "too old"
like "$(text dnc_list.tps)" 'is too old since 2026-03-29T00:00:00.000Z: outreach-dnc import --list tps' "and the way out"
sqlite3 outreach.db "DROP TRIGGER journal_is_fixed; UPDATE journal SET kind = 'store.forged' WHERE seq = 1"
run outreach doctor
is "$status/$(finding integrity)" 1/wrong "a forged journal"
like "$(text integrity)" 'restore a backup' "and the way out"
TZDIR=$WORK/nozones run outreach doctor
is "$status/$(finding tzdata)" 1/wrong "no time zones"
OUTREACH_NOW=yesterday run outreach doctor
is "$status/$(finding clock)" 1/wrong "a clock that is no instant"
echo 'exchange: {}' >outreach.yaml
run outreach doctor
is "$status/$(finding settings_file)" 1/wrong "settings with a slip"
like "$(text settings_file)" 'did you mean exchanges' "and what was meant"

# Exchanges.
house
chmod 600 outreach.db
run outreach doctor
is "$status/$(finding exchange.sim)" 1/wrong "a simulator that does not run"
ok "a simulator" sim_start
run outreach doctor
is "$status/$(finding exchange.sim)" 0/ok "one that runs: logged in"
is "$(finding clock)" note "a clock that is set is a note"
run outreach doctor --offline
is "$status/$(finding exchange.sim)" 0/note "--offline does not ask"
cat >>outreach.yaml <<-END
	  pbx:
	    type: ami
	    port: $SIM_PORT
	    user: outreach
	    secret_file: pbx.secret
END
echo wrong >pbx.secret
run outreach doctor
like "$(text exchange.pbx)" 'pbx.secret: open to others.*chmod 600' "a secret that others may read"
chmod 600 pbx.secret
run outreach doctor
is "$status/$(finding exchange.pbx)" 1/wrong "a login that is refused"
unlike "$out$err" wrong-secret "no secret is told"
run outreach doctor small
like_run "no operand" 64 '' 'no operand is wanted'
outreach doctor >/dev/full 2>"$T/err"
is $? 74 "a full disk"

# Calls that nobody follows.
house
small_campaign
people +442079460100
outreach-campaign activate -q small
sim_stop
ok "a simulator" sim_start --talk 1h
outreach-campaign claim -q small | outreach-context >calls.ndjson
dialer
ok "a call is open" await 10 open_calls 1
run outreach doctor --offline
is "$(finding open_calls)" ok "a call that is followed"
kill -9 "$dial"
ok "the dialer is dead" await 10 gone "$dial"
run outreach doctor --offline
is "$(finding open_calls)" wrong "a call that nobody follows"
like "$(text open_calls)" 'outreach reconcile' "and the way out"
done_testing
