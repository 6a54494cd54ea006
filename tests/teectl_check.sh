#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check and dump: what an operator learns of a profile before an agent does.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
need_mock

mock_profile good.conf
mock_profile word.conf '/^verifier/ s/"required"/"sufficient"/'
mock_profile key.conf 's/assurance/bogus = 1; assurance/'
mock_profile module.conf 's/"mock";$/"nosuch";/'
mock_profile loose.conf
chmod go+w loose.conf
ln -s good.conf link.conf

run 0 check good.conf
out_has '^good.conf: ok$'
[ ! -s err ] || wrong 'stderr is not empty'
run 0 check "$tmp/good.conf" good.conf
run 1 check good.conf word.conf
err_has '^word.conf:6: .*sufficient'
out_has '^good.conf: ok$'
out_has '^word.conf: refused$'
run 1 check key.conf
err_has '^key.conf:2: unknown key'
run 1 check module.conf
err_has 'nosuch'
run 1 check loose.conf
err_has 'group or others'
run 1 check link.conf
err_has 'symbolic link'
run 2 check absent.conf
err_has '^absent.conf:1: No such file'
run 2 check word.conf absent.conf good.conf
out_has '^good.conf: ok$'
run 1 check --require-tee good.conf
err_has 'requires assurance'
run 2 check --json good.conf word.conf absent.conf
json files 3
json files/file=good.conf/result ok
json files/file=word.conf/result refused
json files/file=word.conf/faults/0/line 6
json files/file=absent.conf/result unreadable

# What only modules can tell is told of every line, in the file's order, which
# need not be that of the stacks.
cat >many.conf <<'END'
agent     = { did = "did:mesh:agent-1"; };
assurance = "tee";
keystore  = (
    { control = "required"; module = "mock"; },
    { control = "required"; module = "nosuch"; },
    { control = "required"; module = "mock"; } );
verifier  = (
    { control = "required"; module = "mock"; options = {
        verdikt = "ok";
        lefel = "tee_vm"; }; } );
collector = (
    { control = "required"; module = "mock"; options = {
        verdict = "perhaps"; }; },
    { control = "advisory"; module = "nosuch"; } );
custody   = { residency = "process"; };
END
lines_of() {
	sed -n "s/^$1:\([0-9]*\): .*/\1/p" err | tr '\n' ' '
}
run 1 check --require-tee many.conf
same "$(lines_of many.conf)" '4 5 6 9 10 12 13 14 ' 'lines with faults'
err_has '^many.conf:4: .*ceiling "local"'
err_has '^many.conf:5: module "nosuch"'
err_has '^many.conf:6: .*ceiling "local"'
err_has '^many.conf:9: .*no option "verdikt"'
err_has '^many.conf:10: .*no option "lefel"'
err_has '^many.conf:12: module "mock" refused its options'
err_has '^many.conf:13: option "verdict": expected one of'
err_has '^many.conf:14: module "nosuch"'
run 1 check --json many.conf
json files/0/faults 8
json files/0/faults/0/line 4
json files/0/faults/7/line 14
# So it is where a fallback is allowed, and with what the caller requires.
sed 's/"tee";/"prefer-tee";/' many.conf >prefer.conf
run 1 check --require-tee prefer.conf
same "$(lines_of prefer.conf)" '1 4 5 5 6 9 10 12 13 14 ' 'lines with faults'
err_has '^prefer.conf:1: the caller requires'
err_has '^prefer.conf:5: .*one oneof group'
sed 's/"required"; module = "mock"; *}/"advisory"; module = "mock"; }/
    s/nosuch/mock/' many.conf >advisory.conf
run 1 check advisory.conf
same "$(grep -c 'cannot be advisory' err)" 2 'keystores that are advisory'

# More than a screen of them is counted.
mock_profile crowd.conf
n=0
while [ $n -lt 70 ]; do
	echo "bogus$n = 1;" >>crowd.conf
	n=$((n + 1))
done
run 1 check crowd.conf good.conf
same "$(lines_of crowd.conf | wc -w)" 64 'faults that are listed'
err_has '^crowd.conf: and 6 more$'
same "$(wc -l <err)" 65 'lines on stderr'
run 1 check --json crowd.conf good.conf
json files/0/faults 64
json files/0/unlisted 6
json files/1/unlisted 0

# Who may ask teed is looked up where teed would, and nowhere else: not for a
# profile that it does not serve.
mock_profile accounts.conf '/^custody/d'
cat >>accounts.conf <<'END'
custody   = {
    users = [ "root",
        "no-such-user", "nor-this", "61234" ];
    groups = [ "root", "no-such-group", "61234" ]; };
END
run 1 check accounts.conf
err_has '^accounts.conf:11: users: no user "no-such-user"$'
err_has '^accounts.conf:11: users: no user "nor-this"$'
err_has '^accounts.conf:13: groups: no group "no-such-group"$'
same "$(wc -l <err)" 3 'lines on stderr'
run 1 check --json accounts.conf
json files/0/faults 3
json files/0/faults/0/line 11
json files/0/faults/0/message 'users: no user "no-such-user"'
# Beside what modules find.
sed 's/"mock";$/"nosuch";/' accounts.conf >both.conf
run 1 check both.conf
same "$(lines_of both.conf)" '4 6 8 11 11 13 ' 'lines with faults'
sed 's/"no-such-user", "nor-this",//; s/"no-such-group",//' accounts.conf >known.conf
run 0 check known.conf
sed 's/^ *users/residency = "process"; users/' accounts.conf >process.conf
run 0 check process.conf
peer_profile party.conf
sed -n '/^custody/,$p' accounts.conf >>party.conf
run 0 check party.conf
sed 's/\[ "root", "61234"/[ "no-such-group"/; s/\[ "root", *$/[/
    s/groups = .*/groups = ["no-such-group"]; };/' known.conf >first.conf
run 1 check first.conf
err_has '^first.conf:13: groups: no group "no-such-group"$'

# A name from outside cannot steer the terminal.
esc=$(printf 'a\033[31m')
run 2 check "$esc"
if grep -q "$(printf '\033')" out err; then
	wrong 'an escape went through'
fi

run 0 dump ./good.conf
out_has '^verifier .*required mock'
run 0 dump --json ./good.conf
json verifier/0/module mock
json custody/lifetime 300
run 1 dump ./word.conf
err_has 'fault .*word.conf:6'
err_has 'next '
run 1 dump --json ./word.conf
json error/word profile
run 2 dump "$name"
err_has 'No such file'
cp good.conf "$profiles/$name.conf"
run 0 dump --json "$name"
json profile "$name"
run 2 dump 'No Name'

finish
