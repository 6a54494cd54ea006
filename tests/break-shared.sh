#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A check that can be taken away without anybody noticing checks nothing:
# breaks a copy of the fleet's cache on purpose, one check at a time, and
# wants its tests to fail each time.  With TEE_BREAK_ALL set the module redis
# is broken as well, which takes minutes: its tests wait for real servers.
set -u
src=${TEE_TEST_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TEE_TEST_BUILDDIR:-$src/build}
cc=${CC:-cc}
needs="check jansson libcrypto libssl libkeyutils libconfig hiredis"
pkg-config --exists $needs || { echo "skipped: no $needs"; exit 77; }
core=$build/.libs/libtee-core.a
[ -f "$core" ] || { echo "skipped: no $core"; exit 77; }
if nm "$core" 2>/dev/null | grep -qE '__([alt]san|ubsan|gcov)_'; then
	echo "skipped: built with sanitizers or for coverage"
	exit 77
fi
[ -e "$build/tests/modules/redis.so" ] || { echo "skipped: no redis.so"; exit 77; }
flags="-std=gnu11 -O1 -w -fPIC $(pkg-config --cflags $needs)"
libs="$(pkg-config --libs $needs) -ldl -pthread -rdynamic -Wl,-z,now"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" && mkdir tests modules whole mod || exit 1
cp -R "$src/include" include && cp -R "$src/libtee" libtee &&
cp -R "$src/modules/common" "$src/modules/redis" modules &&
cp "$src"/tests/test_handshake_kit.[ch] "$src"/tests/test_shared.c \
    "$src"/tests/test_redis*.[ch] "$src"/tests/testlib_tls.[ch] \
    "$src"/tests/test_transaction_kit.[ch] "$src"/tests/test_profile_kit.[ch] \
    tests && cp "$build/config.h" . &&
cp "$build"/tests/modules/*.so mod && chmod -R u+w . &&
chmod go-w mod mod/* && cp -R libtee modules whole || exit 1

compile() { # SOURCE OBJECT
	$cc $flags -I. -Iinclude -DHAVE_CONFIG_H \
	    -DTEE_MODULE_DIR="\"$work/mod\"" \
	    -DTEE_PROFILE_DIR="\"$work/profiles.d\"" -c "$1" -o "$2"
}
kit=
for f in tests/test_redis_kit tests/test_handshake_kit \
    tests/test_transaction_kit tests/test_profile_kit tests/testlib_tls \
    libtee/open libtee/tee; do
	compile "$f.c" "$(basename "$f").o" || exit 1
	kit="$kit $(basename "$f").o"
done
for t in test_shared test_redis test_redis_away test_redis_remote \
    test_redis_session; do
	compile "tests/$t.c" $t.o || exit 1
done
# What a test of the inside is linked with.
inside="mod_answer.o mod_stream.o mod_session.o mod_file.o"
module() {
	for f in modules/redis/*.c modules/common/file.c \
	    modules/common/roots.c; do
		compile "$f" "mod_$(basename "$f" .c).o" || return 1
	done
	$cc -shared -o mod/redis.new mod_*.o $libs || return 1
	mv mod/redis.new mod/redis.so
}

# 0: the tests pass; 1: they fail; 2: they did not run.
tests_pass() { # TEST OBJECT...
	t=$1
	shift
	$cc $t.o $kit "$@" "$core" $libs -o $t 2>log || return 2
	TEE_TEST_SRCDIR=$src TEE_TEST_BUILDDIR=$build ./$t >log 2>&1
	rc=$?
	[ $rc -eq 77 ] && { sed -n 's/^skipped/&/p' log; exit 77; }
	grep -q 'Checks: [1-9]' log || return 2
	[ $rc -eq 0 ]
}

bad=0
ways=0
breakage() { # NAME TEST FILE SED-SCRIPT
	ways=$((ways + 1))
	sed "$4" "whole/$3" >"$3"
	object=
	if cmp -s "$3" "whole/$3"; then
		echo "not ok $ways - $1: no change in $3"
		bad=1
		return
	fi
	case $3 in
	libtee/*) compile "$3" broken.o && object=broken.o ;;
	*) module && object=$inside ;;
	esac || { echo "not ok $ways - $1: did not build"; bad=1; }
	tests_pass "$2" $object
	case $? in
	1) echo "ok $ways - $1: $(sed -n 's/^.*:[FE]:[a-z_]*:\([a-z_]*:[0-9]*\):.*/\1/p' \
	    log | head -n 1) fails" ;;
	0) echo "not ok $ways - $1: NOBODY NOTICES"; bad=1 ;;
	*) echo "not ok $ways - $1: did not run"; sed -n 1,5p log; bad=1 ;;
	esac
	cp "whole/$3" "$3"
}

tests_pass test_shared || { echo "the unbroken cache fails"; cat log; exit 1; }
s=libtee/trust/shared.c
t=test_shared
breakage "entries under any MAC" $t $s \
    's/CRYPTO_memcmp(mac, entry + entry_size - MAC, MAC) != 0/0/'
