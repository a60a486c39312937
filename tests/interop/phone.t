#!/bin/bash
# phone: a million numbers, read as libphonenumber reads them: the same
# validity, E.164 form, region and type, 0 differences. COUNT says how many.
. "${0%/*}/../lib.sh"

modules=${NODE_MODULES:-$T/node_modules}
if ! command -v node >/dev/null; then
	echo '1..0 # SKIP needs node and npm'
	exit 0
fi
if [ ! -d "$modules" ]; then
	js=$(sed -n 's/.*libphonenumber-js \([0-9.]*\) and.*/\1/p' "$ROOT/lib/domain/phone_table.c")
	google=$(sed -n 's/.*google-libphonenumber \([0-9]*\.[0-9]*\.[0-9]*\).*/\1/p' \
		"$ROOT/lib/domain/phone_table.c")
	if ! npm install --silent --prefix "$T" "libphonenumber-js@$js" \
		"google-libphonenumber@$google" >"$T/npm" 2>&1; then
		echo '1..0 # SKIP npm cannot install libphonenumber-js and google-libphonenumber (or set NODE_MODULES)'
		exit 0
	fi
fi

gen=$ROOT/lib/domain/gen/phone.py
python3 "$gen" "$modules" >table.c 2>made
cmp -s table.c "$ROOT/lib/domain/phone_table.c"
is $? 0 'the tables are what the generator makes of the packages'
python3 "$gen" --metadata "$modules" >metadata.json
python3 "$ROOT/tests/interop/phone_inputs.py" metadata.json 20000 20261110 |
	node "$ROOT/tests/interop/phone_oracle.js" "$modules" metadata.json >phone.tsv
cmp -s phone.tsv "$ROOT/tests/data/phone.tsv"
is $? 0 'and tests/data/phone.tsv is what the oracle says'
python3 "$ROOT/tests/interop/phone_inputs.py" metadata.json "${COUNT:-1000000}" "${SEED:-1}" |
	node "$ROOT/tests/interop/phone_oracle.js" "$modules" metadata.json >million.tsv
(cd "$ROOT" && "$BUILD/tests/phone" "$WORK/million.tsv") >answers
grep -v '^ok\|^1\.\.' answers | sed 's/^/# /'
is "$(sed -n 's/^ok 1 - .*: //p' answers)" "${COUNT:-1000000} numbers, 0 differ, 0 lost" \
	'a million numbers, 0 differences'
done_testing
