#!/bin/sh
# sheet: a million people as an office sends them (titles, national numbers in
# every spelling, two in one cell, one row in a hundred damaged) against the
# same people in a clean sheet.
. "${0%/*}/lib.sh"

mkdata sheet-clean.csv "$N" >clean.csv
mkdata sheet-messy.csv "$N" >messy.csv
cat >office.map <<'END'
id=Roll No
name=Student Name
phone=Mobile No.
timezone=Time Zone
END
cat >before.sh <<'END'
rm -f clean.db* messy.db*
outreach-init -q -d clean.db </dev/null
outreach-init -q -d messy.db </dev/null
END
cat >messy.sh <<'END'
outreach-import -q -d messy.db --source office --region IN --skip-rows 2 \
	--map-file office.map --rejects rejects messy.csv 2>/dev/null
[ $? = 1 ]
END

title "sheet: $N rows, $(($(wc -c <messy.csv) >> 20)) MiB"
table -n "${BENCH_ROUNDS:-3}" -w 0 -b 'sh before.sh' \
	clean 'outreach-import -q -d clean.db --source office --region IN clean.csv' \
	messy 'sh messy.sh'
target 'messy sheet: CPU against a clean one' "$(figure messy cpu_x)" '<=' 1.3
target 'messy sheet: peak MiB' "$(figure messy rss_mib)" '<=' 48
target 'messy sheet: rows refused but for the damaged' \
	"$(($(wc -l <rejects.why) - $(mkdata sheet-damage.txt "$N" | wc -l)))" '<=' 0
finish
