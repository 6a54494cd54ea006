#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An hour without IMDS, MAA or Key Vault, by a clock that the agent and the
# simulated machine share and this script moves: what was released goes on
# signing and attesting, who cannot be asked is said at each renewal, nothing
# is taken that was not taken before, and the hour over, all is well again.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

clock=
for library in /usr/lib/*/faketime/libfaketimeMT.so.1; do
	[ ! -r "$library" ] || clock=$library
done
[ -n "$clock" ] || skip 'no libfaketime'
now=$tmp/now
echo +0 >"$now"
export LD_PRELOAD="$clock" FAKETIME_TIMESTAMP_FILE="$now" FAKETIME_NO_CACHE=1

# later SECONDS: than when the script began.  Put in place in one step.
later="sh=set_clock() { echo +\$1 >\"$now.new\" && mv \"$now.new\" \"$now\"; }
    set_clock"

# tells WORD...: the last event has all of them.
tells() {
	printf 'sh=for w in %s; do case $LAST in *"$w"*) ;; ' "$*"
	printf '*) exit 1 ;; esac; done'
}

# out_for_an_hour SERVICES RENEWALS REPORT NEW-AT-ONCE NEW-AT-LAST: how each
# renewal ends, what the log says of it, and whether another key is released
# when the outage begins and when it has lasted for an hour.
out_for_an_hour() {
	services=$1
	renew=$2
	report=$(tells "$3")
	faults=
	for service in $services; do
		faults="$faults $service-503=forever"
	done
	first=$4
	last=$5
	what="an hour without $services ($shape)"
	turn
	echo +0 >"$now"
	set -- sign=ok acquire=ok "sh=$set_now $faults" "acquire=$first"
	for minute in 10 20 30 40 50 60; do
		set -- "$@" "$later $((minute * 60))" sign=ok attest=ok \
		    "renew=$renew" "$report" sign=ok attest=ok
	done
	set -- "$@" "acquire=$last" sign=ok \
	    "sh=$set_now" renew=ok acquire=ok sign=ok attest=ok
	"$build/tests/collector_renew" "$file" "$@" >out 2>err ||
	    wrong 'not as expected'
	no_keys
}

# deny_in_the_hour SWITCH REASON: what is wrong is refused at the end of the
# hour as it was before it, though nobody can be asked.
deny_in_the_hour() {
	what="$1 after an hour without anybody ($shape)"
	turn
	echo +0 >"$now"
	"$build/tests/collector_renew" "$file" sign=ok \
	    "sh=$set_now $everybody" "$later 3600" sign=ok renew=unavailable \
	    "sh=$set_now $everybody $1" renew=denied sign=key-gone \
	    >out 2>err || wrong 'not as expected'
	err_has "reason=$2"
	no_keys
}

# An access token is asked for anew five minutes before it ends, and the vault
# is not shown one that has ended.
token_before_its_end() {
	what="an access token before its end ($shape)"
	turn
	echo +0 >"$now"
	token='^imds GET /metadata/identity'
	: >"$cloud/requests"
	"$build/tests/collector_renew" "$file" \
	    "sh=grep -q '$token' \"$cloud/requests\"" \
	    "sh=: >\"$cloud/requests\"" "$later 3240" acquire=ok \
	    "sh=! grep '$token' \"$cloud/requests\"" "$later 3360" acquire=ok \
	    "sh=grep '$token' \"$cloud/requests\"" \
	    "sh=! grep '^vault .* 401\$' \"$cloud/requests\"" >out 2>err ||
	    wrong 'not as expected'
	no_keys
}

everybody='imds-503=forever maa-503=forever vault-503=forever
    kds-503=forever authority-503=forever'
everybody=$(echo $everybody)

for shape in cvm container; do
	azure $shape
	set_now="\"$teesim\" set --dir \"$sim\" --reset $always"
	azure_profile '' '' '' '' 'timeout = "2s";'
	sed -i 's/lifetime = "5m"/lifetime = "2h"/' "$file"
	token_before_its_end
	# Its access token opens the vault for as long as it was given for.
	out_for_an_hour imds ok RENEW ok unavailable
	out_for_an_hour maa unavailable 'verdict=unavailable MAA 503' \
	    unavailable unavailable
	# A renewal needs no release.
	out_for_an_hour vault ok RENEW unavailable unavailable
	out_for_an_hour 'imds maa vault kds authority' unavailable \
	    'verdict=unavailable MAA 503' unavailable unavailable
	case $shape in
	cvm) deny_in_the_hour tpm-quote-bit=100 quote.signature ;;
	container) deny_in_the_hour debug=yes policy.debug ;;
	esac
	machine_ends
done
finish
