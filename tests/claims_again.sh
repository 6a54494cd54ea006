#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the verifiers of mock, of the simulator and of real evidence say is
# read by an agent from teed as teed's worker wrote it.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
command -v python3 >/dev/null || skip 'no python3'

cat >again.py <<'END'
import json, subprocess, sys
out = json.load(open("out"))
report = {n: out[n] for n in ("verdict", "checks", "claims")}
got = subprocess.run([sys.argv[1]], input=json.dumps(report).encode(),
                     stdout=subprocess.PIPE)
if got.returncode:
    sys.exit("refused: %s" % json.dumps(report))
if json.loads(got.stdout) != report:
    sys.exit("%s\nbecame\n%s" % (json.dumps(report), got.stdout.decode()))
print(len(report["checks"]))
END
documents=0
again() { # CHECKS, at least
	documents=$((documents + 1))
	n=$(python3 again.py "$build/tests/claims_again" 2>err) ||
	    { wrong 'it is not the same again'; return; }
	[ "$n" -ge "$1" ] || wrong "only $n checks"
}

# A kernel that keeps no keys has no claims of one either.
if [ -e "$build/tests/modules/mock.so" ] &&
    [ "$("$teectl" doctor --json 2>/dev/null |
	"$build/tests/teectl_json" checks/name=keyring/result)" = ok ]; then
	mock_profile agent.conf
	run 0 acquire --json ./agent.conf
	again 1
	json claims/claims/residency process
fi

bytes() { # FILE OFFSET COUNT, as hex
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}
inspect() { # STATUS REPORT CERTS [OPTION...]
	status=$1 report=$2 certs=$3
	shift 3
	run "$status" inspect --verifier snp --item "snp.certs=$certs" \
	    --item "snp.report=$report" --json "$@"
	again 8
}

if [ -e "$build/tests/modules/snp.so" ] && [ -x "$build/sim/teesim" ]; then
	"$build/sim/teesim" mint --dir keys --out mint --report-data 0102 \
	    >out 2>err || wrong 'nothing minted'
	root=$("$build/sim/teesim" root --dir keys)
	what=simulator
	data=$(bytes mint/report.bin 80 64)
	inspect 0 mint/report.bin mint/certs.pem --root "$root" \
	    --report-data "$data"
	json claims/claims/simulated true
	inspect 4 mint/report.bin mint/certs.pem --root "$root"
	inspect 1 mint/report.bin mint/certs.pem --report-data "$data"
fi

snp=${TEE_VECTORS:-/nonexistent}/snp
if [ -d "$snp" ] && [ -e "$build/tests/modules/snp.so" ]; then
	virtee=$snp/virtee+sev
	cat "$virtee/tests/certs_data/vcek_milan.der" \
	    "$virtee/src/certs/snp/builtin/milan/ask.pem" \
	    "$virtee/src/certs/snp/builtin/milan/ark.pem" >certs
	report=$virtee/derived/report_milan.bin
	inspect 0 "$report" certs --at 2025-01-01T00:00:00Z \
	    --report-data "$(bytes "$report" 80 64)"
	inspect 4 "$report" certs --at 2025-01-01T00:00:00Z
else
	echo 'no vectors (TEE_VECTORS) or no module snp: minted evidence alone'
fi
[ $documents -gt 0 ] || skip 'neither mock nor snp'

# It can tell.
what='a claim that was changed'
printf '%s' '{"verdict": "ok", "checks": [], "claims": {}}' >out
python3 again.py "$build/tests/claims_again" >/dev/null 2>err &&
    wrong 'no claims are taken for some'
python3 again.py cat >/dev/null 2>err || wrong 'cat changes it'
python3 again.py true >/dev/null 2>err && wrong 'nothing is taken for claims'
finish
