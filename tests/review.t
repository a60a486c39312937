#!/bin/bash
# outreach-review: nobody hears a context that must be approved and is not, or
# that was rejected; what is approved is what was read; history stays.
. "${0%/*}/lib.sh"

export OUTREACH_NOW=2026-03-02T09:00:00Z OUTREACH_SEED=7

# campaign KEY...: lines of the block context.
campaign() {
	campaign_yaml 'base_prompt: You are Maya, an AI.' \
		'template: "Call {{name}} now and ask whether the fee of {{fee}} euro was paid in time."' \
		'dial_string: PJSIP/{number}@uas' 'max_duration: 1m' 'days: mon-sun' 'hours: 08:00-20:00' \
		'assume_timezone: Europe/Rome' >c.yaml
	[ $# = 0 ] || { echo context:; printf '  %s\n' "$@"; } >>c.yaml
	outreach-campaign apply -q c.yaml 2>/dev/null || bail "no campaign"
}

store() {
	fresh
	outreach init -q
	campaign "$@"
	printf '%s\n' id,name,phone,fee 'K1,Asha Rao,+390555000001,120' 'K2,Ben Roy,+390555000002,75' \
		'K3,Carla Neri,+390555000003,75' >people.csv
	outreach-import -q --id id people.csv | outreach-campaign add -q c || bail "no people"
	outreach-campaign activate -q c 2>/dev/null || bail "not active"
}

claims() {
	outreach-campaign claim -q c "$@" 2>/dev/null | jq -r .name | paste -sd,
}

contexts() {
	outreach-campaign targets c --without-context | outreach-context -q
}

# editor SED: an editor that does that.
editor() {
	cat >editor <<-END
		#!/bin/sh
		stat -c %a "\$2" >mode
		echo "\$1" >argument
		sed -i "$1" "\$2"
	END
	chmod +x editor
	EDITOR="$PWD/editor --wait"
	export EDITOR
}
unset VISUAL

# ---- a review that is required -----------------------------------------------------

store 'review: required'
is "$(claims)" '' 'nobody is claimed before there is a context'
is "$(outreach-campaign targets c --reason review | jq -r '.state + ": " + .reason' | sort -u)" \
	'held: there is no context that a person could approve (outreach-context)' 'and it is said why'
contexts >t
is "$(claims)" '' 'nor before it is approved'
is "$(outreach-campaign targets c --reason review | jq -r .reason | sort -u)" \
	'the context is not approved (outreach-context approve)' 'and that'
run outreach-review list --format ndjson c
is "$status $(jq -r '.name + " " + .review' "$T/out" | paste -sd,)" '0 Asha Rao made,Ben Roy made,Carla Neri made' 'list says where each stands'
ok 'its records are as the schema says' schema_check target <"$T/out"
run outreach-review list --format table c
like "$out" '^1 +1 +Asha Rao +held +made +template' 'or as a table'
run outreach-review approve 1
is "$status $out$err" '0 outreach-review: 1 approved, 0 already' 'a person approves one'
is "$(claims)" 'Asha Rao' 'who alone is claimed'
run outreach-review approve 1
is "$status $err" '0 outreach-review: 0 approved, 1 already' 'said twice it is said once'
run outreach-review show 1
like "$(tr '\n' '|' <"$T/out")" '^target 1 of c: contact 1, Asha Rao\|origin template, made at 2026-03-02T09:00:00.000Z\|review approved at 2026-03-02T09:00:00.000Z by [^|]+\|check all passed\|\|Call Asha Rao now' 'show tells all of it'
outreach-review export c --state made >made
is "$(jq -r .context made | head -1)" 'Call Ben Roy now and ask whether the fee of 75 euro was paid in time.' 'export has the texts'
ok 'as the schema says' schema_check target <made
sed -i 's/,75/,80/' people.csv
outreach-import -q --id id people.csv >/dev/null
contexts >t2
run outreach-review approve -k <made
is "$status $out" '1 ' 'records of a text that is another by now approve nothing'
like "$err" '<stdin>:1: target 2: its context is another one by now' 'and say so'
is "$(claims)" '' 'so nobody is claimed'
outreach-review export c --state made >again
run outreach-review approve -q <again
is "$status $(jq -r '.name + " " + .review' "$T/out" | paste -sd,)$err" '0 Ben Roy approved,Carla Neri approved' 'read again and approved, as a filter'
ok 'what it passes on is as the schema says' schema_check target <"$T/out"
is "$(claims --limit 1)" 'Ben Roy' 'who is claimed then'
sed -i 's/Carla Neri,+390555000003,80/Carla Neri,+390555000003,90/' people.csv
outreach-import -q --id id people.csv >/dev/null
is "$(claims)" '' 'an approval ends with the data that the text was made from'
is "$(outreach-review list --format ndjson c --state none | jq -r .name)" 'Carla Neri' 'list --state none finds who needs a context'
sed 's/^{/{"gone":1,/; s/"context_digest":"[^"]*",//' made >bare
run outreach-review approve -k <bare
is "$status $out" '1 ' 'a record without a digest approves nothing'
like "$err" 'no context_digest, which names the text that was read' 'and hears why'
campaign 'review: required' 'checks: {numbers: false}'
is "$(outreach-review list --format ndjson c | jq -r .review | sort -u)" null 'with another campaign file all is to be made anew'
is "$(claims)" '' 'and nobody is claimed'
ok 'replay gives the same' outreach-events replay --check

# ---- the door -----------------------------------------------------------------------

store 'review: required'
contexts >/dev/null
outreach-review export c | outreach-review approve -q >/dev/null
outreach-campaign claim -q c --limit 1 2>/dev/null >call
outreach-review reject -q --reason 'too long' 1
is "$(outreach-campaign targets c --state held | jq -r '.name + ": " + .reason')" \
	'Asha Rao: the context was rejected (outreach-context edit or regenerate)' 'who is rejected is held'
outreach-context <call >call2 2>err
like "$(cat err)" 'is not claimed \(withdrawn' 'and the claim is withdrawn'
is "$(outreach-events log --kind context.rejected | jq -r '.body.reason')" 'too long' 'the journal knows why'

# ---- where no review is required -------------------------------------------------------

store
contexts >/dev/null
outreach-review reject -q c --contact 2
is "$(claims)" 'Asha Rao,Carla Neri' 'what was rejected nobody hears, in any campaign'
run outreach-review regenerate 2
is "$status $(jq -r '.name + " " + .state' "$T/out")" '0 Ben Roy waiting' 'regenerate makes room for another'
is "$(claims)" 'Ben Roy' 'who is called then'
run outreach-review show 3
like "$out" '^check none: the campaign has no block context' 'there are no checks'
ok 'replay gives the same' outreach-events replay --check

# ---- edit ---------------------------------------------------------------------------------

store 'review: required'
contexts >/dev/null
editor 's/now/today/'
run outreach-review edit 1
is "$status $out$err" '0 outreach-review: target 1: approved' 'a person edits a context'
is "$(cat mode argument | paste -sd,)" '600,--wait' 'in a file of their own, with the editor and its words'
is "$(outreach-review preview 1 | paste -sd'|')" 'You are Maya, an AI.||Call Asha Rao today and ask whether the fee of 120 euro was paid in time.' 'preview shows what the AI will be told'
is "$(outreach-review list --format ndjson c --state approved | jq -r '.name + " " + .context_origin')" 'Asha Rao person' 'it is approved, and a person wrote it'
is "$(claims)" 'Asha Rao' 'and may be heard'
editor 's/today/tomorrow/'
sed -i '2i kill -INT $PPID' editor
run outreach-review edit -q 2
is "$status" 0 'an interrupt is for the editor'
like "$(outreach-review preview 2 | tail -1)" 'Call Ben Roy now' 'which may change nothing'
run outreach-review diff 1
is "$status" 1 'diff finds it'
is "$(grep '^[-+ ][^-+]' "$T/out")" '-Call Asha Rao now and ask whether the fee of 120 euro was paid in time.
+Call Asha Rao today and ask whether the fee of 120 euro was paid in time.' 'and shows it'
like "$(head -1 "$T/out")" '^--- [0-9]+ 2026-03-02T09:00:00.000Z template by ' 'with who wrote what'
editor 's/120/1200/'
run outreach-review edit 2 
is "$status $err" '0 outreach-review: target 2: nothing changed' 'nothing changed is nothing said'
editor 's/75/7500/'
run outreach-review edit 2
is "$status" 1 'a number that nobody knows'
like "$err" 'number: "7500" stands neither in the contact' 'is found'
like "$err" 'stored and rejected: it fails the checks above' 'the text is kept, and not heard'
is "$(outreach-review list --format ndjson c --state rejected | jq -r .name)" 'Ben Roy' 'until a person approves it as it is'
editor 's/.*//'
run outreach-review edit 3
is "$status" 65 'an empty text is none'
like "$err" 'what you wrote is in /' 'and where it lies is said'
EDITOR=/nowhere/vi run outreach-review edit 3
is "$status $out$err" '71 outreach-review: cannot run the editor /nowhere/vi: No such file or directory (EDITOR names it)' 'there is no such editor'
EDITOR=false run outreach-review edit 3
is "$status $out$err" '65 outreach-review: the editor false failed: nothing is changed' 'or it fails'
ok 'replay gives the same' outreach-events replay --check
printf 'id,name,phone,fee\nK4,Dev Pal,+390555000004,\n' >late.csv
outreach-import -q --id id late.csv | outreach-campaign add -q c
for verb in edit preview show; do
	run outreach-review $verb 4
	is "$status $out$err" "65 outreach-review: target 4 has no context, and the template makes none: {{fee}} has no value" \
		"$verb: a person whose template cannot be filled"
done
outreach-contacts forget -q 2 2>/dev/null
is "$(outreach-events log --kind context.edited | jq -c '[.contact, .erased]' | paste -sd,)" '[1,null],[2,true]' 'who is forgotten leaves no text behind'
ok 'nor then' outreach-events replay --check
run outreach-events verify
is "$status" 0 'and the chain verifies'

# ---- check ----------------------------------------------------------------------------------

store 'checks: {banned: [guarantee]}'
contexts >t
run outreach-review check t
is "$status $out$err" '0 outreach-review: 3 contexts, 0 findings' 'what the template makes passes'
jq -c 'if .id == 1 then .context += " Ben Roy paid." elif .id == 2 then .context += " We guarantee 9000 euro." else . end' t >bad
run outreach-context check bad
is "$status $(jq -r '"\(.target) \(.check) \(.other)"' "$T/out" | sort | paste -sd,)" '1 1 other 2,2 banned null,2 number null' 'outreach-context check finds what is wrong'
is "$(jq -r 'select(.check == "number") | .sentence' "$T/out")" 'We guarantee 9000 euro.' 'and the sentence'
ok 'as the schema says' schema_check finding <"$T/out"
echo '{"type":"target","v":1,"id":1}' >bare
run outreach-review check <bare
is_run 'a record without a context' 65 '' 'outreach-review: 0 contexts, 0 findings
outreach-review: <stdin>:1: target 1: there is no context in it'
touch check
run outreach-context check <t
is "$status $out$err" '0 ' 'a file of that name is a file'

# ---- the command line --------------------------------------------------------------------------

run outreach-review show
like_run 'who' 64 '' 'show needs the number of a TARGET, or --contact and the NAME of a campaign'
run outreach-review show 99
like_run 'nobody' 65 '' 'there is no target 99 \(outreach-campaign targets NAME shows them\)'
run outreach-review show c --contact 99
like_run 'not in it' 65 '' 'contact 99 is not in the campaign c'
run outreach-review list --state fine c
like_run 'no state' 64 '' '--state: fine is none of none, made, approved, rejected'
run outreach-review list --origin modl c
like_run 'no origin' 64 '' '--origin: modl is none of template, model, .* \(did you mean model\?\)'
run outreach-review diff 1
like_run 'one text' 65 '' 'target 1 has had one context only'
run outreach-review diff 1 --to 2
like_run 'no text' 65 '' 'row 2 of the journal is no context of target 1'
run outreach-review revoke 1
like_run 'no verb' 64 '' 'there is no verb "revoke"'

done_testing
