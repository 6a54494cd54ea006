#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fault of the metadata service as THIM, which has the certificates of
# the processor; azure_faults_identity.sh has the other half.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

azure container
limit='timeout = "2s";'
thim='GET /metadata/THIM/amd/certification'
identity='GET /metadata/identity/oauth2/token'

# Asked again, as often as it takes and not more.
azure_profile
for switch in 429 500 503 drop; do
	survived "imds-$switch=1"
	exactly 1 imds "$thim" 200
	exactly 1 imds "$identity" 200
done
survived imds-cut=1
exactly 2 imds "$thim" 200
began=$(milliseconds)
survived 'imds-429=1 retry-after=2'
took=$(($(milliseconds) - began))
[ "$took" -ge 2000 ] || wrong "Retry-After was not waited for: $took ms"
survived thim-stale=1
exactly 2 imds "$thim" 200
note imds-unlimited
turn imds-unlimited=no
for again in 1 2 3 4; do
	granted
done

azure_profile '' '' '' '' "$limit"
service_faults imds collector thim_answer 'IMDS (THIM)'
fault imds-410=forever 3 collector http_error 'IMDS (THIM).*status 410'
fault thim-stale=forever 3 collector thim_stale 'try again later'
fault 'imds-429=forever retry-after=60' 3 collector http_throttled 429
covered 'imds-.*|thim-.*|retry-after'
finish
