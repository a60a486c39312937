#!/bin/sh
# outreach-demo: a campaign from the file to the report, in a folder of its own.
. "${0%/*}/lib.sh"
cp -r "$ROOT/examples" examples

run outreach demo
is "$status" 0 "it ends well"
[ "$status" = 0 ] || diag "$out$err"
like "$out" '^\$ outreach-campaign claim scholarship .*\| outreach-context \| outreach-dial' "it prints its pipelines"
like "$err" '5 refused \(' "refused rows are told"
like "$out" '^  waiting +0$' "nobody waits at the end"
like "$out" '^Three commands to try next|Three commands' "and what to try next"
is "$(ls)" "$(printf 'demo\nexamples')" "all is in one folder"
printf '%s\n' "$out" | sed -n 's/^  \(OUTREACH_CONF=.*\)/\1/p' >next
is "$(grep -c . next)" 3 "three commands"
n=0
while IFS= read -r line; do
	n=$((n + 1))
	(cd demo && sh -c "$line") >"$T/next.out" 2>&1
	code=$?
	ok "command $n works" test "$code" -le 1 -a -s "$T/next.out"
done <next
ok "no simulator is left" await 10 gone "$(cat demo/sim.pid)"
like "$(cd demo && outreach-events verify 2>&1)" '[0-9a-f]{64}' "the journal verifies"
ok "replay gives the same" sh -c 'cd demo && outreach-events replay --check'

mkdir mine
run outreach demo mine
like_run "a folder of yours stays" 65 '' 'mine: exists and is not from a demo'
run outreach demo a b
like_run "one folder" 64 '' 'one folder'
run outreach demo --no-such-flag
like_run "an unknown flag" 64 '' 'no-such-flag'
run outreach demo -h
like_run "-h" 0 '^usage: outreach demo' ''
done_testing
