#!/bin/sh
# pages: a tool's usage and the SYNOPSIS of its page say the same, and the page has each option.
. "${0%/*}/lib.sh"

# One synopsis a line of stdin: its words without brackets and case, sorted.
sorted_words() {
	tr '[]|' '   ' | tr '[:upper:]' '[:lower:]' | while read -r line; do
		printf '%s\n' "$line" | tr -s ' ' '\n' | sort | paste -sd ' '
	done | sort
}

# The usage on stdin: a line that goes on is blanks and no name of a tool; what is prose ends it.
of_usage() {
	sed 's/^usage: /       /' | awk '
		/^       outreach/ { if (line) print line; line = $0; next }
		/^ / { line = line " " $0; next }
		{ exit }
		END { print line }'
}

of_page() {
	awk '/^SYNOPSIS/ { on = 1; next } /^[A-Z]/ { on = 0 } on && NF' | awk '
		/^ *outreach/ { if (line) print line; line = $0; next }
		{ line = line " " $0 }
		END { print line }'
}

# The long options of the usage that are no item of the page.
undescribed() {
	for option in $("$1" -h | grep -oE -- '--[a-z][a-z-]+' | sort -u); do
		grep -qE "^\.It .* ${option#-}( |\$)" "$2" || echo "$option"
	done
}

for path in "$BUILD"/outreach "$BUILD"/outreach-*; do
	[ -f "$path" ] || continue
	tool=${path##*/}
	page=$(ls "$ROOT/man/$tool".[18])
	"$tool" -h | of_usage | sorted_words >"$T/usage"
	mandoc -Tascii -Owidth=1000 "$page" | col -bx | of_page | sorted_words >"$T/page"
	is "$(cat "$T/usage")" "$(cat "$T/page")" "$tool: usage and SYNOPSIS"
	[ "$tool" = outreach-generate ] && page=$ROOT/man/outreach-context.1 # as it says itself
	is "$(undescribed "$tool" "$page")" '' "$tool: each option is described"
done
done_testing
