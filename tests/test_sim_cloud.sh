#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The simulator's cloud: test_sim_cloud as a client beside it, files that it
# leaves, and starts that must fail.  Nothing is mounted.
set -u
build=${TEE_TEST_BUILDDIR:?set by make check}
teesim=$build/sim/teesim
made=$build/tests/tmp/simkeys
[ -x "$teesim" ] || { echo 'skipped: no simulator'; exit 77; }
mkdir -p "$build/tests/tmp"
here=$(mktemp -d "$build/tests/tmp/cloud.XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT
keys=$here/machine
failed=0

wrong()
{
	echo "FAIL: $1"
	failed=1
}

# RSA keys take long: made once for all scripts; switches are this one's own.
"$teesim" mint --dir "$made" --out "$here/minted" >/dev/null || exit 99
mkdir "$keys" && cp "$made"/*.key "$keys" || exit 99

serve()
{
	timeout -k 5 120 "$teesim" serve --dir "$keys" --cloud "$@"
}

serve -- true 2>"$here/err" || { cat "$here/err"; wrong 'no cloud'; }
for file in ca.pem ca.pin imds.url maa.url vault.url kds.url authority.url \
    tenant client federated-token requests; do
	[ -e "$keys/cloud/$file" ] || wrong "no cloud/$file"
done
pin=$(openssl x509 -in "$keys/cloud/ca.pem" -noout -pubkey |
	openssl pkey -pubin -outform DER | openssl sha256 -r | cut -d' ' -f1)
[ "$pin" = "$(cat "$keys/cloud/ca.pin")" ] || wrong 'pin of the authority'
[ "$(stat -c %a "$keys/cloud/federated-token")" = 600 ] ||
	wrong 'mode of the token'
for key in "$keys"/*.key; do
	[ "$(stat -c %a "$key")" = 600 ] || wrong "mode of $key"
done

# The authority stays, so that a fingerprint in a profile stays good.
serve -- true
[ "$pin" = "$(cat "$keys/cloud/ca.pin")" ] || wrong 'another authority'

# Its ready line says where everything is.
"$teesim" serve --dir "$keys" --cloud >"$here/ready" &
server=$!
tries=0
while [ ! -s "$here/ready" ] && [ $tries -lt 100 ]; do
	sleep 0.05
	tries=$((tries + 1))
done
for service in imds authority kds maa vault; do
	grep -q " $service=$(cat "$keys/cloud/$service.url")" "$here/ready" ||
	    wrong "ready line without $service"
done
kill -TERM $server
wait $server || wrong 'SIGTERM'

# Certificates that no client takes; 60: libcurl's word for untrusted ones.
for fault in ok expired other-name other-ca; do
	code=60
	[ $fault != ok ] || code=0
	serve --set "tls=$fault" -- sh -c \
	    '"$1" "$(cat "$2/maa.url")" "$2/ca.pem" tls' - \
	    "$build/tests/test_sim_cloud" "$keys/cloud"
	[ $? = "$code" ] || wrong "tls=$fault"
done

serve --set imds-unlimited=yes -- \
    "$build/tests/test_sim_cloud" "$teesim" "$keys" || failed=1
exit $failed
