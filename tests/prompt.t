#!/bin/bash
# prompt: /prompt-stream in the place of AVR's connectors to language models:
# this call's context first, an object a write, an end in every case.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

prompt() {
	timeout 60 /usr/bin/python3 "$ROOT/tests/prompt.py" "$@"
}

serve() {
	rm -f port
	background outreach-serve --port-file port --listen 127.0.0.1:0 2>"$T/serve.err"
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start: $(cat "$T/serve.err")"
	PORT=$(cat port)
}

serve_stop() {
	kill "$SERVE"
	wait "$SERVE"
	is $? 0 "$1: ends with 0"
}

# ask LAST: the answer to a talk that ends with LAST, one line a chunk.
ask() {
	prompt say "$PORT" "$(jq -cn --arg id "$id" --arg last "$1" \
		'{uuid: $id, messages: [{role: "assistant", content: "Hi"}, {role: "user", content: $last}], message: $last}')"
}

house
background /usr/bin/python3 "$ROOT/tests/prompt.py" model model.port asked
await 20 test -s model.port || bail "no model"
settings() {
	printf 'exchanges:\n  sim:\n    port_file: %s\nllm:\n  url: http://127.0.0.1:%s/v1\n  model: talker\n  answer_within: 1\n' \
		"$T/sim.port" "$(cat model.port)" >outreach.yaml
	[ $# = 0 ] || printf '%s\n' "$@" >>outreach.yaml
}
settings
OUTREACH_LLM_KEY=sk-test
export OUTREACH_LLM_KEY
small_campaign
people +442079460100
outreach-campaign activate -q small
ok 'a simulator' sim_start --talk 2h
serve
outreach-campaign claim -q small | outreach-context >calls.ndjson
dialer
ok 'a call is answered' await 10 open_calls 1
id=$(jq -r .id calls.ndjson)

is "$(ask hello)" '200
{"type":"text","content":"Hello"}
{"type":"text","content":", \"you\"\n"}' 'an object a write, as the texts come'
is "$(jq -c '[.path, .model, .stream, .authorization]' asked)" '["/v1/chat/completions","talker",true,"Bearer sk-test"]' 'the model is asked'
is "$(jq -c '[.messages[] | .role, .content]' asked)" \
	"$(jq -c '["system", .system_message, "assistant", "Hi", "user", "hello"]' calls.ndjson)" "with the call's context first"
ok 'a receipt is in the journal' await 10 sh -c 'outreach-events log --kind context.served | grep -q .'
is "$(ask long | tail -n +2 | jq -rj .content | wc -c)" 15000 'a long text comes whole'
is "$(ask long | awk 'NR > 1 && length($0) > 2000' | wc -l)" 0 'in small objects'
is "$(prompt say "$PORT" "{\"uuid\":\"$id\",\"message\":\"hello\"}" | head -n 1)" 200 'a message alone'

# ---- what goes wrong ----------------------------------------------------------------
like "$(ask fail)" '^\{.*"status":500.*answers 503' 'an error of the server: 500, as the connectors say it'
like "$(ask empty)" '"status":500.*empty' 'an empty answer'
like "$(ask hang)" '"status":500.*said nothing for 1 s' 'silence'
is "$(ask error)" '200
{"type":"text","content":"Well"}' 'an error in the middle: what came, and the end'
is "$(ask stall | tail -n 1)" '{"type":"text","content":", \"you\"\n"}' 'silence in the middle too'
like "$(cat "$T/serve.err")" 'prompt-stream: .*overloaded' 'and the log says why'
: >asked
like "$(prompt leave "$PORT" "{\"uuid\":\"$id\",\"message\":\"leave\"}")" '^200 .*Hello' 'AVR hangs up in the middle'
ok 'the model is told' await 10 grep -q gone asked
like "$(prompt say "$PORT" '{"uuid":"0195f5f0-0000-7000-8000-00000000000a","message":"hello"}')" '"status":404' 'no such call'
for body in '{"message":"hello"}' "{\"uuid\":\"$id\"}" "{\"uuid\":\"$id\",\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}" \
	"{\"uuid\":\"$id\",\"messages\":[{\"role\":\"user\",\"content\":7}]}"; do
	like "$(prompt say "$PORT" "$body")" '"status":422' "refused: $body"
done
like "$(prompt say "$PORT" '{')" '"status":400' 'no JSON'

# ---- never silence ---------------------------------------------------------------------
serve_stop 'a model that fails'
settings '  sorry: "Could you say that again?"'
serve
for what in fail hang empty; do
	is "$(ask $what)" '200
{"type":"text","content":"Could you say that again?"}' "$what: a sentence instead"
done
(ask hang >late) &
late=$!
ok 'an answer is under way' await 10 sh -c 'tail -n 1 asked | grep -q hang'
kill "$SERVE"
wait "$SERVE"
is $? 0 'the server ends meanwhile'
wait "$late"
like "$(cat late)" '^200|500' 'and the answer ends too'

# ---- the key ---------------------------------------------------------------------------
echo sk-test >open.key && chmod 644 open.key
settings '  key_file: open.key'
serve
like "$(cat "$T/serve.err")" 'prompt-stream: .*open.key: open to others .*chmod 600' 'a key that cannot be used is told'
serve_stop 'without a key'
chmod 600 open.key
rm -f port
(
	ulimit -c unlimited 2>/dev/null
	exec outreach-serve --port-file port --listen 127.0.0.1:0 2>"$T/serve.err"
) &
SERVE=$!
await 20 test -s port || bail "outreach-serve did not start: $(cat "$T/serve.err")"
PORT=$(cat port)
is "$(ask hello | head -n 1)" 200 'one that can be is used'
is "$(tr '\0' ' ' <"/proc/$SERVE/cmdline" | grep -c sk-test)" 0 'it is no argument'
kill -ABRT "$SERVE"
wait "$SERVE" 2>/dev/null
is "$(find . -name 'core*' | grep -c .) $(grep -l sk-test "$T/serve.err" outreach.db* | grep -c .)" '0 0' \
	'nor in a core file, the log or the store'
done_testing
