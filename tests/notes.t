#!/bin/bash
# outreach-notes: notes in, out, changed and removed; and what a model is told.
. "${0%/*}/lib.sh"

outreach init -q
mkdir notes
printf -- '---\ntitle: Paying the fees\ntags: [fees, dates]\npriority: 5\n---\nThe first half is due on 15 August.\n' >notes/fees.md
printf 'Rooms are given out in July.\n' >notes/rooms.md
printf -- '---\nactive: false\ntags: dates\n---\nOld dates.\n' >notes/old.md
echo 'no note' >notes/.hidden.md
echo 'no note' >notes/README.txt

run outreach-notes add notes
is_run 'a folder' 0 '' 'outreach-notes: 3 added, 0 changed, 0 as before'
run outreach-notes add notes/fees.md
is_run 'the same again' 0 '' 'outreach-notes: 0 added, 0 changed, 1 as before'
echo 'More.' >>notes/fees.md
run outreach-notes add -nq notes
is_run "a dry run" 0 "" ""
is "$(outreach-notes show fees | jq -r .text)" "The first half is due on 15 August." "stores nothing"
run outreach-notes add -q notes
is_run 'another text' 0 '' ''
run outreach-context notes list
is "$status $(printf '%s\n' "$out" | grep -c .)" '0 3' 'outreach-context notes is the same'
run outreach-notes list
is "$status $(printf '%s\n' "$out" | jq -r '"\(.name) \(.priority) \(.active) \(.tags | join("+"))"' | tr '\n' '|')" \
	'0 fees 5 true fees+dates|old 0 false dates|rooms 0 true |' 'the list'
ok 'records as the schema says' schema_check any <"$T/out"
like "$(outreach-notes list --format table)" '^fees +5 +Paying the fees  \[fees, dates\]$' 'as a table'
run outreach-notes show fees
is "$status $(printf '%s' "$out" | jq -r .text | tr '\n' '|')" '0 The first half is due on 15 August.|More.|' 'one with its text'
ok 'as the schema says' schema_check any <"$T/out"
run outreach-notes search due AUGUST
is "$status $(printf '%s\n' "$out" | jq -r .name)" '0 fees' 'every word must be there'
run outreach-notes search nothing
is_run 'nothing is found' 0 '' ''
run outreach-notes show none
like_run 'none of that name' 65 '' 'there is no note none'
run outreach-notes remove rooms none
like_run 'remove' 1 '' 'there is no note none'
is "$(outreach-notes list | grep -c .)" 2 'it is gone'
is "$(outreach-events log | jq -r 'select(.kind | startswith("note.")) | .kind' | tr '\n' ' ')" \
	'note.put note.put note.put note.put note.removed ' 'all of it is in the journal'
run outreach-events replay --check
is "$status" 0 'replay gives the same notes'

# Wrong ones.
printf -- '---\ntitel: x\n---\nx\n' >bad.md
run outreach-notes add bad.md
like_run 'an unknown key' 65 '' 'bad.md:2:1: titel: is not a known key \(did you mean title\?\)'
printf 'x\n' >Bad.md
run outreach-notes add Bad.md
like_run 'a name that is none' 65 '' 'Bad.md: "Bad.md" is no name of a note'
run outreach-notes add -k bad.md Bad.md notes/rooms.md
like_run '-k goes on' 1 '' '1 added'
head -c 300000 /dev/zero | tr '\0' 'x' >long.md
run outreach-notes add long.md
like_run 'too long' 65 '' 'long.md: more than 256 KiB'
run outreach-notes add missing.md
like_run 'no such file' 66 '' 'missing.md: No such file'
run outreach-notes add
like_run 'nothing to add' 64 '' 'needs files or folders'
run outreach-notes
like_run 'no verb' 64 '' 'say what to do'
run outreach-notes burn
like_run 'another verb' 64 '' 'there is no verb "burn"'
done_testing
