#!/bin/bash
# examples: every command in the manual's EXAMPLES (and in the walk through)
# runs, in a folder with the examples, a store with the scholarship campaign,
# and a simulator. Lines that begin with "$ " are commands; what follows them
# is shown output, unless a here-document or an open pipe goes on.
. "${0%/*}/lib.sh"

# The commands of a page as a shell script that stops at the first failure.
commands() {
	awk '
	/^\.Sh / { wanted = /^\.Sh (EXAMPLES|A WALK THROUGH)/ }
	/^\.Bd -literal/ { block = wanted; next }
	/^\.Ed/ { flush_command(); block = 0; next }
	!block { next }
	{
		gsub(/\\e/, "\\")
		gsub(/\\&/, "")
		gsub(/\\-/, "-")
	}
	until != "" { command = command "\n" $0; if ($0 == until) until = ""; next }
	/^\$ / {
		flush_command()
		command = substr($0, 3)
		if (match(command, /<<-?[A-Z]+/)) {
			until = substr(command, RSTART, RLENGTH)
			sub(/<<-?/, "", until)
		}
		next
	}
	command ~ /[|\\]$/ { command = command "\n" $0; next }
	{ flush_command() }
	function flush_command() {
		if (command != "") {
			print command
			print "status=$?"
			print "case $status in 0 | 1 | 75 | 141) ;; *)"
			said = command
			gsub(/\047/, "\047\\\047\047", said)
			printf "printf \047%%s\\n\047 \047ended with\047 \"$status\" \047%s\047; exit 99 ;; esac\n", said
		}
		command = ""
	}' "$1"
}

prepare() {
	fresh
	unset OUTREACH_DB OUTREACH_CONF
	ln -s "$ROOT/examples" examples
	OUTREACH_SEED=1
	OUTREACH_NOW=$(unset OUTREACH_NOW && outreach now '2026-03-02T06:00:00Z*60')
	export OUTREACH_SEED OUTREACH_NOW
	printf 'exchanges:\n  sim:\n    port_file: %s\n' "$T/sim.port" >outreach.yaml
	outreach init -q && outreach-campaign apply -q examples/scholarship.yaml || return 1
	outreach-import -q examples/students.csv 2>/dev/null | outreach-campaign add -q scholarship
	outreach-campaign activate -q scholarship && sim_start --talk 30s
}

for page in "$ROOT"/man/*.[1-8]; do
	name=${page##*/}
	commands "$page" >"$T/script"
	[ -s "$T/script" ] || continue
	if ! prepare 2>"$T/prepare"; then
		fail "$name: the ground for its examples"
		diag "$(cat "$T/prepare")"
		continue
	fi
	bash -o pipefail "$T/script" >"$T/shown" 2>&1 </dev/null
	code=$?
	if [ "$code" != 99 ] && [ "$code" -le 1 ] || [ "$code" = 75 ]; then
		pass "$name: its examples run"
	else
		fail "$name: its examples run"
		diag "$(tail -n 12 "$T/shown")"
	fi
	sim_stop
	for left in *.pid; do
		[ ! -f "$left" ] || kill "$(cat "$left")" 2>/dev/null
	done
done
for page in outreach outreach-run outreach-import outreach-context outreach-dial; do
	[ ! -f "$ROOT/man/$page.1" ] || ok "$page(1) has examples" grep -q '^\$ ' "$ROOT/man/$page.1"
done
done_testing
