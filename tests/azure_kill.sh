#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kill -9 at twenty points of the flow, over every hop: no key is left, the
# lock is free, nothing stays in the TPM, and the next agent gets its key.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

azure cvm
always="$always hcl-rate=0"
azure_profile 'report_max_age = "0";' '' '' '' 'timeout = "20s";'
slow='imds-delay=40 maa-delay=40 vault-delay=40 tpm-delay=2'
turn $slow
began=$(milliseconds)
granted
whole=$(($(milliseconds) - began))

random() {
	od -An -N2 -tu2 /dev/urandom | tr -d ' '
}

# Gone is what the kernel says; it collects a dead process's keys later.
killed() {
	what="kill -9 $1 ms into an acquisition of $whole ms"
	"$teectl" acquire --hold "$file" >out 2>err &
	victim=$!
	sleep "$(awk -v ms="$1" 'BEGIN { print ms / 1000 }')"
	kill -KILL "$victim"
	wait "$victim" 2>/dev/null
	tries=0
	while [ "$(keys_left)" != 0 ] && [ "$tries" -lt 50 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	no_keys
}

point=0
while [ "$point" -lt 20 ]; do
	killed $((whole * point / 20 + $(random) % (whole / 20 + 1) + 5))
	point=$((point + 1))
	[ $((point % 5)) != 0 ] || granted
done
turn
for again in 1 2 3 4 5; do
	granted
done
if command -v tpm2_getcap >/dev/null; then
	what='what is left in the TPM'
	TPM2TOOLS_TCTI=device:$tpm tpm2_getcap handles-transient >out 2>err ||
	    wrong 'the TPM does not answer'
	[ ! -s out ] || wrong 'objects'
fi
finish
