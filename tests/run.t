#!/bin/sh
# outreach-run: repeats the pipeline until nobody is due; for cron it is quiet
# and never two at once; signals drain and leave.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"

house
ok "a simulator" sim_start --talk 30s
small_campaign
run outreach run nothing
like_run "no such campaign" 65 '' 'no campaign nothing'
run outreach run small
like_run "a draft" 77 '' 'small is a draft \(outreach-campaign activate small\)'
run outreach run
like_run "one campaign is wanted" 64 '' 'one campaign'
run outreach run --wait soon small
like_run "a duration" 64 '' '--wait: soon is no duration'

# 00 answers, 02 is busy, 03 rings out, 05 does not exist.
people +442079460100 +442079460200 +442079460302 +442079460103 +442079460105
outreach-campaign activate -q small
run outreach run small
is "$status/$err" '75/outreach-run: small is not done: 1 waiting (outreach-campaign targets small)' \
	"work remains: somebody was busy"
is "$(printf '%s\n' "$out" | jq -r .disposition | sort | uniq -c | tr -s ' \n' ' ')" ' 2 answered 1 busy 1 invalid 1 no_answer ' "the event records are ours"
is "$(count waiting)" 1 "one waits for its next try"
run outreach run -q small
is_run "nobody is due: quiet, and at once" 75 '' ''
due=$(outreach-campaign targets --state waiting small | jq -r '.due_at[:19] + "Z" | fromdate - 120 | todate')
OUTREACH_NOW=$(unset OUTREACH_NOW && outreach now "$due*60")
sim_stop
ok "two minutes before the next try" sim_start --talk 30s
run outreach run -q --wait 3m small
is_run "--wait waits for whom it must" 0 '' ''
is "$(outreach-events log | jq -r .kind | grep -c call.intent)" 6 "the busy one was called again"
run outreach run small
is_run "all is closed: nothing to do" 0 '' ''

# Somebody claimed and died: whoever is nobody's any more is called, though nobody else is due.
sed 's/^name: .*/name: left/' small.yaml >left.yaml
outreach-campaign apply -q left.yaml
printf 'id,name,phone,course\nL1,Lea,+442079469902,BSc\n' >left.csv
outreach-import -q --source left --id id left.csv 2>"$T/left" | outreach-campaign add -q left
outreach-campaign activate -q left 2>>"$T/left" || diag "$(cat "$T/left")"
outreach-campaign claim -q left >"$T/claimed"
run outreach run -q left
is "$(sqlite3 outreach.db "SELECT count(*) FROM call WHERE contact = (SELECT id FROM contact WHERE key = 'L1')")" 0 \
	"a claim that holds is another's"
run outreach run -q --wait 1h left
is "$(sqlite3 outreach.db "SELECT count(*) FROM call WHERE contact = (SELECT id FROM contact WHERE key = 'L1')")" 1 \
	"one that expires is taken back"
outreach-campaign cancel -q left

outreach-campaign cancel -q small
run outreach run small
is_run "a cancelled campaign is over" 0 '' ''

# Who is held for want of a value is called once the sheet has it.
house
small_campaign
sed -i 's/^template: .*/template: You call {{name}} about {{course}}./' small.yaml
outreach-campaign apply -q small.yaml
ok "a simulator for the sheet" sim_start --talk 30s
printf 'id,name,phone,course\n1,Asha,+442079460100,\n' >sheet.csv
outreach-import -q --source t --id id sheet.csv | outreach-campaign add -q small
outreach-campaign activate -q --except-obstacles small 2>err
run outreach run small
is "$out/$(count held)" /1 "held, not called"
printf 'id,name,phone,course\n1,Asha,+442079460100,BSc\n' >sheet.csv
outreach-import -q --source t --id id sheet.csv >imported
is "$(count waiting)" 1 "the mended sheet releases"
run outreach run small
is "$(printf '%s\n' "$out" | jq -r .disposition)" answered "and the next run calls"
is "$(outreach-events log --kind target | jq -r .kind | tr '\n' ' ')" 'target.held target.released ' "once each"
ok "the journal replays" outreach-events replay --check
sim_stop

# Outside the calling hours nothing runs, nothing is claimed.
house
small_campaign 'priority: 1'
sed -i 's/^hours: .*/hours: 06:00-07:00/' small.yaml
outreach-campaign apply -q small.yaml
people +442079460100
outreach-campaign activate -q small
run outreach run small
is_run "outside the hours" 75 '' 'outreach-run: small is not done: 1 waiting (outreach-campaign targets small)'
run outreach run -q small
is_run "quietly" 75 '' ''
is "$(count waiting)" 1 "the person waits"

