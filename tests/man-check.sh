#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Pages, headers, symbol map, module options and the profile parser agree.
#   man-check.sh                        check the source tree, then self-test
#   man-check.sh check DIR [RULE...]    check one tree, by default all rules
#   man-check.sh self-test              break a copy for each rule: all red
# Without a compiler in TEE_CC, without mandoc, and before tests/test_examples
# is built the rule that needs it says that it was skipped.
set -eu
export LC_ALL=C

top=${TEE_TEST_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TEE_TEST_BUILDDIR:-$top}
rules="map header synopsis stale section option key error event example"
rules="$rules profile lint"
failed=0

fail()
{
	echo "man-check: $*"
	failed=1
}

# Functions that a header declares with TEE_EXPORT.
declared()
{
	cat "$root"/include/tee/*.h | awk '
	!/^[ \t]*#/ { text = text $0 "\n" }
	END {
		while ((i = index(text, "/*")) > 0) {
			rest = substr(text, i)
			text = substr(text, 1, i - 1) " " \
			    substr(rest, index(rest, "*/") + 2)
		}
		n = split(text, part, ";")
		for (i = 1; i <= n; i++)
			if (sub(/^.*TEE_EXPORT/, "", part[i]) &&
			    match(part[i], /tee_[a-z0-9_]+\(/))
				print substr(part[i], RSTART, RLENGTH - 1)
	}'
}

# The public node; the private one is tests/lint.sh's.
exported()
{
	sed -n '/^LIBTEE_0.1 {/,/^}/p' "$root/libtee/libtee.map" |
	    grep -o 'tee_[a-z0-9_]*'
}

