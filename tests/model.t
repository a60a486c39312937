#!/bin/sh
# model: the rules of claims, owners and second originates, looked at in every
# world of a small model (tests/model/dial.py); and the faults seeded into it,
# each of which must be found.
. "${0%/*}/lib.sh"

python3 "$ROOT/tests/model/dial.py" >rows || bail 'the model does not run'

while read -r name fence worlds double lost blind; do
	[ "$name" = right ] || continue
	is "$double $lost $blind" '0 0 0' "$fence: no double ring, nobody lost, no closed line rings ($worlds worlds)"
	ok "$fence: it looked at many" test "$worlds" -gt 10000
done <rows

for name in $(cut -d' ' -f1 rows | sort -u); do
	[ "$name" = right ] && continue
	ok "the seeded fault $name is found" awk -v name="$name" \
		'$1 == name { found += $4 + $5 + $6 } END { exit !found }' rows
done
done_testing
