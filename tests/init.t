#!/bin/sh
# outreach-init: makes a store once, where the settings say.
. "${0%/*}/lib.sh"

run outreach init
is_run "a store is made" 0 '' 'outreach-init: made outreach.db'
is "$(sqlite3 outreach.db 'PRAGMA application_id')" 1330992210 "its application id"
is "$(sqlite3 outreach.db 'PRAGMA journal_mode')" delete "it is in no WAL mode"
before=$(sha256sum <outreach.db)
run outreach init
like_run "a second time nothing changes" 65 '' 'outreach.db: exists already; nothing was changed'
is "$(sha256sum <outreach.db)" "$before" "byte for byte"

fresh
OUTREACH_DB=$WORK/other.db outreach init -q 2>"$T/err"
is "$(ls)$(cat "$T/err")" "$(printf 'other.db')" "OUTREACH_DB names the store; -q is quiet"

fresh
echo 'database: data/campaigns.db' >outreach.yaml
run outreach init
like_run "a folder that is not there" 74 '' 'data/campaigns.db'
mkdir data
run outreach init
is_run "the settings name the store" 0 '' 'outreach-init: made ./data/campaigns.db'
run outreach init -d mine.db
is_run "-d names the store" 0 '' 'outreach-init: made mine.db'

fresh
echo 'databse: x' >outreach.yaml
run outreach init
like_run "wrong settings stop before anything is made" 78 '' 'databse.*did you mean database'
is "$(ls)" outreach.yaml "and nothing is there"

fresh
printf x >outreach.db
run outreach init
like_run "a file of somebody else stays" 65 '' 'exists already'

# What an init that was killed left is removed, what one that works has is not.
dead=$(sh -c 'echo $$')
touch "left.db.new-$dead" "left.db.new-$dead-journal" "left.db.new-$dead.turn" "left.db.new-$$" left.db.new-x
run outreach-init -q -d left.db
is "$status" 0 'init beside what others left'
is "$(echo left.db.new-*)" "left.db.new-$$ left.db.new-x" 'only what nobody works on is removed'
is "$(cat outreach.db)" x "as it was"
run outreach init extra
like_run "no operand" 64 '' 'no operand is wanted'
run env -i PATH="$PATH" sh -c 'cd / && exec outreach init -d "$1"' sh "$WORK/env.db"
like_run "an empty environment" 0 '' 'made .*/env.db'
done_testing
