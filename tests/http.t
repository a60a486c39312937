#!/bin/bash
# http: an exchange that is told by HTTP, as the integration plan would have it:
# the simulator serves its contract and posts its webhooks, outreach-serve takes
# them, the dialer follows the journal. What counts is what was asked to ring.
. "${0%/*}/lib.sh"
. "$ROOT/tests/dialling.sh"

serve() {
	rm -f port
	background outreach-serve -q --listen 127.0.0.1:0 --port-file port 2>>serve.err
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start: $(cat serve.err)"
}

serve_off() {
	kill "$SERVE"
	wait "$SERVE" 2>/dev/null
}

# settings MORE: the exchange of this directory's simulator.
settings() {
	cat >outreach.yaml <<-END
		exchanges:
		  sim: {type: sim, port_file: sim.port}
		  peer: {type: http, url: "http://127.0.0.1:$(cat http.port)"$1}
	END
}

# peer ARG...: the simulator with the plan's contract, and the settings for it.
peer() {
	rm -f sim.port http.port
	talk=5s
	[ "$1" != --talk ] || { talk=$2; shift 2; }
	background outreach-sim --port-file sim.port --http-port-file http.port --log sim.log --seed 1 \
		--talk "$talk" --webhook "http://127.0.0.1:$(cat port)/api/webhooks/call-events" "$@" 2>>sim.err
	SIM=$!
	await 10 test -s sim.port || bail "no simulator: $(cat sim.err)"
	settings ', simulator: true'
}

# over_http EDIT SUFFIX...: a campaign on that exchange, with everything that it needs but the simulator.
over_http() {
	campaign "$@"
	sed -i 's/^exchange: .*/exchange: peer/; /^dial_string:/d' c.yaml
	serve
}

to_peer() {
	outreach-campaign apply -q c.yaml 2>"$T/apply" || bail "$(cat "$T/apply")"
}

end() {
	switch_off
	serve_off
}

# ---- a whole campaign

over_http '' 00 01 02 03 06 07 00
peer
to_peer
run outreach run c
is "$status" 75 "outreach run: who did not answer waits for another day"
is "$(printf '%s\n' "$out" | endings)" \
	'00 answered;00 answered;01 answered;02 busy;03 no_answer;06 declined;07 no_answer;' 'how each call ended'
is "$(printf '%s\n' "$out" | jq -c 'select(.phone[-2:] == "02") | [.event, .source, .attempt, .name, .attributes.course]')" \
	'["ended","webhook",1,"Person 3","BSc"]' "a webhook says so, and the record's fields come along"
is "$(printf '%s\n' "$out" | jq -r 'select(.phone[-2:] == "00") | .talk_ms' | sort -u)" 5000 "how long they talked"
is "$(logged asked)" 7 'seven were asked for'
once 'outcomes'
is "$(sql 'SELECT count(*) FROM alias')/$(sql 'SELECT count(*) FROM call')" 7/7 \
	"the exchange's own ids are aliases, and no orphan is left"
ok "it replays" outreach-events replay --check
run outreach-dial </dev/null
is "$status$out" 0 "nothing is open"
end

# ---- what the exchange is told

over_http 's/^base_prompt: .*/base_prompt: "Say \\"hi\\", \\\\ and {{brace}}"/' 00
cat >want.py <<-'END'
	import http.server, json, sys
	class H(http.server.BaseHTTPRequestHandler):
	    def do_POST(self):
	        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
	        keep = {k.lower(): v for k, v in self.headers.items() if k.lower() in
	                ("content-type", "idempotency-key", "authorization", "x-key")}
	        json.dump({"path": self.path, "headers": keep, "body": json.loads(body)}, open("told.tmp", "w"))
	        import os; os.rename("told.tmp", "told")
	        self.send_response(int(sys.argv[1])); self.end_headers()
	        self.wfile.write(sys.argv[2].encode())
	    def log_message(self, *a): pass
	s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
	open("http.tmp", "w").write(str(s.server_port))
	import os; os.rename("http.tmp", "http.port")
	s.serve_forever()
END
# told STATUS REPLY: a server that answers so and keeps what it was told.
told() {
	rm -f told http.port
	background /usr/bin/python3 want.py "$@" 2>>want.err
	WANT=$!
	await 20 test -s http.port || bail "$(cat want.err)"
}
unset OUTREACH_NOW
told 422 '{"detail":"phone_number +393331234567 is not valid"}'
umask 077
printf 's3cret\n' >key
settings ', secret_file: key'
to_peer
claim >calls
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | jq -r '"\(.disposition) \(.reason)"')" \
	'0 not_placed the exchange refused it: HTTP 422 (phone_number +############ is not valid)' \
	"422: not placed, and no digit of its words is kept"
