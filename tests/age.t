#!/bin/sh
# outreach-events age: words and recordings of calls go when they are older than
# the settings keep them, and nothing else does.
. "${0%/*}/lib.sh"

. "$ROOT/tests/dialling.sh"
OUTREACH_NOW=2026-03-02T12:00:00Z
export OUTREACH_NOW

# says CALL DAY TEXT: an event of our own call.
says() {
	printf '{"uuid":"%s","type":"transcription","timestamp":"2026-%sT09:15:00.000Z","payload":{"role":"user","text":"%s"}}\n' \
		"$1" "$2" "$3"
}
ended() {
	printf '{"type":"event","v":1,"event":"ended","call":"%s","at":"2026-%sT09:16:00.000Z","source":"file","disposition":"answered","line_closed":true}\n' "$1" "$2"
}
# keep TEXT: what the settings say.
keep() {
	printf '%s\n' "$1" >outreach.yaml
}
replays() {
	outreach-events verify >verified
	is $? 0 "$1: the chain verifies"
	run outreach-events replay --check
	is "$status/$err" 0/ "$1: the replay gives the same"
}

OLD=0195c000-0000-7000-8000-000000000001
NEW=0195c000-0000-7000-8000-000000000002
OPEN=0195c000-0000-7000-8000-000000000003
NONE=0195c000-0000-7000-8000-000000000004
fresh
outreach init -q
{
	says $OLD 01-01 oldwords
	ended $OLD 01-01
	says $NEW 02-27 newwords
	ended $NEW 02-27
	says $OPEN 01-01 openwords
} | outreach-events -q
keep ''
run outreach-events age
like_run 'settings that say nothing' 78 '' 'outreach-events: the settings do not say how long anything is kept'
keep 'retain: {transcripts: 30d}'
run outreach-events age -n
is "$status/$(printf '%s\n' "$out" | jq -r '.what + " " + .call' | tr '\n' ' ')/$err" \
	"0/transcript $OLD transcript $OPEN /outreach-events: 2 transcripts and 0 recordings went (dry run)" '-n: what would go'
is "$(grep -c oldwords outreach.db)" 1 'it is there still'
run outreach-events age
is "$status/$err" '0/outreach-events: 2 transcripts and 0 recordings went' 'it goes'
ok 'the records hold to the schema' schema_check aged <"$T/out"
is "$(grep -c 'oldwords\|openwords' outreach.db)/$(grep -c newwords outreach.db)" 0/1 'what is younger stays'
is "$(outreach-events log --kind retention | jq -c '[.kind, .fact.transcripts]')" '["retention.done",2]' 'it is journalled'
is "$(jq .erased verified 2>/dev/null)$(outreach-events verify | jq .erased)" 2 'the rows stay'
replays 'transcripts'
run outreach-events age
is_run 'again: nothing' 0 '' 'outreach-events: 0 transcripts and 0 recordings went'

# ---- recordings ----------------------------------------------------------------------

mkdir rec rec/$OLD.dir outside
keep 'retain: {recordings: 30d, recordings_dir: rec}'
for f in $OLD.wav $OLD.txt $NEW.wav $OPEN.wav $NONE.wav; do
	echo sound >rec/$f
	touch -d 2026-01-01 rec/$f
done
echo keep >outside/f
touch -d 2026-01-01 outside/f
echo other >rec/readme.wav
touch -d 2026-01-01 rec/readme.wav rec/$OLD.dir
echo young >rec/0195c000-0000-7000-8000-000000000005.wav
touch -d 2026-03-01 rec/0195c000-0000-7000-8000-000000000005.wav
ln -s ../outside/f rec/0195c000-0000-7000-8000-000000000006.wav
ls rec >all
run outreach-events age -n
is "$(ls rec)" "$(cat all)" '-n removes nothing'
run outreach-events age
is "$(printf '%s\n' "$out" | jq -r .file | sort | tr '\n' ' ')/$err" \
	"$OLD.txt $OLD.wav $NONE.wav /outreach-events: 0 transcripts and 3 recordings went" 'the old ones go'
ok 'the records hold to the schema' schema_check aged <"$T/out"
is "$(ls rec | tr '\n' ' ')" "$OLD.dir $NEW.wav $OPEN.wav 0195c000-0000-7000-8000-000000000005.wav 0195c000-0000-7000-8000-000000000006.wav readme.wav " \
	'not of a call that ended later or is not over, no link, no folder, no other name'
is "$(cat outside/f)" keep 'nothing outside'
is "$(outreach-events log --kind retention | jq -c .fact.recordings | tail -n 1)" 3 'it is journalled'
replays 'recordings'
keep 'retain: {recordings: 30d, recordings_dir: none}'
run outreach-events age
like_run 'no folder' 66 '' 'none: No such file'
ln -s rec link
keep 'retain: {recordings: 30d, recordings_dir: link}'
run outreach-events age
like_run 'a link instead of the folder' 66 '' 'link: '

# ---- wrong ---------------------------------------------------------------------------

keep 'retain: {recordings: 30d}'
run outreach-events age
like_run 'no folder in the settings' 78 '' 'recordings_dir'
for bad in 'transcripts: 1h' 'transcripts: soon' 'transcript: 1d'; do
	keep "retain: {$bad}"
	run outreach-events age
	like_run "$bad" 78 '' 'retain'
done
keep 'retain: {transcripts: 1d}'
run outreach-events age x
like_run 'an operand' 64 '' 'age takes no operand "x"'
outreach-events age >/dev/full 2>err
is $? 74 'a full disk'
done_testing
