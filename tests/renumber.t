#!/bin/sh
# renumber: numbers that were read with other tables, through a campaign: what
# counts calls and wishes goes along, over two people whose numbers become one,
# after kills, and when somebody is forgotten.
. "${0%/*}/lib.sh"

. "$ROOT/tests/dialling.sh"

# state NAME: how a person stands.
state() {
	outreach-campaign targets c | jq -r "select(.name == \"$1\") | \"\(.state) \(.reason // \"\")\""
}

# older: the store as other tables would have left it: these numbers with their trunk 0.
older() {
	sql "UPDATE numbers SET tables = '8.0.0';
		UPDATE contact_phone SET e164 = 4400000000000 + e164 % 10000000000
			WHERE e164 BETWEEN 442079460000 AND 442079469999 AND contact NOT IN ($1);
		UPDATE call SET phone = 4400000000000 + phone % 10000000000
			WHERE phone BETWEEN 442079460000 AND 442079469999;
		UPDATE optout SET phone = 4400000000000 + phone % 10000000000;
		UPDATE dnc SET value = 4400000000000 + value % 10000000000 WHERE kind IN (1, 5);
		UPDATE contact_phone SET e164 = 15555550100 WHERE contact IN (SELECT id FROM contact WHERE name = 'Dora')"
}

# ---- calls, opt-outs, a number that is none ------------------------------------------

campaign 's/^min_gap.*/min_gap: 4h/' 02
cat >people.csv <<'END'
id,name,phone,course
U1,Asha,+442079460102,BSc
U2,Ben,+442079460100,BSc
U4,Dora,+442079460104,BSc
END
outreach-import -q --source u --id id people.csv | outreach-campaign add -q c
switch
outreach-campaign claim -q c | outreach-context | outreach-dial >dialed 2>>err
call=$(jq -r 'select(.name == "Ben") | .call' dialed)
like "$call" '^[0-9a-f-]{36}$' 'people were called'
printf '{"uuid":"%s","type":"transcription","timestamp":"2026-03-02T09:15:10.000Z","payload":{"role":"user","text":"do not call me again"}}\n' "$call" |
	outreach-events -q
is "$(outreach-dnc check +442079460100 | jq -r .rule)" optout 'and one said never again'
switch_off
# Carl was imported by a newer outreach: the same number as Asha, as it is written now.
printf 'id,name,phone,course\nU3,Carl,+442079460102,BSc\n' >new.csv
outreach-import -q --source u --id id new.csv | outreach-campaign add -q c
carl=$(outreach-contacts --where name=Carl | jq .id)
outreach-dnc add -q --reason letter --contact "$carl"
outreach-dnc remove -q --contact "$carl"
older "$carl"
ben=$(outreach-contacts --where name=Ben | jq .id)
is "$(outreach-dnc check +442079460100)" '' 'with other tables the wish is of another number'
unlike "$(state Carl)" 'less than' 'and so is the call'
run outreach upgrade
is "$status" 0 'upgrade'
is "$(printf '%s\n' "$out" | jq -r '"\(.of) \(.before) \(.after)"' | sort | tr '\n' ';')" \
	'call +4402079460104 +442079460104;contact +15555550100 null;contact +4402079460100 +442079460100;contact +4402079460102 +442079460102;' \
	'each change is told'
is "$(sql 'SELECT count(*) FROM call WHERE phone > 4400000000000')/$(sql "SELECT count(*) FROM call WHERE phone = 442079460102")" 0/1 \
	'the calls go along'
is "$(outreach-dnc check +442079460100 | jq -r .rule)" optout 'the opt-out too'
like "$(state Carl)" '^waiting the number was called less than 4h ago' 'the gap holds over two people with one number'
like "$(state Asha)" '^waiting the number was called less than' 'for both'
like "$(state Dora)" '^held no plan' 'whose number no plan gives out is held'
is "$(outreach-campaign targets --reason number_unknown c | jq -r .name)" Dora 'by that reason'
ok 'the journal replays' outreach-events replay --check

# ---- forgotten -------------------------------------------------------------------------

outreach-contacts forget -q "$ben"
is "$(sql "SELECT count(*) FROM dnc WHERE value IN (4402079460100, 442079460100)")" 0 'forgotten: no digits in a rule'
is "$(outreach-dnc check +442079460100 | jq -r .rule | sort -u)" optout 'and the wish holds'
ok 'the journal replays then' outreach-events replay --check

# A rule by hand in the old form stays beside the new one, until its person is forgotten.
campaign '' 02
printf 'id,name,phone,course\nU1,Asha,+442079460102,BSc\n' >people.csv
outreach-import -q --source u --id id people.csv | outreach-campaign add -q c
outreach-dnc add -q --reason letter +442079460102
older 0
outreach upgrade -q >changes
is "$(sql 'SELECT value FROM dnc ORDER BY value' | tr '\n' ' ')" '442079460102 4402079460102 ' 'a rule has both forms'
outreach-contacts forget -q 2
is "$(sql 'SELECT count(*) FROM dnc WHERE value > 0')" 0 'both are forgotten with the person'
is "$(outreach-dnc check +442079460102 | jq -r .rule)" number 'who is not called for all that'
ok 'the journal replays here' outreach-events replay --check

