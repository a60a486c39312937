#!/bin/sh
# writer: beside a running import, how long a small writer takes from start to
# end of its process, at most, and how long a webhook waits for its answer, which
# AVR awaits for 3 s and does not repeat.
. "${0%/*}/lib.sh"

outreach-init -q -d store.db </dev/null
mkdata contacts.csv "$N" >people.csv

# started: the import is in the middle of it: the first rows are there.
started() {
	until [ "$(sqlite3 -readonly "$1" 'SELECT EXISTS (SELECT 1 FROM contact)' 2>/dev/null)" = 1 ]; do
		kill -0 "$import" 2>/dev/null || break
	done
}

title "writer: outreach-dnc add beside the import of $N contacts"
table -n 50 alone 'outreach-dnc add -q -d store.db +4420$$ 2>>notes'
outreach-import -q -d store.db --source bench --id id people.csv >/dev/null &
import=$!
kids=$import
started store.db
table -n "$((N / 10000 + 5))" -w 0 beside 'outreach-dnc add -q -d store.db +4421$$ 2>>notes'
kill -0 "$import" 2>/dev/null || echo 'note: the import ended before the writer'
wait "$import" || missed=1
kids=''
target 'the longest of all waits, ms' "$(figure beside longest_ms)" '<=' 100

# 64 connections, so that those who wait do not keep the next from being sent.
title 'writer: 200 webhooks a second, alone and beside such an import'
outreach-init -q -d served.db </dev/null
outreach-serve -q -d served.db --listen 127.0.0.1:0 --port-file port </dev/null 2>log &
kids=$!
for _ in $(seq 300); do [ -s port ] && break || sleep 0.1; done
[ -s port ] || { cat log >&2 && exit 1; }
read -r rate p50 p99 bad <<END
$(webload "$(cat port)" 64 3000 events:200)
END
printf 'alone   %s/s, p50 %s us, p99 %s us, %s refused\n' "$rate" "$p50" "$p99" "$bad"
outreach-import -q -d served.db --source bench --id id people.csv >/dev/null &
import=$!
kids="$kids $import"
started served.db
read -r rate p50 p99 bad <<END
$(webload "$(cat port)" 64 "$((N / 400))" events:200)
END
printf 'beside  %s/s, p50 %s us, p99 %s us, %s refused\n' "$rate" "$p50" "$p99" "$bad"
kill -0 "$import" 2>/dev/null || echo 'note: the import ended before the load'
wait "$import" || missed=1
target 'webhooks beside an import: answers that were refused' "$bad" '<=' 0
target 'webhooks beside an import: p99, ms' "$(over "$p99" 1000)" '<=' 100
finish