# Pages that are no alias.
pages()
{
	grep -L '^\.so ' "$root"/man/*.[1-8]
}

# Names in a page's NAME section.
names()
{
	awk '/^\.Sh/ { on = /NAME/ } on && /^\.Nm/ { print $2 }' "$1"
}

# The page of a function, through its alias; nothing where there is none.
page_of()
{
	page=$root/man/$1.3
	if [ ! -f "$page" ]; then return; fi
	target=$(sed -n 's/^\.so man3\///p' "$page")
	page=$root/man/${target:-$1.3}
	if [ -f "$page" ] && names "$page" | grep -qx "$1" &&
	    grep -qx "\.Fo $1" "$page"; then
		echo "$page"
	fi
}

rule_map()
{
	declared > "$tmp/declared"
	for f in $(exported); do
		grep -qx "$f" "$tmp/declared" ||
		    fail "$f is exported and declared in no header"
		[ -n "$(page_of "$f")" ] ||
		    fail "$f is exported and has no page"
	done
}

rule_header()
{
	exported > "$tmp/exported"
	for f in $(declared); do
		grep -qx "$f" "$tmp/exported" ||
		    fail "$f is declared and not in the map"
		[ -n "$(page_of "$f")" ] ||
		    fail "$f is declared and has no page"
	done
}

compile()
{
	$TEE_CC -std=gnu11 -Wall -Wextra -Werror -fsyntax-only \
	    -I"$root/include" "$1" > "$tmp/errors" 2>&1 ||
	    { fail "$2"; sed -n 1,8p "$tmp/errors"; }
}

# A page's SYNOPSIS is valid beside the headers: same types, same order.
rule_synopsis()
{
	if [ -z "${TEE_CC:-}" ]; then
		echo "skipped: synopsis (TEE_CC)"
		return
	fi
	echo '#include <stdint.h>' > "$tmp/synopsis.c"
	for p in $(pages); do
		awk '/^\.Sh/ { on = /SYNOPSIS/ }
		!on { next }
		{ gsub(/"/, "") }
		/^\.In/ { print "#include <" $2 ">" }
		/^\.Ft/ { sub(/^\.Ft /, ""); type = $0 }
		/^\.Fo/ { line = type " " $2 "("; comma = "" }
		/^\.Fa/ { line = line comma substr($0, 5); comma = ", " }
		/^\.Fc/ { print line ");" }' "$p"
	done >> "$tmp/synopsis.c"
	compile "$tmp/synopsis.c" "a SYNOPSIS is not what the header declares"
}

# Nothing that a page names has gone; pages of programs come with them.
rule_stale()
{
	declared > "$tmp/declared"
	for p in $(pages); do
		called=$(sed -n 's/^\.F[no] \(tee_[a-z0-9_]*\).*/\1/p' "$p")
		for f in $called; do
			grep -qx "$f" "$tmp/declared" || fail \
			    "$(basename "$p") names $f, which does not exist"
		done
		sed -n 's/^\.Xr \([a-z]*tee[a-z0-9_]*\) \([3-8]\).*/\1.\2/p' \
		    "$p"
	done | sort -u > "$tmp/found"
	grep '^man-check:' "$tmp/found" && failed=1
	for x in $(grep -v '^man-check:' "$tmp/found"); do
		[ -f "$root/man/$x" ] ||
		    fail "pages refer to $x, which is missing"
	done
	for a in $(grep -l '^\.so ' "$root"/man/*.3); do
		f=$(basename "$a" .3)
		grep -qx "$f" "$tmp/declared" ||
		    fail "$f has a page and does not exist"
	done
	for c in $(grep -ho 'TEE_E_[A-Z_]*' $(pages) | sort -u); do
		[ "$c" = TEE_E_ ] || grep -qw "$c" "$root/include/tee/tee.h" ||
		    fail "a page names $c, which does not exist"
	done
}

# The sections of a page for a call.
rule_section()
{
	for p in $(pages); do
		grep -q '^\.Fo ' "$p" || continue
		for s in NAME SYNOPSIS DESCRIPTION 'RETURN VALUES' EXAMPLES \
		    ERRORS 'SEE ALSO' STANDARDS 'THREAD SAFETY'; do
			grep -qx "\.Sh $s" "$p" ||
			    fail "$(basename "$p") has no $s"
		done
	done
}

# Names in the option tables of a module's sources, and in the lists that they
# take in (#define X_OPTIONS of these headers).  A list is documented by the
# module whose header it stands in.
options_of()
{
	cat "$@" | awk '
	/^#define [A-Z_]*_OPTIONS/ { list = $2 }
	/struct tee_module_option [a-z_]*\[\] = \{/ { on = 1 }
	match($0, /\{ "[a-z0-9_.]+"/) {
		name = substr($0, RSTART + 3, RLENGTH - 4)
		if (list != "")
			lists[list] = lists[list] name "\n"
		else if (on)
			print name
	}
	on && match($0, /[A-Z_]+_OPTIONS/) {
		printf "%s", lists[substr($0, RSTART, RLENGTH)]
	}
	list != "" && !/\\$/ { list = "" }
	on && /\};/ { on = 0 }'
}

rule_option()
{
	for dir in "$root"/modules/*/; do
		name=$(basename "$dir")
		page=$root/man/tee_$name.8
		[ -f "$page" ] || continue
		options_of "$root"/modules/*/*.h "$dir"/*.c > "$tmp/options"
		own=$(find "$dir" -name "*.h")
		# shellcheck disable=SC2086
		for o in $(options_of $own "$dir"/*.c); do
			grep -E '^\.(It|B|BR|IP) ' "$page" | grep -qwF "$o" ||
			    fail "option $o is missing from tee_$name(8)"
		done
		for o in $(awk '/^\.Sh/ { on = /OPTIONS/ }
		    on && /^\.It Cm/ { print $3 }' "$page"); do
			grep -qxF "$o" "$tmp/options" ||
			    fail "tee_$name(8) has $o, which is no option"
		done
	done
}

# Quoted words of the tables in libtee/*.c whose first line matches $1.
words_of()
{
	cat "$root"/libtee/*.c | awk -v start="$1" -v first="$2" '
	index($0, start) { on = 1 }
	on {
		while (match($0, /"[^"]*"/)) {
			print substr($0, RSTART + 1, RLENGTH - 2)
			$0 = first ? ";" : substr($0, RSTART + RLENGTH)
		}
	}
	on && /\};/ { on = 0 }'
}

rule_key()
{
	page=$root/man/tee_profile.5
	words_of '*const keys[] = {' "" | sort -u > "$tmp/keys"
	sed -n 's/^\.It Cm //p' "$page" | tr -d ' ' | tr ',' '\n' |
	    sed 's/.*\.//' | sort -u > "$tmp/documented"
	[ -s "$tmp/keys" ] || fail "no keys found in the parser"
	for k in $(comm -23 "$tmp/keys" "$tmp/documented"); do
		fail "profile key $k is missing from tee_profile(5)"
	done
	for k in $(comm -13 "$tmp/keys" "$tmp/documented"); do
		fail "tee_profile(5) has $k, which the parser does not know"
	done
	for w in $(words_of '} controls[] = {' 1) \
	    $(words_of '} refused_controls[] = {' 1); do
		grep -E '^\.It Li ' "$page" | grep -qw "$w" ||
		    fail "control $w is missing from tee_profile(5)"
	done
}

# "CODE|word|hint" of every error, in C and in libtee(3).
errors_in_code()
{
	awk '/\} errors\[\] = \{/ { on = 1; next } on && /^\};/ { exit }
	on { text = text $0 }
	END {
		gsub(/\\"/, "\001", text)
		gsub(/"[ \t]*"/, "", text)
		n = split(text, part, /\{ TEE_E_/)
		for (i = 2; i <= n; i++) {
			split(part[i], f, "\"")
			sub(/,.*/, "", f[1])
			gsub(/\001/, "\"", f[6])
			print "TEE_E_" f[1] "|" f[2] "|" f[6]
		}
	}' "$root/libtee/error.c"
}

