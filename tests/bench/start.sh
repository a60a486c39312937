#!/bin/sh
# start: what a tool costs before it does anything, against an empty C program.
. "${0%/*}/lib.sh"

outreach-init 2>init.err || { cat init.err >&2; exit 1; }

title 'start: an empty C program, a filter, tools that open the store'
table -n 300 -w 10 empty empty filter 'pure /dev/null' usage 'outreach-events -h' \
	events 'outreach-events /dev/null' dnc 'outreach-dnc list' \
	context 'outreach-context /dev/null' list 'outreach-campaign list'
target 'a filter without the store against an empty program' "$(figure filter cpu_x)" '<=' 1.5
for tool in events dnc context list; do
	target "$tool, which opens the store" "$(figure $tool cpu_x)" '<=' 3
done

# Only what speaks HTTP as a client may link libcurl: the dialer has outreach-post for that, while
# outreach-serve asks a model itself (prompt-stream).
http=' outreach-generate outreach-post outreach-serve outreach-sim outreach-summarize '
linked='' wrong=''
for path in "$BUILD"/outreach "$BUILD"/outreach-*; do
	ldd "$path" 2>/dev/null | grep -q curl || continue
	tool=${path##*/}
	linked="$linked $tool"
	[ "${http#* "$tool" }" != "$http" ] || wrong="$wrong $tool"
done
echo "linked with libcurl:${linked:- none}; speak no HTTP:${wrong:- none}"
target 'tools linked with libcurl that speak no HTTP' "$(echo $wrong | wc -w)" '<=' 0
finish
