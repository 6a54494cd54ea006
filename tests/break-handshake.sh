#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A check that can be taken away without anybody noticing checks nothing:
# breaks a copy of the handshake on purpose, one check at a time, and wants at
# least one attack of the tables to be let in each time.  A change that no
# longer applies, or does not build, is a failure too.
#
# Where the core asks once more what the handshake asked already (appraise.c),
# both places are broken: it is the question that must not be missing.
set -u
src=${TEE_TEST_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TEE_TEST_BUILDDIR:-$src/build}
cc=${CC:-cc}
needs="check jansson libcrypto libkeyutils libconfig"
pkg-config --exists $needs || { echo "skipped: no $needs"; exit 77; }
core=$build/.libs/libtee-core.a
[ -f "$core" ] || { echo "skipped: no $core"; exit 77; }
if nm "$core" 2>/dev/null | grep -qE '__([alt]san|ubsan|gcov)_'; then
	echo "skipped: built with sanitizers or for coverage"
	exit 77
fi
[ -d "$build/tests/modules" ] || { echo "skipped: no mock modules"; exit 77; }
flags="-std=gnu11 -O1 -w $(pkg-config --cflags $needs)"
libs="$(pkg-config --libs $needs) -ldl -pthread"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/libtee" "$work/libtee/trust" "$work/tests" || exit 1
cp -R "$src/include" "$work/include" &&
cp "$src"/libtee/*.[ch] "$work/libtee" &&
cp "$src"/libtee/trust/*.[ch] "$work/libtee/trust" &&
cp "$src"/tests/test_handshake_*.[ch] "$src"/tests/test_transaction_kit.[ch] \
    "$src"/tests/test_profile_kit.[ch] "$work/tests" &&
cp "$build/config.h" "$work" && chmod -R u+w "$work" && cd "$work" || exit 1

compile() { # SOURCE OBJECT
	$cc $flags -I. -Iinclude -DHAVE_CONFIG_H \
	    -DTEE_MODULE_DIR="\"$build/tests/modules\"" \
	    -DTEE_PROFILE_DIR="\"$work/profiles.d\"" -c "$1" -o "$2"
}
objects=
for f in tests/test_handshake_attacks tests/test_handshake_rows \
    tests/test_handshake_rows_evidence tests/test_handshake_rows_text \
    tests/test_handshake_rows_claims tests/test_handshake_rows_recall \
    tests/test_handshake_kit \
    tests/test_transaction_kit tests/test_profile_kit libtee/open \
    libtee/tee; do
	compile "$f.c" "$(basename "$f").o" || exit 1
	objects="$objects $(basename "$f").o"
done
mkdir whole && cp -R libtee whole || exit 1

# The broken files stand before the archive, which then gives the rest.
attacks() { # BROKEN-OBJECT...
	$cc $objects "$@" "$core" $libs -o attacks 2>log || return 2
	CK_FORK=no CK_DEFAULT_TIMEOUT=0 ./attacks --accepted >log 2>&1
	rc=$?
	[ $rc -eq 77 ] && { sed -n 's/^skipped/&/p' log; exit 77; }
	[ $rc -eq 0 ] || return 2
	grep -q '^accepted [0-9]* attacks' log || return 2
}

bad=0
ways=0
breakage() { # NAME FILE SED-SCRIPT [FILE SED-SCRIPT]
	name=$1
	shift
	ways=$((ways + 1))
	broken=
	files=
	while [ $# -ge 2 ]; do
		# Two edits of one file go on top of each other.
		case " $files " in
		*" $1 "*) from=libtee/$1 ;;
		*) from=whole/libtee/$1 ;;
		esac
		sed "$2" "$from" >edited
		if cmp -s edited "$from"; then
			echo "not ok $ways - $name: no change in $1"
			bad=1
			cp "whole/libtee/$1" "libtee/$1"
			return
		fi
		cp edited "libtee/$1"
		case " $files " in
		*" $1 "*) ;;
		*) files="$files $1" ;;
		esac
		shift 2
	done
	for f in $files; do
		o=broken_$(echo "$f" | tr / _).o
		compile "libtee/$f" "$o" || bad=1
		broken="$broken $o"
		cp "whole/libtee/$f" "libtee/$f"
	done
	if ! attacks $broken; then
		echo "not ok $ways - $name: did not build or run"
		sed -n 1,5p log
		bad=1
	elif grep -q '^accepted: ' log; then
		echo "ok $ways - $name: lets in" \
		    "$(sed -n 's/^accepted: //p' log | head -n 1)" \
		    "($(grep -c '^accepted: ' log))"
	else
		echo "not ok $ways - $name: NO ATTACK PASSES"
		bad=1
	fi
}

attacks || { echo "the unbroken handshake did not run"; cat log; exit 1; }
if grep '^accepted: ' log; then
	echo "the unbroken handshake lets attacks in"
	exit 1
fi
echo "unbroken: every attack is refused"

h=trust/handshake.c
a=trust/attested.c
j=trust/judge.c
r=trust/response.c
s=trust/startup.c
t=trust/trust.c
never() { # REASON: what is refused with it goes on instead
	echo "s/return trust_refuse(v, $1, [^;]*;/(void)v;/;
	    s/return disown(v, $1, [^;]*;/(void)v;/"
}
gladly() { # REASON: the same, where it is a function's last word
	echo "s/return trust_refuse(v, $1, [^;]*;/return 1;/"
}

# The response, and the challenge that it answers.
breakage "answers to other challenges" $h "$(never TRUST_CHALLENGE_ID)"
breakage "expired challenges" $h "$(gladly TRUST_CHALLENGE_EXPIRED)" \
    $a 's/trust_challenge_end(&v->challenge)/v->now + 1/'
breakage "a second more than thirty" trust/challenge.c \
    '/^trust_challenge_end/,/^}/s/TEE_SECOND + 1/TEE_SECOND + TEE_SECOND/'
breakage "challenges from the future" trust/challenge.c \
    's/return TRUST_FUTURE/return TRUST_VALID/'
breakage "answers of other DIDs" $h "$(never TRUST_AGENT_DID)"
breakage "keys that nobody knows" $h "$(never TRUST_PUBLIC_KEY_UNKNOWN)"
breakage "any DID certifies any key" trust/did_key.c \
    '/^trust_did_certifies/,/^}/s/return false/return true/;
    /^trust_did_certifies/,/^}/s/return trust_same/return 1 || trust_same/'
breakage "freshness forgotten" $h "$(never TRUST_FRESHNESS_NONCE)"
breakage "unsigned answers" $h "$(never TRUST_SIGNATURE)"
breakage "another key than the registry's" $h "$(never TRUST_PUBLIC_KEY)"
breakage "several spellings of base64" trust/signature.c \
    's/if (memcmp(again/if (0 \&\& memcmp(again/'
breakage "upper case, and colons" trust/challenge.c \
    '/^lower_hex/,/^}/s/return size == digits.*/return size == digits;/'
