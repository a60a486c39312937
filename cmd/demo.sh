#!/bin/sh
# outreach-demo: a whole campaign against the simulator, in a folder of its
# own, with a clock that runs sixty times faster. Each command is printed
# before it runs. Nobody is called and nothing outside the folder is touched.
usage='usage: outreach demo [FOLDER]
Runs a whole campaign against the simulator in ./demo, or in FOLDER.'

die() { # STATUS TEXT
	status=$1
	shift
	printf 'outreach-demo: %s\n' "$*" >&2
	exit "$status"
}

case ${1-} in
-h | --help)
	printf '%s\n' "$usage" || exit 74
	exit 0
	;;
-*)
	printf 'outreach-demo: unknown option %s\n%s\n' "$1" "$usage" >&2
	exit 64
	;;
esac
[ $# -le 1 ] || { printf 'outreach-demo: one folder is enough\n%s\n' "$usage" >&2; exit 64; }

here=$(cd "${0%/*}" && pwd) || exit 71
folder=${1-demo}
for examples in "$here/../examples" "$here/../share/outreach/examples" "$PWD/examples" ''; do
	[ -f "$examples/students.csv" ] && break
done
[ -n "$examples" ] || die 66 "examples/students.csv is not to be found; run it in the source tree"
examples=$(cd "$examples" && pwd)

# What an earlier demo left goes; anything else stays.
if [ -e "$folder" ] && [ ! -e "$folder/.outreach-demo" ]; then
	die 65 "$folder: exists and is not from a demo; name another folder"
fi
rm -rf "$folder"
{ mkdir -p "$folder" && cd "$folder"; } || die 74 "$folder: cannot be made"
: >.outreach-demo || die 74 "$folder: cannot be written"
cp "$examples/students.csv" "$examples/scholarship.yaml" . || die 74 "$folder: cannot be written"

for name in $(env | sed -n 's/^\(OUTREACH_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
PATH=$here:$PATH
export PATH OUTREACH_SEED=1 OUTREACH_CONF="$PWD/outreach.yaml"
cat >outreach.yaml <<'END'
# Made by outreach demo: the simulator tells its port by a file.
exchanges:
  sim:
    port_file: sim.port
END

sim=''
hang_up() {
	[ -z "$sim" ] || kill "$sim" 2>/dev/null
	sim=''
}
trap hang_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# It is now this instant, and an hour takes a minute.
at() {
	hang_up
	OUTREACH_NOW=$(unset OUTREACH_NOW && outreach now "$1*60") || exit
	export OUTREACH_NOW
	printf '\n# %s\n' "$2"
}

exchange() {
	rm -f sim.port
	try 0 'outreach sim --background --talk 45s --port-file sim.port --pid-file sim.pid'
	sim=$(cat sim.pid)
}

# try STATUS COMMAND: prints it, runs it; any other status ends the demo with it.
try() {
	printf '\n$ %s\n' "$2"
	status=0
	eval "$2" || status=$?
	case " $1 " in
	*" $status "*) ;;
	*) die "$status" "that ended with $status, which was not expected" ;;
	esac
}

filter='cat'
! command -v jq >/dev/null || filter="jq -c '{name, phone, disposition}'"

at 2026-03-02T04:40:00Z 'Monday, 2 March 2026, 10:10 in Kolkata; an hour takes a minute'
exchange
try 0 'outreach init'
try 0 'outreach-campaign apply scholarship.yaml'
printf '\n# Five rows of the file are wrong on purpose: they are refused, and the exit status is 1.\n'
try 1 'outreach-import students.csv >contacts.ndjson'
try 0 'outreach-campaign add scholarship <contacts.ndjson'
try 0 'outreach-campaign targets scholarship --limit 200 | outreach-context >contexts.ndjson'
try 0 'outreach-campaign activate scholarship'
try 0 "outreach-campaign claim scholarship --limit 8 | outreach-context | outreach-dial | $filter"
try '0 75' 'outreach run -q --wait 20m scholarship'
left=$status
try 0 'outreach status --format table'

# Later runs call those in other time zones, and again those who did not answer.
while [ "$left" = 75 ] && IFS='|' read -r instant words <&3; do
	at "$instant" "$words"
	exchange
	try '0 75' 'outreach run -q scholarship'
	left=$status
done 3<<'END'
2026-03-02T10:20:00Z|the same day, 15:50 in Kolkata, 10:20 in London: what cron would do
2026-03-02T15:10:00Z|10:10 in New York
2026-03-03T04:40:00Z|Tuesday, 10:10 in Kolkata
2026-03-03T10:20:00Z|Tuesday, 15:50 in Kolkata, 10:20 in London
2026-03-03T15:10:00Z|Tuesday, 10:10 in New York
2026-03-04T04:40:00Z|Wednesday, 10:10 in Kolkata
2026-03-04T10:20:00Z|Wednesday, 10:20 in London
2026-03-04T15:10:00Z|Wednesday, 10:10 in New York
END
hang_up
try 0 'outreach report --format table scholarship'
cat <<END

All of it is in $folder. Three commands to try next:

  cd $folder
  OUTREACH_CONF=outreach.yaml $here/outreach report --by contact --format table scholarship
  OUTREACH_CONF=outreach.yaml $here/outreach events log | head
  OUTREACH_CONF=outreach.yaml $here/outreach doctor --offline --format table
END
