#!/bin/bash
# systemd: the units in examples/systemd: what systemd-analyze says where it is
# there, and that they name what there is.
. "${0%/*}/lib.sh"

units=$ROOT/examples/systemd
cp "$units"/* . || bail "no units"
value() { # FILE KEY
	sed -n "s/^$2=//p" "$1"
}

for file in *.service *.socket *.timer; do
	is "$(grep -vcE '^(#.*|\[(Unit|Service|Socket|Timer|Install)\]|[A-Z][A-Za-z]+=.*|)$' "$file")" 0 \
		"$file: sections, settings and comments"
	ok "$file: README.md names it" grep -q "\`$file\`" README.md
	while read -r page; do
		page=${page#man:}
		ok "$file: $page" test -f "$ROOT/man/${page%(*}.$(printf '%s\n' "$page" | tr -dc 0-9)"
	done < <(value "$file" Documentation | tr ' ' '\n')
done
for file in *.service; do
	program=$(value "$file" ExecStart)
	ok "$file: there is such a program" test -x "$BUILD/$(basename "${program%% *}")"
	is "$(value "$file" User)/$(value "$file" WorkingDirectory)/$(value "$file" Environment)" \
		outreach//var/lib/outreach/OUTREACH_DB=/var/lib/outreach/outreach.db "$file: one user, one store"
done
is "$(value outreach-serve.socket FileDescriptorName) $(value outreach-serve-avr.socket FileDescriptorName)" \
	'people avr' "sockets have the names that outreach-serve knows"
is "$(value outreach-serve.service Type)/$(value outreach-run@.service SuccessExitStatus)" notify/75 \
	"readiness is told, and 75 is no failure"

# The command line of the unit, with sockets as systemd passes them, needs no more than it says.
fresh
outreach init -q -d outreach.db
is "$(env -i PATH="$PATH" OUTREACH_DB=outreach.db /usr/bin/python3 "$ROOT/tests/web.py" activate avr \
	"$(basename "$(value "$units/outreach-serve.service" ExecStart)")" 2>/dev/null)" \
	'READY=1 200 422 WATCHDOG=1 STOPPING=1 0' "it starts without settings, home and locale"

if ! command -v systemd-analyze >/dev/null; then
	pass "systemd-analyze is not here # SKIP"
	done_testing
	exit
fi
mkdir units && cp "$units"/*.service "$units"/*.socket "$units"/*.timer units
# The units of this machine stay out of it; our programs are in the build. Pages need man.
sed -i "s|/usr/local/bin/|$BUILD/|; /^Documentation=/d" units/*
run systemd-analyze verify units/*
said=$(printf '%s\n' "$err" | grep -F "$PWD/units/")
is "$status/$said" 0/ "systemd-analyze verify"
for unit in outreach-serve.service outreach-run@.service; do
	run systemd-analyze security --no-pager --offline=true --threshold=20 "units/$unit"
	is "$status" 0 "$unit: systemd-analyze security: $(printf '%s\n' "$out" | sed -n 's/.*exposure level.*: \([0-9.]* [A-Z]*\).*/\1/p')"
done
done_testing