breakage "members given twice" $r 's/TEE_JSON_OUTSIDE/JSON_ALLOW_NUL/'
breakage "members given twice, read quickly" json_plain.c \
    's/json_object_size(object) != ++count/0/'
breakage "more behind the text, read quickly" json_plain.c \
    's/if (peek(&t) == .*/if (1)/'
breakage "more behind the text" $r \
    's/TEE_JSON_OUTSIDE/TEE_JSON_OUTSIDE | JSON_DISABLE_EOF_CHECK/'
breakage "capabilities of any shape" $r \
    's/if (!read_capabilities(member(root, "capabilities")))/if (0)/'
breakage "scores of any size" $r \
    's/json_integer_value(score) > 1000/0/'
breakage "times of any shape" $r 's/if (at != NULL \&\&/if (0 \&\&/'
breakage "user contexts of any shape" $r \
    's/return user == NULL || json_is_object(user)/return 1/'
breakage "texts of any length" $r 's/if (size > TRUST_RESPONSE_MAX)/if (0)/'

# Once, and no more.
breakage "challenges answered before" $a "$(gladly TRUST_REPLAY)"
breakage "a memory that overflows" $a "$(gladly TRUST_REPLAY_MEMORY_FULL)"
breakage "refused challenges come again" $a \
    's/^	if (error == TEE_E_DENIED)$/	trust_replay_release(v->trust->replay, id);&/'