breakage "entries of other keys" $t $s 's/memcmp(entry + 1, key, 32) != 0/0/'
breakage "entries of other versions" $t $s 's/entry\[0\] != ENTRY_VERSION/0/'
breakage "a size that is another" $t $s 's/n != entry_size - HEAD - MAC/0/'
breakage "more than there is room for" $t $s 's/n > \*size/0/'
breakage "an end before 1970" $t $s 's/end > INT64_MAX/0/'
breakage "an end that is over" $t $s 's/\*expires > now \&\&/1 \&\&/'
breakage "lives of any length" $t $s \
    's/\*expires - now <= LIFETIME_MAX \* TEE_SECOND/1/'
breakage "what is not OK" $t $s 's/verdict != TEE_OK ||/0 ||/'
breakage "a key that has ended" $t $s 's/tee_custody_probe(s->key)/0/'
# Two of them stand before it: a child is not the key's process, either.
breakage "a child's zeros" $t $s \
    's/k->here != 1/0/; s/error == 0)/error == 0 || error == TEE_E_KEY_FOREIGN)/'
breakage "a word of it each time" $t $s 's/!atomic_exchange(&s->over, true)/1/'
breakage "a key for all profiles" $t $s \
    's/memcpy(info + sizeof(label), tee->digest, sizeof(tee->digest));//'
breakage "a key that could not be derived" $t $s \
    's/^\(	error = derive(s, tee, key);\)/	(void)derive(s, tee, key);/;
    s/^\(		error = derive(s, tee, key);\)/		(void)derive(s, tee, key);/'
breakage "a week in the server" $t $s 's/left > LIFETIME_MAX \* TEE_SECOND/0/'
breakage "what is over already" $t $s 's/ || left < TEE_SECOND/ || 0/'
breakage "a log line for each" $t $s 's/now - old >= MINUTE/1/'

if [ -n "${TEE_BREAK_ALL:-}" ]; then
	module || exit 1
	for t in test_redis test_redis_away test_redis_remote \
	    test_redis_session; do
		tests_pass $t $inside || { echo "unbroken: $t fails"; cat log; exit 1; }
	done
	m=modules/redis
	breakage "SIGPIPE" test_redis_away $m/stream.c 's/MSG_NOSIGNAL | //'
	breakage "a new wait for each byte" test_redis_away $m/stream.c \
	    's/^pull(int fd, void \*bytes, size_t room, uint64_t until)/pull(int fd, void *bytes, size_t room, uint64_t never)/;
	    s/while (wait_for(fd, POLLIN, until)) {/while (wait_for(fd, POLLIN, redis_now() + 200)) {/'
	breakage "no rest" test_redis_away $m/pool.c \
	    's/may = now >= p->rests_until;/may = true;/'
	breakage "rests of one length" test_redis_away $m/pool.c \
	    's/			ms \*= 2;/;/; s/		ms \*= 2;/;/'
	breakage "a rest for an idle connection" test_redis_away $m/pool.c \
	    's/!idle || //; s/if (redis_now() >= until)/if (1)/'
	breakage "a broken session is kept" test_redis_away $m/pool.c \
	    's/redis_session_free(&s->session);/;/'
	breakage "answers of any size" test_redis_session $m/answer.c \
	    's/size > WIRE_MAX - r->fed/0/'
	breakage "two answers to one question" test_redis_session $m/answer.c \
	    's/ || r->parser->pos != r->parser->len//'
	breakage "any certificate" test_redis_remote $m/stream.c \
	    's/SSL_VERIFY_PEER/SSL_VERIFY_NONE/'
	breakage "anybody's certificate" test_redis_remote $m/stream.c \
	    's/!expect(s->ssl, to->host)/0/'
	breakage "the clear for TLS" test_redis_remote $m/stream.c \
	    's/to->tls != NULL/0/'
	breakage "the password stays in memory" test_redis_session \
	    $m/session.c 's/OPENSSL_cleanse(command, (size_t)size);//'
	breakage "and in what was read" test_redis_session $m/session.c \
	    's/OPENSSL_cleanse(password, size);//'
	breakage "no login" test_redis_remote $m/session.c \
	    's/login->password_file == NULL/1/'
	breakage "any answer to AUTH" test_redis_remote $m/session.c \
	    's/answer.kind == REDIS_ANSWER_OK/1/'
	breakage "in the clear to anywhere" test_redis_remote $m/module.c \
	    's/!w->tls && !redis_host_is_loopback(w->host)/0/'
	breakage "a password for all" test_redis_remote modules/common/file.c \
	    's/read_own(path, 077, /read_own(path, 0, /'
	breakage "entries for ever" test_redis $m/module.c \
	    's/, "EX",$/, "EX",/; s/"%u", lifetime/"%u", 100000u/'
fi
echo "$ways ways to break it"
exit $bad
