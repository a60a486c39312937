#!/bin/sh
# deps: what tests/deps.sh does when packages are missing; a dpkg-query and an
# apt-get of our own stand in, so nothing is installed.
. "${0%/*}/lib.sh"

mkdir bin
cat >bin/dpkg-query <<'END'
#!/bin/sh
shift 3 2>/dev/null
for package; do
	grep -qx "$package" missing || printf 'installed %s \n' "$package"
done
END
printf '#!/bin/sh\necho "$*" >>apt.log\n' >bin/apt-get
printf '#!/bin/sh\necho "${UID_IS:-0}"\n' >bin/id
printf '#!/bin/sh\necho sudo >>apt.log\nexec "$@"\n' >bin/sudo
chmod +x bin/*
PATH=$WORK/bin:$PATH
unset DEPS # DEPS=no make check is not about this
deps=$ROOT/tests/deps.sh
: >missing

run "$deps" check
is_run "nothing is missing: silent" 0 '' ''
echo valgrind >missing
run "$deps" build
is_run "what only the tests need is not for the build" 0 '' ''
line='apt-get install -y --no-install-recommends valgrind'
run "$deps" check
like_run "as root at once" 0 '' "^$line\$"
is "$(cat apt.log)" 'install -y --no-install-recommends valgrind' "apt was asked"
rm apt.log
DEPS=no run "$deps" check
like_run "DEPS=no prints the line and stops" 1 '' "^$line\$"
ok "and installs nothing" test ! -e apt.log
export UID_IS=1000
run "$deps" check </dev/null
like_run "a user without a terminal is not asked" 1 '' "^sudo $line\$"
ok "and nothing is installed" test ! -e apt.log
DEPS=yes run "$deps" check </dev/null
is "$status/$(head -n 1 apt.log)" 0/sudo "DEPS=yes says yes"
run "$deps" everything
like_run "an unknown set" 64 '' usage
done_testing