breakage "challenges are used up without evidence only" $a \
    's/^	if (!use_up(v, id))$/	if (0)/'
breakage "challenges are used up with evidence only" $a \
    's/^	return use_up(v, id);$/	return 1;/'

# What is required.
breakage "no evidence at all" $a "$(never TRUST_EVIDENCE_MISSING)"
breakage "the profile's requirement" $t \
    's/r.tee_bound_key || r.fresh_evidence ||/r.tee_bound_key || r.fresh_evidence;/;
    /t->tee->assurance == TEE_ASSURANCE_TEE;/d'
breakage "the call's requirement" $t \
    's/own->attestation || call->attestation/own->attestation/'
breakage "a bound key without evidence" $t \
    's/r.tee_bound_key || r.fresh_evidence/r.fresh_evidence/'
breakage "fresh evidence without evidence" $t \
    's/r.tee_bound_key || r.fresh_evidence/r.tee_bound_key/'
breakage "the call's bound key" $t \
    's/own->tee_bound_key || call->tee_bound_key/own->tee_bound_key/'
breakage "the call's fresh evidence" $t \
    's/own->fresh_evidence || call->fresh_evidence/own->fresh_evidence/'
breakage "keys bound to nothing" $a "$(never TRUST_KEY_NOT_TEE_BOUND)"

# The evidence's parts, and what it is bound to.
breakage "parts of it" $a "$(never TRUST_ATTESTATION_INCOMPLETE)"
breakage "a hash of something else" evidence_json.c \
    's/return CRYPTO_memcmp(claimed, e->binding, 32) == 0 .*/return 0;/'
breakage "a startup's hash of something else" $s \
    's/member(root, "binding_hash"))/member(root, "report_data_hash"))/'
breakage "a startup's report of something else" $s \
    '/^read_startup/,/^}/s/member(root, "report_data_hash"))/member(root, "binding_hash"))/'
breakage "two bindings" $s \
    '/^read_challenged/,/^}/s/repeated != NULL/0/'
breakage "another DID's evidence" $a "$(never TRUST_EVIDENCE_DID)" \
    appraise.c 's/if (x->did != NULL/if (0/'
breakage "another key's evidence" $a "$(never TRUST_EVIDENCE_KEY)" \
    appraise.c 's/if (x->public_key != NULL/if (0/'
breakage "another challenge's evidence" $a "$(never TRUST_EVIDENCE_CHALLENGE)"
breakage "another nonce's evidence" $a \
    's/return !id || trust_refuse(v, TRUST_EVIDENCE_NONCE, "")/return 1/'
breakage "evidence of the start where fresh is required" $a \
    's/(nonce || v->require.fresh_evidence)/nonce/'
breakage "evidence from the future" $a "$(never TRUST_EVIDENCE_FUTURE)" \
    reference.c 's/age >= -(tee_instant)TEE_CLOCK_SKEW/1 || &/'
breakage "expired evidence" $a 's/if (v->now >= o->evidence->expires ||/if (/' \
    reference.c '/^tee_reference_age/,/^}/s/"evidence.expired", now < e->expires/"evidence.expired", 1/'
breakage "evidence that is too old" $a \
    's/age > (tee_instant)floor->max_age \* TEE_SECOND/0/' \
    reference.c 's/age <= (tee_instant)r->max_age \* TEE_SECOND/1/'
