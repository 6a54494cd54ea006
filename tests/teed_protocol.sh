#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The client that teed_protocol(7) prints, run as it stands there.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"
command -v python3 >/dev/null || skip 'no python3'

# \e is mdoc's backslash.
sed -n '/^\.Bd -literal/,/^\.Ed/p' "$TEE_TEST_SRCDIR/man/teed_protocol.7" |
    sed '1d; $d; s/\\e/\\/g' >client.py
teed_profile p
start_teed
await_teed p || finish

what='the client of the page'
python3 client.py "$run_dir/p.sock" 'test:v1:by the page' >out 2>err ||
    wrong "status $?"
grep -Eq '^[0-9a-f]{128}$' out || wrong 'no signature'
# The same as by the library: Ed25519 is deterministic.
printf '%s' 'test:v1:by the page' >message
"$teectl" sign "$profiles_of_teed/p.conf" message 2>err |
    od -An -v -tx1 | tr -d ' \n' >theirs
[ "$(cat out)" = "$(cat theirs)" ] || wrong 'another signature than ours'
python3 client.py "$run_dir/p.sock" 'other' >out 2>err &&
    wrong 'a message that may not be signed was'
err_has 'message: '
python3 - "$run_dir/p.sock" >out 2>err <<'END' || wrong "status $?"
import client, sys
t = client.Teed(sys.argv[1])
public, did, expires = t.key()
assert len(public) == 32 and did == "did:mesh:agent-1", (public, did)
big = t.ask(4)
assert b'"claims_report"' in big
END
finish
