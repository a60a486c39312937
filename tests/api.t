#!/bin/bash
# api: campaigns, people, do-not-call and the journal by HTTP, and who may do what.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

web() {
	/usr/bin/python3 "$ROOT/tests/web.py" "$@"
}

serve() {
	rm -f port
	background outreach-serve --port-file port "$@" 2>"$T/serve.err"
	SERVE=$!
	await 20 test -s port || bail "outreach-serve did not start: $(cat "$T/serve.err")"
	PORT=$(cat port)
}

# ask LINE...: web.py status, each with the host that a browser here would say.
ask() {
	printf '%s\n' "$@" | web status "$PORT"
}

# as TOKEN METHOD PATH [BODY]: one request with a token: "STATUS BODY".
as() {
	printf '%s %s Authorization: Bearer %s\t%s\n' "$2" "/api/$3" "$1" "${4-}" | web status "$PORT"
}

# its JQ: of the last answer's body.
its() {
	printf '%s\n' "${got#* }" | jq -c "$1"
}

fresh
OUTREACH_NOW=2026-03-02T12:00:00Z
export OUTREACH_NOW
printf 'exchanges:\n  sim:\n    type: sim\n    port: 5038\n' >outreach.yaml
outreach init -q || bail "no store"
small_campaign
people +442079460101 +442079460102 +442079460103
serve --listen 127.0.0.1:0

# ---- no token: this machine, and no page of another site ---------------------------
like "$(cat "$T/serve.err")" 'there is no token: only this machine' 'it says that there is no token'
is "$(curl -s -o "$T/answer" -w '%{http_code}' "http://127.0.0.1:$PORT/api/v1/campaigns")" 200 'this machine needs none'
is "$(jq -c '[.items[].name, .next]' "$T/answer")" '["small",null]' 'a list'
while IFS='|' read -r name status header; do
	is "$(curl -s -o "$T/answer" -w '%{http_code}' -H "$header" "http://127.0.0.1:$PORT/api/v1/campaigns")" \
		"$status" "$name: $status"
done <<END
a page of another site|403|Origin: http://example.org
a page of no site|403|Origin: null
another name for us|403|Host: rebound.example.org
our own page|200|Origin: http://127.0.0.1:$PORT
END
run outreach-serve --people 0.0.0.0:0 </dev/null
like_run 'a second one' 75 '' 'another outreach-serve'

# ---- tokens -------------------------------------------------------------------------
ops=$(outreach-token add -q --role operator ops)
look=$(outreach-token add -q look)
await 5 sh -c "curl -s http://127.0.0.1:$PORT/api/v1/campaigns | grep -q 'token is wanted'"
like "$(ask 'GET /api/v1/campaigns')" '^401 .*a token is wanted' 'with the first token everybody needs one'
like "$(as ort_0 GET v1/campaigns)" '^401 .*is none' 'a token that is none'
like "$(as "$look" GET v1/campaigns)" '^200 ' 'a viewer looks'
like "$(as "$look" POST v1/campaigns/small/pause)" "^403 .*token look is a viewer's" 'and does not act'
like "$(web raw "$PORT" 'GET /api/v1/campaigns HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')" \
	'^WWW-Authenticate: Bearer$' 'how to show one'
like "$(ask 'GET /healthz')" '^200' 'health needs none'

# ---- the store at a glance --------------------------------------------------------------
got=$(as "$look" GET v1/status)
is "$(its '[.now, .clock_scale, .open_calls, .stopped, .role]')" '["2026-03-02T12:00:00.000Z",1,0,false,"viewer"]' 'status'
is "$(its .seq)" "$(outreach-events log | tail -n 1 | jq .seq)" 'and where the journal is'
like "$(its .actor)" '^"token:look@' 'and who asks'
outreach stop -q 2>/dev/null
got=$(as "$ops" GET v1/status)
is "$(its '[.stopped, .role]')" '[true,"operator"]' 'stopped'
outreach resume -q 2>/dev/null

