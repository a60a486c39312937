#!/bin/sh
# outreach-upgrade: no store changes its version by itself.
. "${0%/*}/lib.sh"

run outreach init -q
before=$(sha256sum <outreach.db)
run outreach upgrade
is_run "nothing to do" 0 '' 'outreach-upgrade: outreach.db is of version 1, which this outreach needs'
is "$(sha256sum <outreach.db)" "$before" "nothing changed"
run outreach upgrade -q
is_run "-q is quiet" 0 '' ''
outreach stop -q
run outreach upgrade -q
like_run "but for a stop" 0 '' '^outreach-upgrade: note: everything is stopped since .* \(outreach resume\)$'
outreach resume -q

cp outreach.db newer.db
sqlite3 newer.db 'PRAGMA user_version = 99'
run outreach upgrade -d newer.db
like_run "a newer store" 78 '' 'newer.db: was made by a newer outreach \(version 99\)'
run outreach status -d newer.db
like_run "which no tool opens" 78 '' 'newer outreach'
cp outreach.db older.db
sqlite3 older.db 'PRAGMA user_version = 0'
run outreach status -d older.db
like_run "an older store is opened by upgrade alone" 78 '' 'outreach upgrade'
run outreach upgrade -d older.db
like_run "there is no version before the first" 78 '' 'older.db: there is no way from version 0 to 1'
sqlite3 foreign.db 'CREATE TABLE t (x)'
run outreach upgrade -d foreign.db
like_run "a foreign file" 78 '' 'not a store of outreach'
echo 'no database' >text.db
run outreach upgrade -d text.db
like_run "no SQLite file" 78 '' 'text.db: is not a store'
run outreach upgrade -d nowhere.db
like_run "no file" 66 '' 'nowhere.db'
run outreach upgrade extra
like_run "no operand" 64 '' 'no operand is wanted'

# ---- other tables of numbers ------------------------------------------------------

OUTREACH_NOW=2026-03-02T12:00:00Z
export OUTREACH_NOW
tables=$(sqlite3 outreach.db 'SELECT tables FROM numbers')
ok "init notes the tables" test -n "$tables"
outreach init -q -d n.db
printf 'id,name,phone\n1,Moved,+442079460018\n2,Gone,+442079460019\n3,Same,+442079460020\n' >p.csv
outreach-import -q -d n.db --id id p.csv >/dev/null
outreach-dnc add -q -d n.db +442079460021 --reason wished
outreach-dnc consent add -q -d n.db --kind express --at 2026-02-01 +442079460022
echo +442079460023 | outreach-dnc import -q -d n.db --list l
outreach-dnc add -q -d n.db --prefix +440207
sqlite3 n.db "UPDATE numbers SET tables = '8.0.0';
	UPDATE contact_phone SET e164 = 4402079460018 WHERE contact = 1;
	UPDATE contact_phone SET e164 = 15555550100 WHERE contact = 2;
	UPDATE dnc SET value = 4402079460021 WHERE value = 442079460021;
	UPDATE consent SET value = 4402079460022;
	UPDATE dnc_block SET first = 4402079460023"
run outreach doctor -d n.db --offline
like "$out" '"numbers_read_with","finding":"wrong","value":"8.0.0"' "doctor says so"
run outreach-dnc check -d n.db +442079460020
like "$err" 'note: n.db: its numbers were read with the tables of libphonenumber 8.0.0' "so does every tool"
run outreach-dial -d n.db </dev/null
like_run "nobody is called" 78 '' 'nobody is called before they are read anew \(outreach upgrade\)'
run outreach upgrade -d n.db
is "$status" 0 "upgrade reads them anew"
like "$err" "numbers of tables 8.0.0 are read with $tables" "and says so"
printf '%s\n' "$out" >changes
ok "each change is a record" schema_check renumbered <changes
is "$(jq -r '"\(.of) \(.contact) \(.before) \(.after)"' changes)" \
	'dnc null +4402079460021 +442079460021
consent null +4402079460022 +442079460022
dnc_list null +4402079460023 +442079460023
contact 1 +4402079460018 +442079460018
dnc null +440207 +442079460018
contact 2 +15555550100 null' "of rules, consents, lists and people"
run outreach-dnc check -d n.db +442079460021
is "$status" 1 "the wish holds for the new form"
run outreach-dnc check -d n.db +442079460023
is "$status" 1 "that of a list too"
run outreach-dnc check -d n.db +442079460018
is "$status" 1 "a prefix that held the person goes on"
is "$(outreach-dnc consent show -d n.db +442079460022 | jq -r .kind)" express "the consent holds"
is "$(outreach-contacts list -d n.db | jq -r .phone | paste -sd' ')" \
	'+442079460018 +15555550100 +442079460020' "nobody is lost"
is "$(outreach-import -q -d n.db --id id p.csv | jq -r .status | paste -sd' ')" \
	'unchanged updated unchanged' "an import knows who was renumbered"
ok "the backup is beside it" test -f "n.db.before-$tables"
run outreach upgrade -q -d n.db
is_run "then there is nothing to do" 0 '' ''
ok "the journal verifies" outreach-events verify -d n.db
done_testing
