#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The words with which a handshake is refused are stable, and their page has
# each of them, with its meaning, in the order in which they are looked for;
# each of these rules turns red when one of the two is changed.
set -u
top=${TEE_TEST_SRCDIR:?run by make check}
build=${TEE_TEST_BUILDDIR:?run by make check}
tmp=$build/tests/tmp/handshake_reasons.$$
mkdir -p "$tmp" || exit 99
trap 'rm -rf "$tmp"' EXIT
code=$top/libtee/trust/reason.c
page=$top/man/tee_handshake_verify.3

words_of_code() {
	sed -n 's/.*\] = { "\([a-z_]*\)",.*/\1/p' "$1"
}
words_of_page() {
	sed -n '/^\.Ss Reasons/,/^\.Sh/s/^\.It Li \([a-z_]*\)$/\1/p' "$1"
}
# A word without a text behind it says nothing.
explained() {
	! sed -n '/^\.Ss Reasons/,/^\.Sh/p' "$1" | grep -A1 '^\.It Li' |
	    grep -v '^--$' | sed -n 'n;p' | grep -q '^\.'
}
agree() { # CODE PAGE
	words_of_code "$1" >"$tmp/code" && words_of_page "$2" >"$tmp/page" &&
	[ "$(wc -l <"$tmp/code")" -ge 30 ] && cmp -s "$tmp/code" "$tmp/page" &&
	explained "$2"
}

agree "$code" "$page" || {
	echo "FAIL: reason.c and tee_handshake_verify.3 disagree"
	diff "$tmp/code" "$tmp/page"
	exit 1
}
red() { # WHAT CODE PAGE
	agree "$2" "$3" || return 0
	echo "FAIL: not noticed: $1"
	exit 1
}
sed 's/"replay"/"replayed"/' "$code" >"$tmp/reason.c"
red "another word in the code" "$tmp/reason.c" "$page"
sed '/^\.It Li agent_did$/,+1d' "$page" >"$tmp/page.3"
red "a word that the page lacks" "$code" "$tmp/page.3"
sed '/^\.It Li agent_did$/{n;d}' "$page" >"$tmp/page.3"
red "a word without its meaning" "$code" "$tmp/page.3"
sed 's/^\.It Li signature$/.It Li public_key/' "$page" >"$tmp/page.3"
red "a word given twice" "$code" "$tmp/page.3"
