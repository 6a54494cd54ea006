# SPDX-License-Identifier: Apache-2.0
# What the end-to-end tests of snp_azure share: a simulated Azure around the
# simulated machine, profiles of both shapes, and a sealed key.  Sourced.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"
cloud=$sim/cloud
tpm=$tmp/tpmrm0
context=$tmp/security-context
did=did:mesh:azure-agent
level=tee_vm

"$teesim" context --dir "$sim" --out "$context" >context.out 2>context.err ||
    skip "this teesim has no cloud: $(cat context.err)"
uvm_issuer=$(sed -n 's/^issuer=//p' context.out)
host_data=$(sed -n 's/^host_data=//p' context.out)

# azure cvm|container: starts the machine in that shape, with its cloud.
# Keys that take long to make are kept from script to script.
azure() {
	shape=$1
	shift
	for key in "$made"/azure/*; do
		[ ! -e "$key" ] || [ -e "$sim/${key##*/}" ] ||
		    cp -R "$key" "$sim/"
	done
	case $shape in
	cvm)
		command -v swtpm >/dev/null || skip 'no swtpm'
		source=vtpm
		level=tee_vm
		always=imds-unlimited=yes
		endorser=
		machine --cloud --tpm "$tpm" "$@"
		;;
	container)
		source=guest-device
		level=tee_container
		always="host_data=$host_data imds-unlimited=yes"
		endorser="uvm_issuer = \"$uvm_issuer\";"
		machine --cloud --device "$device" "$@"
		;;
	esac
	turn
	for service in imds maa vault kds; do
		read -r url <"$cloud/$service.url"
		eval "$service=\$url"
	done
	read -r pin <"$cloud/ca.pin"
	"$teectl" seal --generate --did "$did" --vault-key \
	    "$cloud/agent-kek.pem" --kid "$vault/keys/agent-kek" --output \
	    "$tmp/agent.sealed" >seal.out 2>seal.err ||
	    wrong "no sealed file: $(cat seal.err)"
	mkdir -p "$made/azure"
	for key in "$sim"/tls-*.key "$sim"/authority.key "$sim"/cluster.key \
	    "$sim"/other-jwt.key "$sim"/uvm-*.key "$sim"/vault-other.key \
	    "$sim"/maa-*.key; do
		[ ! -e "$key" ] || cp -n "$key" "$made/azure/" 2>/dev/null || :
	done
}

# Exactly these switches beside what the shape needs.
turn() {
	"$teesim" set --dir "$sim" --reset ${always-} "$@" || exit 99
}

# azure_profile [COLLECTOR [OFFLINE [MAA [KEYSTORE [LINE]]]]]: options of each
# line; LINE goes into every one of them.
azure_profile() {
	number=$((number + 1))
	file=./$name-$number.conf
	place="source = \"$source\"; device = \"$device\";
	    tcti = \"device:$tpm\";"
	cat >"$file" <<-END
	agent     = { did = "$did"; };
	assurance = "tee";
	require   = { confidential_level = "$level"; key_origin = ["skr"];
	    roots = ["$root", "$pin"]; allow_simulated = true; };
	collector = ( { control = "required"; module = "snp_azure"; ${5-}
	    options = { $place imds = "$imds"; kds = "$kds";
	    security_context = "$context"; lock = "$tmp/lock"; ${1-} }; } );
	verifier  = ( { control = "required"; module = "snp_azure"; ${5-}
	    options = { $endorser ${2-} }; },
	  { control = "required"; module = "snp_azure"; ${5-}
	    options = { $place endpoint = "$maa";
	    ca_file = "$cloud/ca.pem"; ${3-} }; } );
	keystore  = ( { control = "required"; module = "snp_azure"; ${5-}
	    options = { $place imds = "$imds"; vault = "$vault";
	    key = "agent-kek"; sealed = "$tmp/agent.sealed";
	    ca_file = "$cloud/ca.pem"; ${4-} }; } );
	custody   = { residency = "process"; lifetime = "5m"; };
	END
}

# What the services were asked, by name and path.
asked() {
	cut -d ' ' -f 1-3 "$cloud/requests"
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
