#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Agents that race for the report's user data (NV 0x01400002): all of them get
# a report that carries their own binding, which the offline line demands.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/azure_lib.sh"

azure cvm
azure_profile 'report_max_age = "0";' 'user_data = "binding";' '' '' \
    'timeout = "40s";'

# race NUMBER: that many at once.
race() {
	what="$1 agents at once"
	agents=
	for agent in $(seq "$1"); do
		"$teectl" acquire --json --evidence "race-$agent.json" \
		    "$file" >"race-$agent.out" 2>"race-$agent.err" &
		agents="$agents $!"
	done
	agent=0
	for pid in $agents; do
		agent=$((agent + 1))
		wait "$pid" || {
			cp "race-$agent.err" err
			cp "race-$agent.out" out
			wrong "agent $agent was refused"
			continue
		}
		json_value report_data_hash "race-$agent.json" >>bindings
	done
	same "$(sort -u bindings | wc -l)" "$1" 'bindings'
	rm -f bindings
	no_keys
}

race 2
always="$always hcl-rate=200"
turn
race 5

# Without the lock they would take each other's: another writer in between.
turn hcl-stale=yes
refused 3 collector stale_report
finish
