# lib.sh: what the benches share. Source it first: . "${0%/*}/lib.sh"
#
# A bench makes its data, runs the sides in turn with `run`, and states targets:
#
#	table -n 5 'jq' 'jq -c . data' 'outreach-context' 'outreach-context <data'
#	target 'CPU against jq' "$(figure outreach-context cpu_x)" '<=' 0.083
#	finish
#
# Targets are ratios of what ran side by side, memory, and waits; never seconds.
# BENCH_N scales the million down for a short look; BENCH_DIR is where the files go
# (a real disk: the store syncs).

ROOT=$(cd "${0%/*}/../.." && pwd) || exit 1
BUILD=$(cd "$ROOT" && cd "${OUTREACH_BUILD:-build}" && pwd) || exit 1
for v in $(env | sed -n 's/^\(OUTREACH_[A-Z_]*\)=.*/\1/p'); do
	unset "$v"
done
unset XDG_CONFIG_HOME v
LC_ALL=C.UTF-8
TZ=UTC
PATH=$BUILD:$BUILD/bench:$PATH
export LC_ALL TZ PATH

N=${BENCH_N:-1000000}
missed=0 kids=''
T=$(mktemp -d "${BENCH_DIR:-/var/tmp}/outreach-bench.XXXXXX") || exit 1
HOME=$T
export HOME
cd "$T" || exit 1

leave() {
	code=$?
	trap - EXIT
	for kid in $kids; do
		kill "$kid" 2>/dev/null && wait "$kid" 2>/dev/null
	done
	cd / && rm -rf "$T"
	exit "$code"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

title() {
	printf '\n== %s\n' "$*"
}

# table ARG...: runs the pair runner and shows what it printed.
table() {
	run "$@" >"$T/table" || exit 1
	cat "$T/table"
}

# figure NAME COLUMN: of the last table.
figure() {
	awk -v name="$1" -v column="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i }
		NR > 1 && $1 == name { print $at }' "$T/table"
}

# target WHAT VALUE OP LIMIT: OP is <= or >=.
target() {
	if awk -v v="$2" -v limit="$4" -v op="$3" 'BEGIN {
		exit !(v != "" && (op == "<=" ? v + 0 <= limit + 0 : v + 0 >= limit + 0)) }'; then
		printf 'ok      %s: %s (target %s %s)\n' "$1" "$2" "$3" "$4"
	else
		printf 'MISSED  %s: %s (target %s %s)\n' "$1" "${2:-no figure}" "$3" "$4"
		missed=1
	fi
}

# over A B: A / B; nothing where one of them is missing.
over() {
	awk -v a="$1" -v b="$2" 'BEGIN { if (a != "" && b + 0) printf "%.3f\n", a / b }'
}

# need PROGRAM: without it the bench cannot be made, which is not a success.
need() {
	command -v "$1" >/dev/null && return
	echo "${0##*/}: $1 is missing" >&2
	exit 1
}

# campaign STORE COUNT: a store with an active campaign of so many made-up targets.
campaign() {
	cat >bench.yaml <<'END'
name: bench
base_prompt: You are a bench.
template: You call {{name}} about {{course}}.
exchange: sim
dial_string: Local/{number}-{id}@outreach-once/n
dialplan_context: avr
dialplan_exten: s
caller_id: Bench <+15555550100>
ring_timeout: 20s
max_duration: 5m
pace: bulk
concurrent: 1000
calls_per_second: 200
days: mon-sun
hours: 09:00-20:00
assume_timezone: Asia/Kolkata
END
	outreach-init -q -d "$1" </dev/null && outreach-campaign apply -q -d "$1" bench.yaml &&
		mkdata contacts.csv "$2" | outreach-import -q -d "$1" --source bench --id id - |
		outreach-campaign add -q -d "$1" bench &&
		outreach-campaign activate -q -d "$1" bench && return
	echo "${0##*/}: no campaign of $2" >&2
	exit 1
}

finish() {
	exit "$missed"
}
