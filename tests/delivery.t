#!/bin/bash
# delivery: how the AI learns what it is told in a call: asked by the call's id,
# in a file, in the channel's variables; and that nobody is called where it
# would not.
. "${0%/*}/lib.sh"
. "$ROOT/tests/dialling.sh"

serve() {
	rm -f port
	background outreach-serve --listen 127.0.0.1:0 --port-file port "$@" 2>>serve.err
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start: $(cat serve.err)"
	PORT=$(cat port)
}

serve_stop() {
	kill "$SERVE"
	wait "$SERVE" 2>/dev/null
	rm -f port
}

# The simulator with a talk of that length.
talk() {
	rm -f sim.port
	background outreach-sim --port-file sim.port --log sim.log --seed 1 --talk "$1" 2>>sim.err
	SIM=$!
	await 10 test -s sim.port || bail "no simulator: $(cat sim.err)"
}

# context ID [PATH]: what is answered, its status first.
context() {
	curl -s -w '%{http_code} ' -o body -H "X-AVR-UUID: $1" "http://127.0.0.1:$PORT${2:-/api/context}"
	cat body
}

# dial ARG...: in the background, its records in dialled.
dial() {
	# The shell gives a job in the background no input but what stands beside it.
	background sh -c 'exec outreach-dial "$@" <calls >dialled 2>dial.err' sh "$@"
	DIAL=$!
}

# ---- dynamic: it asks --------------------------------------------------------------
campaign 's/^max_duration.*/max_duration: 2h/
$a\
delivery: dynamic\
sts_url: ws://sts:6030' 00 00
talk 1h
serve
claim --limit 1 >calls
call=$(jq -r .id calls)
is "$(context "$call" | cut -c 1-3)" 404 "a claim is no call: nothing is told"
dial
await 20 live 1 || diag "$(cat dial.err)"
is "$(context "$call")" "200 $(jq -c '{system: .system_message}' calls)" "a live call's AI is told who it talks to"
is "$(context "$(echo "$call" | tr a-f A-F)" /api/v1/context/openai-system-instructions)" \
	"200 $(jq -c '{system: .system_message}' calls)" "under the other path, in upper case"
is "$(context 0195f5f0-0000-7000-8000-00000000000a | cut -c 1-3)" 404 "another id"
is "$(context hello | cut -c 1-3)" 400 "no id"
like "$(curl -s "http://127.0.0.1:$PORT/api/context")" 'X-AVR-UUID is missing' "no header"
receipt() {
	[ "$(sql 'SELECT count(*) FROM receipt')" = 1 ]
}
# person QUERY [CURL-ARG...]: what a person would be told, the status first.
person() {
	curl -s -w '%{http_code} ' -o body "http://127.0.0.1:$PORT/api/context?$1" "${@:2}"
	cat body
}
who=$(jq -r .contact calls)
is "$(person "campaign=c&contact=$who")" "200 $(jq -c '{system: .system_message}' calls)" "what a person of a campaign is told"
while read -r status query; do
	is "$(person "$query" | cut -c 1-3)" "$status" "$query: $status"
done <<END
404 campaign=none&contact=$who
404 campaign=c&contact=999
400 campaign=c
400 contact=$who
400 campaign=c&contact=x
400 campaign=c&contact=$who&call=1
END
is "$(person "campaign=c&contact=$who" -H 'Host: rebound.example.org' | cut -c 1-3)" 403 "not a page's of another site"
look=$(outreach-token add -q look)
wanted() {
	[ "$(person "campaign=c&contact=$who" | cut -c 1-3)" = 401 ]
}
ok "with tokens one is wanted for that" await 10 wanted
is "$(person "campaign=c&contact=$who" -H "Authorization: Bearer $look" | cut -c 1-3)" 200 "a viewer's"
is "$(context "$call" | cut -c 1-3)" 200 "and none for a live call's id"
outreach-token remove -q look
ok "the receipt is in the journal" await 5 receipt
is "$(outreach-events log --kind context.served | jq -r '[.call, .fact.digest] | @tsv')" \
	"$call	$(jq -j .system_message calls | sha256sum | cut -d' ' -f1)" "with the hash of what was told, once"
# The stock dialplan makes an id of its own, and names the channel.
avr=1195f5f0-0000-4000-8000-00000000000b
curl -s -o body -H 'Content-Type: application/json' -d '{"uuid":"'$avr'","type":"call_initiated","timestamp":"2026-03-02T09:15:04.120Z","payload":{"from":"1","to":"5003","uniqueid":"'"$call"'"}}' \
	"http://127.0.0.1:$PORT/events"
is "$(cat body)" '{"status":"ok","new":true,"sts_url":"ws://sts:6030"}' "it is told the campaign's speech service"
is "$(context $avr)" "200 $(jq -c '{system: .system_message}' calls)" "AVR's own id, mapped by its first event"
sql "SELECT count(*) FROM receipt" >n
serve_stop
serve
is "$(context $avr)" "200 $(jq -c '{system: .system_message}' calls)" "after a restart too"
outreach-stop --hangup -q
wait "$DIAL"
over() {
	[ "$(context "$call" | cut -c 1-3)" = 404 ] && [ "$(context $avr | cut -c 1-3)" = 404 ]
}
ok "a call that is over is told nothing" await 10 over
is "$(cat n)/$(sql 'SELECT count(*) FROM receipt')" 1/1 "one receipt"
ok "it replays" outreach-events replay --check
serve_stop
switch_off

