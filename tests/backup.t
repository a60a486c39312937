#!/bin/sh
# outreach-backup: a whole copy while the store is in use, that does not dial.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

house
small_campaign
people +442079460100 +442079460200
outreach-campaign activate -q small
run outreach backup copy.db
is_run "a copy is made" 0 '' 'outreach-backup: copy.db is a copy of outreach.db'
is "$(sqlite3 copy.db 'PRAGMA integrity_check')" ok "it is whole"
is "$(outreach status -d copy.db | jq -c 'select(.campaign) | {campaign,targets}')" '{"campaign":"small","targets":2}' "and has all"
is "$(outreach-events verify -d copy.db)" "$(outreach-events verify)" "the journal ends in the same hash"
run outreach run -d copy.db small
like_run "a copy does not dial" 77 '' 'is a copy of a store.*outreach adopt'
before=$(sha256sum <copy.db)
run outreach backup copy.db
like_run "an existing file stays" 65 '' 'copy.db: exists already; nothing was written'
is "$(sha256sum <copy.db)" "$before" "byte for byte"
run outreach backup nowhere/copy.db
like_run "a folder that is not there" 74 '' 'nowhere/copy.db'
is "$(ls | grep -c new-)" 0 "no half file is left"
run outreach backup
like_run "one file is wanted" 64 '' 'one file to write'
run outreach backup -q quiet.db
is_run "-q is quiet" 0 '' ''

# While calls are open, and while another process writes.
ok "a simulator" sim_start --talk 1h
outreach-campaign claim -q small | outreach-context >calls.ndjson
dialer
ok "calls are open" await 10 open_calls 2
run outreach backup open.db
like_run "with open calls" 0 '' 'is a copy'
is "$(outreach status -d open.db | jq -r 'select(.campaigns) | .open_calls')" 2 "the copy knows them"
(for i in 1 2 3 4 5 6 7 8 9; do people +44207947010$i; done) &
for i in 1 2 3; do
	outreach backup -q "busy$i.db" 2>>busy.err
	is "$?$(sqlite3 "busy$i.db" 'PRAGMA integrity_check')" 0ok "copy $i beside a writer"
done
wait "$!"
outreach stop -q --hangup 2>/dev/null
done_testing
