#!/bin/sh
# messy: a sheet as offices send it, one row in a hundred damaged in one of
# twelve ways: every good row is in the store, every bad one in the reject
# file as it came, with its reason; and the rejects repaired and imported make
# the same store as a sheet that was never wrong. ROWS is the size: 20,000, a
# million in `make soak`.
. "${0%/*}/../lib.sh"

ROWS=${ROWS:-20000}
for kind in clean.csv damage.txt messy.csv whole.csv; do
	[ -x "$BUILD/bench/mkdata" ] ||
		cc -O1 -D_GNU_SOURCE -o "$T/mkdata" "$ROOT/tests/bench/mkdata.c" 2>"$T/cc" ||
		bail "no generator: $(cat "$T/cc")"
	PATH=$BUILD/bench:$T:$PATH mkdata "sheet-$kind" "$ROWS" 7 >"$T/$kind" || bail "no data"
done
cat >"$T/office.map" <<'END'
id=Roll No
name=Student Name
phone=Mobile No.
timezone=Time Zone
END

# What is stored, without ids: one line a person, in order.
stored() {
	outreach-contacts export --format ndjson | sed 's/"id":[0-9]*,//' | sort
}

# office ARG...: the import of such a sheet.
office() {
	outreach-import -q --source office --region IN "$@" >"$T/records" 2>"$T/err"
}

prepare() {
	fresh
	outreach-init -q || bail "no store"
}

prepare
office "$T/clean.csv"
is "$?:$(wc -l <"$T/records")" "0:$ROWS" "a clean sheet of $ROWS rows is taken whole"
stored >"$T/clean"

prepare
office --skip-rows 2 --map-file "$T/office.map" "$T/whole.csv"
is "$?:$(wc -l <"$T/records")" "0:$ROWS" "so is one as people write it"
stored >"$T/whole"
ok "and it makes the same store" cmp -s "$T/clean" "$T/whole"

prepare
bad=$(wc -l <"$T/damage.txt")
office --skip-rows 2 --map-file "$T/office.map" --rejects rejects --summary counts "$T/messy.csv"
is "$?:$(wc -l <"$T/records")" "1:$((ROWS - bad))" "of a messy one all but $bad rows"
jq -r '"\(.line) \(.code)"' rejects.why >got
ok "each bad row has its reason" cmp -s "$T/damage.txt" got
awk 'NR == FNR { bad[$1] = 1; next } FNR == 3 || FNR in bad' "$T/damage.txt" "$T/messy.csv" >want
ok "and stands in the reject file as it came" cmp -s want rejects
is "$(jq -r '.refusals | to_entries[] | "\(.value) \(.key)"' counts | sort -k2)" \
	"$(cut -d' ' -f2 "$T/damage.txt" | sort | uniq -c | awk '{ print $1, $2 }')" \
	"the summary counts each kind"
ok "of which there are twelve" test "$(jq '.refusals | length' counts)" = 12
ok "the summary is a record" schema_check summary <counts
ok "and so are the reasons" schema_check refusal <rejects.why

awk 'NR == FNR { bad[$1] = 1; next } FNR == 3 || FNR in bad' "$T/damage.txt" "$T/whole.csv" >repaired
office --map-file "$T/office.map" --rejects again repaired
is "$?:$(wc -l <"$T/records"):$(wc -c <again)" "0:$bad:0" "the rejects, repaired, are taken"
stored >"$T/repaired"
ok "and make the same store as a sheet that was never wrong" cmp -s "$T/clean" "$T/repaired"
office --skip-rows 2 --map-file "$T/office.map" "$T/messy.csv"
is "$(jq -r .status "$T/records" | sort | uniq -c | tr -s ' ')" " $((ROWS - bad)) unchanged" \
	"and the messy sheet again changes nothing"
done_testing
