#!/bin/sh
# outreach-dnc consent: given, imported, shown, taken back; and what that does
# to a campaign that requires it.
. "${0%/*}/lib.sh"

OUTREACH_NOW=2026-03-02T12:00:00Z
OUTREACH_SEED=1
export OUTREACH_NOW OUTREACH_SEED
fresh
outreach init -q
campaign_yaml 'consent: express_written' >c.yaml
printf 'id,name,phone\n1,A,+442079460101\n2,B,+442079460102\n3,C,+442079460103\n' >p.csv
outreach-campaign apply -q c.yaml 2>err
outreach-import -q p.csv 2>err | outreach-campaign add -q c
state() {
	outreach-campaign targets c | jq -r '"\(.contact) \(.state) \(.reason // "")"'
}

# ---- add ------------------------------------------------------------------------

run outreach-campaign activate c
like_run "without consent there is an obstacle for each" 77 '' \
	'target 1, contact 1: no express_written consent is on record'
echo 'I agree to calls.' >form.txt
run outreach-dnc consent add --kind express_written --how paper --file form.txt --at 2026-02-01 +442079460101
is_run "add by number" 0 '' 'outreach-dnc: 1 given'
run outreach-dnc consent add --kind express_written --how paper --file form.txt --at 2026-02-01 +442079460101
is_run "again" 0 '' 'outreach-dnc: 0 given'
run outreach-dnc consent add --kind express_written --how paper --file form.txt --at 2026-02-01 \
	+4402079460101 '+44 (0)20 7946 0101'
is_run "however its number is written" 0 '' 'outreach-dnc: 0 given'
printf 'phone,kind,at\n+44 (0)20 7946 0101,express_written,2026-02-01\n' >form.csv
run outreach-dnc consent import form.csv
is_run "in a table too" 0 '' 'outreach-dnc: 0 new, 1 known before, 0 refused'
run outreach-dnc consent add -q --kind express --text "said so on the phone" --contact 2
is_run "a lesser one, by contact" 0 '' ''
run outreach-dnc consent add -q --kind express_written --expires 2026-03-02T12:30:00Z --contact 3
is_run "one that ends soon" 0 '' ''
outreach-dnc consent show >show.ndjson
ok "show prints consent records" schema_check consent <show.ndjson
is "$(jq -r '"\(.phone // .contact) \(.kind) \(.at) \(.how // .text // .expires)"' show.ndjson)" \
	'+442079460101 express_written 2026-02-01T00:00:00.000Z paper
2 express 2026-03-02T12:00:00.000Z said so on the phone
3 express_written 2026-03-02T12:00:00.000Z 2026-03-02T12:30:00.000Z' "with what they say"
is "$(outreach-dnc consent show +442079460101 | jq -r .evidence)" "$(sha256sum <form.txt | cut -c 1-64)" \
	"evidence is the hash of the file"
is "$(outreach-dnc consent show --contact 2 | jq -r .evidence)" \
	"$(printf 'said so on the phone' | sha256sum | cut -c 1-64)" "or of the text"
run outreach-campaign activate -q --except-obstacles c
is "$status" 0 "activated but for who has none"
like "$(state)" '^2 held' "who has a lesser one is held"
outreach-campaign claim -q c >claims.ndjson
is "$(jq -r .contact claims.ndjson | sort | tr '\n' ' ')" '1 3 ' "the others are claimed"

# ---- revoke ---------------------------------------------------------------------

run outreach-dnc consent revoke --how phone --reason "changed their mind" +442079460101
is_run "revoke" 0 '' 'outreach-dnc: 1 revoked'
is "$(state | head -n 1)" '1 closed the consent was revoked' "withdraws the claim at once"
run outreach-context <claims.ndjson
like_run "its record is refused" 65 '' 'is not claimed'
OUTREACH_NOW=2026-03-02T12:10:00Z
run outreach-dnc consent add -q --kind express_written +442079460101
is "$status/$(state | head -n 1 | cut -d ' ' -f 2)" 0/waiting "given anew it holds"
OUTREACH_NOW=2026-03-02T12:40:00Z
head -n 1 claims.ndjson | jq -c 'select(.contact == 3)' >three
jq -c 'select(.contact == 3)' claims.ndjson >three
outreach-context three >called 2>err
outreach-dnc consent revoke -q --contact 3
is "$(state | sed -n 3p)" '3 closed the consent was revoked' "by contact too"
ok "the journal replays" outreach-events replay --check
outreach-events log --kind consent >log.ndjson
ok "and tells" schema_check journal <log.ndjson
is "$(jq -r .kind log.ndjson | sort | uniq -c | tr -s ' ')" ' 4 consent.given
 2 consent.revoked' "once each"

# ---- import ---------------------------------------------------------------------

cat >list.csv <<'END2'
phone,kind,at,expires,how,text
+442079460201,express_written,2026-01-05,2027-01-05,web,"Yes, call me"
0771,express,2026-01-05,,,
+442079460202,verbal,2026-01-05,,,
+442079460203,express,2030-01-05,,,
+442079460204,express,,,,
+442079460205,express,2026-01-05,2025-01-05,,
+442079460206,revoked,2026-01-05,,,
END2
run outreach-dnc consent import list.csv
like_run "a wrong row ends it" 65 '' '^outreach-dnc: list.csv:3: phone "0771"'
run outreach-dnc consent import -k list.csv
is "$status/$out" 1/ "-k goes on"
is "$err" "$(cat <<'END2'
outreach-dnc: list.csv:3: phone "0771" is not a number in E.164 form (+ and the country code, such as +14155550123; --region reads national numbers)
outreach-dnc: list.csv:4: kind "verbal" is none of informational, express, express_written, revoked
outreach-dnc: list.csv:5: the time of a consent lies in the future
outreach-dnc: list.csv:6: at is missing: when was it given?
outreach-dnc: list.csv:7: the consent ends before it was given
outreach-dnc: 1 new, 1 known before, 5 refused
END2
)" "each refusal with its line"
printf 'phone,kind,at,text\n+442079460207,express,2026-01-05,Jos\351\n+442079460208,express,2026-01-05,%s\n' \
	"$(printf '%04001d' 0)" >latin.csv
