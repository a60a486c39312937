#!/bin/sh
# forget: after every kind of trace that a person leaves, nothing of them is in
# the file, what they wished still holds, and the journal still makes the same
# store.
. "${0%/*}/lib.sh"

. "$ROOT/tests/dialling.sh"
AVR=7b0f6c52-2d0e-4c6a-9d5b-0b6f4b6f1a11
NUMBER=390555510000 OTHER=390555520000

# says UUID SECOND TEXT, maps UUID CALL: events as AVR sends them.
says() {
	printf '{"uuid":"%s","type":"transcription","timestamp":"2026-03-02T09:15:%s.000Z","payload":{"role":"user","text":"%s"}}\n' \
		"$1" "$2" "$3"
}
maps() {
	printf '{"uuid":"%s","type":"call_initiated","timestamp":"2026-03-02T09:15:04.000Z","payload":{"uniqueid":"%s"}}\n' "$1" "$2"
}

# traces WORD...: how often each stands in the file and its journal, a number as an integer too
# (SQLite's are big-endian, of this size in six bytes).
traces() {
	/usr/bin/python3 -c '
import glob, os, sys
data = b"".join(open(f, "rb").read() for f in glob.glob("outreach.db*") if os.path.isfile(f))
for word in sys.argv[1:]:
    n = data.count(word.encode())
    if word.isdigit():
        n += data.count(int(word).to_bytes(6, "big"))
    print(word, n)' "$@"
}

# whole WHEN: the chain and the replay.
whole() {
	outreach-events verify >verified
	is $? 0 "$1: the chain verifies"
	run outreach-events replay --check
	is "$status/$err" 0/ "$1: the replay gives the same"
}

# new_person ID NAME NUMBER: becomes a target of c.
new_person() {
	printf 'id,name,phone,course\n%s,%s,+%s,BSc\n' "$1" "$2" "$3" >new.csv
	outreach-import -q --source t --id id new.csv | outreach-campaign add -q c
}

# ---- every trace ---------------------------------------------------------------------

export OPENAI_API_KEY=k
campaign '$ a siblings: merge\ncontext: {model: m}' 00
background outreach-sim llm --port-file port --log log 2>server.err
await 10 test -s port || bail "no chat API: $(cat server.err)"
printf 'llm: {url: "http://127.0.0.1:%s/v1", concurrent: 4}\n' "$(cat port)" >>outreach.yaml
cat >people.csv <<-END
	id,name,phone,course
	Z1,Zebulon Quix,+$NUMBER,Alchemy
	Z2,Mina Roe,+$NUMBER,BSc
END
outreach-import -q --replace --source t --id id people.csv | outreach-campaign add -q c
outreach-dnc consent add -q --kind express --text "I, Zebulon Quix, agree" --at 2026-02-01 +$NUMBER
outreach-dnc consent add -q --kind express --text "Zebulon again" --contact 2
switch
outreach-campaign claim -q c 2>>err | outreach-context 2>>err | outreach-dial >dialed 2>>err
call=$(jq -r 'select(.contact == 2) | .call' dialed)
like "$call" '^[0-9a-f-]{36}$' "the person was called $(cat err)"
is "$(sql 'SELECT count(*) FROM call_sibling')" 1 'for two'
ok 'a model wrote' test "$(sql "SELECT count(*) FROM journal WHERE kind = 'context.written'")" -gt 0
{
	says $AVR 10 "my secret is xyzzyplugh"
	says late-name 11 "more of frobozz"
	says $AVR 12 "do not call me again"
} | outreach-events -q
maps $AVR "$call" | outreach-events -q
for word in '"mood"' '"ended","disposition":"answered"'; do
	printf '{"type":"event","v":1,"event":%s,"call":"%s","at":"2026-03-02T09:16:00Z","reason":"Zebulon was tired"}\n' \
		"$word" "$call"
done | outreach-events -q
outreach-dnc add -q --reason "Zebulon wrote" --source letter +$NUMBER
outreach-dnc add -q --reason "Zebulon Quix said" --contact 2
outreach-dnc add -q --reason "Zebulon here" --campaign c +$NUMBER
outreach-dnc add -q --reason "gone soon" +$OTHER
outreach-dnc remove -q +$OTHER
# The sibling gets a number of her own.
sed -i "s/^\(Z2,Mina Roe\),+$NUMBER/\1,+390555530000/" people.csv
outreach-import -q --source t --id id people.csv >out
is "$(outreach-dnc check +390555530000 | jq -r .rule)" optout 'the opt-out means whoever the call was about, whatever number they get'
is "$(printf '{"type":"contact","v":1,"phone":"+390555530000"}\n' | outreach-dnc filter -q)" '' 'in a filter too'
whole 'before'
for word in 'Zebulon Quix' 'was tired' xyzzyplugh frobozz Alchemy $NUMBER; do
	ok "there are traces of $word" test "$(traces "$word" | awk '{ print $NF }')" -gt 0
