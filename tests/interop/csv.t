#!/bin/bash
# csv: files written by Python's csv module in several dialects give the same
# values through outreach-import, and sqlite3 and jq read what we wrote.
. "${0%/*}/../lib.sh"

cat >make.py <<'END'
import csv, json, random, sys
random.seed(int(sys.argv[1]))
delimiter, ending = {'0': (',', '\n'), '1': (';', '\r\n'), '2': ('\t', '\n')}[sys.argv[1]]
pieces = ['a', 'é', ' ', '"', ',', ';', "'", '\n', 'नमस्ते', 'b c', '\\', '0']
rows = []
for i in range(300):
    # Space around a value is not kept by us, so none is made.
    note = ''.join(random.choice(pieces) for _ in range(random.randrange(8))).strip()
    name = 'Person %d%s' % (i, random.choice(['', ' "the" Great', ', Jr', "; O'Hara"]))
    rows.append({'id': 'R%d' % i, 'name': name, 'phone': '+1415555%04d' % i, 'note': note})
with open('people.csv', 'w', encoding='utf-8-sig' if delimiter == ';' else 'utf-8', newline='') as out:
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=delimiter, lineterminator=ending)
    writer.writeheader()
    writer.writerows(rows)
json.dump(rows, open('want.json', 'w'))
END
cat >compare.py <<'END'
import json
want = json.load(open('want.json'))
got = [json.loads(line) for line in open('got.ndjson', encoding='utf-8')]
for w, g in zip(want, got):
    pair = (w['name'], w['phone'], w['note']), (g['name'], g['phone'], g.get('attributes', {}).get('note', ''))
    if pair[0] != pair[1]:
        raise SystemExit('%s: %r, not %r' % (w['id'], pair[1], pair[0]))
if len(want) != len(got):
    raise SystemExit('%d records, not %d' % (len(got), len(want)))
END
for dialect in 0 1 2; do
	rm -f outreach.db*
	python3 make.py $dialect
	outreach init -q
	run outreach-import -q people.csv
	is "$status/$err" 0/ "dialect $dialect is read"
	cp "$T/out" got.ndjson
	run python3 compare.py
	is_run "dialect $dialect: every value is Python's" 0 '' ''
	is "$(jq -r .phone got.ndjson | sort -u | grep -c .)" 300 "jq reads the records"
	is "$(sqlite3 -readonly outreach.db 'SELECT count(*) FROM contact')" 300 "sqlite3 reads the store"
done
done_testing
