#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Keys: acquired, shown, used for signing, held, listed, revoked.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
need_mock
need_keyring

mock_profile "$name.conf"
mock_profile deny.conf 's/verdict = "ok"; debug/verdict = "deny"; debug/'
mock_profile away.conf '/keystore/,$ s/verdict = "ok"/verdict = "unavailable"/'
mock_profile debug.conf 's/debug = "false"/debug = "true"/'
cat >"$name-local.conf" <<END
agent     = { did = "auto"; };
assurance = "local";
keystore  = ( { control = "required"; module = "local";
    options = { file = "$tmp/key.pem"; create = true; }; } );
custody   = { residency = "process"; lifetime = "2s"; };
END

run 0 acquire "./$name.conf"
out_has '^PASS .*binding'
out_has '^verdict: ok'
run 0 acquire --json --public-key pub.pem --evidence ev.json "./$name.conf"
json did did:mesh:agent-1
json verdict ok
json checks/name=binding/result pass
same "$(json_value nonce ev.json | wc -c)" 65 'length of a nonce'
run 1 acquire ./deny.conf
err_has 'hop  *verifier mock (profile line 6)'
err_has 'reason  *deny'
err_has 'next '
run 1 acquire --json ./deny.conf
json error/word denied
json error/hop 'verifier mock (profile line 6)'
run 3 acquire ./away.conf
err_has 'hop  *keystore mock'
run 1 acquire --json ./debug.conf
json error/reason floor.debug
json error/hop "the profile's requirements"
run 1 acquire --require-tee "./$name.conf"
# A line that was survived is not blamed for what came after it.
mock_profile survived.conf '/keystore/,/);/ { s/"required"/"oneof"; group = "k"/
    s/"ok"; }; } );/"unavailable"; }; }, { control = "oneof"; group = "k";\
    module = "mock"; options = { verdict = "ok"; }; } );/; }
    s/debug = "false"/debug = "true"/'
run 1 acquire --json ./survived.conf
json error/reason floor.debug
json error/hop "the profile's requirements"
run 1 acquire --evidence x.json "./$name-local.conf"
err_has 'no evidence'
run 2 acquire ./absent.conf

# What teectl signs, the openssl command verifies.
printf 'a message\0with a NUL' >msg
verify() {
	openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" \
	    -sigfile "$3" >verified 2>&1 && grep -q Success verified
}
run 0 sign "./$name.conf" msg --output sig --public-key pub.pem
same "$(wc -c <sig)" 64 'size of a signature'
if command -v openssl >/dev/null; then
	verify pub.pem msg sig || wrong 'openssl refuses the signature'
	printf 'another' >other
	if verify pub.pem other sig; then
		wrong 'openssl takes the signature for another message'
	fi
else
	echo 'skipped: no openssl command'
fi
run 0 sign "./$name.conf" msg --hex
hex=$(cat out)
same "$(od -An -tx1 sig | tr -d ' \n')" "$hex" 'hex'
run 0 sign "./$name.conf" msg --base64
base64=$(cat out)
same "$(base64 -w0 <sig)" "$base64" 'base64'
run 0 sign --json "./$name.conf" msg
json signature "$base64"
"$teectl" sign "./$name.conf" --hex <msg >out
same "$(cat out)" "$hex" 'signature over standard input'
: >empty
run 0 sign "./$name.conf" empty --hex
run 2 sign "./$name.conf" absent
run 2 sign "./$name.conf" msg --output "$tmp/absent/sig"
run 1 sign ./deny.conf msg
[ ! -s out ] || wrong 'a denied agent signed'

# The key of module local is the file's, made on first use.
run 0 sign "./$name-local.conf" msg --output sig --public-key first.pem
run 0 sign "./$name-local.conf" msg --output again --public-key second.pem
cmp -s first.pem second.pem || wrong 'two public keys'
cmp -s sig again || wrong 'Ed25519 signs the same twice'
if command -v openssl >/dev/null; then
	openssl pkey -in key.pem -pubout >file.pem
	cmp -s first.pem file.pem || wrong 'not the public key of the file'
fi

# The seed of the mock is 32 times 0x42; nothing may print it.
run 0 acquire --verbose --json "./$name.conf"
if grep -qi -e '42424242424242' -e 'QkJCQkJC' -e 'BBBBBBBB' out err; then
	wrong 'a secret was printed'
fi
err_has 'event=GRANT'

