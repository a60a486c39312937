# Completion for bash. It asks each tool's own -h, so it knows what the tool
# knows: options, verbs, and the names of campaigns. Source it, or install it
# as outreach in bash-completion's folder.

_outreach_usage() {
	"$1" -h 2>/dev/null
}

# The options in a usage.
_outreach_options() {
	grep -oE -- '(^|[[ |])--?[a-zA-Z][a-z-]*' | sed 's/^[[ |]//' | while read -r word; do
		case $word in
		--* | -?) echo "$word" ;;
		-*) printf '%s\n' "${word#-}" | sed 's/./-&\n/g' ;; # [-knq] are three
		esac
	done | sort -u
}

# The verbs of a tool that has some: the word behind its name in the lines of the usage.
_outreach_verbs() {
	sed -nE "s/^(usage:)? +$1 ([a-z]+)( .*|$)/\2/p" | sort -u
}

_outreach_campaigns() {
	outreach-campaign list --format ndjson 2>/dev/null |
		sed -nE 's/.*"(name|campaign)":"([^"]*)".*/\2/p'
}

_outreach() {
	local word=${COMP_WORDS[COMP_CWORD]} tool=${COMP_WORDS[0]##*/} first=1 usage words
	if [ "$tool" = outreach ]; then
		if [ "$COMP_CWORD" = 1 ]; then
			words=$(_outreach_usage outreach | sed -nE 's/^  ([a-z]+) .*/\1/p')
			COMPREPLY=($(compgen -W "$words help version" -- "$word"))
			return
		fi
		tool=outreach-${COMP_WORDS[1]}
		first=2
	fi
	usage=$(_outreach_usage "$tool") || return
	words=$(printf '%s\n' "$usage" | _outreach_verbs "$tool")
	case $word in
	-*) words=$(printf '%s\n' "$usage" | _outreach_options) ;;
	*)
		if [ -z "$words" ] || [ "$COMP_CWORD" -gt "$first" ]; then
			case $tool in
			outreach-campaign | outreach-review | outreach-run | outreach-report) words=$(_outreach_campaigns) ;;
			*) words='' ;;
			esac
		fi
		;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$word"))
}

complete -o default -F _outreach outreach
for _outreach_tool in adopt backup calls campaign contacts context demo dial dnc doctor events generate \
	import init notes post reconcile report resume review run serve sim status stop summarize supervise token upgrade; do
	complete -o default -F _outreach "outreach-$_outreach_tool"
done
unset _outreach_tool
