#!/bin/bash
# plan: the integration plan from end to end, all of it by HTTP: a campaign is
# created, people and their contexts are handed over, the dialer that
# outreach-serve keeps calls them through an exchange with the plan's contract.
. "${0%/*}/lib.sh"
. "$ROOT/tests/dialling.sh"

start() {
	curl -s -o answer -w '%{http_code}' -H 'Content-Type: application/json' -d "$1" \
		"http://127.0.0.1:$(cat port)/api/voice/campaign/start"
}

campaign '' 02 # for its settings; its own people are called by nobody
outreach-campaign cancel -q c
rm -f sim.log
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
background outreach-sim --port-file sim.port --http-port-file http.port --log sim.log --seed 1 \
	--webhook "http://127.0.0.1:$port/api/webhooks/call-events" --talk 5s 2>sim.err
await 10 test -s sim.port || bail "$(cat sim.err)"
cat >outreach.yaml <<-END
	exchanges:
	  peer: {type: http, url: "http://127.0.0.1:$(cat http.port)", simulator: true}
	serve: {dialer: true}
END
background outreach-serve -q --listen "127.0.0.1:$port" --port-file port 2>serve.err
SERVE=$!
await 20 test -s port || bail "$(cat serve.err)"

sed 's/^name: c/name: camp_123/; s/^exchange: .*/exchange: peer/' c.yaml >camp.yaml
is "$(curl -s -o answer -w '%{http_code}' -H 'Content-Type: application/yaml' --data-binary @camp.yaml \
	"http://127.0.0.1:$port/api/v1/campaigns")" 201 'a campaign is created'

# ---- what is wrong with it
while IFS='|' read -r name status body want; do
	is "$(start "$body")" "$status" "$name: $status"
	like "$(jq -r .detail answer)" "$want" "$name: why"
done <<'END'
no campaign|422|{"students":[]}|campaign_id must be the name of a campaign
one that there is not|404|{"campaign_id":"x"}|there is no campaign x: create it first
one that is over|409|{"campaign_id":"c"}|campaign c is cancelled
students that are no list|422|{"campaign_id":"camp_123","students":{}}|students must be a list
another key|422|{"campaign_id":"camp_123","wait":1}|no key "wait"
nobody|409|{"campaign_id":"camp_123","students":[]}|nobody|empty|no target
only people that are none|422|{"campaign_id":"camp_123","students":[{"student_id":1},{"phone":"+390555500101"},7]}|nobody was taken: .*phone.*student_id is missing
END
is "$(sql "SELECT count(*) FROM contact WHERE source = 'plan'")" 0 'nothing of that was stored'

# ---- the plan's request
is "$(start '{"campaign_id":"camp_123","students":[
	{"student_id":1,"phone":"+390555500101","context":"You call about a scholarship of 500.","priority":5},
	{"student_id":"b-2","phone_number":"+390555500202","name":"Ben","context":"You call Ben."},
	{"student_id":3,"phone":"12"},
	{"student_id":4,"phone":"+390555500404","colour":"red"}]}')" 200 'the plan'"'"'s request'
is "$(jq -c '[.campaign_id, .state, .added, .were_in, .contexts, [.refused[].student_id]]' answer)" \
	'["camp_123","active",2,0,2,[3,4]]' 'two are taken, two refused, and it begins'
like "$(jq -r '.refused[1].reason' answer)" 'no key "colour"' 'with the reason'
like "$(jq -r .dialer.state answer)" 'starting|running' 'its dialer comes'
called() {
	[ "$(sql 'SELECT count(*) FROM call WHERE rank = 7')" = 2 ]
}
ok 'both are called' await 40 called
is "$(sql "SELECT p.key, c.disposition FROM call c JOIN contact p ON p.id = c.contact ORDER BY p.id" | tr '\n' ' ')" \
	'1|answered b-2|busy ' 'who they are, and how it ended'
is "$(sql 'SELECT c.priority FROM target c JOIN contact p ON p.id = c.contact WHERE p.key = '"'1'")" 5 'the priority'
is "$(outreach-review show camp_123 --contact "$(sql "SELECT id FROM contact WHERE key = '1' AND source = 'plan'")" 2>/dev/null |
	grep -c 'scholarship of 500')" 1 'the context is the one that was sent'
is "$(start '{"campaign_id":"camp_123","students":[{"student_id":1,"phone":"+390555500101"}]}')" 200 'the same person again'
is "$(jq -c '[.added, .were_in, .contexts]' answer)" '[0,1,0]' 'changes nothing'
is "$(start '{"campaign_id":"camp_123","students":[{"student_id":1,"phone":"+390555500999"}]}')" 422 'with another number'
like "$(jq -r .detail answer)" 'has another number' 'it is refused'
is "$(logged asked)" 2 'each was called once'
once 'the plan'
ok "it replays" outreach-events replay --check
kill "$SERVE"
wait "$SERVE"
is $? 0 'the end'
done_testing