run outreach-dnc consent import -k latin.csv
is "$status:$err" '1:outreach-dnc: latin.csv:2: text is not valid UTF-8 (iconv -f WINDOWS-1252 -t UTF-8 makes it so)
outreach-dnc: latin.csv:3: text has more than 4000 bytes
outreach-dnc: 0 new, 0 known before, 2 refused' "words of another encoding, and too many"
ok "the journal replays still" outreach-events replay --check
outreach-dnc consent show | jq -c 'del(.id)' >all.ndjson
rm -f outreach.db* && rm -rf outreach.db.d
outreach init -q
outreach-import -q p.csv >/dev/null 2>err
run outreach-dnc consent import all.ndjson
like_run "records come back" 0 '' '[0-9]+ new, 0 known before, 0 refused'
is "$(outreach-dnc consent show | jq -c 'del(.id)')" "$(cat all.ndjson)" "as they were"
echo 'name,kind,at' >bad.csv
run outreach-dnc consent import bad.csv
like_run "no column that says whose" 65 '' 'bad.csv:1: the header needs phone or contact'
run outreach-dnc consent import none.csv
like_run "no such file" 66 '' 'none.csv: No such file'

# ---- people who share a number --------------------------------------------------

# 1 and 2 share a number, 2 and 3 another; each consented for themselves.
shared() {
	rm -rf outreach.db outreach.db.d
	outreach init -q
	outreach-campaign apply -q c.yaml 2>err
	printf 'id,name,phone,phone2\n1,A,+442079460101,\n2,B,+442079460101,+442079460102\n3,C,+442079460102,\n' |
		outreach-import -q 2>err | outreach-campaign add -q c 2>err
	outreach-dnc consent add -q --kind express_written --at 2026-02-01 \
		--contact 1 --contact 2 --contact 3
	outreach-campaign activate -q c
}
shared
outreach-campaign claim -q c >claims.ndjson
outreach-dnc consent revoke -q --at 2026-02-10 --contact 1
is "$(state)" '1 closed the consent was revoked
2 closed the consent was revoked
3 claimed ' "a revocation reaches whoever shares the number, and nobody further"
is "$(outreach-dnc consent show --contact 2 | jq -r '"\(.contact) \(.kind)"')" \
	"$(printf '2 express_written\n1 revoked')" "show tells whose it is"
is "$(outreach-dnc consent show +442079460101 | jq -r '"\(.contact) \(.kind)"')" '1 revoked' \
	"of a number too"
outreach-dnc consent add -q --kind express_written --at 2026-02-11 --contact 2
is "$(state | head -n 2)" "$(printf '1 closed the consent was revoked\n2 waiting ')" \
	"who consents later is called"
shared
outreach-dnc consent revoke -q --at 2026-02-10 +442079460102
is "$(state)" '1 waiting 
2 closed the consent was revoked
3 closed the consent was revoked' "one about a number is about who has it, whichever is called"

shared
outreach-dnc consent revoke -q --at 2026-02-10 --contact 1
printf 'id,name,phone\n1,A,+442079460109\n' | outreach-import -q >out 2>err
is "$(state)" '1 closed the consent was revoked
2 closed the consent was revoked
3 waiting ' "of a number that is lost it stays"
outreach-contacts delete -q 1 2>err
printf 'id,name,phone\n4,A,+442079460109\n' | outreach-import -q 2>err | outreach-campaign add -q c 2>err
outreach-dnc consent add -q --kind express_written --at 2026-02-05 --contact 4
is "$(state | tail -n 1)" '4 closed the consent was revoked' "and of who was deleted"
ok "the journal replays with them" outreach-events replay --check

# ---- wrong input -----------------------------------------------------------------

run outreach-dnc consent
like_run "no verb" 64 '' 'consent: add, import, revoke or show'
run outreach-dnc consent add +442079460101
like_run "no kind" 64 '' '--kind is informational, express'
run outreach-dnc consent add --kind express
like_run "nobody" 64 '' 'whose'
run outreach-dnc consent add --kind express --at yesterday +442079460101
like_run "no time" 64 '' '--at: yesterday is neither a date'
run outreach-dnc consent add --kind express --contact 99
like_run "no such contact" 65 '' 'there is no contact 99'
run outreach-dnc consent add --kind express --file none +442079460101
like_run "no such file" 66 '' 'none: .*No such file'
run outreach-dnc consent add --kind express --how "On Paper" +442079460101
like_run "how is a word" 64 '' 'is no word such as paper'
run outreach-dnc consent revoke --kind express +442079460101
like_run "revoke takes no kind" 64 '' 'takes all back'
outreach-dnc consent show >/dev/full 2>err
is $? 74 "show on a full disk"
done_testing
