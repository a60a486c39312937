#!/bin/bash
# page: the page at / in a browser, from an empty store to the end of a campaign,
# without being loaded anew. SHOTS=DIR keeps the pictures that it takes.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

command -v chromedriver >/dev/null || bail "chromedriver is not there (make deps)"
BROWSER=$T/browser
export BROWSER

b() {
	/usr/bin/python3 "$ROOT/tests/browser.py" "$@"
}

# sees NAME EXPRESSION: the page comes to it. A loaded machine is slow, no machine waits for nothing.
sees() {
	ok "$1" b await "${WAIT-120}" "$2"
}

# has NAME SELECTOR TEXT: an element that says so.
has() {
	sees "$1" "[...document.querySelectorAll('$2')].some(e => e.innerText.includes('$3'))"
}

press() {
	b keys "$@"
}

# on SELECTOR: the focus is put there, as Tab would.
on() {
	b js "document.querySelector('$1').focus()"
}

shot() {
	[ -z "${SHOTS-}" ] || b shot "$SHOTS/$1.png" "${@:2}"
}

serve() {
	rm -f port
	background outreach-serve -q --listen "127.0.0.1:${PORT-0}" --port-file port 2>>serve.err
	SERVE=$!
	await 60 test -s port || bail "outreach-serve did not start: $(cat serve.err)"
	PORT=$(cat port)
}

# Contrast of every text that is seen with what is behind it (WCAG 2.1, 1.4.3): those below AA.
contrast='
const parse = c => (c.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
const lum = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
	.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
	if (c[3] === undefined || c[3] > 0) return c; } return [255, 255, 255]; };
const bad = new Set();
for (const e of document.querySelectorAll("body *")) {
	const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
	if (!own || !e.checkVisibility() || e.closest(".unseen, .skip, noscript, svg, button:disabled")) continue;
	const [x, y] = [lum(parse(getComputedStyle(e).color)), lum(behind(e))].sort((a, b) => b - a);
	const size = parseFloat(getComputedStyle(e).fontSize), large = size >= 24;
	if ((x + 0.05) / (y + 0.05) < (large ? 3 : 4.5)) bad.add(`${e.className || e.tagName}: ${e.textContent.slice(0, 30)}`);
}
return [...bad].join("; ") || "fine";'
wide='return document.documentElement.scrollWidth <= innerWidth ? "fits" : [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).map(e => e.tagName + "." + e.className).join(" ")'

# looks NAME: it fits a telephone, and its texts are read in both schemes.
looks() {
	is "$(b js "$contrast")" fine "$1: contrast AA"
	shot "$1" 1400
	b scheme dark
	is "$(b js "$contrast")" fine "$1, dark: contrast AA"
	shot "$1-dark" 1400
	b scheme light
	b size 360 740
	is "$(b js "$wide")" fits "$1: no sideways scrolling at 360 pixels"
	shot "$1-phone" 1400
	b size 1280 900
}

house
printf '  long:\n    type: sim\n    port_file: %s\n' "$T/long.port" >>outreach.yaml
unset OUTREACH_NOW
OUTREACH_NOW=$(outreach now '2026-03-02T10:00:00Z*20')
export OUTREACH_NOW
serve
background /usr/bin/python3 "$ROOT/tests/browser.py" start "$BROWSER" 2>browser.err
await 120 test -s "$BROWSER/session" || bail "no browser: $(cat browser.err)"

# ---- what is sent -------------------------------------------------------------------
curl -s -D head -o index.html "http://127.0.0.1:$PORT/"
like "$(tr -d '\r' <head)" "^Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';" 'a strict policy'
unlike "$(cat head)" 'unsafe' 'without exceptions'
tag=$(sed -n 's/^ETag: \("[^"]*"\).*/\1/p' head)
is "$(curl -s -o /dev/null -w '%{http_code} %{size_download}' -H "If-None-Match: $tag" "http://127.0.0.1:$PORT/")" '304 0' 'what the browser has is not sent again'
is "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$PORT/page/none.js")" 404 'no such file'
for file in "$ROOT"/lib/web/page/*; do
	is "$(curl -s "http://127.0.0.1:$PORT/page/${file##*/}" | cmp - "$file" && echo same)" same "${file##*/} as it is written"
done
is "$(grep -nE 'innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function' "$ROOT"/lib/web/page/*)" '' \
	'no text becomes markup or code'
is "$(grep -noE 'https?://[^"]*' "$ROOT"/lib/web/page/* | grep -v 'http://www.w3.org/2000/svg')" '' 'nothing from elsewhere'

