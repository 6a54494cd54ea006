#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A test that cannot fail proves nothing: breaks a copy of the dispatcher on
# purpose, one way at a time, and wants the stage test to go red each time.
# A change that no longer applies, or does not build, is a failure too.
set -u
src=${TEE_TEST_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TEE_TEST_BUILDDIR:-$src/build}
cc=${CC:-cc}
pkg-config --exists check || { echo "skipped: no check"; exit 77; }
flags="-std=gnu11 -O1 -w $(pkg-config --cflags check)"
libs=$(pkg-config --libs check)

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/libtee" "$work/tests" || exit 1
cp -R "$src/include" "$work/include" || exit 1
cp "$src"/libtee/stage.[ch] "$src"/libtee/error.[ch] "$work/libtee" &&
cp "$src"/tests/test_stage.c "$src"/tests/test_stage_rules.[ch] \
    "$work/tests" && cp "$build/config.h" "$work" && cd "$work" || exit 1
cp libtee/stage.c whole.c

compile() { # SOURCE OBJECT
	$cc $flags -I. -Iinclude -DHAVE_CONFIG_H -c "$1" -o "$2"
}
for f in tests/test_stage.c tests/test_stage_rules.c libtee/error.c; do
	compile "$f" "$(basename "$f" .c).o" || exit 1
done

# 0: the suite is green; 1: it is red; 2: it could not be built.
suite() {
	compile libtee/stage.c stage.o || return 2
	$cc test_stage.o test_stage_rules.o error.o stage.o $libs -pthread \
	    -o suite || return 2
	./suite >log 2>&1 && return 0
	grep -q 'Checks:' log && return 1
	return 2
}

bad=0
ways=0
breakage() { # NAME SED-SCRIPT
	ways=$((ways + 1))
	sed "$2" whole.c >libtee/stage.c
	if cmp -s whole.c libtee/stage.c; then
		echo "not ok $ways - $1: the change did not apply"
		bad=1
		return
	fi
	suite
	case $? in
	1) echo "ok $ways - $1: red" ;;
	0) echo "not ok $ways - $1: STAYED GREEN"; bad=1 ;;
	*) echo "not ok $ways - $1: did not build or run"; bad=1 ;;
	esac
}

suite || { echo "the unbroken dispatcher is not green"; cat log; exit 1; }
echo "unbroken: green"

breakage "an outage of a required line is forgiven" \
    '/^count_must/,/^}/s/verdict == TEE_OK/verdict != TEE_DENY/'
breakage "a required deny is only a failure" \
    '/^count_must/,/^}/s/p->denied = p->stop = true/p->stop = true/'
breakage "a required deny does not stop the stage" \
    '/^count_must/,/^}/s/p->denied = p->stop = true/p->denied = true/'
breakage "requisite is only required" \
    '/^count_must/,/^}/s/if (requisite)/if (0)/'
breakage "a group shops on after a deny" \
    '/^count_oneof/,/^}/s/p->denied = p->stop = true/(void)p/'
breakage "a group counts an outage as ok" \
    '/^count_oneof/,/^}/s/verdict == TEE_OK/verdict != TEE_DENY/'
breakage "one group's ok is every group's" \
    '/^count_oneof/,/^}/s/group_ok\[group\]/group_ok[0]/'
breakage "a satisfied group ends the stage, as sufficient would" \
    '/^tee_stage_run/,/^}/s/continue;/break;/'
breakage "exhausted groups are forgotten" \
    '/^conclude/,/^}/s/&& !p->group_ok\[g\]/\&\& 0/'
breakage "advisory lines vote" \
    '/case TEE_ADVISORY:/s/$/ count_must(p, false, verdict);/'
breakage "a stack without a vote passes" \
    '/^conclude/,/^}/s/ || !p->voted//'
breakage "unknown codes are not folded to deny" \
    's/tee_verdict_normal(ask(ctx, i))/ask(ctx, i)/'
breakage "failed lines do not matter in the end" \
    's/return failed ? TEE_UNAVAILABLE : TEE_OK/return TEE_OK/'
breakage "the last line is never asked" \
    '/^tee_stage_run/,/^}/s/i < count \&\&/i + 1 < count \&\&/'
breakage "nothing is ever granted" \
    's/return failed ? TEE_UNAVAILABLE : TEE_OK/return TEE_DENY/'
breakage "an unknown control is skipped" \
    '/^count_line/,/^}/s/^	p->denied = p->stop = true;$/	(void)p;/'
breakage "advisory lines lend their claims" \
    '/^tee_stage_spoke/,/^}/s/rules\[index\].control != TEE_ADVISORY/1/'

[ "$ways" -ge 8 ] || bad=1
exit $bad
