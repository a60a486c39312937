#!/bin/bash
# docker: the files in examples/docker, which no test here can run: that they
# parse, that AVR knows every variable they set, that the image has what our
# tools are linked to, and that what it runs is what our tools take.
. "${0%/*}/lib.sh"

files=$ROOT/examples/docker
cp "$files"/* "$files/.env.example" . || bail "no files"
compose() {
	/usr/bin/python3 "$ROOT/tests/compose.py" "$@"
}
ours=docker-compose-outreach.yml avr=docker-compose-avr.yml

# ---- variables --------------------------------------------------------------------
known=$ROOT/tests/data/avr_environment.txt
is "$(compose names $avr | grep -vxFf <(grep -v '^#' "$known"))" '' "AVR knows every variable that it is told"
is "$(compose names $avr | grep -c .)" 9 "nine of them"
while read -r container variable; do
	like "$(sed -n 's/^# *//p' $ours)" "(^|[ ,])${variable#!}([ ,]|$)" "the table has $container's ${variable#!}"
done < <(grep -v '^#' "$known")
is "$(sed -n 's/^#   \(avr-[a-z-]*\) .*/\1/p' $ours | sort -u | tr '\n' ' ')" \
	'avr-app avr-asterisk avr-core avr-sts-openai ' "and the containers"
is "$(compose variables $ours $avr)" "$(sed -n 's/^\([A-Z_]*\)=.*/\1/p' .env.example | sort)" \
	".env.example has every variable, and no other"
is "$(sed -n 's/^\(.*SECRET\|.*KEY\)=//p' .env.example | tr -d '\n')" '' "without secrets"
for path in WEBHOOK_URL OPENAI_URL_INSTRUCTIONS; do
	url=$(grep -h "$path:" $avr | sed 's/.*: //')
	like "$(cat $ours)" "$path +$url\$" "$path is the table's"
	ok "and a path that outreach-serve has" grep -q "\"${url#http://outreach:8000}\"" "$ROOT/lib/web/routes.c"
done

# ---- the compose file -----------------------------------------------------------------
is "$(compose get $ours networks.avr)" '{"external": true, "name": "${AVR_NETWORK:-avr}"}' "AVR's network, by any name"
for service in outreach dial; do
	is "$(compose get $ours services.$service | jq -c '[.networks, .read_only, .cap_drop, .security_opt]')" \
		'[["avr"],true,["ALL"],["no-new-privileges:true"]]' "$service: joined and confined"
done
is "$(compose get $ours services.outreach.ports)" '["127.0.0.1:${OUTREACH_PORT:-8001}:8001"]' \
	"people reach it from this machine alone, AVR's side is not published"
mapfile -t dial < <(compose get $ours services.dial.command | jq -r '.[]')
set -- "${dial[@]}"
like "$("$@" --help)" '^usage: outreach run ' "dial: $1 $2"
ok "its flag" sh -c '"$1" "$2" --help | grep -q -- "$3"' sh "$1" "$2" "$3"
outreach init -q -d outreach.db
run env OUTREACH_PBX_SECRET=x OUTREACH_CONF=outreach.yaml outreach doctor --offline --format ndjson
is "$(printf '%s\n' "$out" | jq -rc 'select(.check == "exchange.pbx") | [.finding, .value]')" \
	'["note","avr-asterisk:5038"]' "the settings are good, and the secret's variable is the one"

# ---- the image --------------------------------------------------------------------------
runtime=$(sed -n '/no-install-recommends/,/&& rm/p' Dockerfile | tr -d '\\&' | tr ' ' '\n' | grep '^lib')
needed=$(for tool in "$BUILD"/outreach*; do objdump -p "$tool" 2>/dev/null; done |
	sed -n 's/^ *NEEDED *//p' | sort -u | grep -v '^libc\.so')
for library in $needed; do
	path=$(ldconfig -p | sed -n "s/^[[:space:]]*$library .*=> //p" | head -n 1)
	package=$(dpkg-query -S "$(basename "$(readlink -f "$path")")" 2>/dev/null | sed 's/:.*//' | head -n 1)
	case " $(printf '%s ' $runtime)" in
	*" $package "*) pass "the image has $library ($package)" ;;
	*) case $library in
		libm.so*|ld-linux*|libasan*|libubsan*) ;;
		*) fail "the image has $library ($package)" ;;
		esac ;;
	esac
done
is "$(grep -c '^FROM debian:bookworm-slim' Dockerfile)/$(grep -c '^USER outreach$' Dockerfile)" 2/1 \
	"two stages, and not as root"
for path in $(sed -n 's/^COPY \([^-].*\) .*/\1/p' Dockerfile); do
	ok "COPY $path: it is there" test -e "$ROOT/$path"
done

# What it runs and how its health is asked, here on other ports.
mapfile -t command < <(sed -n 's/^CMD //p' Dockerfile | jq -r '.[]' | sed 's/:800[01]$/:0/; s/0\.0\.0\.0/127.0.0.1/')
background env OUTREACH_WEBHOOK_SECRET=s "${command[@]}" --port-file port 2>serve.err
SERVE=$!
await 20 test -s port || bail "outreach-serve did not start: $(cat serve.err)"
mapfile -t health < <(grep -o '\["bash", "-c".*\]$' Dockerfile | jq -r '.[]' | sed "s|/127.0.0.1/8000|/127.0.0.1/$(cat port)|")
is "${#health[@]}" 3 "a health check"
ok "which a server that is ready passes" "${health[@]}"
kill "$SERVE" && wait "$SERVE"
ok "and none at all fails" sh -c '! "$@" 2>/dev/null' sh "${health[@]}"
done_testing
