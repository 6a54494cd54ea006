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

# A real agent does each of these: it is teed that declines, not ssh-add.
what='ssh-add'
ssh-keygen -q -t ed25519 -N '' -f other
printf '#!/bin/sh\necho a password\n' >askpass && chmod 755 askpass
ssh-add -q other >out 2>err && wrong 'a key could be added'
grep -q 'agent refused operation' err || wrong 'added: not declined by teed'
ssh-add -D >out 2>err && wrong 'keys could be removed'
grep -q 'Failed to remove' err || wrong 'removed: not declined by teed'
DISPLAY=: SSH_ASKPASS=$PWD/askpass SSH_ASKPASS_REQUIRE=force \
    ssh-add -x </dev/null >out 2>err && wrong 'it could be locked'
grep -q 'Failed to lock' err || wrong 'locked: not declined by teed'
ssh-add -L >out 2>err || wrong 'the key is gone'
out_has "^$(cut -d' ' -f1,2 key.pub) "

# OpenSSH's programs would not even ask for these.
what='a sign request'
cat >request.py <<'EOF'
import base64, socket, struct, sys
def string(b):
    return struct.pack('>I', len(b)) + b
def blob(path):
    return base64.b64decode(open(path).read().split()[1])
def ask(key, data, flags):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(10)
    s.connect(sys.argv[1])
    m = b'\x0d' + string(key) + string(data) + struct.pack('>I', flags)
    s.sendall(string(m))
    return s.recv(5)[4]
ours, other = blob('key.pub'), blob('other.pub')
def sshsig(namespace):
    return (b'SSHSIG' + string(namespace) + string(b'') +
        string(b'sha512') + string(b'd' * 64))
for name, answer in (
    ('listed', ask(ours, sshsig(b'file'), 0)),
    ('namespace', ask(ours, sshsig(b'email'), 0)),
    ('key', ask(other, sshsig(b'file'), 0)),
    ('flags', ask(ours, sshsig(b'file'), 2)),
    ('raw', ask(ours, b'test:v1:over the other socket', 0))):
        print(name, answer)
EOF
if command -v python3 >/dev/null; then
	python3 request.py "$SSH_AUTH_SOCK" >out 2>err || wrong "status $?"
	out_has '^listed 14$'
	for refused in namespace key flags raw; do
		out_has "^$refused 5\$"
	done
fi
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
