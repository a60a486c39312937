#!/bin/sh
# lint: rules of the house that a program can check. Prints each breach and
# exits 1. Levels: a file includes headers of its own or a lower level only.
cd "${0%/*}/.." || exit 2
bad=0

breach() {
	bad=1
	printf '%s\n' "$1"
}

# The level of every header, by name: two of one name would be ambiguous.
headers=$(find lib -name '*.h')
twice=$(printf '%s\n' "$headers" | sed 's|.*/||' | sort | uniq -d)
[ -z "$twice" ] || breach "header names used twice: $twice"

# Each is included by somebody.
for header in $headers; do
	grep -qr --include='*.[ch]' "^#include \"${header##*/}\"" lib cmd tests || breach "$header: nobody includes it"
done

# Each include of a file of lib: it exists, and is of its own or a lower level.
includes=$(find lib -name '*.[ch]' -exec grep -Hno '^#include "[^"]*"' {} + |
	awk -v headers="$headers" '
	function level(path) { return index("base edge domain store voice web", substr(path, 5, index(substr(path, 5), "/") - 1)) }
	BEGIN { n = split(headers, h, "\n"); for (i = 1; i <= n; i++) { name = h[i]; sub(/.*\//, "", name); at[name] = h[i] } }
	{
		split($0, part, /:|"/)
		if (!(part[4] in at)) print part[1] ": no header " part[4] " in lib"
		else if (level(at[part[4]]) > level(part[1])) print part[1] ": includes " at[part[4]] " of a higher level"
	}')
[ -z "$includes" ] || breach "$includes"

grep -nwE '(strcpy|strcat|sprintf|vsprintf|atoi|atol|strtok|system|popen|alloca|gets)\(' \
	$(find lib cmd tests -name '*.[ch]') && breach "banned functions above"
grep -nwE '(sleep|usleep|nanosleep|poll|ppoll|select|epoll_wait)\(' \
	$(find lib cmd -name '*.[ch]' ! -path lib/base/loop.c) && breach "only lib/base/loop.c waits"
grep -nwE '(time|gettimeofday|clock_gettime)\(' \
	$(find lib cmd -name '*.[ch]' ! -path lib/base/clock.c) && breach "only lib/base/clock.c reads time"
grep -nwE '(printf|puts|putchar|perror|exit)\(' \
	$(find lib -name '*.c') && breach "the library neither prints nor exits"
grep -nE '\b(TODO|FIXME|XXX)\b' $(find lib cmd tests man -type f ! -name lint.sh) &&
	breach "unfinished notes above"

for file in $(find lib cmd tests -name '*.[ch]'); do
	[ "$(head -c 2 "$file")" = '/*' ] || breach "$file: no comment at its head"
done
for file in cmd/*.c; do
	[ ! -f "$file" ] || [ "$(wc -l <"$file")" -le 250 ] || breach "$file: over 250 lines"
done
grep -rnE '"(SELECT|INSERT|UPDATE|DELETE|BEGIN|PRAGMA|REPLACE) |sqlite3_[a-z]' lib cmd --include='*.[ch]' |
	grep -v '^lib/store/' && breach "SQL only in lib/store"
grep -rnE 'OR (IGNORE|REPLACE)' lib cmd && breach "ON CONFLICT (col) DO ..., never OR IGNORE or OR REPLACE"
# What the README names is there.
for file in $(grep -oE '`(cmd|examples|lib|man|tests)/[^ `*X]*`' README.md | tr -d '`'); do
	[ -e "$file" ] || breach "README.md: there is no $file"
done
# A main is at most a screen.
for file in cmd/*.c; do
	long=$(awk '/^main\(/ { start = NR } start && /^}/ { print NR - start; exit }' "$file")
	[ "${long:-0}" -le 50 ] || breach "$file: main has $long lines"
done
find lib cmd tests -name '*.[ch]' -print0 |
	xargs -0 -n 20 -P "$(nproc)" clang-format --dry-run -Werror 2>&1 |
	sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error.*/\1: clang-format/p' | sort -u | grep . && bad=1
command -v clang-format >/dev/null || breach "clang-format is not installed"
shellcheck -S warning cmd/*.sh tests/check.sh tests/deps.sh || breach "shell scripts above"
mandoc -Tlint -Wwarning man/*.[1-8] || breach "manual pages above"
exit $bad
