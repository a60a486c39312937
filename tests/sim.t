#!/bin/bash
# sim: outreach-sim over its socket: the log that counts rings, the fence over
# a kill, the ways it fails on purpose, who may connect. What its messages look
# like is held against captures in tests/unit/simswitch.c.
. "${0%/*}/lib.sh"

# The clocks run twenty times faster, from one origin for all.
origin=$(cut -d. -f1 /proc/uptime)000
export OUTREACH_NOW="2026-03-02T09:00:00Z*20@$origin"

id=0190a5e0-7c3e-7cc0-98c4-dc0c0c07398f

# ami_open: a session on descriptor 3, logged in.
ami_open() {
	exec 3<>"/dev/tcp/127.0.0.1/$SIM_PORT" || return 1
	ami Login "Username: ${1:-outreach}" "Secret: ${2:-simulator}"
}

# ami ACTION HEADER...
ami() {
	printf 'Action: %s\r\n' "$1" >&3
	shift
	for header; do
		printf '%s\r\n' "$header" >&3
	done
	printf '\r\n' >&3
}

# heard PATTERN: reads on until a line matches; $line. Fails at the end or after 10 s of silence.
heard() {
	while IFS= read -r -t 10 line <&3; do
		line=${line%$'\r'}
		case $line in
		$1) return 0 ;;
		esac
	done
	return 1
}

originate() {
	ami Originate "ActionID: $2.1" "Channel: $1" 'Context: avr' 'Exten: s' 'Priority: 1' \
		'Timeout: 20000' "ChannelId: $2" 'Async: true' "Variable: CALL_ID=$2"
}

rings() {
	grep -c '"event":"ring"' sim.log
}

# the record of an event of a call in the log
logged() {
	grep -q "\"event\":\"$1\".*\"call\":\"$2\"" sim.log
}

# ---- a call, its log, the files

printf 'other\n' >secret
sim_start --log sim.log --pid-file sim.pid --seed 1 --talk 1s --secret-file secret --user me ||
	bail 'the simulator does not start'
is "$(cat sim.pid)" "$SIM" 'the pid file'
ami_open me other
ok 'a login with the secret of a file' heard 'Message: Authentication accepted'
originate PJSIP/15550100000@trunk $id
ok 'a call ends' heard 'Event: Hangup'
is "$(sed 's/.*"event":"\([a-z]*\)".*/\1/' sim.log | tr '\n' ' ')" \
	'asked dial ring answer hangup ' 'its log'
like "$(tail -n 1 sim.log)" "^\{\"type\":\"sim\",\"v\":1,\"event\":\"hangup\",\"at\":\"2026-03-02T09:[0-9:.]+Z\",\"call\":\"$id\",\"number\":\"15550100000\",\"outcome\":\"answered\",\"cause\":16\}\$" \
	'a record of it'
ami CoreSettings
ok 'it says that it is a simulator' heard 'AsteriskVersion: outreach-sim*'
ami Command 'Command: core stop now'
ok 'what its account may not do' heard 'Message: Permission denied'
ami Logoff
ok 'a goodbye' heard 'Response: Goodbye'
heard nothing
is $? 1 'and the end'
sim_stop
is "$(ps -o stat= -p "$(cat sim.pid)")" '' 'SIGTERM ends it'

# ---- the fence over a kill; 03 rings for ever

fresh
sim_start --log sim.log --astdb astdb
ami_open
originate "Local/15550100003-$id@outreach-once/n" $id
ok 'the fence dials' heard 'Phase: dialing'
ok 'and it rings' await 5 logged ring $id
kill -9 "$SIM"
wait "$SIM" 2>/dev/null
printf 'outreach/torn\tha' >>astdb
sim_start --log sim.log --astdb astdb
ami_open
originate "Local/15550100003-$id@outreach-once/n" $id
ok 'after a kill the same id is a duplicate' heard 'Phase: duplicate'
heard 'Was: *'
like "$line" ':15550100003:dialing$' 'and what it was'
ok 'with cause 81' heard 'Cause: 81'
is "$(rings)" 1 'nobody rings twice'
ami DBGet 'Family: outreach' 'Key: torn'
ok 'a torn line is forgotten' heard 'Message: Database entry not found'
sim_stop

fresh
sim_start --log sim.log --astdb astdb --astdb-late
ami_open
originate "Local/15550100002-$id@outreach-once/n" $id
ok 'a value that is written late' await 5 logged hangup $id
ami DBGet 'Family: outreach' "Key: $id"
ok 'is known at once' heard 'Val: *:BUSY:17'
ok 'and kept a second later' await 5 grep -q BUSY astdb
sim_stop

