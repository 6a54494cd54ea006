# SPDX-License-Identifier: Apache-2.0
# bash completion for teectl(1): commands, their options, profiles, files.

_teectl_profiles() {
	local dir f

	dir=$("$1" version 2>/dev/null |
	    while read -r key value; do
		[ "$key" = profiles ] && printf '%s\n' "$value"
	    done)
	for f in "$dir"/*.conf; do
		[ -e "$f" ] || continue
		f=${f##*/}
		printf '%s\n' "${f%.conf}"
	done
}

_teectl_options() {
	"$1" "$2" --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*'
}

_teectl() {
	local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
	local i words=0
	local commands="check dump acquire sign attest register appraise
		inspect binding seal policy handshake status renew revoke
		explain doctor version"

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W "$commands" -- "$cur"))
		return
	fi
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$(_teectl_options \
		    "${COMP_WORDS[0]}" "$command")" -- "$cur"))
		return
	fi
	# Which word this is, options left out.
	for ((i = 2; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -* ]] || words=$((words + 1))
	done
	case $command in
	dump | acquire | attest | register | status | renew | revoke | sign | \
	    appraise)
		if [ "$words" -eq 0 ] && [[ $cur != */* ]]; then
			COMPREPLY=($(compgen -W \
			    "$(_teectl_profiles "${COMP_WORDS[0]}")" -- "$cur"))
			return
		fi
		;;
	esac
	if [ "$command" = policy ] && [ "$COMP_CWORD" -eq 2 ]; then
		COMPREPLY=($(compgen -W "test eval" -- "$cur"))
		return
	fi
	if [ "$command" = handshake ] && [ "$COMP_CWORD" -eq 2 ]; then
		COMPREPLY=($(compgen -W "challenge respond verify" -- "$cur"))
		return
	fi
	if [ "$command" = handshake ] && [ "$COMP_CWORD" -eq 3 ] &&
	    [[ $cur != */* ]]; then
		COMPREPLY=($(compgen -W \
		    "$(_teectl_profiles "${COMP_WORDS[0]}")" -- "$cur"))
		return
	fi
	compopt -o default 2>/dev/null
}
complete -F _teectl teectl
