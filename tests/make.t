#!/bin/sh
# make: a build that was there before is as good as a new one: whatever hangs
# on a file that changed, moved or went is made again, and nothing else. A
# small tree under our own Makefile.
. "${0%/*}/lib.sh"

cp "$ROOT/Makefile" .
mkdir -p lib/base cmd tests/unit tests/fuzz tests/bench

# header TYPE: what all hang on.
header() {
	printf 'struct a {\n\t%s v;\n};\nunsigned long size(void);\n' "$1" >lib/base/a.h
}

# Prints the size as the library knows it and as the program itself does: the same, or one is stale.
program() {
	printf '#include <stdio.h>\n#include "%s"\nint\nmain(void)\n{\n\tprintf("%%lu %%zu\\n", size(), sizeof(struct a));\n\treturn 0;\n}\n' "$1"
}

header char
printf '#include "a.h"\nunsigned long\nsize(void)\n{\n\treturn sizeof(struct a);\n}\n' >lib/base/a.c
printf '#include "a.h"\n' >tests/bench/number.h
program a.h >cmd/x.c
program a.h >tests/unit/x.c
program number.h >tests/bench/x.c
cat >tests/fuzz/x.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include "a.h"
int LLVMFuzzerTestOneInput(const unsigned char *, size_t);
int
LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	printf("%lu %zu\n", size(), sizeof(struct a));
	fflush(stdout);
	exit(0);
}
END

# build ARG...: what was made stands in $T/made, one a line.
build() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make "$@" >"$T/make.out" 2>"$T/make.err"
	status=$?
	sed -n 's/^\(CC\|LD\) //p' "$T/make.out" | sort >"$T/made"
	[ "$status" = 0 ] || diag "$(cat "$T/make.err")"
	return "$status"
}

every_way() {
	build all units benches && build BUILD=build/asan SANITIZE=address,undefined all units && build fuzz
}

# What each program prints, each answer once.
sizes() {
	for program in build/outreach-x build/tests/x build/bench/x build/asan/outreach-x build/asan/tests/x \
		build/fuzz/fuzz/x; do
		"$program" 2>/dev/null
	done | sort | uniq -c | tr -s ' \n' ' '
}

ok "a first build" every_way
is "$(sizes)" ' 6 1 1 ' "of six programs"
build all units benches
is "$(cat "$T/made")" '' "the second makes nothing"

header 'long long'
ok "a header changes" every_way
is "$(sizes)" ' 6 8 8 ' "all know"
printf '\n' >>tests/bench/number.h
build all units benches
is "$(tr '\n' ' ' <"$T/made")" 'build/bench/x tests/bench/x.c ' "a header of one makes that one"

# A compiler that has read the header when it changes, and writes the object later.
cat >"$T/slow" <<END
#!/bin/sh
cc "\$@" || exit
case "\$*" in *lib/base/a.c) ;; *) exit ;; esac
[ -e "$T/change" ] || exit 0
cat "$T/change" >lib/base/a.h && rm "$T/change"
for word; do
	[ "\$last" != -o ] || touch "\$word"
	last=\$word
done
END
chmod +x "$T/slow"
header int && mv lib/base/a.h "$T/change"
header short
ok "a header changes while it is read" build CC="$T/slow" all
ok "and the next build" build all
is "$(build/outreach-x)" '4 4' "knows"

# A compiler that is killed with its make when the object is there.
printf '#!/bin/sh\ncc "$@"\nkill -9 "$(cat "%s/make.pid")" $PPID\n' "$T" >"$T/killed"
chmod +x "$T/killed"
header char
setsid sh -c 'echo $$ >"$0/make.pid"; exec env -u MAKEFLAGS make CC="$0/killed" all' "$T" >"$T/make.out" 2>&1
is "$(build/outreach-x)" '4 4' "a build is killed"
header 'long long'
ok "and the next one" build all
is "$(build/outreach-x)" '8 8' "knows what the first one saw"

mv lib/base/a.h lib/base/b.h
for file in lib/base/a.c cmd/x.c tests/unit/x.c tests/fuzz/x.c tests/bench/number.h; do
	sed -i 's/"a.h"/"b.h"/' "$file"
done
ok "a header is renamed" every_way
is "$(sizes)" ' 6 8 8 ' "and found"

printf 'int more(void);\nint\nmore(void)\n{\n\treturn 1;\n}\n' >lib/base/more.c
cp cmd/x.c cmd/y.c
ok "a source more" build all
ok "is in the library" sh -c 'nm build/liboutreach.a | grep -q " T more"'
rm lib/base/more.c cmd/y.c
ok "a source less" build all
ok "is not" sh -c '! nm build/liboutreach.a | grep -q " T more"'
ok "nor is its program" test ! -e build/outreach-y -a -x build/outreach-x

ok "other flags" build CFLAGS='-O1 -g' all
is "$(tr '\n' ' ' <"$T/made")" 'build/outreach-x cmd/x.c lib/base/a.c ' "make everything again"
build CFLAGS='-O1 -g' all
is "$(cat "$T/made")" '' "and once"

sed 's/sizeof(struct a)/0/' lib/base/a.c >lib/base/again.c
build all 2>/dev/null >&2
is "$status $(sed -n 's/^defined/defined/p' "$T/make.err")" '2 defined twice in lib: size' \
	"two functions of one name are refused"
done_testing
