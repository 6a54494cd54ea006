#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The simulated machine and cloud for bench/azure, in both shapes.  Without
# FUSE, user namespaces or swtpm it says what it leaves out.
. "${TEE_TEST_SRCDIR:?run by make bench}/tests/azure_lib.sh"

port() {
	port=${1##*:}
	echo "${port%%/*}"
}

# measure SHAPE HANDSHAKES ACQUIRES FIRSTS; the paravisor's two seconds
# between reports would be nothing but waiting.
measure() {
	azure "$1"
	[ -s "$tmp/agent.sealed" ] || skip 'this teectl seals nothing'
	[ "$1" != cvm ] || turn hcl-rate=0
	azure_profile
	"$build/bench/azure" "$1" "$file" "$2" "$3" "$4" vtpm="$tpm" \
	    device="$device" imds="$(port "$imds")" maa="$(port "$maa")" \
	    vault="$(port "$vault")" kds="$(port "$kds")" || exit 1
	machine_ends
}

measure container 200 40 20
measure cvm 200 40 20
