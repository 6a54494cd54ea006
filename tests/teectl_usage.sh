#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every command: its help, its arguments missing, its arguments wrong.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"

key=$(printf '01%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
    21 22 23 24 25 26 27 28 29 30 31 32)

run 2
err_has 'COMMAND is missing'
run 2 nosuch
err_has 'no command'
run 0 --help
out_has '^  doctor '
run 0 --version
out_has '^teectl [0-9]'
for command in check dump acquire sign attest register appraise inspect \
    binding seal status renew revoke explain doctor version; do
	run 0 "$command" --help
	out_has "^Usage: teectl $command "
	out_has '--json'
	run 2 "$command" --nosuch
	err_has 'nosuch'
done

# command, then what it must complain about
usage() {
	complaint=$1
	shift
	run 2 "$@"
	err_has "$complaint"
	[ ! -s out ] || wrong "stdout is not empty"
}

usage 'FILE is missing' check
for command in dump acquire sign attest register; do
	usage 'PROFILE is missing' "$command"
done
for command in dump acquire; do
	usage 'one argument too many' "$command" a b
done
usage 'one argument too many' sign a b c
usage 'exclude each other' sign --hex --base64 a
usage 'given twice' sign --output x --output y a
usage 'are needed' attest a
usage 'go together' attest a --challenge-id c
usage 'go together' register a --nonce n
usage 'needs --output' register a --hold
usage 'PROFILE and EVIDENCE' appraise a
usage 'either the challenge' appraise a b
usage 'either the challenge' appraise a b --unsolicited --challenge-id c \
    --nonce n
usage '64 hex digits' appraise a b --unsolicited --public-key 0g
for at in 2026 2026-02-30T00:00:00Z 2026-01-01T00:00:00 \
    2026-01-01T00:00:00+25:00 '2026-1-01T00:00:00Z' \
    '2026-01-01T00:00:00Zx' '2026-01-01T00:00:00.Z'; do
	usage 'takes a time' appraise a b --unsolicited --at "$at"
done
usage 'are needed' inspect
usage 'are needed' inspect --verifier snp
usage 'NAME=VALUE' inspect --verifier snp --item report
usage 'NAME=VALUE' inspect --verifier snp --item =report
usage 'given twice' inspect --verifier snp --item a=x --item a=y
usage 'hex digits' inspect --verifier snp --item a=x --report-data 0
usage 'hex digits' inspect --verifier snp --item a=x --report-data ''
usage 'hex digits' inspect --verifier snp --item a=x \
    --report-data "$key${key}00"
usage '64 hex digits' inspect --verifier snp --item a=x --root 00
usage 'are needed' binding
usage 'are needed' binding --did d --challenge-id c --nonce n
usage '64 hex digits' binding --did d --challenge-id c --nonce n \
    --public-key "${key}00"
for command in doctor version binding; do
	usage 'Too many arguments' "$command" a
done
usage 'SERIAL or PROFILE' revoke
usage 'no code of this library' explain nosuch
usage 'no code of this library' explain 999
usage 'no code of this library' explain 99999999999999999999

# ADR 0010's known answer.
run 0 binding --did did:mesh:agent-1 --challenge-id challenge_123 \
    --nonce nonce-abc --public-key "$key"
out_has '^a9beac248d1221961e3fba0ea8daca0945128b11d30b06bdf0ffe8bd837668e5$'
run 0 binding --json --did did:mesh:agent-1 --challenge-id challenge_123 \
    --nonce nonce-abc --public-key "$key"
json binding a9beac248d1221961e3fba0ea8daca0945128b11d30b06bdf0ffe8bd837668e5
run 2 binding --did '' --challenge-id c --nonce n --public-key "$key"
err_has 'next'

run 0 explain
out_has 'key-foreign'
run 0 explain --json
json codes/word=key-gone/constant TEE_E_KEY_GONE
run 0 explain --json TEE_E_KEY_GONE
json word key-gone
run 0 explain --json key-gone
json constant TEE_E_KEY_GONE
run 0 explain --json 1
json word denied

run 0 version
out_has "^module dir *$build/tests/modules$"
run 0 version --json
json module_directory "$build/tests/modules"
[ "$(json_value modules)" -gt 0 ] || wrong 'no modules'

finish
