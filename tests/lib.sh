# lib.sh: TAP from shell. Source it first: . "${0%/*}/lib.sh"
#
# It puts the test into an empty directory of its own, with a clean
# environment, and removes both at the end. A case states stdin, stdout,
# stderr and status:
#
#	printf '{"type":"other"}\n' | run outreach-context
#	is_run "others pass" 0 '{"type":"other"}' ''
#
# Nothing here or in a test sleeps for time to pass: await polls for a fact.

ROOT=$(cd "${0%/*}/.." && pwd) || exit 1
[ -f "$ROOT/Makefile" ] || ROOT=${ROOT%/*} # of tests/torture
BUILD=$(cd "$ROOT" && cd "${OUTREACH_BUILD:-build}" && pwd) || exit 1
SANITIZED=${OUTREACH_SANITIZED-} # memory is several times what it is
for v in $(env | sed -n 's/^\(OUTREACH_[A-Z_]*\)=.*/\1/p'); do
	unset "$v"
done
unset XDG_CONFIG_HOME v
LC_ALL=C.UTF-8
TZ=UTC
PATH=$BUILD:$PATH
export LC_ALL TZ PATH

T=$(mktemp -d "${TMPDIR:-/tmp}/outreach-test.XXXXXX") || exit 1
HOME=$T
export HOME
WORK=$T/0
tests=0 failed=0 planned='' dirs=0 kids=''
status=0 out='' err=''
mkdir "$WORK" && cd "$WORK" || exit 1

# A child of ours has ended, though nobody waited for it yet.
has_ended() {
	case $(sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z*) ;; *) return 1 ;; esac
}

# Whoever does not go when told to (a dialer follows its live calls) does not hold up the test's end.
end_kid() {
	kill -- "-$1" 2>/dev/null || return
	await 5 has_ended "$1" || kill -KILL -- "-$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

finish() {
	code=$?
	trap - EXIT
	for kid in $kids; do
		end_kid "$kid"
	done
	cd / && rm -rf "$T"
	if [ -z "$planned" ] && [ "$tests" -gt 0 ] && [ "$code" = 0 ]; then
		echo "not ok $((tests + 1)) - the test ended without done_testing"
		exit 1
	fi
	[ "$code" != 0 ] && exit "$code"
	[ "$failed" = 0 ] || exit 1
	exit 0
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# plan N: at the start; or done_testing at the end.
plan() {
	planned=$1
	echo "1..$1"
}

done_testing() {
	[ -n "$planned" ] || plan "$tests"
}

# The rest of the test is impossible here: says why and ends.
bail() {
	echo "Bail out! $*"
	planned=0
	exit 1
}

pass() {
	tests=$((tests + 1))
	echo "ok $tests - $*"
}

fail() {
	tests=$((tests + 1))
	failed=$((failed + 1))
	echo "not ok $tests - $*"
}

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# ok NAME COMMAND...: the command succeeds.
ok() {
	name=$1
	shift
	if "$@"; then
		pass "$name"
	else
		fail "$name"
		diag "failed: $*"
	fi
}

# is GOT WANT NAME: equal texts.
is() {
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3"
		diag "got: $1"
		diag "want: $2"
	fi
}

# like TEXT PATTERN NAME: a line of the text matches the extended regular expression.
like() {
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then
		pass "$3"
	else
		fail "$3"
		diag "got: $1"
		diag "no match for: $2"
	fi
}

unlike() {
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then
		fail "$3"
		diag "got: $1"
		diag "matches: $2"
	else
		pass "$3"
	fi
}

# run TOOL ARG...: its stdin is ours; $status, $out and $err, and whole in $T/out and $T/err.
run() {
	"$@" >"$T/out" 2>"$T/err"
	status=$?
	out=$(head -c 65536 "$T/out" | tr -d '\000')
	err=$(head -c 65536 "$T/err" | tr -d '\000')
}

# is_run NAME STATUS STDOUT STDERR: what the last run gave; three cases in one.
is_run() {
	if [ "$status" = "$2" ] && [ "$out" = "$3" ] && [ "$err" = "$4" ]; then
		pass "$1"
		return
	fi
	fail "$1"
	diag "status: $status, want $2"
	diag "stdout: $out"
	[ "$out" = "$3" ] || diag "  want: $3"
	diag "stderr: $err"
	[ "$err" = "$4" ] || diag "  want: $4"
}

# like_run NAME STATUS STDOUT-PATTERN STDERR-PATTERN; an empty pattern wants an empty text.
like_run() {
	if [ "$status" = "$2" ] && matches "$out" "$3" && matches "$err" "$4"; then
		pass "$1"
		return
	fi
	fail "$1"
	diag "status: $status, want $2"
	diag "stdout: $out"
	diag "  want: $3"
	diag "stderr: $err"
	diag "  want: $4"
}

matches() {
	if [ -z "$2" ]; then
		[ -z "$1" ]
	else
		printf '%s\n' "$1" | grep -Eq -- "$2"
	fi
}

# schema_check TYPE <FILE: every line is a record as man/schema says ("any": of its own type).
# Fields that the schema does not name are wrong too, but in events, which carry those of others.
schema_check() {
	/usr/bin/python3 "$ROOT/tests/schema_check.py" --strict "$1" >"$T/schema" 2>&1 && return
	sed 's/^/# /' "$T/schema"
	return 1
}

# An empty directory of its own for what follows.
fresh() {
	dirs=$((dirs + 1))
	WORK=$T/$dirs
	mkdir "$WORK" && cd "$WORK" || exit 1
}

# campaign_yaml ["KEY: VALUE"]...: a campaign file that nothing is wrong with; with these keys instead of its own, or added.
campaign_yaml() {
	{
		cat <<-'END'
			name: c
			template: You call {{name}}.
			exchange: sim
			dial_string: Local/{number}-{id}@outreach-once/n
			dialplan_context: avr
			dialplan_exten: s
			caller_id: Small <+15555550100>
			ring_timeout: 20s
			max_duration: 5m
			days: mon-sat
			hours: 09:00-20:00
			assume_timezone: Etc/UTC
		END
		[ $# = 0 ] || printf '%s\n' "$@"
	} | awk '{ key = $0; sub(/:.*/, "", key); if (!(key in line)) order[++n] = key; line[key] = $0 }
		END { for (i = 1; i <= n; i++) print line[order[i]] }'
}

# await SECONDS COMMAND...: until the command succeeds; fails when the time is over.
await() {
	deadline=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$deadline" ] || return 1
		sleep 0.02
	done
}

# background PROGRAM...: $! is its process id; ended with the test, and its children too.
background() {
	setsid "$@" &
	kids="$kids $!"
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

# sim_start ARG...: a simulated exchange on a free port, told by its port file: $SIM_PORT, $SIM.
sim_start() {
	rm -f "$T/sim.port"
	background outreach-sim --port-file "$T/sim.port" "$@" >"$T/sim.out" 2>"$T/sim.err"
	SIM=$!
	if ! await 10 test -s "$T/sim.port"; then
		diag "outreach-sim did not start: $(cat "$T/sim.err")"
		return 1
	fi
	SIM_PORT=$(cat "$T/sim.port")
	export SIM_PORT
}

sim_stop() {
	kill "$SIM" 2>/dev/null
	wait "$SIM" 2>/dev/null
	SIM=''
}
