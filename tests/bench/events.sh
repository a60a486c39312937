#!/bin/sh
# events: a million events into the journal, against Python's sqlite3 on the
# same tables in the same journal mode, and against sqlite-utils: the table of
# events and the joined calls by the commands that its user would run, and the
# table of events alone. The calls of the targets are known to the store by these
# events alone; of placed calls each ending has policy decide what becomes of the
# person, which no peer does: those figures are shown, not judged.
. "${0%/*}/lib.sh"

need sqlite-utils
python=/usr/bin/python3
[ -x "$python" ] || python=python3
here=$ROOT/tests/bench
mkdata events.ndjson "$N" >events
cat >before.sh <<'END'
rm -f ours.db* peer.db* utils.db* alone.db*
outreach-init -q -d ours.db </dev/null && cp ours.db peer.db
END

title "events: $N events of $((N / 3)) calls, one in fifty twice"
table -n "${BENCH_ROUNDS:-3}" -w 0 -b 'sh before.sh' \
	events 'outreach-events -q -d ours.db events' \
	python "$python $here/events.py peer.db events 20000"
target 'events: times Python on the same tables' "$(figure python cpu_x)" '>=' 2
peak=$(figure events rss_mib)
printf 'peak    %s MiB\n' "$peak"

# What an upsert by the call's id takes: one file a kind, since columns that a row
# of a file lacks would be cleared. Cutting the files is not counted.
title 'events: against sqlite-utils, events and calls; the events alone'
cut_kind() {
	sed -n "s/.*\"event\":\"$1\",\"call\":\"\([^\"]*\)\",\"at\":\"\([^\"]*\)\",\"source\":\"\([^\"]*\)\".*\"attempt\":1\(.*\)}\$/$2/p" \
		events >"$1"
}
cut_kind ringing '{"id":"\1","rank":4,"ringing_at":"\2"}'
cut_kind answered '{"id":"\1","rank":5,"answered_at":"\2"}'
cut_kind ended '{"id":"\1","rank":7,"ended_at":"\2","end_source":"\3"\4}'
cat >utils.sh <<'END'
set -e
sqlite-utils insert utils.db event events --nl --pk key --ignore --alter
for kind in ringing answered ended; do
	sqlite-utils upsert utils.db call "$kind" --nl --pk id --alter
done
END
table -n 1 -w 0 -b 'sh before.sh' events 'outreach-events -q -d ours.db events' \
	sqlite-utils 'sh utils.sh' \
	events-alone 'sqlite-utils insert alone.db event events --nl --pk key --ignore --alter'
target 'events: times sqlite-utils, the same tables' "$(figure sqlite-utils cpu_x)" '>=' 10

# The least that SQLite costs: the rows of a finished store copied into an empty one,
# each once, in the order of its table, by one statement a table.
title 'events: what SQLite alone costs to write the same rows once'
outreach-init -q -d done.db </dev/null
outreach-events -q -d done.db events
cat >floor.sql <<'END'
PRAGMA journal_mode = TRUNCATE;
PRAGMA cache_size = -16384;
ATTACH 'done.db' AS done;
INSERT INTO journal SELECT * FROM done.journal WHERE seq > 1 AND +kind <> '';
INSERT INTO seen SELECT * FROM done.seen WHERE ends >= 0;
INSERT INTO call SELECT * FROM done.call WHERE rank >= 0;
END
table -n 1 -w 0 -b 'sh before.sh' events 'outreach-events -q -d ours.db events' \
	floor 'sqlite3 peer.db <floor.sql'
[ "$(sqlite3 peer.db 'SELECT count(*) FROM journal')" = \
	"$(sqlite3 done.db 'SELECT count(*) FROM journal')" ] ||
	target 'the floor wrote all rows' 0 '>=' 1

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
	python "$python $here/events.py placed.db some 20000"
unset OUTREACH_NOW

title 'events: the same file again changes nothing'
before=$(outreach-events verify -d done.db)
table -n 1 -w 0 again 'outreach-events -q -d done.db events'
[ "$(outreach-events verify -d done.db)" = "$before" ] ||
	target 'rows that the second time added' 1 '<=' 0
finish
