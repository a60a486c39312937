#!/bin/bash
# completion: bash offers what each tool's -h says, and names of campaigns.
. "${0%/*}/lib.sh"
. "$ROOT/tests/house.sh"
. "$ROOT/examples/completion/outreach.bash"

# offered WORD...: completes the last word; one a line.
offered() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_outreach
	printf '%s\n' "${COMPREPLY[@]}"
}

has() {
	grep -qxF -e "$1"
}

house
small_campaign
is "$(offered outreach stat)" status "a tool"
is "$(offered outreach status --f)" --format "an option of a tool"
is "$(offered outreach-campaign act)" activate "a verb"
is "$(offered outreach campaign cla)" claim "a verb behind the dispatcher"
is "$(offered outreach-campaign claim sm)" small "a campaign"
is "$(offered outreach run sm)" small "a campaign behind the dispatcher"
tools=$(offered outreach '')
for path in "$BUILD"/outreach-*; do
	[ -f "$path" ] || continue
	tool=${path##*/}
	ok "$tool is completed" complete -p "$tool"
	options=$(offered "$tool" --)
	for option in $("$path" -h | grep -oE -- '--[a-z][a-z-]+' | sort -u); do
		ok "$tool $option" has "$option" <<<"$options"
	done
	ok "outreach offers ${tool#outreach-}" has "${tool#outreach-}" <<<"$tools"
done
done_testing
