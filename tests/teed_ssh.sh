#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# OpenSSH's own programs and git sign with the attested key, with no code of
# their own for it; and nothing else of an agent works.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"
for tool in ssh-keygen ssh-add; do
	command -v $tool >/dev/null || skip "no $tool"
done
# ssh-add must not find keys of whoever runs the tests.
HOME=$tmp/home
export HOME
mkdir -p "$HOME"

ssh='ssh_agent = true; sign = ["sshsig:git", "sshsig:file", "raw:test:v1:"];'
teed_profile s "$ssh"
teed_profile plain
start_teed
await_teed s plain || finish
SSH_AUTH_SOCK=$run_dir/s.ssh
export SSH_AUTH_SOCK

what='ssh-add -L'
ssh-add -L >out 2>err || wrong "status $?"
out_has '^ssh-ed25519 [A-Za-z0-9+/=]* did:mesh:agent-1$'
cp out key.pub
echo "agent@example $(cut -d' ' -f1,2 key.pub)" >allowed
[ ! -e "$run_dir/plain.ssh" ] || wrong 'an endpoint that nobody asked for'

what='ssh-keygen -Y'
echo 'what an agent did' >file
ssh-keygen -q -Y sign -f key.pub -n file file >out 2>err || wrong "status $?"
ssh-keygen -q -Y verify -f allowed -I agent@example -n file -s file.sig \
    <file >out 2>err || wrong 'the signature does not verify'
echo more >>file
ssh-keygen -q -Y verify -f allowed -I agent@example -n file -s file.sig \
    <file >out 2>err && wrong 'another file verifies'
rm -f file.sig
ssh-keygen -q -Y sign -f key.pub -n email file >out 2>err &&
    wrong 'a namespace that is not listed'

what='ssh-add'
ssh-keygen -q -t ed25519 -N '' -f other
ssh-add -q other >out 2>err && wrong 'a key could be added'
ssh-add -D >out 2>err && wrong 'keys could be removed'
SSH_ASKPASS_REQUIRE=never ssh-add -x </dev/null >out 2>err &&
    wrong 'it could be locked'
# What may be signed over the other socket is not signed over this one, and
# another key than ours not at all.
rm other
ssh-keygen -q -Y sign -f other.pub -n file file >out 2>err &&
    wrong 'signed for another key'

if command -v git >/dev/null; then
	what='git commit'
	git init -q repository >out 2>&1 && cd repository || exit 99
	git config user.name Agent && git config user.email agent@example
	git config gpg.format ssh && git config user.signingkey ../key.pub
	git config gpg.ssh.allowedSignersFile ../allowed
	echo x >x && git add x
	git commit -q -S -m 'signed by teed' >../out 2>../err
	status=$?
	git verify-commit HEAD >../out 2>&1
	verified=$?
	cd ..
	[ $status -eq 0 ] || wrong "status $status"
	[ $verified -eq 0 ] || wrong 'git does not verify it'
	out_has 'Good "git" signature'
fi
what='what was refused'
echo status | "$build/tests/teed_ask" "$run_dir/s.sock" | sed 's/^ok //' >out
: >err
[ "$(json_value counters/refused)" -ge 1 ] || wrong 'nothing was counted'
finish
