#!/bin/sh
# zones: numbers to sets of zones, against the same by a dictionary in Python.
. "${0%/*}/lib.sh"

title "zones: $N numbers, the longest prefix of each"
table -n 5 ours "zones $N" nothing 'zones 0' python "/usr/bin/python3 '$ROOT/tests/bench/zones.py' $N"
target 'CPU of Python against ours' "$(over "$(figure python cpu_ms)" "$(figure ours cpu_ms)")" '>=' 15
finish
