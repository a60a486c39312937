#!/bin/sh
# import of many rows: more than are sorted at once in memory keep the order of
# the file, their ids, and what contradicts what.
. "${0%/*}/lib.sh"

outreach-init -q || bail "no store"
awk 'BEGIN { print "id,name,phone"; for (i = 0; i < 150000; i++) printf "%d,N%d,+91442%07d\n", i * 7919 % 150001, i, (i * 104729) % 10000000 }' >many.csv
outreach-import -q many.csv >records
is "$(wc -l <records)" 150000 "150,000 rows over several batches"
ok "leave in the order of the file" sh -c "jq -r .key records | cmp -s - <<END
\$(sed -n '2,\$s/,.*//p' many.csv)
END"
is "$(jq -r .id records | sort -u | wc -l)" 150000 "each with an id of its own"
outreach-import -q many.csv >again
ok "and again with the same ids" sh -c 'sed s/accepted/unchanged/ records | cmp -s - again'
printf '7,other,+914420000000\n' >>many.csv
run outreach-import -q --summary counts many.csv
is "$(jq -r '"\(.rows) \(.accepted) \(.updated) \(.unchanged) \(.refused)"' counts)" "150001 0 0 149999 2" "a contradiction across batches is found"
done_testing
