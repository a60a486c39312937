#!/bin/sh
# filter: records that are not for a filter pass through it, against jq -c .
. "${0%/*}/lib.sh"

need jq
outreach-init 2>init.err || { cat init.err >&2; exit 1; }
mkdata contacts.ndjson "$N" >records

title "filter: $N contact records, $(($(wc -c <records) >> 20)) MiB, past tools that do not want them"
table -n 3 -w 0 jq 'jq -c . records' context 'outreach-context records' \
	events 'outreach-events records' cat 'cat records'
for tool in context events; do
	target "$tool: times jq" "$(over 1 "$(figure $tool cpu_x)")" '>=' 12
	target "$tool: peak MiB" "$(figure $tool rss_mib)" '<=' 32
done

# What passed is what came.
for tool in context events; do
	"outreach-$tool" records | cmp - records || missed=1
done
finish