# ---- failing on purpose

fresh
sim_start --die-after 2
ami_open
originate PJSIP/15550100000@trunk $id
originate PJSIP/15550100000@trunk other
ok 'the last originate before it dies is answered' heard 'ActionID: other.1'
wait "$SIM" 2>/dev/null
is $? 137 'then it is killed'

fresh
sim_start --log sim.log --silent-after 1
ami_open
heard 'Message: Authentication accepted' && heard ''
originate PJSIP/15550100010@trunk $id
ok 'a silent exchange goes on' await 5 logged hangup $id
ami Ping
read -r -t 0.2 line <&3
is "$?" 142 'and says nothing'
sim_stop

fresh
sim_start --max-calls 1 --log sim.log --talk 60s
ami_open
originate PJSIP/15550100010@trunk $id
heard 'Reason: 4'
originate PJSIP/15550100010@trunk second
ok 'over max-calls' heard 'Event: Hangup'
ok 'a call is answered' logged answer second
ok 'and dropped with cause 0' heard 'Cause: 0'
kill -USR1 "$SIM"
originate PJSIP/15550100010@trunk third
ok 'SIGUSR1: no new call' heard 'Message: Asterisk is shutting down'
ami Hangup "Channel: $id"
wait "$SIM"
is $? 0 'and the end with the last'

# ---- who does not read is cut off; a burst

sockets() {
	find "/proc/$SIM/fd" -lname 'socket:*' | wc -l
}
all_gone() {
	[ "$(grep -c '"event":"hangup"' sim.log)" = 1500 ]
}
only() {
	[ "$(sockets)" = $((before + $1)) ]
}

fresh
sim_start --log sim.log --talk 1s
before=$(sockets)
exec 4<>"/dev/tcp/127.0.0.1/$SIM_PORT"
printf 'Action: Login\r\nUsername: outreach\r\nSecret: simulator\r\n\r\n' >&4
read -r line <&4
ok 'a session' await 5 only 1
ami_open
ami Events 'EventMask: off'
for i in $(seq 1500); do
	originate "PJSIP/1555${i}10@trunk" "burst-$i"
done
ok '1,500 calls at once' await 60 all_gone
is "$(rings)" 1500 'each rings once'
ok 'a session that does not read is cut off' await 5 only 1
exec 4>&-
sim_stop

# ---- background, addresses, files

fresh
run outreach-sim --background --port-file port --pid-file pid
is_run 'in the background' 0 '' ''
SIM_PORT=$(cat port)
ok 'it listens already' ami_open
run outreach-sim --background --port-file port --pid-file pid
is_run 'a second one with its files' 75 '' "outreach-sim: pid: the simulator of this file is running (kill $(cat pid) ends it; another file is for another one)"
is "$(cat port)" "$SIM_PORT" 'which stay as they are'
kill "$(cat pid)"
ok 'until it is ended' await 5 gone "$(cat pid)"
run outreach-sim --background --port-file port --pid-file pid
is_run 'then there may be another' 0 '' ''
kill "$(cat pid)"

run outreach-sim -l 0.0.0.0:0
like_run 'loopback only' 78 '' '^outreach-sim: 0.0.0.0:0: .*loopback'
run outreach-sim -l example.org:5038
like_run 'no names' 78 '' '^outreach-sim: example.org:5038: '
run outreach-sim -l '[::1]:x'
like_run 'no port' 78 '' '^outreach-sim: \[::1\]:x: '
sim_start
run outreach-sim -l "127.0.0.1:$SIM_PORT"
like_run 'a port that is taken' 69 '' 'Address already in use'
sim_stop
run outreach-sim --mix nosuch.yaml
like_run 'a mix that is not there' 66 '' '^outreach-sim: nosuch.yaml: '
printf 'outcomes:\n  bsuy: {share: 1}\n' >mix.yaml
run outreach-sim --mix mix.yaml
like_run 'a mix that is wrong' 78 '' '^outreach-sim: mix.yaml:2:[0-9]+: bsuy: no such outcome'
printf 'rubbish\n' >astdb
run outreach-sim --astdb astdb
like_run 'an AstDB that is none' 65 '' '^outreach-sim: astdb: 1: '
run outreach-sim --secret-file nosuch
like_run 'a secret that is not there' 78 '' '^outreach-sim: nosuch: '
run outreach-sim operand
like_run 'an operand' 64 '' '^outreach-sim: operand: '
run outreach-sim --talk soon
like_run 'no duration' 65 '' '^outreach-sim: talk "soon" is not a duration'
done_testing