# Held: one ready line, then alive until told otherwise.
as=
hold() {
	rm -f ready
	: >ended
	$as "$teectl" acquire --hold "$@" >ready 2>ended &
	holder=$!
	tries=0
	while [ ! -s ready ] && [ "$tries" -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	what="teectl acquire --hold $*"
	grep -q '^ready key=' ready || wrong "no ready line: $(cat ended)"
	key=$(sed -n 's/^ready key=\([0-9]*\) .*/\1/p' ready)
	ring=$(sed -n 's/.* ring=\([0-9]*\) .*/\1/p' ready)
}
held_ends() {
	( sleep 10; kill -KILL "$holder" ) >/dev/null 2>&1 &
	watchdog=$!
	wait "$holder"
	same "$?" "$1" 'status of the holder'
	kill "$watchdog" 2>/dev/null
}

hold "./$name.conf"
grep -q '^Max core file size *0 *0 ' "/proc/$holder/limits" ||
    wrong 'the holder may write a core file'
run 0 status
out_has "^$key  *$ring  *live .*$name  *did:mesh:agent-1$"
run 0 status --json
json "keys/serial=$key/profile" "$name"
json "keys/serial=$key/origin" local
json "keys/serial=$key/did" did:mesh:agent-1
json "keys/serial=$key/ring" "$ring"
json "rings/serial=$ring/key" "$key"
kill -TERM "$holder"
held_ends 0
run 0 status --json
# The kernel's collector may not have been there yet.
case $(json_value "keys/serial=$key/state") in
'' | dead) ;;
*) wrong 'the key outlived its holder' ;;
esac

hold "./$name.conf"
run 0 revoke "$key"
out_has "key $key is destroyed"
held_ends 1
grep -q 'destroyed from outside' ended || wrong 'the holder did not notice'
run 1 revoke "$key"
err_has 'next '

hold "./$name.conf"
run 0 revoke --json "$(printf '0x%08x' "$ring")"
json revoked/0/key "$key"
held_ends 1

hold "./$name.conf"
first=$holder
hold "./$name.conf"
run 0 revoke --json "$name"
json revoked 2
held_ends 1
holder=$first
held_ends 1
run 1 revoke --json "$name"
json revoked 0
json failed 1
run 1 revoke 2147483646
run 1 revoke -- -1

# A revocation by somebody else is refused, and says who may.
if can_be_nobody; then
	hold "./$name.conf"
	what='revoke by another user'
	$nobody "$teectl" revoke "$ring" >out 2>err &&
	    wrong 'another user revoked'
	kill -INT "$holder"
	held_ends 0
	# The same user's other processes cannot look into it.
	as=$nobody
	hold "./$name.conf"
	what='a held key'
	if $as cat "/proc/$holder/environ" >out 2>err; then
		wrong 'the holder is dumpable'
	fi
	kill -INT "$holder"
	held_ends 0
	as=
	# The operators' group may revoke.
	group=$(sed -n 's/^\([^:]*\):[^:]*:65534:.*/\1/p' /etc/group)
	if [ -n "$group" ]; then
		sed "s/lifetime/groups = [\"$group\"]; lifetime/" \
		    "$name.conf" >"$name-group.conf"
		hold "./$name-group.conf"
		what='revoke by the operators'
		$nobody "$teectl" revoke --json "$key" >out 2>err ||
		    wrong 'an operator could not revoke'
		json revoked/0/key "$key"
		held_ends 1
	fi
else
	echo 'skipped: revocation by another user'
fi

hold "./$name-local.conf"
held_ends 0
grep -q 'lease is over' ended || wrong 'the lease did not end'

# The claims' end is the key's, however long the keystore took: no second of
# the transaction is added to it.
end=$(($(date +%s) + 30))
mock_profile "./$name-slow.conf" \
    "/verifier/,/keystore/ s|verdict = \"ok\"; debug|verdict = \"ok\"; not_after = \"$end\"; debug|;
    /keystore/,\$ s|verdict = \"ok\";|verdict = \"ok\"; delay_ms = \"2500\";|"
run 0 acquire --json "./$name-slow.conf"
got=$(date -u -d "$(json_value expires_at)" +%s)
[ "$got" -le "$end" ] || wrong "the lease ends $((got - end)) s after its claims"
[ "$got" -ge $((end - 2)) ] || wrong 'the lease is too short'

# A word on the command line that names nothing, or nothing with a key.
run 2 acquire no-such-profile
err_has 'no such profile in .*: No such file'
run 2 sign --json ./absent.conf </dev/null
err_has 'the profile cannot be read: No such file'
json error/word argument
peer_profile party.conf
run 2 acquire ./party.conf
err_has "a relying party's profile: no agent"

finish