errors_on_page()
{
	awk '/^\.Sh/ { on = /RETURN VALUES/ }
	function flush() { if (line != "") print line; line = "" }
	on && /^\.It Dv TEE_E_/ { flush(); line = $3 "|" $6 "|"; next }
	/^\.El/ { flush() }
	line != "" {
		gsub(/\\\(ga/, "`"); gsub(/\\\(dq/, "\"")
		line = line (line ~ /\|$/ ? "" : " ") $0
	}' "$root/man/libtee.3"
}

rule_error()
{
	errors_in_code | sort > "$tmp/code"
	errors_on_page | sort > "$tmp/page"
	diff "$tmp/code" "$tmp/page" > "$tmp/diff" ||
	    { fail "libtee(3) and libtee/error.c differ"; cat "$tmp/diff"; }
	for c in $(sed -n 's/^[ \t]*\(TEE_E_[A-Z_]*\).*/\1/p' \
	    "$root/include/tee/tee.h"); do
		grep -q "^$c|" "$tmp/page" ||
		    fail "$c is missing from libtee(3)"
	done
}

rule_event()
{
	awk -F'"' '/\[TEE_EVENT_/ { word = $2; next }
	word != "" { print word "|" $2; word = "" }' \
	    "$root/libtee/log.c" > "$tmp/events"
	[ -s "$tmp/events" ] || fail "no events found in libtee/log.c"
	while IFS='|' read -r word id; do
		grep -q "^\.It $word Ta .* Ta $id\$" "$root/man/tee.7" ||
		    fail "event $word $id is missing from tee(7)"
	done < "$tmp/events"
}

# Literal blocks of EXAMPLES, one file each: $2-1.$3, $2-2.$3, ...
extract()
{
	awk -v base="$2" -v suffix="$3" '
	/^\.Sh/ { section = /EXAMPLES/ }
	section && /^\.Bd -literal/ { out = base "-" ++n "." suffix; next }
	/^\.Ed/ { out = "" }
	out != "" { gsub(/\\e/, "\\"); sub(/^\\&/, ""); print > out }' "$1"
}

rule_example()
{
	if [ -z "${TEE_CC:-}" ]; then
		echo "skipped: example (TEE_CC)"
		return
	fi
	for p in "$root"/man/*.3; do
		rm -f "$tmp"/example-*.c
		extract "$p" "$tmp/example" c
		for c in "$tmp"/example-*.c; do
			[ -f "$c" ] || continue
			compile "$c" "an example of $(basename "$p") is wrong"
		done
	done
}

# Profiles on pages are accepted by the real parser.
rule_profile()
{
	if [ ! -x "$build/tests/test_examples" ]; then
		echo "skipped: profile (tests/test_examples)"
		return
	fi
	for p in "$root"/man/*.[58]; do
		extract "$p" "$tmp/$(basename "$p")" conf
	done
	for c in "$tmp"/*.conf; do
		grep -q '^assurance' "$c" || rm -f "$c"
	done
	"$build/tests/test_examples" "$tmp"/*.conf > "$tmp/errors" 2>&1 ||
	    { fail "a profile on a page is refused"; cat "$tmp/errors"; }
	rm -f "$tmp"/*.conf
}

rule_lint()
{
	if ! command -v mandoc > /dev/null; then
		echo "skipped: lint (mandoc)"
		return
	fi
	mandoc -T lint -W warning $(pages) || fail "mandoc finds faults"
}

check()
{
	root=$1
	shift
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	for rule in "$@"; do
		"rule_$rule"
	done
	return $failed
}

# Breaks one file of a copy and expects one rule to say so.
breaks()
{
	rule=$1 file=$2 edit=$3 says=$4
	rm -rf "$copy/tree"
	mkdir "$copy/tree"
	cp -R "$top/include" "$top/libtee" "$top/modules" "$top/man" \
	    "$copy/tree"
	chmod -R u+w "$copy/tree"
	sed "$edit" "$copy/tree/$file" > "$copy/edited"
	if cmp -s "$copy/edited" "$copy/tree/$file"; then
		fail "self-test: '$edit' changes nothing in $file"
		return
	fi
	cp "$copy/edited" "$copy/tree/$file"
	if said=$(sh "$0" check "$copy/tree" "$rule" 2>&1); then
		case $said in
		skipped:*) echo "$said" ;;
		*) fail "self-test: $rule does not see '$edit' in $file" ;;
		esac
		return
	fi
	case $said in
	*"$says"*) ;;
	*) fail "self-test: $rule is red for another reason: $said" ;;
	esac
}

self_test()
{
	copy=$(mktemp -d)
	trap 'rm -rf "$copy"' EXIT
	breaks map libtee/libtee.map 's/tee_version;/& tee_nothing;/' \
	    'tee_nothing is exported and declared in no header'
	breaks map man/tee_dump.3 d 'tee_dump is exported and has no page'
	breaks map man/tee_close.3 's/tee_open/tee_sign/' \
	    'tee_close is exported and has no page'
	breaks header libtee/libtee.map 's/tee_dump;//' \
	    'tee_dump is declared and not in the map'
	breaks header include/tee/tee.h \
	    's/^TEE_EXPORT .*tee_version/TEE_EXPORT int tee_new(void);&/' \
	    'tee_new is declared and has no page'
	breaks synopsis man/tee_sign.3 's/^\.Fa "size_t size"/.Fa "int size"/' \
	    'a SYNOPSIS is not what the header declares'
	breaks stale man/tee_open.3 's/^\.Fn tee_open$/.Fn tee_opened/' \
	    'tee_open.3 names tee_opened'
	breaks stale man/tee_open.3 's/^\.Xr tee_dump 3/.Xr tee_dumped 3/' \
	    'pages refer to tee_dumped.3'
	breaks stale include/tee/tee.h 's/tee_close(/tee_shut(/' \
	    'tee_close has a page and does not exist'
	breaks stale man/tee_open.3 's/TEE_E_CRYPTO/TEE_E_CRYPTIC/' \
	    'a page names TEE_E_CRYPTIC'
	breaks section man/tee_sign.3 's/^\.Sh THREAD SAFETY/.Sh THREADS/' \
	    'tee_sign.3 has no THREAD SAFETY'
	breaks option modules/mock/module.c 's/{ "level",/{ "depth",/' \
	    'option depth is missing from tee_mock(8)'
	breaks option modules/snp/options.h 's/{ "crl",/{ "lists",/' \
	    'option lists is missing from tee_snp(8)'
	breaks option man/tee_local.8 's/^\.It Cm create/.It Cm make/' \
	    'tee_local(8) has make'
	breaks key libtee/profile_floor.c 's/"max_age"/"min_age", &/' \
	    'profile key min_age is missing'
	breaks key man/tee_profile.5 's/^\.It Cm require\.roots/&rot/' \
	    'tee_profile(5) has rootsrot'
	breaks key man/tee_profile.5 's/^\.It Li sufficient/.It Li enough/' \
	    'control sufficient is missing'
	breaks error include/tee/tee.h 's/^	TEE_E_MODULE/	TEE_E_NEW,&/' \
	    'TEE_E_NEW is missing from libtee(3)'
	breaks error libtee/error.c 's/"key-gone"/"key-lost"/' \
	    'libtee(3) and libtee/error.c differ'
	breaks event libtee/log.c 's/"RENEW"/"RENEWED"/' \
	    'event RENEWED'
	breaks example man/tee_dump.3 's/tee_dump(tee, &json)/tee_dump(tee)/' \
	    'an example of tee_dump.3 is wrong'
	breaks profile man/tee_profile.5 '/"generated"/s/required/sufficient/' \
	    'a profile on a page is refused'
	breaks lint man/tee_sign.3 's/^\.Fo tee_sign/.Nonsense/' \
	    'mandoc finds faults'
	return $failed
}

case ${1:-all} in
check)
	dir=$2
	shift 2
	if [ $# -eq 0 ]; then set -- $rules; fi
	check "$dir" "$@"
	;;
self-test)
	self_test
	;;
all)
	sh "$0" check "$top"
	sh "$0" self-test
	echo "man-check: pages agree, and each rule turns red when broken"
	;;
*)
	sed -n 's/^#   //p' "$0" >&2
	exit 2
	;;
esac
