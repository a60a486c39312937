#!/bin/bash
# post: what outreach-dial runs to speak HTTP takes orders from nobody else.
# What it does for the dialer is in http.t.
. "${0%/*}/lib.sh"

run outreach-post --help </dev/null
is_run 'help' 0 'usage: outreach-post [-h]
Run by outreach-dial for an exchange of type http; not by people.' ''
for input in /dev/null file; do
	echo '{"type":"call","v":1}' >file
	run outreach-post <"$input"
	like_run "orders from $input" 64 '' 'orders from outreach-dial alone'
done
printf '{"type":"call","v":1}\n' | run outreach-post
like_run 'orders from a pipe' 64 '' 'orders from outreach-dial alone'
run outreach-post now </dev/null
like_run 'an operand' 64 '' 'takes no operands'
run outreach-post --call </dev/null
like_run 'an option' 64 '' 'call'
done_testing
