#!/bin/sh
# outreach-demo: a whole campaign against simulators, in a folder of its own,
# with a clock that runs sixty times faster: contexts by a language model, the
# exchange, the AI's side, the live page, the report. Each command is printed
# before it runs. Nobody is called and nothing outside the folder is touched.
usage='usage: outreach demo [--serve] [FOLDER]
Runs a whole campaign against simulators in ./demo, or in FOLDER.'

die() { # STATUS TEXT
	status=$1
	shift
	printf 'outreach-demo: %s\n' "$*" >&2
	exit "$status"
}

misused() {
	printf 'outreach-demo: %s\n%s\n' "$1" "$usage" >&2
	exit 64
}

stay=''
while :; do
	case ${1-} in
	-h | --help)
		printf '%s\n' "$usage" || exit 74
		exit 0
		;;
	--serve) stay=yes ;;
	-*) misused "unknown option $1" ;;
	*) break ;;
	esac
	shift
done
[ $# -le 1 ] || misused 'one folder is enough'

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
cp -R "$examples/students.csv" "$examples/scholarship-llm.yaml" "$examples/notes" . ||
	die 74 "$folder: cannot be written"

for name in $(env | sed -n 's/^\(OUTREACH_[A-Z_]*\)=.*/\1/p'); do
	unset "$name"
done
PATH=$here:$PATH
export PATH OUTREACH_SEED=1 OUTREACH_CONF="$PWD/outreach.yaml"
cat >outreach.yaml <<'END'
# Made by outreach demo: the simulated exchange tells its port by a file.
exchanges:
  sim:
    port_file: sim.port
END

sim='' llm='' serve='' port=0 said='try 0'
# The exchange ends when the last call is told, then the server, which took it.
hang_up() {
	[ -z "$sim" ] || { kill -USR1 "$sim" && tail -s 0.05 --pid="$sim" -f /dev/null; }
	[ -z "$serve" ] || { kill "$serve" && wait "$serve"; }
	sim='' serve=''
}
cut_off() {
	for pid in $sim $llm $serve; do
		kill "$pid" 2>/dev/null
	done
}
trap cut_off EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# at INSTANT*FACTOR WORDS: it is now that instant, and time passes so much faster.
at() {
	hang_up
	OUTREACH_NOW=$(unset OUTREACH_NOW && outreach now "$1") || exit
	export OUTREACH_NOW
	printf '\n# %s\n' "$2"
}

# Webhooks in, contexts out, the page; and the exchange with the AI behind it. Said the first time.
exchange() {
	rm -f sim.port serve.port ready && mkfifo ready || die 74 "$folder: cannot be written"
	$said "outreach serve -q --listen 127.0.0.1:$port --port-file serve.port --ready-fd 3 3>ready &"
	serve=$!
	read -r _ <ready || die 71 'outreach-serve did not start'
	port=$(cat serve.port)
	[ "$said" = quietly ] || printf '\n# The live page, as long as this runs: http://127.0.0.1:%s/\n' "$port"
	$said "outreach sim --background --talk 45s --avr http://127.0.0.1:$port --port-file sim.port --pid-file sim.pid"
	sim=$(cat sim.pid)
	said=quietly
}

# Who writes the contexts.
model() {
	if [ -n "${OPENAI_API_KEY-}" ]; then
		printf '\n# OPENAI_API_KEY is set: a real model writes the contexts, for at most 0.50 USD.\n'
		return
	fi
	printf '\n# OPENAI_API_KEY is not set: a simulated model writes the contexts.\n'
	(umask 077 && echo simulator >llm.key)
	try 0 'outreach sim llm --background --key-file llm.key --port-file llm.port --pid-file llm.pid'
	llm=$(cat llm.pid)
	printf 'llm: {url: "http://127.0.0.1:%s/v1", key_file: llm.key}\n' "$(cat llm.port)" >>outreach.yaml
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

# quietly COMMAND: the same, unsaid.
quietly() {
	eval "$1" || die $? "$1: that was not expected"
}

filter='cat' talk='head -n 4' context='sed -n 2p contexts.ndjson'
if command -v jq >/dev/null; then
	filter="jq -c '{name, phone, disposition}'"
	talk="jq -r '\"\(.call[-4:])  \(.body.role): \(.body.text)\"' | head -n 8"
	context="$context | jq -r .context"
fi

at '2026-03-01T15:00:00Z*1' 'Sunday, 1 March 2026: the evening before'
model
try 0 'outreach init'
try 0 'outreach-notes add notes/*.md'
try 0 'outreach-campaign apply scholarship-llm.yaml'
printf '\n# Five rows of the file are wrong on purpose: they are refused, and the exit status is 1.\n'
try 1 'outreach-import students.csv >contacts.ndjson'
try 0 'outreach-campaign add scholarship <contacts.ndjson'
try 0 'outreach-campaign targets scholarship | outreach-context >contexts.ndjson'
try 0 "$context"
try 0 'outreach-campaign activate scholarship'

at '2026-03-02T04:40:00Z*60' 'Monday, 2 March 2026, 10:10 in Kolkata; an hour takes a minute'
exchange
try 0 "outreach-campaign claim scholarship --limit 8 | outreach-context | outreach-dial | $filter"
try '0 75' 'outreach run -q --wait 20m scholarship'
left=$status
printf '\n# What the AI was told when it asked, and what was said in the calls:\n'
try 0 'outreach-events log --kind context.served | grep -c served'
try 0 "outreach-events log --kind call.transcription | $talk"
try 0 'outreach status --format table'

# Later runs call those in other time zones, and again those who did not answer.
while [ "$left" = 75 ] && IFS='|' read -r instant words <&3; do
	at "$instant*60" "$words"
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
[ -n "$stay" ] || hang_up
try 0 'outreach report --format table scholarship'
[ -z "$llm" ] || printf '\n# The contexts were written by a simulated model: with OPENAI_API_KEY a real one does.\n'
if [ -n "$stay" ]; then
	cat <<END

The page is http://127.0.0.1:$port/ until Ctrl-C. Only this machine may look and
steer; "outreach token add -d $folder/outreach.db NAME" makes a token, and then
nobody may without one.
END
	trap 'exit 0' INT
	wait "$serve"
	exit
fi
cat <<END

All of it is in $folder. Three commands to try next:

  cd $folder
  OUTREACH_CONF=outreach.yaml $here/outreach report --by contact --format table scholarship
  OUTREACH_CONF=outreach.yaml $here/outreach events log --kind call.transcription | tail -n 5
  OUTREACH_CONF=outreach.yaml $here/outreach context preview --contact 2 scholarship

With --serve ($here/outreach demo --serve) the page stays open.
END
