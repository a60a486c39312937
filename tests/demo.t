#!/bin/sh
# outreach-demo: a campaign from the file to the report, in a folder of its own.
. "${0%/*}/lib.sh"
cp -r "$ROOT/examples" examples

unset OPENAI_API_KEY OPENAI_BASE_URL

run outreach demo
is "$status" 0 "it ends well"
[ "$status" = 0 ] || diag "$out$err"
like "$out" '^\$ outreach-campaign claim scholarship .*\| outreach-context \| outreach-dial' "it prints its pipelines"
like "$out" '^# OPENAI_API_KEY is not set: a simulated model writes' "it says who writes the contexts"
like "$err" '63 asked, 0 known from before, 0 failed a check' "for everybody, and all pass the checks"
is "$(jq -r .context_origin demo/contexts.ndjson | sort | uniq -c | tr -s ' ')" ' 63 model' "by the model alone"
like "$out" 'agent: Hello, this is an AI assistant. .*I was told: .*scholarship' "the AI says what it was told"
# Of those who hung up after three seconds, which are 50 ms here, the AI may have come too late.
long="SELECT id FROM call WHERE talk_ms >= 10000"
is "$(sqlite3 demo/outreach.db "SELECT count(*) FROM ($long) WHERE id NOT IN (SELECT call FROM receipt)")" 0 \
	"the AI of each answered call asked for its context"
is "$(sqlite3 demo/outreach.db "SELECT count(*) > 30 FROM ($long)")" 1 "of some"
is "$(sqlite3 demo/outreach.db "SELECT count(*) FROM call WHERE answered_at IS NOT NULL AND id NOT IN
	(SELECT call FROM journal WHERE kind = 'call.ended' AND source = 'webhook')")" 0 "and its end came by webhook"
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
ok "no simulated exchange is left" await 10 gone "$(cat demo/sim.pid)"
ok "nor model" await 10 gone "$(cat demo/llm.pid)"
like "$(cd demo && outreach-events verify 2>&1)" '[0-9a-f]{64}' "the journal verifies"
ok "replay gives the same" sh -c 'cd demo && outreach-events replay --check'

# The page stays open, until Ctrl-C (which a job in the background would not hear).
background env --default-signal=INT outreach demo --serve served >served.out 2>&1
demo=$!
ok "--serve: it stays" await 120 grep -q 'until Ctrl-C' served.out
url=$(sed -n 's/^The page is \(.*\) until.*/\1/p' served.out)
is "$(curl -s -o /dev/null -w '%{http_code}' "${url}healthz")" 200 "and serves"
is "$(curl -s "${url}api/v1/campaigns" | grep -o '"name":"scholarship"' | head -1)" '"name":"scholarship"' "its campaign"
like "$(curl -s "$url")" '<title>' "and the page"
kill -INT "$demo"
wait "$demo"
is $? 0 "until Ctrl-C"
is "$(curl -s -o /dev/null -w '%{http_code}' "${url}healthz")" 000 "then nothing is left"
ok "no model either" await 10 gone "$(cat served/llm.pid)"

# A key: the real API, which is another simulated one here; nothing else is asked.
printf 'k-real\n' >key
background outreach-sim llm --port-file port --log real.log --key-file key 2>llm.err
await 10 test -s port || bail "no chat API: $(cat llm.err)"
run env OPENAI_API_KEY=k-real OPENAI_BASE_URL="http://127.0.0.1:$(cat port)/v1" outreach demo keyed
is "$status" 0 "with OPENAI_API_KEY"
like "$out" '^# OPENAI_API_KEY is set: a real model' "it says so"
unlike "$out" 'sim llm|simulated model' "no simulated model"
is "$(grep -c '"does":"answer"' real.log)" 63 "the real API is asked once for each"
is "$(grep -rl k-real keyed | head -3)" '' "the key is nowhere"

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
