#!/bin/sh
# torture: where nothing can kill a process before a system call, the tests
# that do so fail; none of them is passed over.
. "${0%/*}/lib.sh"

mkdir bin
ln -s /usr/bin/* bin
rm -f bin/cc bin/strace

run env PATH="$PWD/bin" OUTREACH_BUILD="$BUILD" "$ROOT/tests/torture/killall.t"
is_run "killall: neither ptrace nor a preload shim" 1 'not ok 1 - a way to kill before each call: none
# failed: test none != none
1..1' ''
run env PATH="$PWD/bin" OUTREACH_BUILD="$BUILD" "$ROOT/tests/torture/kill_store.t"
is "$status" 1 "kill_store: no strace"
like "$out" '^Bail out! strace and sqlite3 are needed' "it says what is missing"
printf '#!/bin/sh\nexit 1\n' >bin/strace
chmod +x bin/strace
run env PATH="$PWD/bin" OUTREACH_BUILD="$BUILD" "$ROOT/tests/torture/killall.t"
is "$status $(printf '%s\n' "$out" | head -n 1)" '1 not ok 1 - a way to kill before each call: none' \
	"killall: an strace that may not trace"
run env PATH="$PWD/bin" OUTREACH_BUILD="$BUILD" "$ROOT/tests/torture/kill_store.t"
is "$status" 1 "kill_store: it may not trace"
like "$out" '^Bail out! strace may not trace here' "and says so"
done_testing