# ---- an empty store ------------------------------------------------------------------
b size 1280 900
b go "http://127.0.0.1:$PORT/"
has 'an empty store says what to do' main 'outreach-campaign apply FILE'
has 'this machine may act while there is no token' '#who' 'this machine · operator'
has 'it is live' '#line' live
b js 'window.kept = true'
shot empty 700

# ---- campaigns appear ------------------------------------------------------------------
small_campaign
sed -i 's/^exchange: .*/exchange: long/' small.yaml
outreach-campaign apply -q small.yaml
has 'a campaign appears' .campaigns small
has 'a draft with nobody in it' .campaigns 'nobody in it yet'
sed -e 's/^name: .*/name: scholarship/' -e 's/^exchange: .*/exchange: sim/' -e 's/^concurrent: .*/concurrent: 6/' \
	-e 's/max: 1/max: 0/' small.yaml >scholarship.yaml
outreach-campaign apply -q scholarship.yaml
awk 'BEGIN { print "id,name,phone,course"
	split("Asha Noor Ben Mira Tomas Ling Omar Grace Ravi Ines Jonas Leila", first)
	split("Rao Evans Sharma Okafor Novak Wang Haddad Mehta Silva Berg", last)
	for (n = 0; n < 43; n++) # none that is tried again
		if (n != 4 && n != 6 && n != 14) printf "S%d,%s %s,+4420794602%02d,%s\n", n, first[n % 12 + 1], last[(n * 7) % 10 + 1], n, n % 3 ? "BSc" : "LLB" }' >students.csv
outreach-import -q students.csv | outreach-campaign add -q scholarship
printf 'id,name,phone,course\nX1,<script>alert(1)</script>,+442079460110,"""><img src=x onerror=alert(2)>"\n' >odd.csv
outreach-import -q odd.csv | outreach-campaign add -q small
awk 'BEGIN { print "id,name,phone"; for (n = 0; n < 2000; n++) printf "M%d,Many %d,+4930%07d\n", n, n, 2000000 + n }' >many.csv
sed 's/^name: .*/name: open-day/' small.yaml >open-day.yaml
outreach-campaign apply -q open-day.yaml
outreach-import -q many.csv 2>/dev/null | outreach-campaign add -q open-day
has 'with its people' .campaigns '0 of 2,000 settled'
outreach-campaign activate -q scholarship
outreach-campaign activate -q small
has 'and its state' '.campaigns .state' active

# ---- tokens ------------------------------------------------------------------------------
ops=$(outreach-token add -q --role operator ops)
look=$(outreach-token add -q look)
await 60 sh -c "curl -s http://127.0.0.1:$PORT/api/v1/status | grep -q 'token is wanted'"
b go "http://127.0.0.1:$PORT/"
has 'with tokens it asks for one' main 'A token, please'
shot sign-in 700
press ort_0 Enter
has 'a wrong one is refused in words' main 'is none'
press "$look" Enter
has 'a viewer sees' .campaigns scholarship
has 'and is told who it is' '#who' 'look · viewer'
b js 'location.hash = "#/campaigns/scholarship"'
has 'one campaign' h1 scholarship
sees 'a viewer has nothing to press' 'document.querySelector(".figures b") && ![...document.querySelectorAll("main button:not([hidden])")].some(e => /Pause|Cancel|Change|Hang/.test(e.innerText))'
has 'and is told so' main 'takes an operator'
is "$(b js 'const r = new XMLHttpRequest(); r.open("POST", "api/v1/campaigns/scholarship/pause", false);
	r.setRequestHeader("Authorization", `Bearer ${sessionStorage.getItem("outreach.token")}`); r.send(); return r.status')" 403 \
	'a viewer cannot act'
is "$(b js 'return JSON.stringify([localStorage.length, document.cookie, sessionStorage.length])')" '[0,"",1]' \
	'the token is kept in the tab alone'

# ---- by keyboard alone, from the top: another token, and to the campaign ------------------
b go about:blank
b go "http://127.0.0.1:$PORT/"
sees 'from the top' 'document.querySelector(".campaigns a") && document.activeElement === document.body'
press Tab
is "$(b js 'return document.activeElement.innerText')" 'Skip to the content' 'the first stop leads past the head'
press Tab Tab
is "$(b js 'return document.activeElement.id')" who 'then the token'
press Enter
sees 'a dialog with the focus in it' 'document.querySelector("dialog[open]")?.contains(document.activeElement)'
press Escape
sees 'Escape leaves it' '!document.querySelector("dialog") && document.activeElement.id === "who"'
press Enter
sees 'again' 'document.querySelector("dialog[open]")'
press "$ops" Enter
has 'the operator' '#who' 'ops · operator'
b js 'window.kept = true'
sees 'the campaigns are there again' 'document.querySelector(".campaigns a")'
on '.campaigns a'
is "$(b js 'const s = getComputedStyle(document.activeElement); return s.outlineStyle + " " + (parseFloat(s.outlineWidth) >= 2)')" \
	'solid true' 'the focus is seen'
