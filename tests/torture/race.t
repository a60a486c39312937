#!/bin/bash
# race: eight claimers, two importers, two adders and two who add to do-not-call
# at once on one store. Afterwards every call id and every phone was claimed
# once, whoever is on the list lost the claim, every target is in one state, and
# the chain, the replay and the file are whole.
ROOT=$(cd "${0%/*}/../.." && pwd) || exit 1
BUILD=$(cd "$ROOT" && cd "${OUTREACH_BUILD:-build}" && pwd) || exit 1
PATH=$BUILD:$PATH
LC_ALL=C.UTF-8 TZ=UTC OUTREACH_NOW=2026-03-02T09:00:00Z
unset OUTREACH_DB OUTREACH_CONF OUTREACH_SEED XDG_CONFIG_HOME
T=$(mktemp -d "${TMPDIR:-/tmp}/outreach-race.XXXXXX") || exit 1
export PATH LC_ALL TZ OUTREACH_NOW HOME=$T
trap 'rm -rf "$T"' EXIT
cd "$T" || exit 1
people=${OUTREACH_SOAK:+2000}
people=${people:-300}
tests=0 failed=0

ok() { # NAME COMMAND...
	local name=$1
	shift
	tests=$((tests + 1))
	if "$@" >log 2>&1; then
		echo "ok $tests - $name"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $name"
		head -n 10 log | sed 's/^/# /'
	fi
}

is() { # GOT WANT NAME
	ok "$3" test "$1" = "$2"
	[ "$1" = "$2" ] || printf '# got: %s\n# want: %s\n' "$1" "$2"
}

query() {
	sqlite3 outreach.db "$1"
}

# sheet FIRST LAST: people, each fifth on the phone of the one before.
sheet() {
	echo id,name,phone
	for ((i = $1; i <= $2; i++)); do
		printf '%d,P%d,+4420794%05d\n' "$i" "$i" $((i % 5 ? i : i - 1))
	done
}

cat >c.yaml <<'END'
name: hello
description: a test
base_prompt: Be kind.
template: You call {{name}}.
exchange: sim
dial_string: PJSIP/{phone}@trunk
dialplan_context: avr
caller_id: School <+15555550100>
ring_timeout: 20s
max_duration: 5m
concurrent: 1000
days: mon-sun
hours: 08:00-21:00
assume_timezone: Asia/Kolkata
END
third=$((people / 3))
sheet 1 $third >1.csv
sheet $((third + 1)) $((2 * third)) >2.csv
sheet $((2 * third + 1)) $((3 * third)) >3.csv
{
	outreach init -q && outreach-campaign apply -q c.yaml &&
		outreach-import -q --id id --source s 1.csv >1.json &&
		outreach-campaign add -q hello 1.json && outreach-campaign activate -q hello
} 2>err || { echo "Bail out! $(cat err)" && exit 1; }

# A worker that fails is told by its file; none is expected to.
work() { # NAME COMMAND...
	local name=$1
	shift
	"$@" 2>"$name.err" || echo "$name: status $?: $(tail -n 1 "$name.err")" >>"$T/bad"
}

claimer() {
	local i
	for i in 1 2 3 4 5 6; do
		work "claim$1.$i" outreach-campaign claim -q --limit 7 hello >>"claim$1.json"
	done
}

adder() {
	work "import$1" outreach-import -q --id id --source s "$1.csv" >"$1.json"
	work "add$1" outreach-campaign add -q hello "$1.json"
	work "again$1" outreach-import -q --id id --source s "$1.csv" >/dev/null
}

blocker() {
	local i
	for ((i = $1; i <= third; i += 6)); do
		printf '+4420794%05d\n' $((i % 5 ? i : i - 1))
	done >"dnc$1"
	work "dnc$1" outreach-dnc add -q <"dnc$1"
	while read -r phone; do
		work "dnc$1" outreach-dnc add -q "$phone"
	done <<<"$(head -n 5 "dnc$1")"
}

begin=$SECONDS
for i in 1 2 3 4 5 6 7 8; do claimer $i & done
adder 2 & adder 3 & blocker 1 & blocker 2 &
wait
touch bad
ok 'nobody fails' test ! -s bad
[ ! -s bad ] || sed 's/^/# /' bad

cat claim?.json >claims
sed 's/.*"id":"\([^"]*\)".*/\1/' claims | sort >ids
sed 's/.*"phone":"\([^"]*\)".*/\1/' claims | sort >phones
sed 's/.*"target":\([0-9]*\).*/\1/' claims | sort >targets
ok "something was claimed" test "$(wc -l <ids)" -gt 20
is "$(uniq -d ids)" '' "each of $(wc -l <ids) call ids once"
is "$(uniq -d phones)" '' 'no phone twice'
is "$(uniq -d targets)" '' 'no target twice'
is "$(query 'SELECT count(*) FROM contact')" $((3 * third)) 'every person is there'
is "$(query 'SELECT count(*) FROM target')" $((3 * third)) 'every person is in the campaign'
is "$(query 'SELECT count(*) FROM unfinished')" 0 'no import is left half done'
is "$(query 'SELECT count(*) FROM claim JOIN dnc ON value = phone')" 0 'nobody on the list is claimed'
is "$(query 'SELECT lower(hex(call)) FROM claim' | sort | comm -23 - <(tr -d - <ids | sort) | wc -l)" 0 \
	'every claim left as a record'
is "$(query 'SELECT count(*) FROM target t WHERE
	(SELECT count(*) FROM schedule s WHERE s.target = t.id)
	+ (SELECT count(*) FROM standing s WHERE s.target = t.id)
	+ (SELECT count(*) FROM claim s WHERE s.target = t.id) <> 1')" 0 'every target stands in one place'
outreach-report --format ndjson hello >report 2>err
is "$(jq -s '[.[] | select(.section == "targets") | .n] | add' report)" $((3 * third)) \
	'the states add up to the targets'
ok 'the chain verifies' outreach-events verify
ok 'the replay gives the same' outreach-events replay --check
is "$(query 'PRAGMA integrity_check')" ok 'the file is whole'
echo "# $people people, 12 processes at once, $((SECONDS - begin)) s"
echo "1..$tests"
[ "$failed" = 0 ]
