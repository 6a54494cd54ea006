#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# inspect with a scripted verifier: one exit status for each kind of verdict.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
need_mock

hex=$(printf 'ab%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
    21 22 23 24 25 26 27 28 29 30 31 32)
printf '\253%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
    21 22 23 24 25 26 27 28 29 30 31 32 >report
base="inspect --verifier mock --item mock.report=report"

run 0 $base --option verdict=ok --report-data "$hex"
out_has '^PASS *binding '
out_has '^verdict: ok'
run 0 $base --option verdict=ok --report-data "$hex" --json
json verdict ok
json checks/name=binding/result pass
json claims/platform mock
run 4 $base --option verdict=ok --json
json verdict incomplete
json checks/name=binding/result not-done
run 4 $base --option verdict=ok
out_has '^not done *binding '
out_has '^verdict: incomplete'
run 1 $base --option verdict=ok --report-data "00${hex#ab}" --json
json verdict deny
json checks/name=binding/result fail
run 1 $base --option verdict=ok --report-data "$hex" \
    --option fail_check=colour
out_has '^FAIL *colour '
out_has '^verdict: denied'
run 1 $base --report-data "$hex"
run 1 $base --option verdict=garbage --report-data "$hex"
run 3 $base --option verdict=unavailable --report-data "$hex"
out_has '^verdict: unavailable'
run 1 $base --option verdict=unavailable --report-data "00${hex#ab}"

# A verifier that keeps what it obtained is judged here as in a transaction.
run 0 $base --option verdict=ok --option put=a.token --report-data "$hex"

run 2 $base --option nosuch=1
err_has 'takes no option'
run 2 $base --option verdict=perhaps
run 2 inspect --verifier nosuch --item a=report
err_has 'nosuch'
run 2 inspect --verifier local --item a=report
run 2 inspect --verifier ../mock --item a=report
run 2 inspect --verifier mock --item mock.report=absent
err_has 'absent: No such file'
run 2 inspect --verifier mock --item mock.report="$tmp"
dd if=/dev/zero of=huge bs=1024 count=1025 2>/dev/null
run 2 inspect --verifier mock --item mock.report=huge
err_has 'large'

finish
