#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A confidential container: report, policy and endorsement, MAA's SevSnpVm, a
# key released to the process, and peers that judge without any service.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"
. "$TEE_TEST_SRCDIR/tests/azure_flow.sh"

azure container
token_options="host_data = \"$host_data\";"
flow_basic
[ "$(asked maa 'POST /attest/SevSnpVm' 200)" = 5 ] ||
    wrong 'not by SevSnpVm'
what='what left the machine'
for item in snp.report snp.certs snp.runtime-data azure.cce-policy \
    azure.uvm-endorsement azure.wrapping-key maa.token; do
	"$build/tests/azure_items" show "$item" <passport.json >item ||
	    wrong "no $item"
done
flow_seeds
flow_enc
flow_workload
flow_two
flow_peers snp.runtime-data
finish