press Enter
has 'a link leads on' h1 scholarship
sees 'and the focus goes along' 'document.activeElement.tagName === "H1"'

# ---- it runs, is paused, and goes on --------------------------------------------------------
ok 'a simulator' sim_start --talk 2m
background sh -c "exec outreach run -q scholarship >events.ndjson 2>run.err"
runs=$!
sees 'live calls appear, with how they stand in words' \
	'document.querySelectorAll(".lines tbody tr").length >= 3 && document.querySelector(".lines").innerText.includes("talking")'
[ ! -s run.err ] || diag "$(cat run.err)"
on '.controls button'
press Enter
has 'paused by the keyboard' 'h1 .state' paused
has 'and said' '#say' 'paused'
ok 'the run ends' await 120 gone $runs
sees 'the open calls end' 'document.querySelectorAll(".lines tbody tr").length === 0'
sees 'outcomes come as bars' 'document.querySelectorAll(".bars [data-kind=good] .fill").length >= 1'
sees 'and as a timeline' 'document.querySelectorAll(".timeline g").length >= 1'
has 'and as events' .events answered
has 'the page says why nothing goes on' main 'is paused: nobody new is called'
paused=$(outreach-events log --kind campaign.paused | jq .seq)
is "$(outreach-events log --kind call.intent | jq -r "select(.seq > $paused) | .seq")" '' 'no call began behind the pause'
like "$(outreach-events log --kind campaign.paused | jq -r .actor)" '^token:ops@' 'the journal says who paused'
on '.controls button'
press Enter
has 'resumed' 'h1 .state' active

background sh -c "exec outreach run -q scholarship >>events.ndjson 2>run.err"
runs=$!
sees 'calls again' 'document.querySelector(".lines a")'
if [ -n "${SHOTS-}" ]; then
	sees 'enough to take a picture of' '[...document.querySelectorAll(".legend b")][0].innerText >= 18 && document.querySelectorAll(".lines tbody tr").length >= 4'
	b js 'document.getElementById("toast").hidden = true'
	shot page "$(b js 'return Math.round(document.querySelector(".columns").getBoundingClientRect().bottom + scrollY + 24)')"
fi
looks campaign

# ---- one call, beside that: it lasts, and is to somebody with an odd name -------------------
b js 'location.hash = "#/campaigns/small"'
has 'the other campaign' h1 small
background outreach-sim --port-file "$T/long.port" --talk 9h 2>long.err
ok 'a simulator with long calls' await 60 test -s "$T/long.port"
outreach-campaign claim -q small | outreach-context >calls.ndjson
dialer
has 'a name of a script is a text' '.lines a' '<script>alert(1)</script>'
on '.lines a'
press Enter
has 'the call' h1 '<script>alert(1)</script>'
has 'with its state' 'h1 .line-state' talking
has 'an attribute is a text' .facts '"><img src=x onerror=alert(2)>'
has 'what the AI was told' .context 'You call <script>alert(1)</script>.'
id=$(jq -r .id calls.ndjson)
said() {
	curl -s -o "$T/answer" -H 'Content-Type: application/json' "http://127.0.0.1:$PORT/events" -d @- <<-END
		{"uuid":"$id","type":"transcription","timestamp":"2026-03-02T11:00:$1Z","payload":{"role":"$2","text":"$3"}}
	END
}
said 01 agent 'Good morning, this is Maya, an AI of Example University. Do I speak with Asha?'
has 'the transcript grows' '.talk [data-role=agent]' 'an AI of Example University'
said 05 user 'Yes, it is me. <b>What</b> is it about?'
has 'with what the person says' '.talk [data-role=callee]' '<b>What</b> is it about?'
said 03 agent 'You were granted a scholarship.'
sees 'in the order of time' '[...document.querySelectorAll(".talk .words")].map(e => e.innerText.slice(0, 8)).join() === "Good mor,You were,Yes, it "'
is "$(b js 'return document.querySelectorAll("main script, main img, main b i").length')" 0 'none of it is markup'
looks call
press Tab Tab Tab
on 'article .head button'
press Enter
sees 'hanging up is asked about, with the focus on no' 'document.activeElement.innerText === "Let them talk"'
press Shift+Tab Enter
has 'the call is over, and the page says so' 'h1 .line-state' answered
ok 'its dialer too' await 60 gone "$dial"
like "$(outreach-events log --kind call.hangup | jq -r .actor)" '^token:ops@' 'the journal says who hung up'

