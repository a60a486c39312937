#!/bin/sh
# phone: raw numbers as people write them, parsed, validated, typed and written
# in E.164, against libphonenumber in C++ (Debian libphonenumber-dev).
. "${0%/*}/lib.sh"

title "phone: $N numbers of India, the United States and Britain, one in fifty wrong"
if ! g++ -O2 -o phone_peer "$ROOT/tests/bench/phone_peer.cc" -lphonenumber 2>/dev/null; then
	echo 'skipped: install g++ and libphonenumber-dev'
	finish
	exit
fi
awk -v n="$N" 'BEGIN {
	srand(1)
	for (i = 0; i < n; i++) {
		a = 90000 + int(rand() * 9999); b = int(rand() * 100000)
		if (i % 50 == 0) { printf "%d%04d\n", a, b % 10000; continue }
		k = i % 8
		if (k == 0) printf "0%d%05d\n", a, b
		else if (k == 1) printf "+91 %d %05d\n", a, b
		else if (k == 2) printf "+91-%d-%05d\n", a, b
		else if (k == 3) printf "(0)%d %05d\n", a, b
		else if (k == 4) printf "+1 (%d) %03d-%04d\n", 212 + i % 2 * 103, 200 + b % 700, b % 10000
		else if (k == 5) printf "00442079%06d\n", 460000 + b % 1000
		else printf "%d %05d\n", a, b
	}
}' >numbers
table -n 3 libphonenumber './phone_peer <numbers' outreach 'phone <numbers'
phone <numbers | cut -d" " -f1 >ours.e164
./phone_peer <numbers | cut -d' ' -f1 >peer.e164
differ=$(paste ours.e164 peer.e164 | awk '$1 != $2' | wc -l)
echo "E.164 or validity differ (its data are of 2022): $differ"
target 'CPU against libphonenumber' "$(figure outreach cpu_x)" '<=' 0.01
target 'KiB of tables' "$(size "$BUILD/obj/lib/domain/phone_table.o" | awk 'END { print int($4 / 1024) }')" '<=' 512
finish