done
run outreach-contacts forget 2
is_run 'forget' 0 '' 'outreach-contacts: 1 forgotten'
is "$(traces Zebulon Quix tired xyzzyplugh Alchemy agree $NUMBER)" "Zebulon 0
Quix 0
tired 0
xyzzyplugh 0
Alchemy 0
agree 0
$NUMBER 0" 'nothing of the person is in the file'
maps late-name "$call" | outreach-events -q
says $AVR 50 "xyzzyplugh once more" | outreach-events -q
is "$(traces xyzzyplugh frobozz)" 'xyzzyplugh 0
frobozz 0' 'nor what turns out to be theirs, or comes later'
whole 'after'
is "$(outreach-dnc check +$NUMBER | jq -r '[.rule, .source, .campaign // "all"] | join(" ")' | sort)" \
	'number forgotten all
number forgotten c
optout call all' 'the wishes hold for the number'
is "$(printf '{"type":"contact","v":1,"phone":"+%s"}\n' $NUMBER | outreach-dnc filter -q)" '' 'in a filter too'
is "$(outreach-dnc list | jq -r 'select(.rule == "number") | .phone // .reason // "no number"')" \
	'no number
no number' 'the list tells no number'
is "$(outreach-dnc export --format lines)" '' 'an export has none'
outreach-dnc list >list
ok 'the records hold to the schema' schema_check dnc <list
is "$(outreach-dnc consent show +$NUMBER | jq -c '[.kind, .at[:10], .text, .evidence]')" \
	"[\"express\",\"2026-02-01\",null,\"$(printf 'I, Zebulon Quix, agree' | sha256sum | cut -c 1-64)\"]" \
	'the consent keeps its date and the hash of its text'
outreach-dnc consent add -q --kind express --at 2026-02-01 +$NUMBER
is "$(outreach-dnc consent show +$NUMBER | wc -l)" 1 'and is known'

# The number comes back with somebody else.
new_person K9 'New One' $NUMBER
is "$(outreach-campaign targets c | jq -r 'select(.name == "New One") | .reason' | cut -d, -f1)" \
	'the number is on the do-not-call list' 'the number is not called for anybody'
outreach-dnc remove -q +$NUMBER
outreach-dnc remove -q --campaign c +$NUMBER
is "$(outreach-dnc check +$NUMBER | jq -r .rule)" optout 'the rules by hand may be taken away'
whole 'removed'
outreach-dnc add -q --reason "Zork" +$NUMBER
new=$(outreach-contacts | jq 'select(.name == "New One") | .id')
outreach-contacts forget -q "$new"
is "$(traces "New One" Zork $NUMBER)" "New One 0
Zork 0
$NUMBER 0" 'forgotten a second time'
is "$(outreach-dnc check +$NUMBER | jq -r .rule | tr '\n' ' ')" 'number optout ' 'and the rules hold'
whole 'twice'

# ---- two people on one number --------------------------------------------------------

campaign '' 00
new_person K8 Ann $OTHER
new_person K9 Ben $OTHER
outreach-dnc add -q --source letter +$OTHER
outreach-contacts forget -q 2
is "$(outreach-campaign targets c | jq -r 'select(.name == "Ben") | .reason')" \
	'the number is on the do-not-call list, from forgotten' "the other one's rule holds"
outreach-dnc remove -q +$OTHER
is "$(outreach-campaign claim c 2>>err | jq -r 'select(.name == "Ben") | .name')" Ben 'until it is taken away'
whole 'siblings'

# ---- words about a sibling, in a text that a person edited ------------------------------

campaign 's/^template:.*/template: "Of {{name}}, {{course}}{{#siblings}}; of {{name}}, {{course}}{{\/siblings}}."/
	$ a siblings: merge' 00
printf 'id,name,phone,course\nK1,Ann,+%s,BSc\nK2,Benvolio,+%s,Falconry\n' $OTHER $OTHER >people.csv
outreach-import -q --replace --source t --id id people.csv | outreach-campaign add -q c
outreach-campaign claim -q c | outreach-context 2>>err >calls
is "$(jq -r .context calls)" 'Of Ann, BSc; of Benvolio, Falconry.' 'a context about two'
# A person who has seen it writes it anew, and once more.
printf '#!/bin/sh\necho "Anna, MA; of Benvolio, Falconry" >"$1"\n' >ed.sh
chmod 755 ed.sh
EDITOR=$PWD/ed.sh outreach-review edit -q 1 2>>err
EDITOR="sed -i s/MA/PhD/" outreach-review edit -q 1 2>>err
is "$(sql "SELECT count(*) FROM journal WHERE kind = 'context.edited'")" 2 'edited twice'
ok 'with the words about the other' test "$(traces Falconry | cut -d ' ' -f 2)" -gt 2
outreach-contacts forget -q 2
is "$(traces Benvolio Falconry)" 'Benvolio 0
Falconry 0' 'which go with the other'
whole 'edited'

# ---- a number that was never called, and is another one since --------------------------

