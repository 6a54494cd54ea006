#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# inspect over real SEV-SNP evidence: each report with its own certificate
# passes, and one changed bit, another chip's certificate or another binding
# does not.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
snp=${TEE_VECTORS:-/nonexistent}/snp
[ -d "$snp" ] || skip "no vectors (TEE_VECTORS)"
[ -e "$build/tests/modules/snp.so" ] || skip "configured without module snp"
roots=$snp/virtee+sev/src/certs/snp/builtin

bytes() {	# FILE OFFSET COUNT, as hex
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

# real REPORT CERTIFICATE PRODUCT TIME [OPTION...]
real() {
	report=$1 leaf=$2 product=$3 at=$4
	shift 4
	cat "$leaf" "$roots/$product/ask.pem" "$roots/$product/ark.pem" >certs
	data=$(bytes "$report" 80 64)
	base="--verifier snp --item snp.certs=certs --at $at"
	run 0 inspect $base --item "snp.report=$report" \
	    --report-data "$data" --json "$@"
	json verdict ok
	json checks/name=signature/result pass
	json checks/name=vek.tcb/result pass
	json checks/name=binding/result pass
	run 4 inspect $base --item "snp.report=$report" "$@" --json
	json verdict incomplete
	run 1 inspect $base --item "snp.report=$report" "$@" --json \
	    --report-data "$(echo "$data" | tr 0-9a-f 1-9a-f0)"
	json checks/name=binding/result fail
	# One bit of the measurement.
	head -c 144 "$report" >flipped
	byte=$((0x$(bytes "$report" 144 1) ^ 1))
	printf "\\$(printf %o "$byte")" >>flipped
	tail -c +146 "$report" >>flipped
	same "$(wc -c <flipped)" "$(wc -c <"$report")" 'size'
	run 1 inspect $base --item snp.report=flipped "$@" \
	    --report-data "$data" --json
	json checks/name=signature/result fail
}

go=$snp/google+go-sev-guest/verify/testdata
virtee=$snp/virtee+sev
trustee=$snp/confidential-containers+trustee/deps/verifier/test_data/snp

real "$virtee/derived/report_milan.bin" \
    "$virtee/tests/certs_data/vcek_milan.der" milan 2025-01-01T00:00:00Z
real "$trustee/test-report.bin" "$trustee/test-vcek.der" milan \
    2025-01-01T00:00:00Z

# A debuggable guest: everything about it is genuine, and it is denied.
cat "$go/vcek.testcer" "$go/milan.testcer" >certs
run 1 inspect --verifier snp --item "snp.report=$go/attestation.bin" \
    --item snp.certs=certs --at 2025-01-01T00:00:00Z --json \
    --report-data "$(bytes "$go/attestation.bin" 80 64)"
json checks/name=signature/result pass
json checks/name=policy.debug/result fail

# Another chip's certificate; a time before the certificate; no certificate.
cat "$virtee/tests/certs_data/vcek_milan.der" "$go/milan.testcer" >certs
run 1 inspect --verifier snp --item "snp.report=$go/attestation.bin" \
    --item snp.certs=certs --at 2025-01-01T00:00:00Z
report=$virtee/derived/report_milan.bin
run 1 inspect --verifier snp --item "snp.report=$report" \
    --item snp.certs=certs --at 2020-12-01T00:00:00Z --json
json checks/name=chain.validity/result fail
run 1 inspect --verifier snp --item snp.report=/dev/null \
    --item snp.certs=certs
run 4 inspect --verifier snp --item snp.certs=certs

finish
