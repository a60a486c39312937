#!/bin/sh
# check: every torture test; the stage "torture" of make check.
cd "${0%/*}/../.." || exit 2
bad=0
for test in tests/torture/*.t; do
	"$test" || bad=1
done
exit $bad
