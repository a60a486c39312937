#!/bin/sh
# outreach: the dispatcher finds each tool beside itself, and tells what there is.
. "${0%/*}/lib.sh"

run outreach
like_run "alone it lists the tools" 0 '^  status ' ''
for path in "$BUILD"/outreach-*; do
	name=${path##*/outreach-}
	[ ! -f "$path" ] || like "$out" "^  $name +[a-z]" "$name is in the list"
done
list=$out
run outreach -h
is_run "-h is the same" 0 "$list" ''
run outreach help
is_run "help is the same" 0 "$list" ''
run outreach version
like_run "version" 0 '^outreach [0-9]+\.[0-9]+\.[0-9]+$' ''
run outreach help init
like_run "help of a tool is its usage" 0 '^usage: outreach init' ''
run outreach status --no-such-flag
like_run "arguments and exit code are the tool's" 64 '' '^outreach-status: .*no-such-flag'
run outreach staus
like_run "a slip is understood" 64 '' 'no tool staus \(did you mean status\?\)'
run outreach verison
like_run "of a word of its own, too" 64 '' 'did you mean version\?'
run outreach help now
like_run "help of a word of its own" 0 '^usage: outreach TOOL' ''
run outreach ../outreach-init
like_run "a path is no tool" 64 '' 'there is no tool'
run outreach ''
like_run "an empty word is no tool" 64 '' 'there is no tool'

PATH=/usr/bin:/bin
run "$BUILD/outreach" status -h
like_run "tools are found beside the binary" 0 '^usage: outreach status' ''
cp "$BUILD/outreach" "$T/alone"
mkdir "$T/bin"
printf '#!/bin/sh\necho "here with $*"\nexit 3\n' >"$T/bin/outreach-mine"
chmod +x "$T/bin/outreach-mine"
PATH=$T/bin:$PATH
run "$T/alone" mine a 'b c'
is_run "a tool of one's own is found on PATH" 3 'here with a b c' ''
PATH=$BUILD:$PATH

run env -i "$BUILD/outreach" version
like_run "an empty environment" 0 '^outreach ' ''
run outreach now 2026-03-02T09:00:00Z*60
like_run "now gives a clock" 0 '^2026-03-02T09:00:00Z\*60@[0-9]+$' ''
run outreach now
like_run 'now: of what' 64 '' "^outreach: now needs one INSTANT[*]FACTOR, such as '2026-03-02T09:00:00Z[*]60'$"
run outreach now 2026-03-02T09:00:00Z 60
like_run 'now: of one' 64 '' '^outreach: now needs one'
run outreach now tomorrow
like_run "now refuses what is no instant" 64 '' 'OUTREACH_NOW'
done_testing