# ---- campaigns -----------------------------------------------------------------------
got=$(as "$ops" GET v1/campaigns/small)
is "$(its '[.name, .state, .plan.exchange]')" '["small","draft","sim"]' 'one campaign'
like "$(as "$ops" GET v1/campaigns/none)" '^404 .*no campaign none' 'none of that name'
file=$(jq -c '.name = "second"' <<<"$(printf '%s' "${got#* }" | jq -c .plan)")
got=$(as "$ops" POST v1/campaigns "$file")
is "${got%% *} $(its .state)" '201 "draft"' 'created from JSON'
got=$(as "$ops" POST v1/campaigns "$file")
is "${got%% *}" 200 'the same again'
like "$(as "$ops" POST v1/campaigns "$(jq -c '.concurrent = 3' <<<"$file")")" '^409 .*apply changes it' 'another file'
sed 's/^name: small/name: third/' small.yaml >third.yaml
is "$(curl -s -o "$T/answer" -w '%{http_code}' -H "Authorization: Bearer $ops" -H 'Content-Type: application/yaml' \
	--data-binary @third.yaml "http://127.0.0.1:$PORT/api/v1/campaigns")" 201 'from YAML'
sed -i 's/^hours:/hour:/' third.yaml
curl -s -o "$T/answer" -H "Authorization: Bearer $ops" -H 'Content-Type: application/yaml' \
	--data-binary @third.yaml "http://127.0.0.1:$PORT/api/v1/campaigns"
like "$(cat "$T/answer")" '"status":422,"detail":"body:[0-9]+:[0-9]+: hour' 'a wrong key is named with its place'
is "$(curl -s -o "$T/answer" -w '%{http_code}' -H "Authorization: Bearer $ops" -H 'Content-Type: text/plain' \
	--data-binary @third.yaml "http://127.0.0.1:$PORT/api/v1/campaigns")" 415 'another media type'
like "$(as "$ops" POST v1/campaigns '{"name":')" '^400 ' 'no JSON'
like "$(as "$ops" POST v1/campaigns '[1]')" '^422 ' 'no object'
like "$(as "$ops" POST v1/campaigns/second/activate)" '^409 .*has nobody to call' 'nobody to call'
got=$(as "$ops" POST v1/campaigns/second/targets '{"contacts":[1,2]}')
is "$got" '200 {"added":2,"were_in":0}' 'people are added'
like "$(as "$ops" POST v1/campaigns/second/targets '{"contacts":[99]}')" '^422 .*no contact 99' 'but not one who is not there'
like "$(as "$ops" POST v1/campaigns/second/targets '{"contacts":["1"]}')" '^422 ' 'nor a text'
got=$(as "$ops" POST v1/campaigns/small/activate '{}')
is "${got%% *} $(its '[.state, .changed]')" '200 ["active",true]' 'activated'
like "$(as "$ops" POST v1/campaigns/small/activate)" '^409 .*only a draft' 'once'
got=$(as "$ops" POST v1/campaigns/small/pause '{"reason":"lunch"}')
is "$(its '[.state, .changed]')" '["paused",true]' 'paused'
got=$(as "$ops" POST v1/campaigns/small/pause)
is "$(its .changed)" false 'already'
like "$(as "$ops" POST v1/campaigns/small/pause '{"why":"lunch"}')" '^422 .*knows no key .*why' 'an unknown key is named'
got=$(as "$ops" POST v1/campaigns/small/resume)
is "$(its '[.state, .changed]')" '["active",true]' 'resumed'
got=$(as "$ops" POST v1/campaigns/small/resume)
is "${got%% *} $(its '[.state, .changed]')" '200 ["active",false]' 'it was so already'
like "$(as "$ops" POST v1/campaigns/second/resume)" '^409 .*only a paused one' 'but no draft'
got=$(as "$ops" POST v1/campaigns/third/cancel '{"reason":"no"}')
is "$(its '[.state, .changed]')" '["cancelled",true]' 'cancelled'
like "$(as "$ops" POST v1/campaigns/third/resume)" '^409 ' 'for good'
is "$(outreach-events log --kind campaign.paused | jq -r '"\(.actor) \(.fact.reason)"')" \
	"token:ops@$(outreach-events log --kind store.created | jq -r .actor | sed 's/.*@//') lunch" 'the journal names the token'
like "$(outreach-events log --kind dnc | jq -r .actor)" '^$' 'and nothing else happened'

# ---- progress and targets --------------------------------------------------------------
got=$(as "$look" GET v1/campaigns/small/progress)
is "$(its '[.targets, .state.waiting, .due, .calls]')" '[3,3,3,0]' 'progress'
is "$(its '[.timeline, .finish_at, .calls_per_hour]')" '[null,null,0]' 'no call, no time'
got=$(as "$look" GET 'v1/campaigns?counts=1')
is "$(its '[.items[] | .name, .state, .targets, .people.waiting]')" \
	'["small","active",3,3,"second","draft",2,2,"third","cancelled",0,0]' 'the list with its people'
is "$(its '.items | map(del(.targets, .people))')" "$(as "$look" GET v1/campaigns | sed 's/^200 //' | jq -c .items)" 'is the same else'
got=$(as "$look" GET v1/campaigns/small/progress)
is "$(its .state.waiting)" "$(outreach status --format ndjson | jq 'select(.campaign == "small").waiting')" 'as status says'
got=$(as "$look" GET 'v1/campaigns/small/targets?limit=2')
is "$(its '[.items[].contact]') $(its .next)" '[1,2] 2' 'two targets'
got=$(as "$look" GET "v1/campaigns/small/targets?limit=2&after=$(its .next)")
is "$(its '[.items[].contact]') $(its .next)" '[3] null' 'and the rest'
like "$(as "$look" GET 'v1/campaigns/small/targets?offset=2')" '^400 .*knows no key .*offset' 'an unknown key of the query'
like "$(as "$look" GET 'v1/campaigns/small/targets?limit=0')" '^400 .*limit' 'a limit that is none'
got=$(as "$ops" PATCH v1/campaigns/small/targets/3 '{"priority":7}')
is "$(its '[.priority, .changed]')" '[7,true]' 'a priority'
is "$(outreach-campaign claim --limit 1 small | jq .contact)" 3 'is claimed first'
like "$(as "$ops" PATCH v1/campaigns/second/targets/3 '{"priority":7}')" '^404 ' 'not of another campaign'
like "$(as "$ops" PATCH v1/campaigns/small/targets/3 '{"priority":"high"}')" '^422 .*priority' 'a priority that is none'
run outreach-campaign priority small 2 9
is_run 'from the shell' 0 '' 'outreach-campaign: small: target 2 has priority 9'
run outreach-campaign priority small 4 9
like_run 'not of another campaign either' 65 '' 'no target 4'
run outreach-campaign priority small 2 high
like_run 'nor one that is none' 64 '' 'PRIORITY'

# ---- calls -------------------------------------------------------------------------------
like "$(as "$look" GET v1/calls)" '^400 .*open=1' 'calls: the open ones alone'
is "$(as "$look" GET 'v1/calls?open=1')" '200 {"items":[],"next":null}' 'none is open'
like "$(as "$ops" POST v1/calls/0195f5f0-0000-7000-8000-00000000000a/hangup)" '^404 .*no such call' 'none to hang up'
like "$(as "$ops" POST v1/calls/1/hangup)" '^404 ' 'no id'

# ---- people --------------------------------------------------------------------------------
got=$(as "$ops" POST v1/contacts '{"key":"x1","name":"Nia","phone":"+442079460177","attributes":{"course":"Law","fee":3}}')
is "${got%% *} $(its '[.source, .name, .attributes.course]')" '201 ["api","Nia","Law"]' 'a person is added'
id=$(its .id)
like "$(as "$ops" POST v1/contacts '{"key":"x1","phone":"+442079460178"}')" "^409 .*contacts/$id" 'once'
like "$(as "$ops" POST v1/contacts '{"key":"x2","phone":"12"}')" '^422 .*phone' 'with a number that is one'
like "$(as "$ops" POST v1/contacts '{"key":"x2","phone":"+442079460178","timezone":"Mars/Olympus"}')" '^422 .*Mars' 'in a zone that exists'
like "$(as "$ops" POST v1/contacts '{"key":"x2","phone":"+442079460178","colour":"red"}')" '^422 .*colour' 'with fields that are known'
got=$(as "$ops" PATCH "v1/contacts/$id" '{"name":"Nia R","language":"en","attributes":{"fee":null}}')
is "$(its '[.name, .language, .phone, .attributes]')" '["Nia R","en","+442079460177",{"course":"Law"}]' 'changed'
is "$(outreach-events log | jq -r "select(.kind == \"contact.put\" and .contact == $id) | \"\(.fact.change) \(.actor)\"" | sed 's/@.*//' | tr '\n' ' ')" \
	'accepted token:ops updated token:ops ' 'and the journal says by whom'
like "$(as "$ops" PATCH "v1/contacts/$id" '{"name":"Max","phone":"+442079460999"}')" \
	"^409 .*contact $id would be somebody else.*replace=1" 'but not into somebody else'
is "$(outreach-contacts show --format ndjson "$id" | jq -r '"\(.name) \(.phone)"')" 'Nia R +442079460177' 'who stays as it was'
got=$(as "$ops" PATCH "v1/contacts/$id?replace=1" '{"name":"Max","phone":"+442079460999"}')
is "${got%% *} $(its .name)" '200 "Max"' 'unless it is said to be the same person'
as "$ops" PATCH "v1/contacts/$id" '{"phone":"+442079460177"}' >/dev/null
got=$(as "$ops" PATCH "v1/contacts/$id" '{"name":"Nia R"}')
is "${got%% *} $(its .phone)" '200 "+442079460177"' 'a number alone and a name alone may change'
like "$(as "$ops" PATCH "v1/contacts/$id?place=1" '{"name":"Max"}')" '^400 .*place' 'an unknown option'
like "$(as "$ops" PATCH "v1/contacts/$id" '{"key":"other"}')" '^422 .*key' 'but not who it is'
like "$(as "$ops" PATCH "v1/contacts/$id" '{"phone":null}')" '^422 ' 'nor without a number'
# Numbers are read as the query or the settings say, and a wish is heard wherever it stands.
like "$(as "$ops" POST v1/contacts '{"key":"x3","phone":"02079460161"}')" '^422 .*; region reads national numbers' 'the way out is said in words of HTTP'
got=$(as "$ops" POST 'v1/contacts?region=GB' '{"key":"x3","phone":"020 7946 0161","attributes":{"do_not_call":"yes","course":"Law"}}')
is "${got%% *} $(its '[.phone, .attributes]')" '201 ["+442079460161",{"course":"Law"}]' 'a national number, and a wish among the attributes'
wished=$(its .id)
got=$(as "$look" GET 'v1/dnc/check?phone=02079460161&region=GB')
is "$(its '.rules[0] | [.rule, .contact, .source, .reason]')" "[\"contact\",$wished,\"api\",\"do_not_call by HTTP\"]" 'is a rule'
# A rule that a person took away is not made again by a change of something else.
memo=$(as "$ops" POST v1/contacts '{"key":"memo","phone":"+442079460169","attributes":{"memo":"asked not to be called"}}' | sed 's/^[^{]*//' | jq .id)
is "$(as "$ops" DELETE "v1/dnc?contact=$memo")" '200 {"changed":true}' 'the rule of a remark is taken off'
as "$ops" PATCH "v1/contacts/$memo" '{"name":"Mia"}' >/dev/null
got=$(as "$look" GET 'v1/dnc/check?phone=%2B442079460169')
is "$(its .listed)" false 'and stays away'
as "$ops" PATCH "v1/contacts/$memo" '{"attributes":{"memo":"wants no calls"}}' >/dev/null
got=$(as "$look" GET 'v1/dnc/check?phone=%2B442079460169')
is "$(its .listed)" true 'until something else is written'
as "$ops" DELETE "v1/dnc?contact=$memo" >/dev/null
as "$ops" DELETE "v1/contacts/$memo" >/dev/null
like "$(as "$ops" POST 'v1/contacts?region=XX' '{"key":"x4","phone":"+442079460162"}')" '^400 .*XX' 'no such region'
like "$(as "$ops" POST v1/contacts '{"key":"x4","phone":"+442079460162","attributes":{"Opt Out":"no"}}')" \
	'^422 .*attribute \\"Opt Out\\" looks as if.*ignore_wishes=1' 'what looks like a wish is not passed over'
is "$(as "$ops" POST 'v1/contacts?ignore_wishes=1' '{"key":"x4","phone":"+442079460162","attributes":{"Opt Out":"no"}}' | cut -c 1-3)" 201 'unless somebody says so'
like "$(as "$ops" POST v1/contacts '{"key":"x5","phone":"+442079460163","do_not_call":"perhaps"}')" '^422 .*neither yes nor no' 'nor is half a wish'
fourth=$(outreach-contacts list --format ndjson --where key=x4 | jq .id)
is "$(as "$ops" PATCH "v1/contacts/$fourth" '{"do_not_call":true}' | cut -c 1-3) $(outreach-dnc check +442079460162 | jq -r .contact)" \
	"200 $fourth" 'a change may be one'
is "$(for key in x3 x4; do
	as "$ops" DELETE "v1/contacts/$(outreach-contacts list --format ndjson --where key=$key | jq .id)" | cut -c 1-3
done | tr '\n' ' ')$(outreach-dnc list --source api | jq -r '.phone // empty' | sort | tr '\n' ' ')" '200 200 +442079460161 +442079460162 ' 'which outlives them'
for phone in +442079460161 +442079460162; do
	outreach-dnc remove -q $phone
done
got=$(as "$look" GET "v1/contacts/$id")
is "${got#* }" "$(outreach-contacts show --format ndjson "$id")" 'shown as the tool shows it'
like "$(as "$look" GET v1/contacts/999)" '^404 .*no contact 999' 'none of that id'
got=$(as "$look" GET 'v1/contacts?search=nia%20r')
is "$(its '[.items[].id]')" "[$id]" 'found'
got=$(as "$look" GET 'v1/contacts?limit=3')
is "$(its '[.items[].id]') $(its .next)" '[1,2,3] 3' 'a page'
got=$(as "$look" GET 'v1/contacts?limit=3&after=3')
is "$(its '[.items[].id]') $(its .next)" "[$id] null" 'the next'
curl -s -D "$T/head" -o "$T/answer" -H "Authorization: Bearer $look" "http://127.0.0.1:$PORT/api/v1/contacts/export?limit=2"
is "$(cat "$T/answer")" "$(outreach-contacts list --format ndjson | head -n 2)" 'exported as the tool exports'
like "$(cat "$T/head")" '^Link: </api/v1/contacts/export\?after=2&limit=2>; rel="next"' 'with a link to the next page'

# ---- do-not-call ------------------------------------------------------------------------------
is "$(as "$ops" POST v1/dnc '{"phone":"+442079460101","reason":"asked"}')" '200 {"changed":true}' 'a number'
is "$(as "$ops" POST v1/dnc '{"phone":"+442079460101","reason":"asked"}')" '200 {"changed":false}' 'again'
as "$ops" POST v1/dnc '{"prefix":"+4478*"}' >/dev/null
got=$(as "$look" GET 'v1/dnc/check?phone=%2B442079460101')
is "$(its '[.listed, .rules[0].reason, .rules[0].actor]' | sed 's/@.*"/"/')" '[true,"asked","token:ops"]' 'is on it'
got=$(as "$look" GET 'v1/dnc/check?phone=%2B442079460102')
is "$(its .listed)" false 'another is not'
got=$(as "$look" GET 'v1/dnc?limit=1')
is "$(its '.items[0].phone') $(its .next | grep -c .)" '"+442079460101" 1' 'a page of rules'
got=$(as "$look" GET "v1/dnc?limit=1&after=$(its .next | tr -d '"')")
is "$(its '.items[0].prefix')" '"+4478"' 'the next'
is "$(as "$ops" DELETE 'v1/dnc?phone=%2B442079460101&reason=mistake')" '200 {"changed":true}' 'taken off'
like "$(as "$ops" DELETE 'v1/dnc?phone=%2B442079460101')" '^404 ' 'once'
is "$(as "$ops" POST 'v1/dnc?region=GB' '{"phone":"020 7946 0171","campaign":"small"}')" '200 {"changed":true}' 'a national number'
like "$(as "$ops" DELETE 'v1/dnc?phone=%2B442079460171')" '^409 .*in a campaign' 'of one campaign it is another rule'
is "$(as "$ops" DELETE 'v1/dnc?phone=02079460171&region=GB&campaign=small')" '200 {"changed":true}' 'which is taken off'
like "$(as "$ops" DELETE 'v1/dnc?phone=%2B447811111111')" '^409 .*its prefix \+4478 ' 'what keeps a number on it is named'
for body in '{}' '{"phone":"12"}' '{"phone":"+442079460101","prefix":"+44"}' '{"number":"+442079460101"}' \
	'{"phone":"+442079460101","campaign":"none"}' '{"phone":7}'; do
	like "$(as "$ops" POST v1/dnc "$body")" '^422 ' "no rule: $body"
done
like "$(as "$look" GET v1/dnc?after=x)" '^400 ' 'a cursor that is none'
got=$(as "$look" GET v1/campaigns/second/progress)
is "$(its .state.waiting)" 2 'two people wait in another campaign'
is "$(as "$ops" POST v1/dnc '{"prefix":"+44207946*","campaign":"second"}')" '200 {"changed":true}' 'a prefix that means them'
got=$(as "$look" GET v1/campaigns/second/progress)
is "$(its '[.state.waiting, .state.closed]')" '[0,2]' 'they wait no more'
is "$(as "$ops" POST v1/dnc '{"prefix":"+44207946*","campaign":"second"}')" '200 {"changed":false}' 'again'
is "$(as "$ops" DELETE 'v1/dnc?prefix=%2B44207946&campaign=second')" '200 {"changed":true}' 'taken off'

# ---- the journal -------------------------------------------------------------------------------
got=$(as "$look" GET 'v1/journal?limit=2')
is "$(its '[.items[].seq]') $(its .next)" '[1,2] 3' 'the journal'
got=$(as "$look" GET 'v1/journal?from=3&limit=1')
is "$(its '.items[0]')" "$(outreach-events log --from 3 | head -n 1)" 'as the tool shows it'

# ---- lists end behind a MiB, and go on --------------------------------------------------------
/usr/bin/python3 -c '
print("id,name,phone,long")
for i in range(30):
    print(f"L{i},Long {i},+4420794602{i:02d}," + "x" * 60000)' >long.csv
outreach-import -q long.csv >/dev/null
# pages PATH KEY JQ: follows next; the value of each item, and how many pages there were.
pages() {
	local n=0 at=$4
	while :; do
		n=$((n + 1))
		printf 'GET /api/%s&%s=%s Authorization: Bearer %s\n' "$1" "$2" "$at" "$look" | web status "$PORT" | cut -d ' ' -f 2- >"$T/page"
		jq -r ".items[] | $3" "$T/page"
		at=$(jq -r '.next' "$T/page")
		[ "$at" != null ] || break
	done
	echo "$n" >"$T/pages"
}
is "$(pages 'v1/contacts?limit=1000' after .id 0)" "$(outreach-contacts list --format ndjson | jq .id)" 'everybody, page by page'
ok 'in some pages' [ "$(cat "$T/pages")" -gt 1 ]
# export QUERY: all of it, however long.
export_all() {
	curl -s -D "$T/head" -H "Authorization: Bearer $look" "http://127.0.0.1:$PORT/api/v1/contacts/export$1"
}
is "$(export_all '' | sha256sum)" "$(outreach-contacts list --format ndjson | sha256sum)" 'an export has everybody'
like "$(cat "$T/head")" '^Content-Type: application/x-ndjson' 'as NDJSON'
is "$(export_all '?format=csv&source=long' | sha256sum)" \
	"$(outreach-contacts export --where source=long | sha256sum)" 'a sheet is what the tool exports'
like "$(cat "$T/head")" '^Content-Type: text/csv' 'and says so'
is "$(export_all '?source=long&search=Long%2017' | jq -r .key)" L17 'who is looked for'
export_all '?source=long&search=Long%201&limit=3' >/dev/null
like "$(cat "$T/head")" '^Link: </api/v1/contacts/export\?after=[0-9]+&limit=3&search=Long%201&source=long>; rel="next"' 'and the next page of them'
is "$(export_all '?search=nobody' | wc -c)" 0 'nobody'
like "$(export_all '?format=csv')" '"status":422.*a sheet has one source' 'a sheet of two sources'
like "$(export_all '?format=xls')" '"status":400.*csv or ndjson' 'another form'
like "$(export_all '?format=csv&limit=3')" '"status":400' 'a page of a sheet'
for i in $(seq 12); do
	printf 'POST /events\t{"uuid":"0195f5f0-0000-7000-8000-00000000000a","type":"transcription","timestamp":"2026-03-02T09:15:%02dZ","payload":{"role":"agent","text":"%s"}}\n' \
		"$i" "$(head -c 200000 /dev/zero | tr '\0' y)"
done | web status "$PORT" >/dev/null
is "$(pages 'v1/journal?limit=500' from .seq 1)" "$(outreach-events log | jq .seq)" 'every row of the journal, page by page'
ok 'in some pages too' [ "$(cat "$T/pages")" -gt 1 ]

# ---- the same person again ---------------------------------------------------------------------
got=$(as "$ops" GET v1/contacts/1)
as "$ops" POST v1/contacts "$(jq -c '{key: "again", source: "other", name, phone}' <<<"${got#* }")" >/dev/null
id=$(outreach-contacts list --format ndjson --where key=again | jq .id)
is "$(as "$ops" POST v1/campaigns/second/targets "{\"contacts\":[$id]}")" '200 {"added":1,"were_in":0,"held":1}' \
	'a person of another source with the name and number of one who is in is held'

# busy: the child of an import runs, beside whatever else the server has.
children=$(pgrep -c -P "$SERVE")
busy() {
	[ "$(pgrep -c -P "$SERVE")" -gt "$children" ]
}
# ---- a file of people ----------------------------------------------------------------------------
# upload QUERY [TYPE]: standard input as a body: $status, $T/answer.
upload() {
	status=$(curl -s -o "$T/answer" -w '%{http_code}' -H "Authorization: Bearer ${who:-$ops}" -H Expect: \
		-H "Content-Type: ${2:-text/csv}" --data-binary @- "http://127.0.0.1:$PORT/api/v1/contacts/import$1")
}
printf 'id,Student,Mobile,Course\nu1,Uma,+442079460301,Law\nu2,Ulf,12,Law\nu3,Una,+442079460303,Art\n' >up.csv
upload '' <up.csv
is "$status" 422 'columns that only look like fields'
like "$(cat "$T/answer")" 'upload:1: .* add map=phone=Mobile map=name=Student \(or accept_map=1\)' 'are named, as keys of the query'
upload '?id=zz&map=phone=Mobile' <up.csv
like "$status $(cat "$T/answer")" '422 .*upload:1: there is no column \\"zz\\"' 'one that is not there'
who=$look upload '?map=phone=Mobile&map=name=Student&source=sheet' <up.csv
is "$status" 403 'by who may act'
upload '?map=phone%3DMobile&map=name=Student&source=sheet&dry_run=1' <up.csv
is "$status $(tail -n 1 "$T/answer" | jq -c '[.tool, .files, .accepted, .refused, .refusals, .dry_run]')" \
	'200 ["outreach-serve",1,2,1,{"phone":1},true]' 'tried'
tail -n 1 "$T/answer" >summary
ok 'with a summary as the tool has one' schema_check summary <summary
is "$(outreach-contacts list --format ndjson --where source=sheet | wc -l)" 0 'without a trace'
upload '?map=phone%3DMobile&map=name=Student&source=sheet' <up.csv
is "$status $(jq -c '[.type, .line, .code, .rows, .accepted, .updated, .unchanged, .refused]' "$T/answer" | tr '\n' ' ')" \
	'200 ["refusal",3,"phone",null,null,null,null,null] ["summary",null,null,3,2,0,0,1] ' 'imported, and what was not is told with its line'
is "$(outreach-contacts list --format ndjson --where source=sheet | jq -c '[.key, .name, .phone, .attributes.Course // .attributes.course]' | tr '\n' ' ')" \
	'["u1","Uma","+442079460301","Law"] ["u3","Una","+442079460303","Art"] ' 'as the tool imports them'
upload '?map=phone=Mobile&map=name=Student&source=sheet' <up.csv
is "$(tail -n 1 "$T/answer" | jq -c '[.accepted, .unchanged]')" '[0,2]' 'again changes nothing'
is "$(outreach-events log | jq -r 'select(.kind | startswith("import")) | .actor' | tail -n 1 | sed 's/@.*//')" token:ops 'the journal says by whom'
upload '?source=sheet' application/x-ndjson < <(outreach-contacts list --format ndjson --where source=sheet | jq -c '.name += " X" | del(.id)')
is "$status $(tail -n 1 "$T/answer" | jq -c '[.updated, .refused]')" '200 [2,0]' 'records'
printf 'id,Student,Mobile,DNC\nw1,Wim,+442079460311,no\nw2,Wes,+442079460312,yes\n' >wish.csv
upload '?map=phone=Mobile&map=name=Student&source=wishes' <wish.csv
is "$status $(jq -r .type "$T/answer") $(outreach-contacts list --format ndjson --where source=wishes | wc -l)" '422 about:blank 0' \
	'a column of wishes that is not mapped: nothing is stored'
like "$(jq -r .detail "$T/answer")" 'column "DNC" .* map=do_not_call=DNC, or ignore_wishes=1' 'the problem names it and both ways out'
upload '?source=wishes' application/x-ndjson <<<'{"id":"w3","phone":"+442079460313","optOut":"yes"}'
is "$status $(grep -c 'map=do_not_call=optOut' "$T/answer")" '422 1' 'that of records too'
upload '?map=phone=Mobile&map=name=Student&map=do_not_call=DNC&source=wishes' <wish.csv
is "$status $(jq -c '[.accepted, .do_not_call, .unapplied]' "$T/answer")" '200 [2,1,null]' 'mapped, it is obeyed and counted'
is "$(outreach-dnc list --source wishes | jq -r .rule)" contact 'by a rule'
upload '?map=phone=Mobile&map=name=Student&ignore_wishes=1&source=column' <wish.csv
is "$status $(jq -c '[.accepted, .do_not_call, .unapplied]' "$T/answer") $(outreach-dnc list --source column | wc -l)" '200 [2,0,"DNC"] 0' \
	'an attribute, where somebody says so, and the summary tells'
upload '' text/plain <up.csv
is "$status" 415 'another type'
upload '?colour=red' <up.csv
is "$status" 400 'an unknown key'
upload '?map=fone=Mobile' <up.csv
is "$status" 400 'a map of no field'
upload '' </dev/null
is "$status" 400 'an empty body'
upload '' < <(head -c 70000000 /dev/zero)
is "$status" 413 'a body that is too long'
/usr/bin/python3 -c '
print("id,name,phone")
for i in range(200000):
    print(f"B{i},Big {i},+4420794{i % 100000:05d}")' >big.csv
exec 9>>outreach.db.turn
flock 9
(upload '?source=big' <big.csv
echo "$status $(tail -n 1 "$T/answer" | jq -c .accepted)" >big.out) 9>&- &
big=$!
ok 'an import waits for the turn of another' await 5 busy
upload '?source=sheet&map=phone=Mobile' <up.csv
is "$status" 503 'a second file may come later'
exec 9>&-
ok 'while many are imported' await 10 sh -c "outreach-contacts list --where source=big | grep -q Big"
is "$(for _ in 1 2 3 4 5 6 7 8 9 10; do as "$look" GET v1/contacts/2 | cut -c 1-3; done | sort -u)" 200 'others are answered'
wait "$big"
is "$(cat big.out)" '200 200000' 'all of them'
ok 'in a flat memory' [ "$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$SERVE/status")" -lt 64 ]
# ---- an import that is killed ------------------------------------------------------------------
exec 9>>outreach.db.turn
flock 9
(upload '?source=late&map=phone=Mobile' <up.csv
echo "$status" >late.out) 9>&- &
late=$!
ok 'an import waits' await 5 busy
child=$(pgrep -n -P "$SERVE")
kill -9 "$child"
wait "$late"
is "$(cat late.out)" 503 'an import that is killed is answered'
exec 9>&-
upload '?source=late&map=phone=Mobile' <up.csv
is "$status $(tail -n 1 "$T/answer" | jq -c .accepted)" '200 2' 'and the same again does it'
# ---- who goes -----------------------------------------------------------------------------------
gone=$(outreach-contacts list --format ndjson | jq 'select(.key == "L29").id')
is "$(as "$ops" DELETE "v1/contacts/$gone")" "200 {\"id\":$gone,\"deleted\":true}" 'a contact is deleted'
like "$(as "$ops" DELETE "v1/contacts/$gone")" "^404 .*no contact $gone" 'once'
gone=$(outreach-contacts list --format ndjson | jq 'select(.key == "L28").id')
as "$ops" POST v1/dnc "{\"contact\":$gone}" >/dev/null
as "$ops" DELETE "v1/contacts/$gone?forget=1" >/dev/null
got=$(as "$look" GET 'v1/dnc?limit=1')
is "$(its '.items[0].phone')" null 'the rule of who was forgotten has no number'
like "$(as "$look" GET "v1/dnc?limit=1&after=$(its .next | tr -d '"')")" '^200 ' 'and the page behind it comes'
like "$(as "$look" DELETE v1/contacts/1)" '^403' 'by an operator'
like "$(as "$ops" DELETE v1/contacts/1)" '^409 .*is in a campaign.* DELETE of /api/v1/contacts/1\?forget=1 ' 'but not one who is in a campaign'
is "$(as "$ops" DELETE 'v1/contacts/1?forget=1')" '200 {"id":1,"forgotten":true}' 'who can be forgotten'
is "$(outreach-contacts show --format ndjson 1 2>&1 | grep -c Person)" 0 'by us too'
like "$(as "$ops" DELETE 'v1/contacts/2?forget=yes')" '^400' 'if it is said properly'
is "$(outreach-events log --kind contact | jq -r 'select(.kind == "contact.deleted" or .kind == "contact.forgotten") | .actor' | sed 's/@.*//' | sort -u)" \
	token:ops 'the journal says who did it'

# ---- numbers for a monitor ---------------------------------------------------------------------
# metrics: every sample, as prometheus-client's parser of OpenMetrics reads it.
metrics() {
	curl -s -D "$T/head" -H "Authorization: Bearer ${look:-$ops}" "http://127.0.0.1:$PORT/metrics" >"$T/metrics"
	/usr/bin/python3 -c '
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(open(sys.argv[1]).read()):
    for s in family.samples:
        print(s.name, ",".join("%s=%s" % i for i in sorted(s.labels.items())), int(s.value) if s.value == int(s.value) else s.value)' "$T/metrics"
}
metrics >"$T/samples" 2>&1
like "$(cat "$T/head")" '^Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8' 'OpenMetrics'
is "$(tail -n 1 "$T/metrics")" '# EOF' 'that ends'
is "$(grep '^outreach_webhooks_total' "$T/samples" | tr '\n' ' ')" \
	'outreach_webhooks_total result=new 12 outreach_webhooks_total result=repeated 0 outreach_webhooks_total result=unauthorized 0 outreach_webhooks_total result=refused 0 outreach_webhooks_total result=unavailable 0 ' 'webhooks by what became of them'
is "$(grep 'count about=webhook ' "$T/samples")" 'outreach_request_duration_seconds_count about=webhook 12' 'and how long they took'
is "$(grep '^outreach_journal_position ' "$T/samples")" "outreach_journal_position  $(outreach-events log | tail -n 1 | jq .seq)" 'the journal'
like "$(cat "$T/samples")" '^outreach_campaigns state=active 1$' 'campaigns by state'
like "$(cat "$T/samples")" '^outreach_ready  1$' 'it is ready'
like "$(ask 'GET /metrics')" '^401' 'for who has a token'
# ---- the document ------------------------------------------------------------------------------
got=$(ask 'GET /api/openapi.json')
is "${got%% *} $(its .openapi)" '200 "3.0.3"' 'a document'
# Every path and method of it answers: with a token nothing is unknown or not allowed.
its '.paths | to_entries[] | .key as $p | .value | keys[] | [(. | ascii_upcase), $p] | join(" ")' | tr -d '"' |
	sed 's/{[a-z]*}/0195f5f0-0000-7000-8000-00000000000a/g' >"$T/paths"
while read -r method path; do
	like "$(as "$ops" "$method" "${path#/api/}" "$([ "$method" = GET ] || echo '{}')" | grep -v 'nothing under this path"')" '^(2|400|404|409|415|422)' "$method $path answers"
done < <(grep ' /api/' "$T/paths")
like "$(as "$ops" PUT v1/campaigns/small)" '^405 .*GET, HEAD' 'a wrong method'
like "$(as "$ops" DELETE v1/contacts)" '^405 .*GET, HEAD, POST' 'and another'
is "$(head -c 100000 /dev/zero | curl -s -o "$T/answer" -w '%{http_code}' -H "Authorization: Bearer $ops" -H Expect: \
	-H 'Content-Type: application/json' --data-binary @- "http://127.0.0.1:$PORT/api/v1/contacts")" 413 'a body that is too long'
outreach-token remove -q ops look
await 5 sh -c "curl -s http://127.0.0.1:$PORT/api/v1/campaigns | grep -q items"
like "$(as "$ops" GET v1/campaigns)" '^401 .*was removed' 'a token that was removed'
is "$(outreach-events verify | jq -c .type)" '"summary"' 'the journal verifies'
ok 'and replays' outreach-events replay --check
kill "$SERVE"
wait "$SERVE"
is $? 0 'it ends in order'

# ---- a call that is open ------------------------------------------------------------------------
house
small_campaign
people +442079460100
outreach-campaign activate -q small
ok 'a simulator' sim_start --talk 1h
ops=$(outreach-token add -q --role operator ops)
look=''
serve --listen 127.0.0.1:0
outreach-campaign claim -q small | outreach-context >calls.ndjson
dialer
ok 'a call is answered' await 10 open_calls 1
got=$(as "$ops" GET 'v1/calls?open=1')
is "$(its '[.items[] | .id, .campaign, .phone, .attempt]') $(its .next)" \
	"$(jq -c '[.id, "small", "+442079460100", 1]' calls.ndjson) null" 'it is among the open ones'
got=$(as "$ops" GET 'v1/calls?open=1&campaign=small')
is "$(its '[.items[].id]')" "$(jq -c '[.id]' calls.ndjson)" 'and of those of its campaign'
is "$(as "$ops" GET 'v1/calls?open=1&campaign=other')" '200 {"items":[],"next":null}' 'and not of another'
got=$(as "$ops" GET v1/campaigns/small/progress)
is "$(its '.timeline | [.step_ms, .calls]')" '[60000,[1]]' 'the timeline has it'
ok 'and answered' await 10 sh -c "printf 'GET /api/v1/calls?open=1 Authorization: Bearer $ops\n' |
	/usr/bin/python3 '$ROOT/tests/web.py' status $PORT | grep -q '\"state\":\"answered\".*answered_at'"
id=$(jq -r .id calls.ndjson)
# AVR sent the second utterance first, and one before its id was mapped to the call.
foreign=0195f5f0-0000-7000-8000-0000000000ff
said() {
	printf 'POST /events\t{"uuid":"%s","type":"transcription","timestamp":"2026-03-02T12:00:%02dZ","payload":{"role":"%s","text":"%s"}}\n' "$@" |
		web status "$PORT" >/dev/null
}
said "$id" 30 user 'A <b>second</b> thing.'
said "$foreign" 10 agent 'Hello, Person.'
printf 'POST /events\t{"uuid":"%s","type":"call_initiated","timestamp":"2026-03-02T12:00:05Z","payload":{"from":"1","to":"2","uniqueid":"%s","channel":"x"}}\n' \
	"$foreign" "$id" | web status "$PORT" >"$T/answer"
got=$(as "$ops" GET "v1/calls/$id")
is "$(its '[.id, .campaign, .phone, .line_open, .context, .next]')" \
	"$(jq -c '[.id, "small", "+442079460100", true, .context, null]' calls.ndjson)" 'a call in detail'
is "$(its '[.transcript[] | .role, .text]')" '["agent","Hello, Person.","user","A <b>second</b> thing."]' \
	'its transcript is in order of time, with what came under another id'
is "$(its '[.events[].kind] | map(select(. == "call.intent" or . == "call.answered" or . == "call.alias"))')" \
	'["call.intent","call.answered","call.alias"]' 'and its events in order'
got=$(as "$ops" GET "v1/calls/$id/events?limit=1000")
like "$got" '^400 .*limit' 'a limit of rows'
got=$(as "$ops" GET "v1/calls/$id/events?limit=2")
is "$(its '[.items[].kind]')" '["context.made","call.intent"]' 'two rows of it'
got=$(as "$ops" GET "v1/calls/$id/events?from=$(its .next)")
is "$(its '[.items[].kind] | map(select(. == "call.transcription"))') $(its .next)" \
	'["call.transcription","call.transcription"] null' 'and the others'
like "$(as "$ops" GET v1/calls/0195f5f0-0000-7000-8000-00000000000a)" '^404 .*no such call' 'no such call'
metrics >"$T/samples"
is "$(grep -E '^outreach_(open_calls|calls .* [1-9]|intents)' "$T/samples" | tr '\n' ' ')" \
	'outreach_intents_total campaign=small 1 outreach_open_calls campaign=small,state=answered 1 ' 'an open call in numbers'
said "$id" 40 user 'Please do not call me again.'
got=$(as "$ops" DELETE 'v1/dnc?phone=%2B442079460100')
like "$got" "^409 .*its owner's own wish \(said in call $id\), which no request lifts: .*outreach-dnc review --dismiss" \
	'a wish in a call is no rule that anybody takes away'
printf '{"call_id":"%s","event":"completed","outcome":"success","timestamp":"2026-03-02T12:30:00Z"}\n' "$id" | outreach-events -q
got=$(as "$ops" GET "v1/calls/$id")
is "$(its '[.state, .line_open]')" '["ended",true]' 'a webhook tells its end, and the exchange has the line'
like "$(as "$ops" GET "v1/calls?open=1")" "$id" 'it is among the open ones'
is "$(as "$ops" POST "v1/calls/$id/hangup")" '202 {"status":"asked","changed":true,"dialer":"alive"}' 'it is to be hung up'
ok 'it is' await 10 gone "$dial"
is "$(jq -r .event events.ndjson)" ended 'its dialer tells the end'
like "$(as "$ops" POST "v1/calls/$id/hangup")" '^409 .*not open any more' 'once'
got=$(as "$ops" GET "v1/calls/$id")
metrics >"$T/samples"
is "$(grep -E '^outreach_(open_calls|calls .* [1-9])' "$T/samples")" 'outreach_calls disposition=answered 1' 'and when it is over'
is "$(its '[.state, .disposition, .line_open]')" '["ended","answered",false]' 'and the call says how it ended'
sed -i 's/^template: .*/template: Quite another text for {{name}}./' small.yaml
outreach-campaign apply -q small.yaml 2>>apply.err
got=$(as "$ops" GET "v1/calls/$id")
is "$(its '[.context, .system_message]')" "$(jq -c '[.context, .system_message]' calls.ndjson)" \
	'a call that is over has what was told in it, whatever is told now'
like "$(outreach-events log --kind call.hangup | jq -r .actor)" '^token:ops@' 'who asked is in the journal'
ok 'the journal replays with it' outreach-events replay --check

# Its dialer is dead, and no other is there.
people +442079460200
outreach-campaign claim -q small | outreach-context >calls.ndjson
dialer
talks() {
	[ "$(sqlite3 outreach.db 'SELECT count(*) FROM call WHERE line_open = 1 AND rank = 5')" = 1 ]
}
ok 'another call is answered' await 10 talks
kill -9 "$dial"
ok 'and its dialer dies' await 10 gone "$dial"
like "$(as "$ops" POST "v1/calls/$(jq -r .id calls.ndjson)/hangup")" \
	'^202 .*"changed":true,"dialer":"gone","text":"its dialer is gone and nobody is there to hang up: run outreach reconcile' \
	'the answer says that nobody hangs up, and the way out'
run outreach reconcile -q
is "$status $(sqlite3 outreach.db 'SELECT rank, disposition FROM call WHERE hangup_at IS NOT NULL ORDER BY id DESC LIMIT 1')" \
	'0 7|answered' 'which does'

# A call that others told of: nobody here could hang it up, and it would be tried for ever.
other=0195f5f0-0000-7000-8000-0000000000aa
printf '{"type":"event","v":1,"event":"ringing","call":"%s","at":"2026-03-02T11:59:00Z","source":"exchange"}\n' $other |
	outreach-events
like "$(as "$ops" POST "v1/calls/$other/hangup")" '^409 .*no dialer of ours' 'nor a call that is not ours'
is "$(sqlite3 outreach.db 'SELECT count(*) FROM call WHERE campaign IS NULL AND hangup_at IS NOT NULL')" 0 'it is not asked for'

# ---- the first run ------------------------------------------------------------------------------
kill "$SERVE"
wait "$SERVE"
sqlite3 outreach.db 'UPDATE campaign SET real_calls = 20, confirmed = 0'
serve --listen 127.0.0.1:0
got=$(as "$ops" GET v1/campaigns/small/progress)
is "$(its .trial_over)" true 'the first calls are made, and nobody said how to go on'
got=$(as "$ops" POST v1/campaigns/small/resume)
is "$(its '[.state, .changed, .confirmed]')" '["active",true,true]' 'resume goes on'
got=$(as "$ops" GET v1/campaigns/small/progress)
is "$(its .trial_over)" null 'and it is over'
done_testing
