#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# teectl policy: JSON and YAML, what is refused, where results differ.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"

cat >p.yaml <<'END'
# a comment
name: payments
version: "1.0"
rules:
  - name: tee-only
    condition: {field: key_bound_to_tee, operator: ne, value: true}
    priority: 1
  - name: 'level'
    condition:
      field: confidential_level
      operator: gte
      value: tee_vm
    action: allow
defaults:
  min_trust_score: 600
  allowed_namespaces: [core, "edge"]
  require_handshake: true
END
cat >p.json <<'END'
{"name": "payments", "version": "1.0", "rules": [
 {"name": "tee-only", "priority": 1, "condition":
  {"field": "key_bound_to_tee", "operator": "ne", "value": true}},
 {"name": "level", "action": "allow", "condition":
  {"field": "confidential_level", "operator": "gte", "value": "tee_vm"}}],
 "defaults": {"min_trust_score": 600, "allowed_namespaces": ["core", "edge"],
  "require_handshake": true}}
END

# Each difference once, its places below it; the same for both forms.
run 0 policy test p.yaml
out_has '^p.yaml: ok$'
out_has '^  attribute$'
out_has '^    here: takes it from verified claims alone'
out_has '^    tee-only: key_bound_to_tee$'
out_has '^  level_order$'
out_has '^    level: confidential_level$'
out_has '^    (defaults): trust_score$'
same "$(grep -c '^  attribute$' out)" 1 'how often a difference is printed'
sed 1d out >yaml.out
run 0 policy test p.json
sed 1d out | cmp -s - yaml.out || wrong 'JSON and YAML differ'
run 0 policy test --json p.yaml p.json
json files/0/result ok
json files/1/result ok
json files/0/differences/rule=level/difference attribute
json files/0/differences/difference=score_absent/field trust_score

# An application's own fields alone: nothing of the environment is named.
cat >own.yml <<'END'
name: own
rules: [{name: a, condition: {field: count, operator: eq, value: 1}}]
defaults: {min_trust_score: 0}
END
run 0 policy test own.yml
grep -q 'attribute\|score_absent\|level_order' out &&
    wrong 'a difference that this document has not'

# refused FILE TEXT: one of what the library or the YAML reader refuses.
refused() {
	printf '%b' "$2" >"$1"
	run 1 policy test "$1"
	out_has "^$1: refused\$"
	err_has "^$1: .*$3"
	run 1 policy test --json "$1"
	json files/0/result refused
}
refused bad.yaml 'name: p\nname: q\n' 'line 2, column 1: a key is repeated'
refused bad.yaml 'a: &x 1\nb: *x\n' 'line 1, column 4: an anchor'
refused bad.yaml 'a: *x\n' 'line 1, column 4: an alias'
refused bad.yaml 'name: !!str p\n' 'line 1, column 7: a tag'
refused bad.yaml 'name: !x p\n' 'a tag'
refused bad.yaml '<<: {name: p}\n' 'different values: quote it'
refused bad.yaml '%YAML 1.1\n---\nname: p\n' 'a directive'
refused bad.yaml 'name: p\n---\nname: q\n' 'a second document'
refused bad.yaml '' 'there is no document'
refused bad.yaml 'name: [p\n' 'line 2, column 1'
refused bad.yaml '1: p\n' 'a key is no string'
refused bad.yaml '[a]: p\n' 'a key is no string'
refused bad.yaml 'name: "a\\x00b"\n' 'a NUL character'
refused bad.yaml 'name: \0377\n' 'UTF-8'
refused bad.yaml 'name: 99999999999999999999\n' 'beyond 64 bits'
for v in yes No ON off y n 010 0x1f 1e3 1_000 1:30 2026-01-31 +5 .5 5. .inf \
    -.INF .NaN 1.5.2 =; do
	refused bad.yaml "name: $v\n" 'quote it'