is "$(sql "SELECT count(*) FROM journal WHERE fact LIKE '%is not valid%'")/$(sql "SELECT count(*) FROM body WHERE json LIKE '%is not valid%'")" 0/1 \
	"nor are its words in a fact, which stays: they are in the body, which can be erased"
ok "it replays" outreach-events replay --check
id=$(jq -r .id calls)
is "$(jq -c .body told)" "$(jq -c '{phone_number: .phone, system_message: .system_message, metadata: {student_id: "1", campaign_id: "c", call_id: .id}}' calls)" \
	"the plan's body, whatever its texts hold"
is "$(jq -Sc '[.path, .headers]' told)" \
	'["/api/call/initiate",{"authorization":"Bearer s3cret","content-type":"application/json","idempotency-key":"'"$id"'"}]' \
	"its path, the secret, the key"
outreach-contacts forget -q 1
is "$(sql "SELECT count(*) FROM body WHERE json LIKE '%is not valid%'")$(grep -ac 'is not valid' outreach.db)" 00 \
	"whoever is forgotten is not named by the exchange's words either"
kill "$WANT"
told 200 '{"data":{"uuid":"0195F5F0-0000-4000-8000-00000000000A"}}'
cat >>outreach.yaml <<-END
	  other:
	    type: http
	    url: http://127.0.0.1:$(cat http.port)
	    path: /v2/calls
	    secret_file: key
	    secret_header: X-Key
	    idempotency_header: X-Call
	    body:
	      to: "{{phone}}"
	      say: ["{{name}} \"{{course}}\"", {n: 3, deep: "{{attempt}}/{{max_seconds}}"}]
END
cat >more.csv <<-'END'
	id,name,phone,timezone,course
	X1,"Eve ""E"" O'Neil",+390555500299,Europe/Rome,BSc
END
outreach-import -q --source more --id id more.csv | outreach-campaign add c 2>"$T/add"
claim >calls
background sh -c 'exec outreach-dial --exchange other <calls >dialled 2>dial.err'
DIAL=$!
ok "another exchange is told" await 20 test -s told
is "$(jq -c '[.path, .body]' told)" \
	'["/v2/calls",{"to":"+390555500299","say":["Eve \"E\" O'"'"'Neil \"BSc\"",{"n":3,"deep":"1/60"}]}]' \
	"a body of one's own: texts are templates, the rest stays"
is "$(jq -c '.headers' told)" '{"content-type":"application/json","x-key":"s3cret"}' "its own header of the secret"
aliased() {
	[ "$(sql 'SELECT count(*) FROM alias')" = 1 ]
}
await 20 aliased
is "$(sql 'SELECT uuid, lower(hex(call)) FROM alias')" "0195f5f0-0000-4000-8000-00000000000a|$(jq -r .id calls | tr -d -)" \
	"the reply's id is stored"
hook() {
	curl -s -o body -H 'Content-Type: application/json' -d "$1" "http://127.0.0.1:$(cat port)/api/webhooks/call-events"
}
hook '{"call_id":"0195f5f0-0000-4000-8000-00000000000a","event_type":"call_completed","status":"completed","metadata":{},"data":{"outcome":"success","duration":7}}'
wait "$DIAL"
is "$? $(jq -r '"\(.disposition) \(.talk_ms) \(.source)"' dialled)" '0 answered 7000 webhook' \
	"a webhook under that id ends it"
kill "$WANT"
told 200 '{"call_id":"call_1790000000"}'
settings ''
printf 'id,name,phone,timezone,course\nV1,A,+390555500294,Europe/Rome,B\nV2,B,+390555500295,Europe/Rome,B\n' >more.csv
outreach-import -q --source more --id id more.csv | outreach-campaign add c 2>"$T/add"
claim >calls
background sh -c 'exec outreach-dial <calls >dialled 2>dial.err'
DIAL=$!
both() {
	[ "$(sql 'SELECT count(*) FROM call WHERE placed_at IS NOT NULL AND line_open = 1')" = 2 ]
}
ok 'an exchange that gives one id to two calls' await 20 both
kill -9 "$DIAL"
wait "$DIAL" 2>/dev/null
hook '{"call_id":"call_1790000000","event_type":"call_failed","status":"busy","metadata":{},"data":{}}'
is "$(sql 'SELECT count(*), count(DISTINCT contact) FROM call WHERE placed_at IS NOT NULL AND line_open = 1')" '1|1' \
	"they stay two: its events are of the first, the other's end is not known"
