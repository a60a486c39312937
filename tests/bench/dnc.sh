#!/bin/sh
# dnc: a list of ten million numbers in no order, against sqlite3's .import
# (which checks nothing) into an indexed table in the same journal mode; then a
# million records against that list, against the join in the sqlite3 shell fed
# from a temporary table; and how long a small writer waits beside an import.
. "${0%/*}/lib.sh"

need sqlite3
many=$((10 * N))
mkdata numbers.txt "$many" >numbers.txt
cat >before.sh <<'END'
rm -rf ours.db* peer.db*
outreach-init -q -d ours.db </dev/null
END
cat >peer.sh <<'END'
exec sqlite3 peer.db 'PRAGMA journal_mode = TRUNCATE' 'PRAGMA synchronous = FULL' \
	'PRAGMA cache_size = -65536' 'CREATE TABLE listed (phone INTEGER PRIMARY KEY)' \
	'.import --csv numbers.txt listed'
END

title "dnc import: $many numbers, $(($(wc -c <numbers.txt) >> 20)) MiB"
table -n "${BENCH_ROUNDS:-1}" -w 0 -b 'sh before.sh' sqlite3 'sh peer.sh' \
	import 'outreach-dnc import -q -d ours.db --list big numbers.txt'
target 'dnc import: CPU against sqlite3 .import' "$(figure import cpu_x)" '<=' 1.2
target 'dnc import: peak MiB' "$(figure import rss_mib)" '<=' 64
sh before.sh && sh peer.sh && outreach-dnc import -q -d ours.db --list big numbers.txt
printf 'store: ours %s MiB, the table %s MiB\n' $(($(wc -c <ours.db) >> 20)) $(($(wc -c <peer.db) >> 20))

# The table is there; the shell gets the numbers of the records as lines, which spares it the JSON.
mkdata contacts.ndjson "$N" >contacts.ndjson
sed -E 's/.*"phone":"\+([0-9]+)".*/\1/' contacts.ndjson >phones.txt
cat >join.sh <<'END'
exec sqlite3 peer.db 'PRAGMA cache_size = -65536' 'PRAGMA temp_store = MEMORY' \
	'CREATE TEMPORARY TABLE asked (phone INTEGER)' '.import --csv phones.txt asked' \
	'SELECT a.phone FROM asked a LEFT JOIN listed l ON l.phone = a.phone WHERE l.phone IS NULL'
END
title "dnc filter: $N records against $many numbers"
table -n "${BENCH_ROUNDS:-3}" -w 0 sqlite3 'sh join.sh' \
	filter 'outreach-dnc filter -q -d ours.db contacts.ndjson'
target 'dnc filter: times the join in sqlite3' "$(over 1 "$(figure filter cpu_x)")" '>=' 3
target 'dnc filter: peak MiB' "$(figure filter rss_mib)" '<=' 64
ours=$(outreach-dnc filter -q -d ours.db contacts.ndjson | wc -l)
theirs=$(sh join.sh | wc -l)
printf '%s of %s records pass\n' "$ours" "$N"
target 'dnc filter: records by which it differs from the join' $((ours - theirs)) '<=' 0
target 'dnc filter: the same' $((theirs - ours)) '<=' 0

title 'dnc import: a small writer beside it'
outreach-dnc import -q -d ours.db --list big numbers.txt &
importer=$!
kids=$importer
while kill -0 $importer 2>/dev/null; do
	start=$(date +%s%N)
	outreach-dnc add -q -d ours.db "+4477009$(date +%N | cut -c 1-5)"
	echo $((($(date +%s%N) - start) / 1000000))
done | sort -n >waits
printf '%s writes, the median %s ms\n' "$(wc -l <waits)" "$(sed -n "$((($(wc -l <waits) + 1) / 2))p" waits)"
target 'dnc import: the longest write beside it, ms' "$(tail -n 1 waits)" '<=' 250
finish