# Two at once; stop; signals.
house
small_campaign
sim_stop
ok "a simulator" sim_start --talk 1h
people +442079460100 +442079460200 +442079460300
outreach-campaign activate -q small
start_run() {
	background sh -c 'exec outreach run small >events.ndjson 2>run.err'
	runner=$!
}
start_run
ok "it runs" await 10 open_calls 3
run outreach run small
like_run "a second run ends at once" 75 '' 'another run of small is at work'
run outreach run -q small
is_run "and says nothing to cron, which mails what is said" 75 '' ''
people +442079460400
ok "who is added is called" await 10 open_calls 4
kill -TERM "$runner"
people +442079460500
ok "nobody new is called, the live ones are followed" open_calls 4
outreach stop -q --hangup 2>stop.err
wait "$runner"
is $? 143 "the first signal drains, then the signal ends it"
is "$(jq -r .event events.ndjson | sort | uniq -c | tr -s ' ')" ' 4 ended' "the live calls were followed to their end"
is "$(count waiting)" 1 "nobody new was called"
outreach resume -q

start_run
ok "it runs again" await 10 open_calls 1
kill -INT "$runner"
ok "the dialer drains" await 10 grep -q . run.err
kill -INT "$runner"
wait "$runner"
is $? 130 "the second signal leaves"
ok "the call is open still, or was settled" test "$(outreach status | jq -r 'select(.campaigns) | .open_calls')" -le 1
sim_stop
ok "the exchange starts anew" sim_start --talk 1h
run outreach run -q small
ok "the next run settles what nobody follows" open_calls 0

people +442079460600
start_run
ok "it runs" await 10 open_calls 1
outreach stop -q --hangup 2>stop.err
wait "$runner"
is $? 77 "a stop ends it"
like "$(cat run.err)" 'everything is stopped' "and it says so"
outreach resume -q

# A child that fails: its code is ours.
people +442079460700
mkdir "$T/tools"
for tool in "$BUILD"/outreach*; do
	[ ! -f "$tool" ] || cp "$tool" "$T/tools"
done
printf '#!/bin/sh\nread -r line\nexit 69\n' >"$T/tools/outreach-dial"
run "$T/tools/outreach-run" small
is_run "the dialer's code" 69 '' ''
printf '#!/bin/sh\nkill -9 $$\n' >"$T/tools/outreach-dial"
people +442079460900
run "$T/tools/outreach-run" -q small
like_run "a dialer that is killed" 137 '' 'ended by signal 9; .outreach run. again'
cp "$BUILD/outreach-dial" "$T/tools"
people +442079460800
mkfifo gate
printf '#!/bin/sh\ncat >/dev/null\necho >gate\n' >"$T/tools/outreach-context"
people +442079461000
background sh -c "exec '$T/tools/outreach-run' -q small 2>run.err"
runner=$!
ok "claims are on their way" await 10 eval "! claims_are 0"
outreach stop -q
read -r _ <gate
wait "$runner"
is $? 77 "a stop ends it"
ok "nobody stays claimed" claims_are 0
outreach resume -q
printf '#!/bin/sh\nexit 78\n' >"$T/tools/outreach-context"
run "$T/tools/outreach-run" small
is "$status" 78 "the context's code, not that of the claim behind it"
rm "$T/tools/outreach-context"
run env PATH=/usr/bin:/bin "$T/tools/outreach-run" small
like_run "a tool that is missing" 71 '' 'outreach-context is not installed'

# A dialer that hangs has its calls for ever: who waits for them waits no longer than a call may last.
house
small_campaign
sed -i 's/^max_duration: .*/max_duration: 1m/' small.yaml
outreach-campaign apply -q small.yaml
ok "a simulator for a dialer that hangs" sim_start --talk 1h
people +442079460100
outreach-campaign activate -q small
outreach-campaign claim -q small | outreach-context -q >claimed
background sh -c 'exec outreach-dial <claimed >events.ndjson 2>dial.err'
dialer=$!
ok "somebody is called" await 10 open_calls 1
kill -STOP "$dialer"
run timeout 30 outreach run small
is_run "the run ends" 75 '' 'outreach-run: small is not done: 1 calling (outreach-campaign targets small)'
kill -CONT "$dialer"
outreach-stop -q --hangup 2>stop.err
wait "$dialer"
ok "the dialer goes on" open_calls 0
sim_stop