ok "it replays" outreach-events replay --check
for id in $(jq -r .id calls); do # a person says how it ended
	hook '{"call_id":"'"$id"'","event_type":"call_failed","status":"busy","metadata":{},"data":{}}'
done
run outreach-doctor
like "$out" '"check":"exchange.peer"[^}]*"finding":"ok"[^}]*it answers' 'outreach doctor: it answers'
settings ', body: {to: "{{#x}}"}'
run outreach-doctor --offline
like "$out" '"check":"exchange.peer"[^}]*"finding":"wrong"[^}]*body' 'a body that is no template'
kill "$WANT"
wait "$WANT" 2>/dev/null
settings ''
run outreach-doctor
like "$out" '"check":"exchange.peer"[^}]*"finding":"wrong"' 'nobody there'
told 401 '{"error":"who are you?"}'
settings ''
printf 'id,name,phone,timezone,course\nY1,A,+390555500297,Europe/Rome,B\nY2,B,+390555500298,Europe/Rome,B\n' >more.csv
outreach-import -q --source more --id id more.csv | outreach-campaign add c 2>"$T/add"
claim >calls
run outreach-dial <calls
is "$status" 69 "401: no further call"
like "$err" 'the exchange refused it: HTTP 401 \(who are you\?\)' "and why"
kill "$WANT"
told 302 'elsewhere'
settings ', body: {to: "{{nothing}}"}'
printf 'id,name,phone,timezone,course\nZ1,A,+390555500296,Europe/Rome,B\n' >more.csv
outreach-import -q --source more --id id more.csv | outreach-campaign add c 2>"$T/add"
claim >calls
run outreach-dial <calls
is "$(sql "SELECT DISTINCT held FROM target WHERE held <> 'forgotten'")" \
	'exchange peer: body: to: {{nothing}} has no value' "a body that a person does not fill: held, not called"
is "$(test -e told && echo told)" '' "nothing was sent"
settings ', body: {to: "{{nothing"}'
run outreach-dial </dev/null
claim --limit 1 >calls
run outreach-dial --exchange peer <calls
is "$status" 78 "a template that is none"
like "$err" 'exchange peer: body: to: template:1:1' "and where"
kill "$WANT"
serve_off
day 2026-03-02

# ---- a wish that comes before the reply does

over_http '' 00 00
cat >hasty.py <<-'END'
	import http.server, json, os, urllib.request
	def hook(event, **more):
	    url = "http://127.0.0.1:%s/api/webhooks/call-events" % open("port").read().strip()
	    body = json.dumps({"call_id": "prov-%d" % calls, "event_type": event, "metadata": {}, **more})
	    urllib.request.urlopen(urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})).read()
	calls = 0
	said = ["Please never call me again.", "Lascia stare, zuppa di pesce."]
	class H(http.server.BaseHTTPRequestHandler):
	    def do_POST(self):
	        global calls
	        self.rfile.read(int(self.headers["Content-Length"]))
	        calls += 1
	        hook("call_answered", data={})
	        hook("transcript", data={"role": "user", "text": said[calls - 1]})
	        hook("call_completed", status="completed", data={"duration": 7})
	        self.send_response(200); self.end_headers()
	        self.wfile.write(b'{"call_id":"prov-%d"}' % calls)
	    def log_message(self, *a): pass
	s = http.server.HTTPServer(("127.0.0.1", 0), H)
	open("http.tmp", "w").write(str(s.server_port)); os.rename("http.tmp", "http.port")
	s.serve_forever()
END
rm -f http.port
background /usr/bin/python3 hasty.py 2>hasty.err
HASTY=$!
await 20 test -s http.port || bail "$(cat hasty.err)"
unset OUTREACH_NOW
settings ''
printf 'zuppa di pesce\n' >wishes
sed -i '1i opt_out_words: wishes' outreach.yaml
to_peer
for i in 1 2; do
	claim --limit 1 >calls
	run outreach-dial <calls
	is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;' "its webhooks are here before its reply: call $i"
done
is "$(outreach-dnc list | jq -r .phone | sort | tr '\n' ' ')" '+3905555000100 +3905555000200 ' \
	"the wishes in them count, those of the settings' phrases too"
