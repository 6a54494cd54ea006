# SPDX-License-Identifier: Apache-2.0
# What the tests of the collector share: a simulated machine of their own,
# profiles for it, one acquisition and what is expected of it.  Sourced.

build=${TEE_TEST_BUILDDIR:?run by make check}
teesim=$build/sim/teesim
if [ "${1-}" != inside ]; then
	[ -x "$teesim" ] || { echo 'skipped: no simulator'; exit 77; }
	[ -r /dev/fuse ] && [ -w /dev/fuse ] ||
	    { echo 'skipped: no usable /dev/fuse'; exit 77; }
	unshare -Urm true 2>/dev/null ||
	    { echo 'skipped: no user namespaces'; exit 77; }
	# Nothing here may wait for ever.
	exec timeout -k 5 "${script_seconds:-120}" unshare -Urm sh "$0" inside
fi
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
need_keyring
command -v openssl >/dev/null || skip 'no openssl command'

# RSA keys take long: made once for all scripts, then copied, because each
# script turns the switches of its own machine.
made=$build/tests/tmp/simkeys
sim=$tmp/machine
mkdir -p "$build/tests/tmp"
"$teesim" mint --dir "$made" --out "$tmp/minted" >/dev/null || exit 99
mkdir "$sim" && cp "$made"/*.key "$sim" || exit 99
"$teesim" mint --dir "$sim" --out "$tmp/minted" >/dev/null || exit 99
root=$("$teesim" root --dir "$sim") || exit 99
cat "$sim/vcek.pem" "$sim/ask.pem" "$sim/ark.pem" >"$tmp/certs.pem"
server=
device=$tmp/sev-guest
legacy=$tmp/sev
tsm=$tmp/tsm

machine_ends() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$server" ] || wait "$server" 2>/dev/null
	server=
}
trap 'machine_ends; rm -rf "$tmp" "$profiles/$name"*.conf' EXIT

# machine [OPTION...]: serves until the script or machine_ends ends it.
machine() {
	rm -f served
	"$teesim" serve --dir "$sim" "$@" >served 2>served.err &
	server=$!
	tries=0
	while [ ! -s served ] && [ "$tries" -lt 200 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	[ -s served ] || { cat served.err; skip 'FUSE cannot be mounted'; }
}

# Exactly these switches, nothing of before.
turn() {
	"$teesim" set --dir "$sim" --reset "$@" || exit 99
}

# A profile of its own each time, so that its keys can be told apart:
# profile SOURCE [COLLECTOR OPTIONS [VERIFIER OPTIONS [LINE [REQUIRE]]]]
number=0
profile() {
	number=$((number + 1))
	file=./$name-$number.conf
	cat >"$file" <<-END
	agent     = { did = "auto"; };
	assurance = "tee";
	require   = { key_origin = ["tee_generated"]; roots = ["$root"];
	    allow_simulated = true; ${5-} };
	collector = ( { control = "required"; module = "snp"; ${4-}
	    options = { source = "$1"; device = "$device";
	    configfs = "$tsm"; ${2-} }; } );
	verifier  = ( { control = "required"; module = "snp";
	    options = { ${3-} }; } );
	keystore  = ( { control = "required"; module = "generated"; } );
	custody   = { residency = "process"; lifetime = "5m"; };
	END
}

# Keys of the latest profile that live; the kernel collects the dead later.
keys_left() {
	awk -v key=" tee:[a-z_]*:$name-$number:" '$0 ~ key &&
	    $2 !~ /[RDi]/ && $4 != "expd" { n++ } END { print n + 0 }' \
	    /proc/keys
}

no_keys() {
	same "$(keys_left)" 0 'keys left behind'
}

# A key, a signature over a message, and openssl's word for it.
printf 'transfer 100\0 to did:mesh:bob' >message
signs() {
	run 0 sign --output sig --public-key pub.pem "$file" message
	openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in message \
	    -sigfile sig >verified 2>&1 || wrong 'openssl refuses it'
	no_keys
}

granted() {
	run 0 acquire --json --evidence ev.json "$file"
	no_keys
}

# refused STATUS HOP REASON [DETAIL]: with what to do next, and no key.
refused() {
	run "$1" acquire "$file"
	err_has "^  hop  *$2 snp (profile line"
	err_has "^  reason  *$3\$"
	[ -z "${4-}" ] || err_has "^  detail  *.*$4"
	err_has '^  next  *[A-Z]'
	[ ! -s out ] || [ "$(grep -c '^public_key' out)" = 0 ] ||
	    wrong 'a key was shown'
	no_keys
}

milliseconds() {
	date +%s%3N
}