done
refused bad.yaml "$(printf '[%.0s' $(seq 40))" 'deeper than 32'
refused bad.yaml 'name: p\nrules: yes please\n' 'rules is no list'
refused bad.yaml 'name: p\nmin_trust_score: 900\n' 'the unknown key'
refused bad.json '{"name": "p", "name": "q"}' 'duplicate object key'
refused bad.json 'name: p' "line 1, column"
refused bad.yaml "name: p
rules: [{name: r, condition: {field: f, operator: matches, value: 'a{2}'}}]" \
    'AgentMesh never matches'
# What no reader reads differently.
printf 'name: "yes"\ndescription: ~\nversion: v1\n' >good.yaml
run 0 policy test good.yaml
printf 'name: |\n  two words\nrules: []\n' >good.yaml
run 1 policy test good.yaml
err_has 'name has a control character'

# By its name, else by its first character.
cp p.yaml plain
run 0 policy test plain
cp p.json plain
run 0 policy test plain
cp p.yaml wrong.json
run 1 policy test wrong.json

# One bad file among good ones; one that is not there.
run 1 policy test p.yaml bad.yaml p.json
out_has '^p.json: ok$'
run 2 policy test p.yaml not-there
out_has '^not-there: unreadable$'
err_has 'No such file'

# Decisions, with nothing known of the environment.
printf '{"trust_score": 900, "agent": {"namespace": "core"}}' >c.json
run 1 policy eval p.yaml --context c.json
out_has '^action  *deny$'
out_has 'key_bound_to_tee is absent: no verified claims'
run 0 policy eval own.yml --context c.json --json
json action allow
json rule ''
json reason 'No rules matched; defaults passed'
printf '{"count": true}' >c.json
run 1 policy eval own.yml p.yaml --context c.json --json
json rule tee-only
run 1 policy eval own.yml --context c.json --json
json rule a
json used count=True
printf '{"count": 1, "count": 2}' >c.json
run 2 policy eval own.yml --context c.json
err_has 'argument'
run 2 policy eval own.yml --context not-there
run 1 policy eval bad.yaml
err_has '^teectl: bad.yaml: '

# The page names every difference that the library's table has.
what='tee_policy_decide(3)'
words=$(sed -n 's/^	\[[A-Z_]*\] = { "\([a-z_]*\)".*/\1/p' \
    "$TEE_TEST_SRCDIR/libtee/trust/difference.c")
same "$(echo "$words" | wc -l)" 8 'how many differences there are'
for w in $words; do
	grep -q "^\.It Li $w\$" "$TEE_TEST_SRCDIR/man/tee_policy_decide.3" ||
	    wrong "the page lacks $w"
done

# Wrong arguments.
run 2 policy
run 2 policy test
run 2 policy judge p.yaml
err_has 'there is no "policy judge"'
run 2 policy test p.yaml --context c.json
run 2 policy eval p.yaml --evidence e.json
run 2 policy eval p.yaml --unsolicited
run 2 policy eval p.yaml --profile p --evidence e.json
err_has 'unsolicited'

# A peer's evidence, judged by a profile: its claims and no others.
if [ -e "$build/tests/modules/mock.so" ] && [ "$("$teectl" doctor --json \
    2>/dev/null | "$build/tests/teectl_json" checks/name=keyring/result)" = ok ]
then
	mock_profile "$name.conf"
	peer_profile "$name-peer.conf"
	run 0 attest "./$name.conf" --challenge-id c1 --nonce n1 -o e.json
	printf 'name: env\nrules:\n- name: local\n  action: allow\n  %s\n' \
	    'condition: {field: key_origin, operator: eq, value: local}' \
	    >env.yaml
	run 0 policy eval env.yaml --profile "./$name-peer.conf" \
	    --evidence e.json --challenge-id c1 --nonce n1 --json
	json action allow
	json used key_origin=local
	# Evidence for another challenge establishes nothing.
	run 1 policy eval env.yaml --profile "./$name-peer.conf" \
	    --evidence e.json --challenge-id c1 --nonce n2 --json
	json used 'key_origin=(absent)'
fi
finish