is "$(sql 'SELECT count(*) FROM optout')/$(sql 'SELECT count(*) FROM alias')" 2/2 'each once'
ok "it replays" outreach-events replay --check
sed -i 's/^opt_out_words: .*/opt_out_words: nowhere/' outreach.yaml
run outreach-dial </dev/null
like_run 'no phrases, no calls' 66 '' 'nowhere'
kill "$HASTY"
wait "$HASTY" 2>/dev/null
serve_off
day 2026-03-02

# ---- replies that are lost: rung once, and known by their webhooks

over_http '' 00 02 00 02 00 02
peer --http-fault lost:2
to_peer
claim >calls
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;00 answered;00 answered;02 busy;02 busy;02 busy;' \
	'every second reply lost: webhooks tell'
is "$(logged asked)" 6 'each was asked for once'
once 'lost replies'
end

over_http '' 00 00 00 00
peer --http-fault late:2 --http-fault mute:2
to_peer
claim >calls
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;00 answered;00 unknown;00 unknown;' \
	'500 behind a call, and no webhook: unknown'
is "$(sql 'SELECT count(*) FROM call WHERE line_open = 1 AND rank = 6')" 2 'their lines stay open'
is "$(logged asked)" 4 'none was asked for again'
run outreach-dial <calls
is "$status" 0 'the same records once more'
outreach run -q c 2>"$T/run.err"
is "$(logged asked)" 4 'nor by another run'
run outreach-dial -n <calls
like "$out$err" "call was made already" '-n knows them, too'
run outreach-reconcile
is "$(logged asked)/$(sql 'SELECT count(*) FROM call WHERE rank = 6')" 4/2 'nor by outreach-reconcile, which cannot know either'
is "$(outreach-campaign targets c --state unknown | wc -l)" 2 'they wait for a person'
late=$(sql 'SELECT lower(hex(id)) FROM call WHERE rank = 6 LIMIT 1' | sed 's/\(........\)\(....\)\(....\)\(....\)/\1-\2-\3-\4-/')
hook '{"call_id":"abc","event_type":"call_failed","status":"busy","metadata":{"call_id":"'"$late"'"},"data":{}}'
is "$(sql "SELECT count(*) FROM call WHERE rank = 6")" 1 'a webhook that comes late is evidence'
ok "it replays" outreach-events replay --check
end

over_http '' 02 02 02 02 02 02 02 02
peer --http-fault lost --http-fault mute
sed -i 's/^concurrent: .*/concurrent: 1/; s/^calls_per_second: .*/calls_per_second: 1/' c.yaml
to_peer
claim >calls
sed -i 's/^concurrent: .*/concurrent: 8/' c.yaml
to_peer
claim >>calls
run outreach-dial <calls
is "$status" 69 'three lost replies in a row: no further call'
like "$err" 'of the last 3 calls the exchange did not say whether it placed them' 'and why'
is "$(logged asked)" 3 'three were asked for'
end

# ---- what is refused, and what never left

over_http '' 00 00 00 00 00
peer --http-fault refuse
to_peer
claim >calls
run outreach-dial <calls
is "$status" 69 'three refusals in a row: no further call'
is "$(logged ring)" 0 'nobody rang'
is "$(sql 'SELECT count(*) FROM call WHERE line_open = 1')" 0 'no line is open'
end
# One after the other, so that the replies come in that order.
over_http 's/second: .*/second: 2/' 00 00 00 00 00 00 00 00
peer --http-fault refuse:2
to_peer
claim >calls
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | endings)" \
	'0 00 answered;00 answered;00 answered;00 answered;00 not_placed;00 not_placed;00 not_placed;00 not_placed;' \
	'every second one refused: that is not in a row, though the others end later'
end
over_http '' 00 00 00 00 00
peer
to_peer
switch_off
claim >calls
run outreach-dial <calls
is "$status" 75 'an exchange that takes no connection'
is "$(sql 'SELECT count(*) FROM call WHERE rank = 6')" 0 'nothing is unknown: nothing was sent'
is "$(sql 'SELECT count(*) FROM claim')" 0 'the claims are back'
peer --http-fault slow --http-fault twice
claim >calls
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;00 answered;00 answered;00 answered;00 answered;' \
	'slow replies, webhooks that come twice'
is "$(sql "SELECT count(*) FROM journal WHERE kind = 'call.ended' AND source = 'webhook'")" 5 'are journalled once'
end

