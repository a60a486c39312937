#!/bin/sh
# import: a million contacts, keys and numbers in random order, against
# sqlite3's .import (which checks nothing) into a table with the same indexes
# in the same journal mode. Then the same file again; and sqlite-utils.
. "${0%/*}/lib.sh"

need sqlite3
need sqlite-utils
# The digits of the keys backwards: their order is not that of the file.
mkdata contacts.csv "$N" |
	sed -E 's/^S-(.)(.)(.)(.)(.)(.)(.)(.),/S-\8\7\6\5\4\3\2\1,/' >people.csv
columns='name TEXT, phone TEXT, email TEXT, city TEXT, course TEXT, scholarship_amount TEXT,
	timezone TEXT, language TEXT, notes TEXT'
cat >before.sh <<'END'
rm -f ours.db* peer.db* utils.db*
outreach-init -q -d ours.db </dev/null
END
cat >peer.sh <<END
exec sqlite3 peer.db 'PRAGMA journal_mode = TRUNCATE' 'PRAGMA synchronous = FULL' \
	'PRAGMA cache_size = -65536' \
	'CREATE TABLE contact (id TEXT UNIQUE ON CONFLICT REPLACE, $columns)' \
	'CREATE INDEX contact_phone ON contact (phone)' \
	'.import --csv --skip 1 people.csv contact'
END

title "import: $N contacts, $(($(wc -c <people.csv) >> 20)) MiB"
table -n "${BENCH_ROUNDS:-3}" -w 0 -b 'sh before.sh' sqlite3 'sh peer.sh' \
	import 'outreach-import -q -d ours.db people.csv'
target 'import: CPU against sqlite3 .import' "$(figure import cpu_x)" '<=' 1.0
target 'import: peak MiB' "$(figure import rss_mib)" '<=' 48

title 'import: the same file again, against the first time'
cat >first.sh <<'END'
sh before.sh
exec outreach-import -q -d ours.db people.csv
END
table -n "${BENCH_ROUNDS:-3}" -w 0 first 'sh first.sh' \
	again 'outreach-import -q -d ours.db --summary again.json people.csv'
target 'import again: CPU against the first time' "$(figure again cpu_x)" '<=' 0.6
target 'import again: rows that changed' \
	"$(jq '.accepted + .updated + .refused' again.json)" '<=' 0

# The same job: a table with a unique key and an index of the numbers, and its people as records.
title 'import: against sqlite-utils'
cat >utils.sh <<'END'
sqlite-utils insert utils.db contact people.csv --csv --pk id --replace &&
	exec sqlite-utils create-index utils.db contact phone
END
table -n 1 -w 0 import 'sh first.sh' insert 'sh utils.sh' rows 'sqlite-utils rows utils.db contact --nl'
insert=$(figure insert cpu_x)
printf 'without the records: %s times\n' "$insert"
target 'import: times sqlite-utils' "$(awk "BEGIN { print $insert + $(figure rows cpu_x) }")" '>=' 8
finish