# The rule is older than the person, who never had the old form.
campaign '' 02
outreach-dnc add -q --reason "Zebulon wrote" +442079460102
outreach-dnc consent add -q --kind express --text "Zebulon agrees" --at 2026-02-01 +442079460102
older 0
sql "UPDATE consent SET value = 4400000000000 + value % 10000000000"
# Their rows of the journal as well, with the mark of that form.
/usr/bin/python3 - <<'END' || bail 'no older journal'
import hashlib, hmac, sqlite3
db = sqlite3.connect('outreach.db')
key, = db.execute('SELECT key FROM secret').fetchone()
old, new = '+4402079460102', '+442079460102'
def mark(number):
    digest = hmac.new(key, number.encode(), hashlib.sha256).digest()
    return str(-(int.from_bytes(digest[:8], 'big') >> 2) - 1)
db.execute('DROP TRIGGER journal_is_fixed')
n = db.execute('UPDATE journal SET fact = replace(fact, ?, ?) WHERE instr(fact, ?)', (mark(new), mark(old), mark(new))).rowcount
m = db.execute('UPDATE body SET json = replace(json, ?, ?) WHERE instr(json, ?)', (new, old, new)).rowcount
db.commit()
assert n == 2 and m == 2, (n, m)
END
outreach upgrade -q >changes
printf 'id,name,phone,course\nU1,Zebulon,+442079460102,BSc\n' >people.csv
outreach-import -q --source u --id id people.csv | outreach-campaign add -q c
is "$(sql 'SELECT value FROM dnc ORDER BY value' | tr '\n' ' ')" '442079460102 4402079460102 ' 'a rule that is older than the person'
outreach-contacts forget -q 2
is "$(sql 'SELECT count(*) FROM dnc WHERE value > 0')/$(sql 'SELECT count(*) FROM consent WHERE value > 0')" 0/0 \
	'its old form goes with the person'
for word in Zebulon 442079460102 4402079460102; do
	ok "no trace of $word" sh -c "! grep -q $word outreach.db"
	case $word in *[0-9]) ok "nor as an integer of the file" /usr/bin/python3 -c "
import sys
sys.exit((open('outreach.db', 'rb').read().count(int('$word').to_bytes(6, 'big'))) > 0)" ;; esac
done
is "$(outreach-dnc check +442079460102 | jq -r .rule)" number 'the wish holds there too'

# ---- killed ----------------------------------------------------------------------------

campaign '' 02
awk 'BEGIN { print "id,name,phone,course"; for (i = 0; i < 900; i++) printf "N%d,Name %d,+4420794%05d,BSc\n", i, i, 60000 + i }' >people.csv
outreach-import -q --source u --id id people.csv | outreach-campaign add -q c
seq -f '+4420794%.0f' 60000 60299 | outreach-dnc add -q
older 0
cat outreach.db >before.db
everything() {
	sql 'SELECT contact, ord, e164 FROM contact_phone ORDER BY 1, 2'
	sql 'SELECT kind, value, campaign, reason FROM dnc ORDER BY 1, 2, 3'
	sql 'SELECT id, source, key, digest FROM contact ORDER BY 1'
	sql 'SELECT tables FROM numbers'
}
outreach upgrade -q >changes
everything >whole
rm -f outreach.db.before-*
cat before.db >outreach.db
outreach upgrade -q >/dev/full 2>>err
is $? 74 'stopped in the middle: nobody reads the changes'
is "$(sql 'SELECT tables FROM numbers')" 8.0.0 'the store is not of the new tables yet'
rm -f outreach.db.before-*
# progress: more is done than was seen.
progress() {
	n=$(sql "SELECT (SELECT count(*) FROM dnc) + (SELECT count(*) FROM contact_phone WHERE e164 < 4400000000000)" 2>/dev/null) &&
		[ "$n" -gt "$seen" ]
}
kills=0
for seen in 300 450 600 800 1000; do
	rm -f outreach.db.before-*
	background outreach upgrade -q >>killed 2>>err
	await 10 progress
	kill -9 $! 2>/dev/null && kills=$((kills + 1))
	wait $! 2>/dev/null
done
ok "killed $kills times in the middle" [ "$kills" -gt 0 ]
rm -f outreach.db.before-*
run outreach upgrade -q
is "$status" 0 'once more'
everything >after
ok 'it is what it would be without the kills' cmp whole after
outreach-events verify >verified
is $? 0 'the journal verifies'
done_testing