campaign '' 00
outreach-dnc add -q --source letter --contact 1
sed "s/+3905555[0-9]*/+$OTHER/" people.csv >moved.csv
old=$(outreach-contacts | jq -r .phone | tr -d +)
outreach-import -q --source t --id id moved.csv >out
is "$(outreach-dnc check "+$old" | jq -r .source)" letter 'the rule of a contact stays with the number that it lost'
outreach-contacts forget -q 1
is "$(traces "$old" $OTHER)" "$old 0
$OTHER 0" 'both numbers are forgotten'
is "$(outreach-dnc check "+$old" "+$OTHER" | jq -r .rule | tr '\n' ' ')" 'number number ' 'and both are not called'
whole 'moved'

# ---- rules and consents of numbers that an import takes away ------------------------------

campaign '' 00
old=$(outreach-contacts | jq -r .phone | tr -d +)
outreach-dnc add -q --source letter --reason "Zebulon Quix wrote" "+$old"
outreach-dnc consent add -q --kind express --text "Zebulon agrees" --at 2026-02-01 "+$old"
sed "s/+3905555[0-9]*/+$OTHER/" people.csv >moved.csv
outreach-import -q --source t --id id moved.csv >out
outreach-dnc consent add -q --kind express --text "so does Zebulon" --at 2026-02-01 "+$OTHER"
sed "s/+3905555[0-9]*/+$NUMBER/" people.csv >moved.csv
outreach-import -q --source t --id id moved.csv >out
outreach-import -q --source t --id id moved.csv >out
is "$(outreach-events log --kind number.left | jq -r .body.before | tr '\n' ' ')" "+$old +$OTHER " \
	'what leaves with a wish about it is journalled, once'
ok 'as records of the schema' sh -c 'outreach-events log --kind number >log'
ok 'of the journal' schema_check journal <log
outreach-contacts forget -q 1
is "$(traces Zebulon "$old" $OTHER $NUMBER)" "Zebulon 0
$old 0
$OTHER 0
$NUMBER 0" 'all of them are forgotten'
is "$(outreach-dnc check "+$old" | jq -r .rule)/$(outreach-dnc consent show "+$OTHER" | jq -r .at)" \
	number/2026-02-01T00:00:00.000Z 'the wishes hold'
whole 'left'

# ---- a rule that was taken away before its number went ------------------------------------

campaign '' 00
old=$(outreach-contacts | jq -r .phone | tr -d +)
outreach-dnc add -q --reason "Zebulon said no" "+$old"
outreach-dnc remove -q --reason "Zebulon said yes" "+$old"
sed "s/+3905555[0-9]*/+$OTHER/" people.csv >moved.csv
outreach-import -q --source t --id id moved.csv >out
outreach-contacts forget -q 1
is "$(traces Zebulon "$old" $OTHER)" "Zebulon 0
$old 0
$OTHER 0" 'what was said of it is forgotten, too'
is "$(outreach-dnc check "+$old" | wc -l)" 0 'and it stays taken away'
whole 'taken away'

# ---- a consent that the person took back ---------------------------------------------------

campaign '' 00
echo 'consent: express' >>c.yaml
outreach-campaign apply -q c.yaml 2>>err
old=$(outreach-contacts | jq -r .phone | tr -d +)
outreach-dnc consent add -q --kind express --at 2026-02-01 "+$old"
outreach-dnc consent revoke -q --at 2026-02-20 --reason "Zebulon wrote" --contact 1
outreach-contacts forget -q 1
is "$(traces Zebulon "$old")" "Zebulon 0
$old 0" 'who took a consent back is forgotten'
new_person K9 'New One' "$old"
is "$(outreach-campaign targets c | jq -r 'select(.name == "New One") | .reason')" \
	'the consent was revoked' 'and it stays taken back for the number'
whole 'revoked'
outreach-contacts forget -q "$(outreach-contacts | jq 'select(.name == "New One") | .id')"
whole 'revoked, forgotten twice'
outreach-dnc consent add -q --kind express --at 2026-02-25 "+$old"
new_person K10 'Newer One' "$old"
is "$(outreach-campaign targets c | jq -r 'select(.name == "Newer One") | .reason')" \
	null 'until a later one is given'

# ---- 607 -----------------------------------------------------------------------------

campaign '' 00
printf 'outcomes:\n  unwanted: {share: 1}\n' >mix.yaml
switch --mix mix.yaml
outreach-campaign claim -q c | outreach-context | outreach-dial >dialed 2>>err
phone=$(sql 'SELECT phone FROM call')
is "$(jq -r .disposition dialed)/$(outreach-dnc check "+$phone" | jq -r .source)" unwanted/call 'refused as unwanted: a rule'
whole 'unwanted'
outreach-contacts forget -q 1
is "$(traces "$phone")" "$phone 0" 'forgotten'
is "$(outreach-dnc check "+$phone" | jq -r .rule)" number 'and the rule holds'
whole 'unwanted and forgotten'
done_testing