# A model that gives some no answer: they wait, and keep nobody from a call, however small the batches.
# silent CONCURRENT NAME...: runs small with a model.
silent() {
	house
	small_campaign
	sed -i "s/^concurrent: .*/concurrent: $1/; s/^calls_per_second: .*/calls_per_second: $1/" small.yaml
	printf 'context: {model: m, tries: 2, timeout: 5s}\n' >>small.yaml
	shift
	rm -f port
	background outreach-sim llm --port-file port 2>llm.err
	model=$!
	await 10 test -s port || bail "no chat API: $(cat llm.err)"
	printf 'llm: {url: "http://127.0.0.1:%s/v1"}\n' "$(cat port)" >>outreach.yaml
	outreach-campaign apply -q small.yaml
	{
		echo name,phone
		for name; do echo "$name,+44207946$((n += 1))00"; done
	} >people.csv
	outreach-import -q people.csv 2>/dev/null | outreach-campaign add -q small
	outreach-campaign activate -q small
	sim_start --talk 30s || bail "no simulator"
	OPENAI_API_KEY=none run outreach run small
	kill "$model"
	sim_stop
}
for concurrent in 1 20; do
	n=10
	silent $concurrent Asha 'Ben sim:500' Cara 'Dora sim:500' Eva
	is "$status/$(printf '%s\n' "$out" | jq -r .name | sort | tr '\n' ,)" 75/Asha,Cara,Eva, \
		"$concurrent at a time: who has a context is called"
	is "$(printf '%s\n' "$err" | tail -n 1)" 'outreach-run: small is not done: 2 waiting (outreach-campaign targets small)' \
		"$concurrent at a time: the others wait, and it says so"
	is "$(count waiting)/$(count claimed)/$(count held)" 2/0/0 "$concurrent at a time: nobody stays claimed"
	ok "$concurrent at a time: replay gives the same" outreach-events replay --check
	ok "$concurrent at a time: and they are claimed again later" \
		test "$(OUTREACH_NOW=2026-03-02T14:30:00Z outreach-campaign claim -q small | wc -l)" -gt 0
done
n=10
silent 1 'Ben sim:500' 'Dora sim:500' 'Fay sim:500' Gus
is "$status/$out" 75/ "a model that is away: it ends"
like "$err" 'Ben|target 1.*HTTP 500' "and was asked"

# An exchange that is down: what was claimed goes back, and cron tries again.
down() {
	house
	small_campaign
	people +442079460100
	outreach-campaign activate -q small
	sim_stop
	run "$1/outreach-run" -q small
	like_run "$2: an exchange that is down" 75 '' 'no more calls: the exchange cannot be reached'
	is "$(count claimed)" 0 "$2: nobody stays claimed"
	is "$(count waiting)" 1 "$2: the person waits"
}
down "$BUILD" 'at once'
# The dialer gave back what it had read, and ends only when somebody was claimed again, whose
# context comes when it is gone.
cp "$BUILD/outreach-dial" "$T/tools/outreach-dial.real"
cat >"$T/tools/outreach-dial" <<'END'
#!/bin/sh
"$0.real" "$@"
code=$?
n=0
until [ -f second ] || [ $n = 500 ]; do n=$((n + 1)) && sleep 0.02; done
: >gone
exit $code
END
cat >"$T/tools/outreach-context" <<'END'
#!/bin/sh
if [ -f first ]; then
	: >second
	until [ -f gone ]; do sleep 0.02; done
fi
: >first
exec "${0%/tools/*}/context" "$@"
END
cp "$BUILD/outreach-context" "$T/context"
chmod +x "$T/tools/outreach-context" "$T/tools/outreach-dial"
down "$T/tools" 'claimed again'
ok 'somebody was claimed again' test -f second
# Contexts that cannot be made for now, whose claims stay: a run does not wait for these to expire.
house
small_campaign
sed -i 's/^concurrent: .*/concurrent: 1/' small.yaml
outreach-campaign apply -q small.yaml
people +442079460100 +442079460200
outreach-campaign activate -q small
ok 'a simulator that nobody dials' sim_start
cp "$BUILD/outreach-dial" "$T/tools/outreach-dial"
printf '#!/bin/sh\ncat >claimed\nexit 75\n' >"$T/tools/outreach-context"
run timeout 60 "$T/tools/outreach-run" small
is_run 'claims that stay' 75 '' 'outreach-run: small is not done: 2 waiting (outreach-campaign targets small)'
done_testing
