#!/bin/sh
# life: random commands against one store, kills and clock jumps among them,
# and an account of what rang (life.py). In `make soak` more of them.
. "${0%/*}/../lib.sh"

first=${SEED:-1} seeds=4
[ -z "$KILLS" ] || seeds=$((KILLS / 20))
for seed in $(seq "$first" $((first + seeds - 1))); do
	fresh
	ok "seed $seed" /usr/bin/python3 "$ROOT/tests/torture/life.py" "$seed" 100
done
done_testing