# ---- an idempotent peer

over_http '' 00 02 00 02 00 02
peer --http-fault cut:2 --http-fault anon --http-idempotent
settings ', simulator: true, idempotent: true'
to_peer
claim >calls
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;00 answered;00 answered;02 busy;02 busy;02 busy;' \
	'cut replies, sent again under the same id'
is "$(logged asked)" 6 'each rang once'
end

over_http '' 00 00 00 00
peer --http-fault early:2 --http-idempotent
settings ', simulator: true, idempotent: true'
to_peer
claim >calls
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;00 answered;00 answered;00 answered;' \
	'500 before a call: sent again, and placed'
once 'an idempotent peer'
end

over_http '' 00
cat >deaf.py <<-'END'
	import http.server, os, time
	class H(http.server.BaseHTTPRequestHandler):
	    def do_GET(self):
	        self.send_response(200); self.end_headers(); self.wfile.write(b"outreach-sim")
	    def do_POST(self):
	        open("sent", "a").write(self.headers["Idempotency-Key"] + "\n")
	        if os.path.exists("awake"):
	            self.send_response(200); self.end_headers(); self.wfile.write(b"{}")
	        else:
	            time.sleep(60)
	    def log_message(self, *a): pass
	s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
	open("http.tmp", "w").write(str(s.server_port)); os.rename("http.tmp", "http.port")
	s.serve_forever()
END
rm -f http.port
background /usr/bin/python3 deaf.py 2>deaf.err
DEAF=$!
await 20 test -s http.port || bail "$(cat deaf.err)"
settings ', simulator: true, idempotent: true, idempotent_for: 2d'
to_peer
claim >calls
background sh -c 'exec outreach-dial <calls >dialled 2>dial.err'
DIAL=$!
ok 'a dialer dies with a request on its way' await 20 test -s sent
kill -9 "$DIAL"
wait "$DIAL" 2>/dev/null
touch awake
day 2026-03-05
run outreach-dial --exchange peer </dev/null
is "$(wc -l <sent)" 1 'three days later the peer may have forgotten it: not sent again'
is "$status $(sql 'SELECT rank, line_open FROM call')" '0 6|1' 'but unknown, and its line open'
kill "$DEAF"
wait "$DEAF" 2>/dev/null
serve_off
day 2026-03-02

# ---- how long a call may last

over_http '' 00
peer --talk 10m
settings ', simulator: true, hangup_path: /api/call/hangup'
to_peer
claim >calls
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;' 'the maximum duration is over: it is told to hang up'
is "$(logged hangup)" 1 'and does'
end

# ---- the dialer is killed

over_http '' 00 02 00 02 03 00 02 00 02 00 02 00 02 00 02 00 02 00 02 00
peer --http-fault lost:5 --http-fault bare:3 --http-fault slow:7
to_peer
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	claim --limit 1 >calls
	# Other instants each time, from the start on: fork, setup, intent, request, reply, webhook.
	timeout -s KILL "0.0$((i * 37 % 90 + 10))" outreach-dial <calls >>dialled 2>>dial.err
done
is "$(jq -r 'select(.event == "asked") | .call' sim.log | sort | uniq -d)" '' 'kill -9, twelve times: none was asked for twice'
run outreach-dial </dev/null
is "$status" 0 'the next dialer follows what is open to its end'
outreach run -q c >>dialled 2>"$T/run.err"
is "$(jq -r 'select(.event == "asked") | .call' sim.log | sort | uniq -d)" '' 'nor by the runs after it'
once 'killed dialers'
is "$(sql 'SELECT count(*) FROM call WHERE line_open = 1 AND rank < 6')" 0 'every call is over, or unknown'
is "$(sql 'SELECT count(*) FROM call WHERE rank = 7' | awk '{ print ($1 >= 5) }')" 1 'most are over'
ok "it replays" outreach-events replay --check
# A call that lives when its dialer dies is followed by the next one.
end
over_http 's/max_duration: 1m/max_duration: 10m/' 00
peer --talk 3m
to_peer
claim >calls
background sh -c 'exec outreach-dial <calls >dialled 2>dial.err'
DIAL=$!
await 20 live 1
kill -9 "$DIAL"
wait "$DIAL" 2>/dev/null
run outreach-reconcile
like_run 'outreach-reconcile leaves a call that may live' 0 '' 'only its webhooks tell how it ends'
is "$(grep -c 'only its webhooks tell' <<<"$err") $(grep -c '1 left open' <<<"$err")" '1 1' 'and says so once'
run outreach-dial <calls
is "$status $(printf '%s\n' "$out" | endings)" '0 00 answered;' 'the next dialer hears how it ends'
is "$(logged asked)" 1 'nobody rang again'
end
over_http 's/max_duration: 1m/max_duration: 2h/' 00 00
peer --talk 1h
to_peer
claim >calls
background sh -c 'exec outreach-dial <calls >dialled 2>dial.err'
DIAL=$!
await 20 live 2
kill -9 "$DIAL"
wait "$DIAL" 2>/dev/null
end
run outreach-reconcile
is "$status $(sql 'SELECT count(*) FROM call WHERE line_open = 1 AND rank < 6')" '75 2' \
	'an exchange that is away, too: outreach-reconcile says that it asked nobody'
