#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Pages, programs and completion agree: each option and command that a program
# has is on its page, each that a page has is the program's; and each of these
# rules turns red when one of the two is changed.
set -u
top=${TEE_TEST_SRCDIR:?run by make check}
build=${TEE_TEST_BUILDDIR:?run by make check}
tmp=$build/tests/tmp/teed_page.$$
mkdir -p "$tmp" || exit 99
trap 'rm -rf "$tmp"' EXIT
failures=0

fail() {
	failures=$((failures + 1))
	echo "FAIL: $*"
}

options_of_help() {
	grep -oE '(^|[ ,])--[a-z][a-z-]*' "$1" | tr -d ' ,' | sort -u
}

options_of_page() {
	grep -oE 'Fl -[a-z][a-z-]*' "$1" | sed 's/^Fl /-/' | sort -u
}

# agree HELP PAGE: both have the same options.
agree() {
	options_of_help "$1" >"$tmp/help.options"
	options_of_page "$2" >"$tmp/page.options"
	[ -s "$tmp/help.options" ] && [ -s "$tmp/page.options" ] &&
	    diff "$tmp/help.options" "$tmp/page.options" >"$tmp/diff"
}

commands_of_help() {
	sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$1" | sort -u
}

commands_of_page() {
	sed -n 's/^\.It Nm Cm \([a-z]*\).*/\1/p' "$1" | sort -u
}

commands_of_completion() {
	sed -n '/commands="/,/"/p' "$1" | tr -d '"' |
	    sed 's/local commands=//' | tr -s ' \t' '\n' | grep . | sort -u
}

same_commands() { # HELP PAGE COMPLETION
	commands_of_help "$1" >"$tmp/1"
	commands_of_page "$2" >"$tmp/2"
	commands_of_completion "$3" >"$tmp/3"
	[ -s "$tmp/1" ] && diff "$tmp/1" "$tmp/2" >"$tmp/diff" &&
	    diff "$tmp/1" "$tmp/3" >"$tmp/diff"
}

# teed(8)
"$build/teed/teed" --help >"$tmp/teed" 2>&1 || fail 'teed --help'
agree "$tmp/teed" "$top/man/teed.8" ||
    { fail 'teed --help and teed(8) differ'; cat "$tmp/diff"; }
sed 's/Fl -metrics/Fl -metric/' "$top/man/teed.8" >"$tmp/page"
agree "$tmp/teed" "$tmp/page" && fail 'a misspelt option is not seen'
sed 's/--log/--logs/' "$tmp/teed" >"$tmp/help"
agree "$tmp/help" "$top/man/teed.8" && fail 'a new option is not seen'

"$build/teed/teed" --version 2>&1 | grep -q '^teed [0-9]' ||
    fail 'teed --version'
for wrong in --nosuch '--log nowhere' argument '--run-dir relative'; do
	# shellcheck disable=SC2086
	"$build/teed/teed" $wrong >"$tmp/out" 2>&1
	[ $? -eq 2 ] || fail "teed $wrong: status is not 2"
done

# The unit starts it with options that it has, and those with values.
start=$(sed -n 's/^ExecStart=//p' "$build/conf/systemd/teed.service")
for word in $start; do
	case $word in
	--*) options_of_help "$tmp/teed" | grep -qx -e "$word" ||
	    fail "teed.service: teed has no $word" ;;
	esac
done
[ "${start%% *}" != "$start" ] || fail 'teed.service: no options'

# teectl(1): commands, then the options of each, all on one page.
"$build/tests/teectl" --help >"$tmp/teectl" 2>&1 || fail 'teectl --help'
completion=$top/teectl/teectl.bash
same_commands "$tmp/teectl" "$top/man/teectl.1" "$completion" ||
    { fail 'commands of teectl, page and completion differ'; cat "$tmp/diff"; }
sed 's/^\.It Nm Cm renew/.It Nm Cm renewed/' "$top/man/teectl.1" >"$tmp/page"
same_commands "$tmp/teectl" "$tmp/page" "$completion" &&
    fail 'a command that the page lacks is not seen'
sed 's/ renew / /' "$completion" >"$tmp/completion"
same_commands "$tmp/teectl" "$top/man/teectl.1" "$tmp/completion" &&
    fail 'a command that the completion lacks is not seen'

: >"$tmp/all"
for command in $(commands_of_help "$tmp/teectl"); do
	"$build/tests/teectl" "$command" --help >>"$tmp/all" 2>&1 ||
	    fail "teectl $command --help"
done
# argp's own --usage and --version are everywhere and nobody looks for them.
grep -v -e '--usage' -e '--version' "$tmp/all" >"$tmp/own"
agree "$tmp/own" "$top/man/teectl.1" ||
    { fail 'options of teectl and its page differ'; cat "$tmp/diff"; }
sed 's/Fl -run-dir/Fl -rundir/' "$top/man/teectl.1" >"$tmp/page"
agree "$tmp/own" "$tmp/page" && fail 'an option of teectl is not missed'

# The completion works: commands, options, and where profiles are asked for.
if command -v bash >/dev/null; then
	complete() { # WORD...: what is offered for the last of them
		bash -c '. "$1"; shift; COMP_WORDS=("$@")
		    COMP_CWORD=$(($# - 1)); _teectl; printf "%s\n" \
		    "${COMPREPLY[@]}"' bash "$completion" "$@"
	}
	complete "$build/tests/teectl" ren | grep -qx renew ||
	    fail 'completion: renew'
	complete "$build/tests/teectl" renew --t | grep -qx -e --timeout ||
	    fail 'completion: renew --timeout'
	profile=page-$$
	mkdir -p "$build/tests/profiles.d"
	: >"$build/tests/profiles.d/$profile.conf"
	for command in status renew revoke; do
		complete "$build/tests/teectl" $command page- |
		    grep -qx "$profile" || fail "completion: $command PROFILE"
	done
	# A profile is the first word, whatever options stand before it.
	complete "$build/tests/teectl" sign --json page- |
	    grep -qx "$profile" || fail 'completion: sign --json PROFILE'
	complete "$build/tests/teectl" sign "$profile" page- |
	    grep -qx "$profile" && fail 'completion: a profile for sign FILE'
	complete "$build/tests/teectl" handshake verify page- |
	    grep -qx "$profile" || fail 'completion: handshake verify PROFILE'
	complete "$build/tests/teectl" handshake verify "$profile" page- |
	    grep -qx "$profile" && fail 'completion: a second profile'
	rm -f "$build/tests/profiles.d/$profile.conf"
else
	echo 'skipped: completion needs bash'
fi
[ "$failures" -eq 0 ]
