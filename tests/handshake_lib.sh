# SPDX-License-Identifier: Apache-2.0
# An agent with a key born in a mock TEE, and the relying parties it meets.
# Sourced after teectl_lib.sh.

[ -e "$build/tests/modules/mocktee.so" ] ||
    skip "configured without check, so without tests/modules/mocktee.so"

# The key that everybody knows: its seed is 0x42, 32 times.
cat >agent.conf <<'END'
agent     = { did = "auto"; };
assurance = "tee";
collector = ( { control = "required"; module = "mock";
    options = { verdict = "ok"; }; } );
verifier  = ( { control = "required"; module = "mocktee";
    options = { verdict = "ok"; level = "tee_vm"; debug = "false";
        tcb_status = "up_to_date"; }; } );
keystore  = ( { control = "required"; module = "mocktee";
    options = { verdict = "ok"; }; } );
custody   = { residency = "process"; lifetime = "5m"; };
END

party_profile() { # FILE ASSURANCE VERDICT
	cat >"$1" <<-END
	assurance = "$2";
	require   = { max_age = "5m"; key_origin = ["skr", "tee_generated"];
	    measurements = { launch = ["676f6c64656e"]; }; };
	verifier  = ( { control = "required"; module = "mocktee";
	    options = { verdict = "$3"; level = "tee_vm"; debug = "false";
	        tcb_status = "up_to_date"; measurement = "golden"; }; } );
	END
}
party_profile party.conf tee ok
party_profile lenient.conf local ok
party_profile away.conf tee unavailable
party_profile deny.conf tee deny

"$teectl" acquire --json ./agent.conf >key.json 2>err || {
	cat err
	exit 1
}
did=$("$build/tests/teectl_json" did <key.json)
