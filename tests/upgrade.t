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
done_testing
