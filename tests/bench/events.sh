#!/bin/sh
# events: a million events into the journal, against Python's sqlite3 on the
# same tables in the same journal mode, and against sqlite-utils, which only
# stores them. The calls of the targets are known to the store by these events
# alone; of placed calls each ending has policy decide what becomes of the person,
# which no peer does: those figures are shown, not judged.
. "${0%/*}/lib.sh"

need sqlite-utils
python=/usr/bin/python3
[ -x "$python" ] || python=python3
here=$ROOT/tests/bench
mkdata events.ndjson "$N" >events
cat >before.sh <<'END'
rm -f ours.db* peer.db* utils.db*
outreach-init -q -d ours.db </dev/null && cp ours.db peer.db
END

title "events: $N events of $((N / 3)) calls, one in fifty twice"
table -n "${BENCH_ROUNDS:-3}" -w 0 -b 'sh before.sh' \
	events 'outreach-events -q -d ours.db events' \
	python "$python $here/events.py peer.db events 1000"
target 'events: times Python on the same tables' "$(figure python cpu_x)" '>=' 2
peak=$(figure events rss_mib)
printf 'peak    %s MiB\n' "$peak"

title 'events: against sqlite-utils insert --ignore'
table -n 1 -w 0 -b 'sh before.sh' events 'outreach-events -q -d ours.db events' \
	sqlite-utils 'sqlite-utils insert utils.db event events --nl --pk key --ignore --alter'
target 'events: times sqlite-utils' "$(figure sqlite-utils cpu_x)" '>=' 10

title "events: $((N / 10)) of calls that were placed, policy included"
export OUTREACH_NOW=2026-03-02T12:30:00Z
head -n "$((N / 10))" events >some
campaign placed.db "$((N / 20))"
mkdata calls.sql "$((N / 20))" | sqlite3 placed.db
sqlite3 placed.db 'DELETE FROM schedule'
cp placed.db placed.keep
cat >before.sh <<'END'
cat placed.keep >placed.db
END
table -n "${BENCH_ROUNDS:-3}" -w 0 -b 'sh before.sh' \
	placed 'outreach-events -q -d placed.db some' \
	python "$python $here/events.py placed.db some 1000"
unset OUTREACH_NOW

title 'events: the same file again changes nothing'
outreach-init -q -d ours.db </dev/null 2>/dev/null
outreach-events -q -d ours.db events
before=$(outreach-events verify -d ours.db)
table -n 1 -w 0 again 'outreach-events -q -d ours.db events'
[ "$(outreach-events verify -d ours.db)" = "$before" ] ||
	target 'rows that the second time added' 1 '<=' 0
finish
