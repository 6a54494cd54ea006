#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real evidence of a real container group, signed by AMD's own chip: the
# simulated MAA vouches for it, and the simulated vault wraps its key to the
# key that was measured then, whose private half was published.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"
real=${TEE_VECTORS:-}/azure/cleanroom/insecure-virtual/encryption
[ -r "$real/maa-request.json" ] || skip 'no vectors'

azure container
what='the real request, token and release'
"$build/tests/azure_replay" "$real/maa-request.json" "$real/priv_key.pem" \
    "$cloud" >out 2>err || wrong 'refused'
size=$(cat out)
[ "${size:-0}" -gt 1000 ] || wrong "$size bytes are no RSA key in PKCS #8"
exactly 1 maa 'POST /attest/SevSnpVm' 200
exactly 1 vault 'POST /keys/agent-kek/release' 200

# With another private key it stays closed, and another machine's report or
# runtime data get no token.
openssl genrsa -out other.pem 2048 2>/dev/null
"$build/tests/azure_replay" "$real/maa-request.json" other.pem "$cloud" \
    >out 2>err && wrong 'opened with a key that was not measured'
err_has 'does not unwrap'
what='runtime data that were not measured'
sed '/runtimeData/,/"data"/s/\("data": *"....\)./\1_/' \
    "$real/maa-request.json" >forged.json
cmp -s forged.json "$real/maa-request.json" && wrong 'nothing was forged'
"$build/tests/azure_replay" forged.json "$real/priv_key.pem" "$cloud" \
    >out 2>err && wrong 'MAA gave a token for them'
err_has '"error"'
finish