breakage "unsigned evidence" $a "$(never TRUST_ATTESTATION_SIGNATURE)"
breakage "a second layer for any verifier" $r \
    's|add_text(out, &at, l->verifier);||'
breakage "a second layer for any id" $r \
    's|add_text(out, &at, word(l->challenge->id));||'
breakage "a second layer for any nonce" $r \
    's|add_text(out, &at, word(l->challenge->nonce));||'
breakage "a second layer over any evidence" $r \
    's|add_bytes(out, &at, l->evidence, 32);||'
breakage "two origins of one key" $a "$(never TRUST_KEY_ORIGIN_MISMATCH)"

# What the verifiers say.
breakage "refused evidence" $a \
    's/return explain_refusal(o);/return check_origin(o);/'
breakage "verifiers that are away" $a \
    's/return error == TEE_E_UNAVAILABLE ?/return error == TEE_E_UNAVAILABLE ? check_origin(o) : 0 ?/'
breakage "origins that nobody established" $a \
    "$(never TRUST_KEY_ORIGIN_UNESTABLISHED)"
breakage "origins of guests that nobody measured" appraise.c \
    's/!tee_reference_pins(floor, "launch")/0/'
breakage "remembered for other evidence" $a \
    's/trust_hash_add(&h, o->digest, sizeof(o->digest));//'
breakage "remembered for less" $a \
    '/^judge/,/^}/s/o->fresh ? appraise(o) : appraise_cached(o)/0/;
    /^judge/,/^}/s/return check_origin(o)/return 1/'

# What is remembered of a peer.
m=trust/recall.c
breakage "recalled by any key" $m \
    's/trust_hash_add(&h, public_key, TEE_PUBLIC_KEY_SIZE);//;
    s/memcpy(name, public_key, /memset(name, 0, /'
breakage "recalled as anybody" $m 's/trust_hash_text(&h, did);//;
    s/TEE_PUBLIC_KEY_SIZE + v->peer->did_size/TEE_PUBLIC_KEY_SIZE/'
breakage "recalled whatever is required" $m \
    's/trust_hash_add(&h, asked, sizeof(asked));//'
breakage "fresh evidence out of memory" $m \
    's/claims == NULL || v->require.fresh_evidence/claims == NULL/;
    s/if (v->require.fresh_evidence)/if (0)/'
breakage "recalled beyond the evidence's end" $m \
    's/if (claims->expires != 0 \&\&/if (0 \&\&/' \
    trust/cache.c 's/if (claims->expires != 0 \&\&/if (0 \&\&/'
breakage "recalled beyond 900 seconds" $m \
    's/define RECALL_LIFETIME 900/define RECALL_LIFETIME 1800/'
breakage "one revoked is remembered" $t \
    's/trust_cache_forget(t->cache, peer);/(void)0;/'
breakage "nobody is forgotten" $t \
    's/trust_cache_forget(t->cache, NULL);/(void)0;/'
breakage "one revoked meanwhile is remembered" $m \
    's/v->born);/trust_cache_clock(v->trust->cache));/'
breakage "a refusal changes nothing" $a \
    's/trust_cache_forget(v->trust->cache, named ? peer : NULL);/(void)named;/'
breakage "the first evidence counts" trust/cache.c \
    '/^trust_cache_put/,/^}/s/if (old != NULL)/if (old != NULL) { pthread_mutex_unlock(\&l.shelf->lock); return; } if (0)/'
breakage "recalled whatever its score" $m \
    's/return trust_verify_standing(v);/return 1;/'

# Standing.
breakage "scores too low" $j \
    's/if (h->score.effective >= v->trust->required_score)/if (1)/'
breakage "scores above their ceiling" $j \
    's/v->peer->trust_score, v->peer->trust_ceiling/v->peer->trust_score, 1000/'
breakage "what the policy does not allow" $j \
    's/return d.action == TEE_POLICY_ALLOW ||/return 1 ||/'

[ "$ways" -ge 40 ] || bad=1
exit $bad
