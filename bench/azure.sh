#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The simulated machine and cloud for bench/azure, in both shapes.  Without
# FUSE, user namespaces or swtpm it says what it leaves out.
. "${TEE_TEST_SRCDIR:?run by make bench}/tests/azure_lib.sh"

port() {
	port=${1##*:}
	echo "${port%%/*}"
}

# peer NAME OPTIONS: a relying party with one verifier line.
peer() {
	cat >"./$1.conf" <<-END
	assurance = "tee";
	require   = { confidential_level = "$level";
	    roots = ["$root", "$pin"]; allow_simulated = true; };
	verifier  = ( { control = "required"; module = "snp_azure";
	    options = { $2 }; } );
	END
}

# measure SHAPE HANDSHAKES ACQUIRES FIRSTS RESTED [KEYSTORE-OPTION]
measure() {
	azure "$1"
	[ "$1" != cvm ] || turn hcl-rate=0
	azure_profile '' '' '' "${6-}"
	"$build/bench/azure" "$1" "$file" "$2" "$3" "$4" "$5" vtpm="$tpm" \
	    device="$device" imds="$(port "$imds")" maa="$(port "$maa")" \
	    vault="$(port "$vault")" kds="$(port "$kds")" || exit 1
	[ "$2" -gt 0 ] || { machine_ends; return; }
	peer offline "$platform"
	peer passport "endpoint = \"$maa\"; ca_file = \"$cloud/ca.pem\";"
	"$build/bench/azure_peer" "$1" "$file" ./offline.conf \
	    ./passport.conf || exit 1
	machine_ends
}

measure container 200 40 20 0
measure container 0 0 0 20 'key_ahead = true;'
measure cvm 200 40 20 0
