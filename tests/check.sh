#!/bin/bash
# check: all tests, stage by stage, with the time of each. The last line is
# "N passed, N failed"; a stage without TAP counts as one. Logs are kept in
# $BUILD/check. `check.sh STAGE ...` runs some stages only.
cd "${0%/*}/.." || exit 2
make=${MAKE:-make}
build=${OUTREACH_BUILD:-build}
mkdir -p "$build/check" || exit 2
build=$(cd "$build" && pwd)
logs=$build/check
jobs=$(nproc)
passed=0 failed=0
unset MAKEFLAGS MFLAGS MAKELEVEL
# Where the tests find the programs.
export OUTREACH_BUILD=$build

show() {
	grep -aE '^not ok|^Bail out|error:|^#.*(got|want|status):|ERROR|SUMMARY|Result:|Wstat|^[^ ]+: ' "$1" |
		grep -av '^CC \|^LD ' | tail -n "${2:-40}" | sed 's/^/    /'
}

# stage NAME COMMAND...: passes or fails as one.
stage() {
	local name=$1 start=$SECONDS
	shift
	printf '%-12s ' "$name"
	if "$@" >"$logs/$name.log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok    %4d s\n' $((SECONDS - start))
	else
		failed=$((failed + 1))
		printf 'FAIL  %4d s  %s\n' $((SECONDS - start)) "$logs/$name.log"
		show "$logs/$name.log"
	fi
}

# Runs what failed once more, alone and one after the other: a test that then passes was too slow
# beside others, not wrong. It is named, so that it can be made steadier. True if all pass.
alone() { # NAME COMMAND...
	local name=$1 word tests command=()
	shift
	mapfile -t tests < <(sed -n 's/^\([^ ]*\) *(Wstat.*/\1/p' "$logs/$name.log" | sort -u)
	[ ${#tests[@]} != 0 ] && [ ${#tests[@]} -le 3 ] || return 1
	for word; do
		[ -f "$word" ] || case $word in -j*) ;; *) command+=("$word") ;; esac
	done
	"${command[@]}" "${tests[@]}" >"$logs/$name.alone.log" 2>&1 || return 1
	printf 'passed alone: %s\n%13s' "${tests[*]}" ''
}

# tap NAME COMMAND...: a prove --timer -v whose cases are counted.
tap() {
	local name=$1 start=$SECONDS status good bad
	shift
	printf '%-12s ' "$name"
	"$@" >"$logs/$name.log" 2>&1
	status=$?
	good=$(grep -acE '^ok [0-9]+' "$logs/$name.log")
	bad=$(grep -acE '^not ok [0-9]+' "$logs/$name.log")
	[ "$status" = 0 ] || [ "$bad" != 0 ] || bad=1
	[ "$good" != 0 ] || [ "$bad" != 0 ] || bad=1
	[ "$bad" = 0 ] || ! alone "$name" "$@" || bad=0
	passed=$((passed + good)) failed=$((failed + bad))
	if [ "$bad" = 0 ]; then
		printf 'ok    %4d s  %d cases\n' $((SECONDS - start)) "$good"
	else
		printf 'FAIL  %4d s  %d cases, %d failed  %s\n' $((SECONDS - start)) "$good" "$bad" \
			"$logs/$name.log"
		show "$logs/$name.log"
	fi
}

units() { # DIR
	local path
	for path in tests/unit/*.c; do
		path=${path##*/}
		echo "$1/tests/${path%.c}"
	done
}

# Every test of a folder; those that take longest first, so that nobody waits for them at the end.
longest() { # DIR NAME...
	local dir=$1 name path
	shift
	for name; do
		[ ! -f "$dir/$name.t" ] || echo "$dir/$name.t"
	done
	for path in "$dir"/*.t; do
		name=${path##*/}
		[[ " $* " = *" ${name%.t} "* ]] || echo "$path"
	done
}

build_with() { # DIR VARIABLE=VALUE...
	local dir=$1
	shift
	"$make" -j"$jobs" BUILD="$dir" "$@" all units
}

