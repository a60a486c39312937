#!/bin/bash
# outreach-token: made once, kept as a hash, taken back.
. "${0%/*}/lib.sh"

outreach init -q
run outreach-token add --role operator ops
like_run 'add' 0 '^ort_[0-9a-f]{64}$' '^outreach-token: ops is an operator; it is not shown again$'
first=$out
run outreach-token add -q page
like_run 'a viewer where no role is said' 0 '^ort_[0-9a-f]{64}$' ''
ok 'and another text' test "$out" != "$first"
run env OUTREACH_SEED=1 outreach-token add -q seeded
one=$out
outreach-token remove -q seeded
run env OUTREACH_SEED=1 outreach-token add -q seeded
ok 'a seed does not make it guessable' test "$out" != "$one"
outreach-token remove -q seeded
run outreach-token list
is "$status $(jq -r '"\(.name) \(.role)"' <"$T/out" | tr '\n' '|')" '0 ops operator|page viewer|' 'the list'
ok 'as the schema says' schema_check any <"$T/out"
like "$(outreach-token list --format table | paste -sd '|')" '^NAME +ROLE +SINCE\|ops +operator +20' 'as a table'
ok 'the store does not know it' sh -c '! grep -qa "$1" outreach.db' sh "${first#ort_}"
is "$(sqlite3 outreach.db "SELECT lower(hex(hash)) FROM token WHERE name = 'ops'")" \
	"$(printf %s "$first" | sha256sum | cut -d ' ' -f 1)" 'but its SHA-256'
run outreach-token add ops
like_run 'one of that name' 65 '' 'there is a token ops \(outreach-token remove ops\)'
outreach-token add full >/dev/full 2>"$T/err"
is $? 74 'a full disk'
is "$(outreach-token list | grep -c full)" 0 'a token that nobody saw is gone again'
run outreach-token remove page none
like_run 'remove' 1 '' 'there is no token none'
is "$(outreach-events log --kind token | jq -r '"\(.kind) \(.fact.name)"' | tail -n 1)" 'token.removed page' \
	'it is in the journal'
ok 'replay gives the same tokens' outreach-events replay --check

while IFS='|' read -r name args words; do
	# shellcheck disable=SC2086
	run outreach-token $args
	like_run "$name" 64 '' "$words"
done <<'END'
no verb||say what to do
another verb|burn|there is no verb "burn"
no name|add|needs one name
two names|add a b|no further operand "b"
a wrong name|add Ops|"Ops" is no name
a wrong role|add --role root x|root is neither viewer nor operator
nobody|remove|needs the names
list of one|list ops|takes no further operand
END
done_testing
