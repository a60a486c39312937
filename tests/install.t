#!/bin/sh
# install: into a folder, run from there, and nothing is left by uninstall.
. "${0%/*}/lib.sh"

make_in() {
	(cd "$ROOT" && env -u MAKEFLAGS make -s BUILD="$BUILD" "$@")
}

ok "make install" make_in install DESTDIR="$T/root" PREFIX=/opt/outreach
there=$T/root/opt/outreach
for path in "$BUILD"/outreach "$BUILD"/outreach-*; do
	name=${path##*/}
	[ ! -f "$path" ] || ok "$name is there" test -x "$there/bin/$name"
done
for page in "$ROOT"/man/*.[1-8]; do
	ok "${page##*/} is there" test -f "$there/share/man/man${page##*.}/${page##*/}"
done
ok "a schema is there" test -f "$there/share/outreach/schema/event.json"
ok "the examples are there" test -f "$there/share/outreach/examples/students.csv"
ok "the completion is there" test -f "$there/share/bash-completion/completions/outreach"
PATH=/usr/bin:/bin
run "$there/bin/outreach" init
like_run "it runs from there" 0 '' 'made outreach.db'
run "$there/bin/outreach" status -h
like_run "and finds its tools" 0 '^usage: outreach status' ''
ok "make uninstall" make_in uninstall DESTDIR="$T/root" PREFIX=/opt/outreach
is "$(find "$T/root" -type f)" '' "nothing is left"
done_testing
