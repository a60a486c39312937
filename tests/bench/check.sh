#!/bin/sh
# check: contexts through all checks with the names and numbers of 10,000 other
# people to look out for, against the same with 100.
. "${0%/*}/lib.sh"

texts=$((N / 20))
title "check: $texts contexts"
table -n "${BENCH_ROUNDS:-3}" hundred "checks 100 $texts" thousands "checks 10000 $texts"
target 'check: CPU with 10,000 others against 100' "$(figure thousands cpu_x)" '<=' 2
finish