like "$err" '2 left open' 'and counts each call once'

# ---- the first run

over_http 's/^concurrent: .*/concurrent: 40/' $(printf '02 %.0s' $(seq 24))
peer
settings ''
to_peer
run outreach-dial </dev/null
claim --limit 1 >calls
run outreach-dial <calls
is "$status" 78 'a made-up time, and an exchange that need not be a simulator'
unset OUTREACH_NOW
claim >calls
run outreach-dial <calls
is "$(logged asked)" 20 'the first run is of twenty calls here too'
run outreach-campaign claim c
is_run 'then nobody is claimed' 77 '' 'outreach-campaign: c: the first calls are made: a person must say resume'
is "$(outreach-campaign targets --reason trial c | wc -l)" 24 'targets knows why'
run timeout 60 outreach run -q c
is "$status" 77 'and a run ends with that'
like "$err" 'c: the first calls are made' 'and says so'
is "$(logged asked)" 20 'nobody else was called'
run outreach-campaign resume c
is_run 'a person says resume' 0 '' 'outreach-campaign: c: active'
claim >calls
run outreach-dial <calls
is "$(logged asked)" 24 'and the others are called'
ok 'it replays' outreach-events replay --check
end

# What the simulator got is no first run, and a resume there says nothing of the exchange.
day 2026-03-02
over_http 's/^concurrent: .*/concurrent: 40/; s/^max_attempts: .*/max_attempts: 2/; s/^min_gap: .*/min_gap: 0s/' \
	$(printf '02 %.0s' $(seq 24))
peer
sed -i 's/^exchange: .*/exchange: sim/; $a retry: {busy: {max: 1, delays: [1s]}}' c.yaml
sed '$a dial_string: PJSIP/{number}@uas' c.yaml >onsim.yaml
outreach-campaign apply -q onsim.yaml 2>>err || bail 'a campaign on the simulator'
claim >calls
run outreach-dial <calls
is "$(logged asked)" 24 'all are called on the simulator, none of them a first call'
outreach-campaign pause -q c
outreach-campaign resume -q c
is "$(outreach-campaign show --format ndjson c | jq -c '[.calls, .confirmed]')" '[24,false]' 'a resume there confirms nothing'
settings ''
sed -i 's/^exchange: .*/exchange: peer/' c.yaml
to_peer
unset OUTREACH_NOW
claim >calls
run outreach-dial <calls
is "$(logged asked)" 44 'the first run on the exchange is of twenty calls'
end

# ---- setting it up

printf 'exchanges:\n  x: {type: http}\n' >outreach.yaml
run outreach-campaign list
like_run 'no address' 78 '' 'exchanges.x.*url.*http://avr-core:5001'
printf 'exchanges:\n  x: {type: http, url: "http://u:p@h/x"}\n' >outreach.yaml
run outreach-campaign list
like_run 'a password in it' 78 '' 'a password belongs into secret_file'
run outreach-post
like_run 'outreach-post is no tool for people' 64 '' 'it takes its orders from outreach-dial alone'
run outreach-sim --http 127.0.0.1:0 --http-fault odd
like_run 'a fault that there is none of' 64 '' 'none of lost, cut'

# ---- an exchange of another kind

over_http '' 00
peer
to_peer
claim >calls
run outreach-dial --exchange sim <calls
like_run 'a campaign without a dial_string needs an exchange of type http' 78 '' \
	'campaign c has no dial_string, which exchange sim needs'
is "$(logged ring) $(sql 'SELECT count(*) FROM call')" '0 0' 'nothing was sent'
end
done_testing