# Nearly all its time goes into translating programs that run for milliseconds: the last two
# options make a fifth less of that.
valgrind='valgrind -q --vgdb=no --error-exitcode=99 --leak-check=full --read-inline-info=no --vex-guest-chase=no'
export valgrind

# Each tool behind a script that runs it under valgrind; in rest/ all but outreach-init, which makes a
# store before each of a hundred cases and is looked at by its own test.
valgrind_tools() {
	local dir=$build/valgrind path name
	rm -rf "$dir" && mkdir -p "$dir/rest" || return 1
	for path in "$build"/outreach "$build"/outreach-*; do
		name=${path##*/}
		if head -c 4 "$path" | grep -q ELF; then
			printf '#!/bin/sh\nexec %s --log-file=%s/log.%%p %s "$@"\n' \
				"$valgrind" "$dir" "$path" >"$dir/$name"
		else
			cp "$path" "$dir/$name"
		fi
		chmod +x "$dir/$name"
	done
	ln -s "$dir"/outreach* "$dir/rest" && ln -sf "$build/outreach-init" "$dir/rest"
}

valgrind_tests() { # TEST...
	local test status=0 rest=()
	for test; do
		if [ "$test" = tests/init.t ]; then
			OUTREACH_BUILD=$build/valgrind prove --timer -v "$test" || status=1
		else
			rest+=("$test")
		fi
	done
	[ ${#rest[@]} = 0 ] || OUTREACH_BUILD=$build/valgrind/rest prove --timer -v -j"$jobs" "${rest[@]}" || status=1
	return $status
}

valgrind_unit() { # NAME
	# shellcheck disable=SC2086
	if $valgrind "$OUTREACH_BUILD/tests/$1" >"$logs/valgrind.$1" 2>&1; then
		echo "ok 1 - $1"
		return
	fi
	echo "not ok 1 - $1 under valgrind"
	cat "$logs/valgrind.$1"
	return 1
}
export -f valgrind_unit

# The rooms that parse and allocate; the others' tests take millions of steps and run under ASan.
valgrind_units() {
	printf '%s\n' buf num json filter csv yaml settings campaign disposition template ami_msg simvoice |
		xargs -P "$jobs" -I {} bash -c 'valgrind_unit {}'
}

# What has a thread under ThreadSanitizer, before the other tools. What it says is kept, as the folder
# of a test is not. Its shadow memory wants addresses that are not random.
tsan_tools() {
	local dir=$build/tsan/tools name
	"$make" -j"$jobs" BUILD="$build/tsan" SANITIZE=thread "$build/tsan/outreach-serve" \
		"$build/tsan/outreach-sim" || return 1
	rm -rf "$dir" "$logs/tsan.err" && mkdir -p "$dir" && ln -s "$build"/outreach "$build"/outreach-* "$dir" || return 1
	for name in outreach-serve outreach-sim; do
		rm "$dir/$name"
		printf '#!/bin/bash\nexport TSAN_OPTIONS=exitcode=66\nexec 2> >(exec tee -a %s >&2 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-)\nexec setarch -R %s "$@"\n' \
			"$logs/tsan.err" "$build/tsan/$name" >"$dir/$name"
		chmod +x "$dir/$name"
	done
}

tsan_tests() { # TEST...
	local status
	OUTREACH_SANITIZED=1 OUTREACH_BUILD=$build/tsan/tools prove --timer -v -j"$jobs" "$@"
	status=$?
	if grep -aq 'WARNING: ThreadSanitizer' "$logs/tsan.err"; then
		echo 'not ok 1 - no race'
		cat "$logs/tsan.err"
		return 1
	fi
	echo 'ok 1 - no race'
	return $status
}

# The tests of what has a thread, as far as they are short.
threads() {
	local name
	for name in serve live prompt delivery sim_llm; do
		[ ! -f "tests/$name.t" ] || echo "tests/$name.t"
	done
}

# The tests that sanitizers and valgrind repeat: of tools that read what strangers wrote.
readers() {
	local name
	for name in init import import_many context dnc report status; do
		[ ! -f "tests/$name.t" ] || echo "tests/$name.t"
	done
}

fuzz_one() { # PROGRAM
	local name=${1##*/}
	local corpus=$logs/corpus/$name seeds=''
	rm -rf "$corpus" && mkdir -p "$corpus"
	[ ! -d "tests/fuzz/corpus/$name" ] || seeds=tests/fuzz/corpus/$name
	# shellcheck disable=SC2086
	"$1" -max_total_time=5 -timeout=10 -rss_limit_mb=1024 -seed=1 \
		-artifact_prefix="$logs/fuzz-$name-" "$corpus" $seeds >"$logs/fuzz.$name" 2>&1 && return
	echo "$name: ERROR"
	tail -n 30 "$logs/fuzz.$name"
	return 1
}
export -f fuzz_one
export logs

fuzz() {
	local path
	"$make" -j"$jobs" BUILD="$build" fuzz || return 1
	for path in "$build"/fuzz/fuzz/*; do
		[ ! -f "tests/fuzz/${path##*/}.c" ] || echo "$path"
	done | xargs -P "$jobs" -I {} bash -c 'fuzz_one {}'
}

# Every command has its manual page and its test.
complete() {
	local path name bad=0
	for path in cmd/*.c cmd/*.sh; do
		[ -f "$path" ] || continue
		name=${path##*/} name=${name%.*}
		page=man/outreach-$name.1
		[ "$name" != outreach ] || page=man/outreach.1
		[ -f "$page" ] || page=${page%.1}.8
		[ -f "$page" ] || { echo "$path: no $page" && bad=1; }
		[ -f "tests/$name.t" ] || { echo "$path: no tests/$name.t" && bad=1; }
	done
	return $bad
}

# File names here have no spaces.
# shellcheck disable=SC2046
run() {
	case $1 in
	complete) stage complete complete ;;
	lint) stage lint tests/lint.sh ;;
	gcc) stage gcc build_with "$build" CC=gcc ;;
	clang) stage clang build_with "$build/clang" CC=clang ;;
	unit) tap unit prove --timer -v -j"$jobs" -e '' $(units "$build") ;;
	# They wait two thirds of their time.
	tool)
		tap tool prove --timer -v -j$((2 * jobs)) $(longest tests run demo page webhooks dial \
			examples http supervise api prompt ws delivery records)
		;;
	torture)
		tap torture prove --timer -v -j"$jobs" $(longest tests/torture kill200 killall kill_store http)
		;;
	asan-build) stage asan-build build_with "$build/asan" SANITIZE=address,undefined ;;
	asan-unit)
		tap asan-unit prove --timer -v -j"$jobs" -e '' $(units "$build/asan")
		;;
	asan-tool)
		tap asan-tool env OUTREACH_BUILD="$build/asan" prove --timer -v -j"$jobs" $(readers)
		;;
	tsan-build) stage tsan-build tsan_tools ;;
	tsan) tap tsan tsan_tests $(threads) ;;
	valgrind-unit) tap valgrind-unit valgrind_units ;;
	valgrind-tool)
		valgrind_tools
		# Lists of thousands of numbers take ten minutes there; ASan reads them.
		tap valgrind-tool valgrind_tests $(readers | grep -v '/dnc.t$')
		;;
	fuzz) stage fuzz fuzz ;;
	*) echo "check: no stage $1" >&2 && exit 64 ;;
	esac
}

# lib.sh clears the environment of OUTREACH_*; these are for the sanitizers.
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:exitcode=99
export UBSAN_OPTIONS=print_stacktrace=1
# Thousands of stores are made: in memory, where a sync costs nothing.
if [ -z "$TMPDIR" ] && [ -w /dev/shm ]; then
	TMPDIR=$(mktemp -d /dev/shm/outreach-check.XXXXXX) || exit 2
	export TMPDIR
	trap 'rm -rf "$TMPDIR"' EXIT
fi
begin=$SECONDS
[ $# != 0 ] || set -- complete lint gcc clang unit tool torture asan-build asan-unit asan-tool \
	tsan-build tsan valgrind-unit valgrind-tool fuzz
for name; do
	run "$name"
done
printf '%-12s       %4d s\n' total $((SECONDS - begin))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
