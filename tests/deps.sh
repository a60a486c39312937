#!/bin/sh
# deps: installs the Debian packages that are missing. `deps.sh build` is what
# the tools need, `deps.sh check` what the tests need too. Silent when nothing
# is missing. As root at once; as a user it asks once and uses sudo. DEPS=yes
# says yes, DEPS=no prints the line and stops.
build='gcc libc6-dev make jq libcurl4-openssl-dev libjansson-dev libgnutls28-dev libmicrohttpd-dev libseccomp-dev
	libsqlite3-dev libutf8proc-dev libwslay-dev libyaml-dev nettle-dev tzdata'
check='clang curl openssl clang-format libclang-rt-dev mandoc perl python3 python3-jsonschema
	python3-phonenumbers python3-prometheus-client python3-websockets python3-yaml shellcheck sqlite3 strace util-linux valgrind libc6-dbg xlsx2csv
	chromium chromium-driver'

case ${1-check} in
build) wanted=$build ;;
check) wanted="$build $check" ;;
*) echo "usage: deps.sh [build|check]" >&2 && exit 64 ;;
esac
if ! command -v dpkg-query >/dev/null; then
	echo "deps: this is no Debian; see that you have what these packages hold: $wanted" >&2
	exit 0
fi
# shellcheck disable=SC2086
there=$(dpkg-query -W -f '${db:Status-Status} ${Package} \n' $wanted 2>/dev/null)
missing=''
for package in $wanted; do
	case "
$there" in
	*"
installed $package "*) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

sudo=''
[ "$(id -u)" = 0 ] || sudo='sudo '
line="${sudo}apt-get install -y --no-install-recommends$missing"
echo "$line" >&2
case ${DEPS-} in
no)
	echo "deps: DEPS=no: install these first" >&2
	exit 1
	;;
yes) ;;
*)
	if [ -n "$sudo" ]; then
		[ -t 0 ] || {
			echo "deps: nobody to ask: run the line above, or make DEPS=yes" >&2
			exit 1
		}
		printf 'Install these now? [y/N] ' >&2
		read -r answer
		case $answer in
		[yY]*) ;;
		*) exit 1 ;;
		esac
	fi
	;;
esac
run() {
	# shellcheck disable=SC2086
	DEBIAN_FRONTEND=noninteractive $sudo apt-get "$@" >&2
}
# The lists of a fresh image are empty or old: fetch them when the first try fails.
# shellcheck disable=SC2086
run install -y --no-install-recommends $missing ||
	{ run update && run install -y --no-install-recommends $missing; }
