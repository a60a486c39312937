#!/bin/sh
# writer: a small writer beside a running import: how long it takes from start
# to end of its process, at most.
. "${0%/*}/lib.sh"

outreach-init -q -d store.db </dev/null
mkdata contacts.csv "$N" >people.csv

title "writer: outreach-dnc add beside the import of $N contacts"
table -n 50 alone 'outreach-dnc add -q -d store.db +4420$$'
outreach-import -q -d store.db --source bench --id id people.csv >/dev/null &
import=$!
kids=$import
# Into the middle of it: the first rows are there.
until [ "$(sqlite3 -readonly store.db 'SELECT EXISTS (SELECT 1 FROM contact)' 2>/dev/null)" = 1 ]; do
	kill -0 "$import" 2>/dev/null || break
done
table -n "$((N / 10000 + 5))" -w 0 beside 'outreach-dnc add -q -d store.db +4421$$'
kill -0 "$import" 2>/dev/null || echo 'note: the import ended before the writer'
wait "$import" || missed=1
kids=''
target 'the longest of all waits, ms' "$(figure beside longest_ms)" '<=' 100
finish