# ---- the line is lost and comes again ------------------------------------------------------
kill "$SERVE"
wait "$SERVE"
has 'without a server it reconnects' '#line' reconnecting
printf '{"uuid":"%s","type":"transcription","timestamp":"2026-03-02T11:00:07Z","payload":{"role":"agent","text":"said while nobody listened"}}\n' "$id" |
	outreach-events -q
serve
has 'it is live again' '#line' live
has 'and misses nothing' .talk 'said while nobody listened'

# Behind very much it looks anew, and says so.
kill "$SERVE"
wait "$SERVE"
has 'away again' '#line' reconnecting
awk 'BEGIN { for (n = 0; n < 5200; n++)
	printf "{\"uuid\":\"0195f5f0-0000-7000-8000-%012x\",\"type\":\"transcription\",\"timestamp\":\"2026-03-02T09:00:00.%03dZ\",\"payload\":{\"role\":\"agent\",\"text\":\"%d\"}}\n", n / 10, n % 1000, n }' |
	outreach-events -q
serve
has 'what passed by is counted' '#toast' 'events passed by while this page was away'
has 'and the view is up to date' .talk 'said while nobody listened'

# ---- priority, and many people -----------------------------------------------------------------
b js 'location.hash = "#/campaigns/open-day"'
has 'two thousand people' main '0% of 2,000 people settled'
sees 'are not all in the page' 'document.querySelectorAll(".people tbody tr").length === 25 && document.querySelectorAll("*").length < 900'
on '#find'
press 'Many 1234' Enter
sees 'one is found' 'document.querySelectorAll(".people tbody tr").length === 1 && document.querySelector(".people tbody tr").innerText.includes("Many 1234")'
on '.people button'
press Enter
sees 'the priority is asked for' 'document.querySelector("dialog input[type=number]") === document.activeElement'
press 70 Enter
has 'and changed' .people '70'
is "$(outreach-campaign targets open-day | jq -c 'select(.priority == 70) | .name')" '"Many 1234"' 'in the store'
b size 360 740
is "$(b js "$wide")" fits 'people fit a telephone'
b size 1280 900

# ---- cancel --------------------------------------------------------------------------------------
on '.controls button.danger'
press Enter
sees 'cancelling is asked about' 'document.querySelector("dialog")?.innerText.includes("for good")'
press Escape
sees 'and may be left' '!document.querySelector("dialog")'
is "$(outreach-campaign list | jq -r 'select(.name == "open-day").state')" draft 'then nothing happens'
on '.controls button.danger'
press Enter
sees 'asked again' 'document.querySelector("dialog")'
press Shift+Tab Enter
has 'cancelled' 'h1 .state' cancelled

# ---- to the end ------------------------------------------------------------------------------------
b js 'location.hash = "#/campaigns/scholarship"'
has 'the first campaign' h1 scholarship
has 'it is shown to the end' main '100% of 40 people settled'
ok 'and its run ends' await 120 gone $runs
is "$(outreach-report scholarship | jq -r 'select(.name == "completion_rate").n')" 1000 'which is the end'
b js 'location.hash = "#/"'
has 'the campaigns' .campaigns '40 of 40 settled'
looks campaigns
outreach stop -q 2>/dev/null
has 'a stop of everything is shown' '#stopped' 'Everything is stopped'
outreach resume -q 2>/dev/null
sees 'and its end' 'document.getElementById("stopped").hidden'

# ---- dialers that the server keeps ------------------------------------------------------------------
unlike "$(b js 'return document.querySelector("main").innerText')" 'dialer' 'without any the page speaks of none'
kill "$SERVE"
wait "$SERVE"
printf 'serve: {dialer: true}\n' >>outreach.yaml
serve
b js 'location.hash = "#/campaigns/small"'
has 'a campaign shows how its dialer stands' '.dialer' 'waits until somebody is due, since'
is "$(b js 'return window.kept')" true 'the page was never loaded anew'

# ---- what the browser thinks of it -------------------------------------------------------------------
b log >log
is "$(grep -vE '40[13] \((Unauthorized|Forbidden)\)|ERR_(CONNECTION|INCOMPLETE|EMPTY)|net::ERR' log)" '' 'the browser has nothing to complain of'
is "$(b requests | grep -vE "^http://127\.0\.0\.1:$PORT/|^chrome:|^data:" )" '' 'no request goes elsewhere'
b stop
done_testing