# ---- the gate ------------------------------------------------------------------------
# Nobody serves: nobody is called, the claims are given back (thirty seconds of the fast clock).
campaign 's/^max_duration.*/max_duration: 4m/
$a\
delivery: dynamic' 00 00 00
talk 1h
claim >calls
run outreach-dial <calls
like_run "without outreach-serve nobody is called" 75 '' 'could not ask whom it talks to: outreach-serve does not run'
is "$(logged asked)/$(sql 'SELECT count(*) FROM claim')/$(sql 'SELECT count(*) FROM call')" 0/0/0 \
	"nothing was sent, no intent written, the claims are back"

# It comes later: the calls wait for it. It goes: no further call.
claim --limit 1 >calls
mkfifo more
background sh -c 'exec outreach-dial -v <more >dialled 2>dial.err'
DIAL=$!
exec 4>more
cat calls >&4
serve
ok "with it they are made" await 20 live 1
first=$(jq -r .id calls)
is "$(context "$first" | cut -c 1-3)" 200 "it asks"
serve_stop
shut() {
	[ "$(grep -E 'outreach-serve (answers|does|ended|is there|takes)' dial.err | tail -n 1)" != 'outreach-dial: outreach-serve answers' ]
}
ok "it is gone, and the dialer knows" await 20 shut
claim --limit 1 >&4
gone_shut() {
	grep -q 'could not ask' dial.err
}
ok "the next call waits, and is given back" await 40 gone_shut
is "$(logged asked)" 1 "nothing more was sent"
exec 4>&-
outreach-stop --hangup -q
wait "$DIAL"
is $? 75 "the dialer says so"
outreach-resume -q

# ---- nobody asks: the first answered call is the last -----------------------------------
serve
claim >calls
dial
paused() {
	outreach-campaign list --format ndjson | grep -q '"state":"paused"'
}
ok "ten seconds behind the answer the campaign is paused" await 20 paused
await 40 grep -q OPENAI_INSTRUCTIONS dial.err
like "$(cat dial.err)" 'nothing asked for the context within 10 s.*OPENAI_INSTRUCTIONS' "the likely cause is named"
outreach-stop --hangup -q
wait "$DIAL"
is $? 78 "the dialer ends with 78"
outreach-resume -q
serve_stop
switch_off

# ---- a file ------------------------------------------------------------------------------
campaign 's/^max_duration.*/max_duration: 2h/
$a\
delivery: file' 00 00
talk 1h
claim --limit 1 >calls
run outreach-dial <calls
like_run "without a folder" 78 '' 'the settings name no context_dir'
printf 'context_dir: contexts\n' >>outreach.yaml
claim --limit 1 >calls
call=$(jq -r .id calls)
dial
ok "the call is made" await 20 live 1
is "$(cat "contexts/$call.txt")" "$(jq -r .system_message calls)" "its context lies in its file"
is "$(ls contexts)" "$call.txt" "and nothing else"
outreach-stop --hangup -q
wait "$DIAL"
is "$(ls contexts)" '' "it is gone with the call"
switch_off

# ---- the channel's variables -----------------------------------------------------------------
campaign 's/^max_duration.*/max_duration: 2h/
$a\
delivery: api
s/^base_prompt: .*/base_prompt: "Commas, quotes and \xc3\xa4\xc3\xb6: '"$(printf 'y%.0s' $(seq 900))"'"/' 00 00
talk 1h
claim --limit 1 >calls
dial
ok "with delivery: api the call is made" await 20 live 1
# What the channel has, as the exchange tells it.
carried() {
	/usr/bin/python3 - "$(cat sim.port)" <<-'END'
		import base64, re, socket, sys
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
		s.sendall(b"Action: Login\r\nUsername: outreach\r\nSecret: simulator\r\nEvents: off\r\n\r\n"
		          b"Action: Status\r\nVariables: OUTREACH_CONTEXT_1,OUTREACH_CONTEXT_2,OUTREACH_CONTEXT_3\r\n\r\n")
		b = b""
		while b"StatusComplete" not in b:
		    b += s.recv(65536)
		print(base64.b64decode("".join(re.findall(r"OUTREACH_CONTEXT_\d=(\S*)", b.decode()))).decode(), end="")
	END
}
is "$(carried)" "$(jq -r .system_message calls)" "its channel carries the text"
outreach-stop --hangup -q
wait "$DIAL"
outreach-resume -q
{ sed '/^base_prompt/d' c.yaml && printf 'base_prompt: "%s"\n' "$(printf 'x%.0s' $(seq 5400))"; } >long.yaml
outreach-campaign apply -q long.yaml
claim --limit 1 >calls
run outreach-dial <calls
like "$(sql 'SELECT held FROM target WHERE held IS NOT NULL')" 'the context has 54[0-9]* bytes' "one that is too long: the person is held"
is "$(logged asked)" 1 "and not called"
switch_off
done_testing
