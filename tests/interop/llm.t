#!/bin/bash
# llm: contexts from a chat API that we did not write: mock-llm, from npm. It
# fails and refuses by its own rules; what is asked is what it understands.
. "${0%/*}/../lib.sh"

modules=${NODE_MODULES:-$T/node_modules}
if ! command -v node >/dev/null; then
	echo '1..0 # SKIP needs node and npm'
	exit 0
fi
if [ ! -d "$modules/@dwmkerr/mock-llm" ]; then
	if ! npm install --silent --prefix "$T" @dwmkerr/mock-llm@0.1.29 >"$T/npm" 2>&1; then
		echo '1..0 # SKIP npm cannot install @dwmkerr/mock-llm (or set NODE_MODULES)'
		exit 0
	fi
	modules=$T/node_modules
fi

# Rules of the mock: the last one that matches decides. Names are in the person's data.
cat >mock.yaml <<'END'
rules:
  - path: "/v1/chat/completions"
    method: "POST"
    match: "@"
    response:
      status: 200
      content: |
        {"id": "x-{{timestamp}}", "object": "chat.completion", "model": "{{jmes request body.model}}",
         "choices": [{"index": 0, "message": {"role": "assistant", "content": "You call this person about the course. Say that you are an AI, tell the news, and say goodbye."},
                      "finish_reason": "stop"}],
         "usage": {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}}
  - path: "/v1/chat/completions"
    match: "contains(body.messages[-1].content, 'Broken')"
    response:
      status: 500
      content: '{"error": {"message": "Internal error", "type": "server_error"}}'
  - path: "/v1/chat/completions"
    match: "contains(body.messages[-1].content, 'Refused')"
    response:
      status: 200
      content: '{"choices": [{"message": {"role": "assistant", "content": null, "refusal": "Not this one."}, "finish_reason": "stop"}]}'
  - path: "/v1/chat/completions"
    match: "contains(body.messages[-1].content, 'Short')"
    response:
      status: 200
      content: '{"choices": [{"message": {"role": "assistant", "content": "You"}, "finish_reason": "length"}]}'
  - path: "/v1/chat/completions"
    match: "contains(body.messages[-1].content, 'Odd')"
    response:
      status: 200
      content: '{"object": "nothing"}'
  - path: "/v1/chat/completions"
    match: "body.response_format.type == 'json_schema'"
    response:
      status: 200
      content: |
        {"choices": [{"message": {"role": "assistant", "content": "{\"opening\": \"Hello from the AI.\", \"talking_points\": [\"The course starts.\"], \"questions\": [], \"closing\": \"Goodbye.\", \"language\": \"en\"}"},
                      "finish_reason": "stop"}]}
  - path: "/v1/chat/completions"
    match: "contains(to_string(headers), 'wrong-key')"
    response:
      status: 401
      content: '{"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}'
END

# A port that nobody has now; the mock takes none by itself.
port=$(node -e 's = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
background env HOST=127.0.0.1 PORT="$port" node "$modules/@dwmkerr/mock-llm/dist/main.js" --config mock.yaml >mock.out 2>&1
await 20 grep -q 'server running' mock.out || bail "the mock does not start: $(tail -n 3 mock.out)"

OUTREACH_NOW="2026-03-02T09:00:00Z*20@$(cut -d. -f1 /proc/uptime)000"
export OUTREACH_NOW OPENAI_API_KEY=some-key
printf 'llm: {url: "http://127.0.0.1:%s/v1", concurrent: 8}\n' "$port" >outreach.yaml

# campaign LINE...: with these keys in its block context.
campaign() {
	rm -f outreach.db
	{
		cat <<-'END'
			name: c
			base_prompt: You are Maya, an AI.
			template: "Call {{name}} now."
			exchange: sim
			dial_string: PJSIP/{number}@uas
			caller_id: Test <+390555555550>
			ring_timeout: 20s
			max_duration: 1m
			days: mon-sun
			hours: 08:00-20:00
			assume_timezone: Europe/Rome
			context:
			  model: gpt-4o-mini
			  tries: 2
			  price: {currency: USD, input: 1, output: 2}
		END
		[ $# = 0 ] || printf '  %s\n' "$@"
	} >c.yaml
	n=0
	{
		echo id,name,phone
		for name in "${names[@]}"; do
			n=$((n + 1))
			printf 'K%d,%s,+390555%06d\n' $n "$name" $n
		done
	} >people.csv
	outreach init -q && outreach-campaign apply -q c.yaml 2>/dev/null &&
		outreach-import -q --id id people.csv | outreach-campaign add -q c || bail "no campaign"
	outreach-campaign targets c >targets
}

names=('Asha Rao' 'Broken Ben' 'Refused Ria' 'Short Sam' 'Odd Olga' 'Zoe Well')
campaign
run outreach-context -k targets
is "$status" 1 "some are refused"
is "$(jq -r .name "$T/out" | tr '\n' '|')" 'Asha Rao|Zoe Well|' "the others have their contexts"
like "$(jq -r .context "$T/out" | head -1)" '^You call this person about the course' "word for word"
for why in ':2: target 2: HTTP 500: Internal error' ':3: target 3: the model refused: Not this one' \
	':4: target 4: the text is cut off' ':5: target 5: the reply is no chat completion'; do
	like "$err" "$why" "it says why: ${why##*: }"
done
like "$err" '240 \+ 60 tokens' "its usage is counted"
run outreach-context -k targets
like "$err" 'target 2: HTTP 500' "again: those who failed are asked again"
is "$(jq -r .name "$T/out" | wc -l)" 2 "and the others are not"

names=('Asha Rao')
campaign 'structured: true'
run outreach-context targets
is "$status" 0 "structured output"
like "$out" 'Opening: Hello from the AI' "is understood"
campaign
OPENAI_API_KEY=wrong-key run outreach-context targets
like_run "a wrong key" 78 '' 'does not accept the key'

names=()
for i in $(seq 500); do
	names+=("Person $(printf '%03d' "$i" | tr 0-9 a-j)")
done
campaign
run outreach-context --concurrent 64 targets
is "$status $(grep -c context_origin "$T/out")" '0 500' "500 people, 64 at a time"
is "$(jq -r .id "$T/out" | tr '\n' ' ')" "$(seq 500 | tr '\n' ' ')" "in order"
done_testing
