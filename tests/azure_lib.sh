# SPDX-License-Identifier: Apache-2.0
# What the end-to-end tests of snp_azure share: a simulated Azure around the
# simulated machine, profiles of both shapes, and a sealed key.  Sourced.
script_seconds=600
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"
cloud=$sim/cloud
tpm=$tmp/tpmrm0
context=$tmp/security-context
kept=$made/azure
did=did:mesh:azure-agent
maker='' # of the paravisor's reports, in the shape that has one

# Keys that take long to make are kept from script to script, each script's
# in whole: another may be reading them.
keep() {
	[ ! -e "$kept" ] || return 0
	mkdir "$kept.$$" && cp -R "$sim"/*.key "$sim/vault" "$kept.$$" &&
	    mv -T "$kept.$$" "$kept" 2>/dev/null || rm -rf "$kept.$$"
}
[ ! -d "$kept" ] || cp -R "$kept"/. "$sim" || exit 99

"$teesim" context --dir "$sim" --out "$context" >context.out 2>context.err ||
    skip "this teesim has no cloud: $(cat context.err)"
uvm_issuer=$(sed -n 's/^issuer=//p' context.out)
host_data=$(sed -n 's/^host_data=//p' context.out)

# azure cvm|container [OPTION...]: the machine in that shape, with its cloud.
# A paravisor's report is waited for only where the test says hcl-rate=.
azure() {
	shape=$1
	shift
	case $shape in
	cvm)
		command -v swtpm >/dev/null || skip 'no swtpm'
		source=vtpm
		level=tee_vm
		platform=
		always='imds-unlimited=yes hcl-rate=1'
		maker="--tpm $tpm"
		;;
	container)
		source=guest-device
		level=tee_container
		platform="uvm_issuer = \"$uvm_issuer\";"
		always="host_data=$host_data imds-unlimited=yes"
		maker="--device $device"
		;;
	esac
	serve "$@"
	keep
	rm -f "$tmp/agent.sealed"
	seal agent-kek "$tmp/agent.sealed"
}

# The same machine again: its services listen elsewhere than before.
serve() {
	machine --cloud $maker "$@"
	turn
	for service in imds authority kds maa vault; do
		read -r url <"$cloud/$service.url"
		eval "$service=\$url"
	done
	read -r pin <"$cloud/ca.pin"
}

# seal KEY FILE: a new seed for $did.
seal() {
	"$teectl" seal --generate --did "$did" --vault-key \
	    "$cloud/$1.pem" --kid "$vault/keys/$1" --output "$2" \
	    >seal.out 2>seal.err ||
	    { cat seal.err; echo 'FAIL: no sealed file'; exit 1; }
}

# Exactly these switches beside what the shape needs.
turn() {
	"$teesim" set --dir "$sim" --reset ${always-} "$@" || exit 99
}

# azure_profile [COLLECTOR [OFFLINE [MAA [KEYSTORE [LINE]]]]]: options of each
# line; LINE goes into every one of them.  AMD's KDS is asked where a script
# sets kds_option; keystore_options replaces what the keystore line has.
azure_profile() {
	number=$((number + 1))
	file=./$name-$number.conf
	guest="source = \"$source\"; tcti = \"device:$tpm\";"
	place="$guest device = \"$device\";"
	cat >"$file" <<-END
	agent     = { did = "$did"; };
	assurance = "tee";
	require   = { confidential_level = "$level"; key_origin = ["skr"];
	    roots = ["$root", "$pin"]; allow_simulated = true; };
	collector = ( { control = "required"; module = "snp_azure"; ${5-}
	    options = { $place imds = "$imds"; kds = "${kds_option-off}";
	    security_context = "$context"; lock = "$tmp/lock"; ${1-} }; } );
	verifier  = ( { control = "required"; module = "snp_azure"; ${5-}
	    options = { $platform ${2-} }; },
	  { control = "required"; module = "snp_azure"; ${5-}
	    options = { $guest endpoint = "$maa";
	    ca_file = "$cloud/ca.pem"; ${3-} }; } );
	keystore  = ( { control = "required"; module = "snp_azure"; ${5-}
	    options = { $place vault = "$vault"; ca_file = "$cloud/ca.pem";
	    ${keystore_options-imds = \"$imds\"; key = \"agent-kek\";
	    sealed = \"$tmp/agent.sealed\";} ${4-} }; } );
	custody   = { residency = "process"; lifetime = "5m"; };
	END
	patient=./$name-$number-patient.conf
	sed 's/timeout = "[0-9]*s";/timeout = "60s";/' "$file" >"$patient"
}

# How often a service was asked, since it was last forgotten:
# asked SERVICE [METHOD-AND-PATH [STATUS]], patterns.
asked() {
	grep -c -E "^$1 ${2:-.*} ${3:-[0-9]+}\$" "$cloud/requests"
}

# The simulator appends, so the file is emptied and not replaced.
forget_requests() {
	: >"$cloud/requests"
}

# exactly COUNT SERVICE [METHOD-AND-PATH [STATUS]]: asked exactly so often.
exactly() {
	same "$(asked "$2" "${3-}" "${4-}")" "$1" "questions to $2 ${3-} ${4-}"
}

# refused STATUS HOP REASON [DETAIL]: with what to do next, and no key.
refused() {
	run "$1" acquire "$file"
	err_has "^  hop  *$2 snp_azure (profile line"
	err_has "^  reason  *$3\$"
	[ -z "${4-}" ] || err_has "^  detail  *.*$4"
	err_has '^  next  *[A-Z]'
	[ ! -s out ] || [ "$(grep -c '^public_key' out)" = 0 ] ||
	    wrong 'a key was shown'
	no_keys
}

# Switches that a script has turned, for `covered`.
turned=' '
note() {
	for word in $1; do
		turned="$turned${word%%=*} "
	done
}

# fault SWITCHES STATUS HOP REASON [DETAIL]: refused in the time that a line
# has, then granted without.
patience=20000
fault() {
	note "$1"
	turn $1
	began=$(milliseconds)
	refused "$2" "$3" "$4" "${5-}"
	what="$what with $1"
	took=$(($(milliseconds) - began))
	[ "$took" -lt "$patience" ] || wrong "took $took ms"
	turn
	granted_in_time
}

# By the same profile with all the time in the world: machines are busy.
granted_in_time() {
	hurried=$file
	file=$patient
	granted
	file=$hurried
}

# survived SWITCHES: no fault that stops anybody.
survived() {
	note "$1"
	turn $1
	forget_requests
	granted_in_time
	what="$what with $1"
}

# What every service can do, whoever asks for what:
# service_faults SERVICE HOP TRUNCATED WORDS.  TRUNCATED is the reason where
# half of an answer came, WORDS is how errors name the service.
service_faults() {
	while read -r switch reason words; do
		fault "$1-$switch" 3 "$2" "$reason" "$4.*$words"
	done <<-END
	429=forever http_throttled status 429
	500=forever http_error status 500
	503=forever http_error status 503
	drop=forever http_broken
	cut=forever http_broken
	truncate=forever $3
	huge=forever http_too_large more than [0-9]* bytes
	redirect=forever http_redirect status 302
	delay=5000 http_timeout
	slow=5000 http_timeout
	END
	settle
}

# What was delayed on purpose ends before anybody counts.
settle() {
	sleep 6
	forget_requests
}

# covered PATTERN: every switch of that name has been turned.
covered() {
	what="switches $1"
	: >out
	: >err
	for switch in $("$teesim" set --list |
	    sed -n 's/^  \([a-z0-9-]*\)=.*/\1/p' | grep -E "^($1)\$"); do
		case $turned in
		*" $switch "*) ;;
		*) wrong "nobody turned $switch" ;;
		esac
	done
}
