#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The client that teed_protocol(7) prints, run as it stands there, and what the
# page says of statuses and of the STATUS document.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
. "${TEE_TEST_SRCDIR:?}/tests/teed_lib.sh"
command -v python3 >/dev/null || skip 'no python3'

# \e is mdoc's backslash.
sed -n '/^\.Bd -literal/,/^\.Ed/p' "$TEE_TEST_SRCDIR/man/teed_protocol.7" |
    sed '1d; $d; s/\\e/\\/g' >client.py
page=$TEE_TEST_SRCDIR/man/teed_protocol.7
teed_profile p
teed_profile refused '' 's/debug = false/debgu = false/'
teed_profile one 'connections = "1"; sign = ["raw:test:v1:"];'
start_teed
await_teed p one || finish

what='the client of the page'
python3 client.py "$run_dir/p.sock" 'test:v1:by the page' >out 2>err ||
    wrong "status $?"
grep -Eq '^[0-9a-f]{128}$' out || wrong 'no signature'
# The same as by the library: Ed25519 is deterministic.
printf '%s' 'test:v1:by the page' >message
"$teectl" sign "$profiles_of_teed/p.conf" message 2>err |
    od -An -v -tx1 | tr -d ' \n' >theirs
[ "$(cat out)" = "$(cat theirs)" ] || wrong 'another signature than ours'
python3 client.py "$run_dir/p.sock" 'other' >out 2>err &&
    wrong 'a message that may not be signed was'
err_has 'message: '
python3 - "$run_dir/p.sock" >out 2>err <<'END' || wrong "status $?"
import client, sys
t = client.Teed(sys.argv[1])
public, did, expires = t.key()
assert len(public) == 32 and did == "did:mesh:agent-1", (public, did)
big = t.ask(4)
assert b'"claims_report"' in big
END

# Whoever is turned away hears why, whichever of the two was faster.
what='one client too many'
cat >crowd.py <<'END'
import client, os, sys
first = client.Teed(sys.argv[1])
first.key()
# Operators find some places more.
others = [client.Teed(sys.argv[1]) for _ in range(8 * (os.geteuid() == 0))]
for i in range(50):
    try:
        client.Teed(sys.argv[1]).sign(b"test:v1:x")
        sys.exit("served")
    except PermissionError as e:
        assert str(e).startswith("limit: "), e
assert len(first.sign(b"test:v1:x")) == 64
END
python3 crowd.py "$run_dir/one.sock" >out 2>err || wrong "status $?"

# Every code that the page lists is that word's.
what='codes of the page'
sed -n 's/^\.It \([0-9]*\) Ta Ql \([a-z-]*\) Ta .*/\1 \2/p' "$page" >codes
[ "$(wc -l <codes)" -ge 10 ] || wrong 'the table is not found'
while read -r code word; do
	"$teectl" explain "$code" >out 2>err
	out_has "^ *$code  *$word "
done <codes

# Every member of the document is on the page, and nothing else.
what='STATUS on the page'
cat >members.py <<'END'
import client, json, re, sys
page = open(sys.argv[2]).read()
page = page[page.index("The answer to STATUS"):page.index(".Ss Who may")]
items = re.split(r"^\.It ", page, flags=re.M)[1:]
said = {}
for item in items:
    names, text = item.split("\n", 1)
    for name in names.split(" , "):
        said[name] = text
status = json.loads(client.Teed(sys.argv[1]).ask(4))
wrong = [n for n in set(said) ^ set(status)]
for group in status["last"], status["peers"][0], status["counters"]:
    name = [n for n in said if status.get(n) in (group, [group])][0]
    words = set(re.findall(r"[a-z_]+", said[name]))
    wrong += [n for n in group if n not in words]
if wrong:
    sys.exit("page and document disagree: %s" % sorted(wrong))
END
python3 members.py "$run_dir/p.sock" "$page" >out 2>err || wrong "status $?"
cat >refused.py <<'END'
import client, json, re, sys
page = open(sys.argv[2]).read()
page = page[page.index(".Ss Refused profiles"):]
page = page[:page.index(".El")]
document = json.loads(client.Teed(sys.argv[1]).ask(4))
(entry,) = document["profiles"]
wrong = set(re.findall(r"^\.It ([a-z]*)$", page, re.M)) ^ set(document)
wrong |= set(re.findall(r"^([a-z]*):", page, re.M)) ^ set(entry)
if wrong:
    sys.exit("page and document disagree: %s" % sorted(wrong))
END
python3 refused.py "$run_dir/teed.status" "$page" >out 2>err ||
    wrong "status $?"
for lie in 's/^\.It unlisted/.It listed/' 's/^line: /number: /'; do
	sed "$lie" "$page" >lie.7
	python3 refused.py "$run_dir/teed.status" lie.7 >out 2>err &&
	    wrong "a page that lies is believed: $lie"
done
for lie in 's/^\.It reload_error/.It load_error/' 's/turned_away/turned/' \
    's/^at: when;/when;/' 's/serial$/number/'; do
	sed "$lie" "$page" >lie.7
	python3 members.py "$run_dir/p.sock" lie.7 >out 2>err &&
	    wrong "a page that lies is believed: $lie"
done
finish
