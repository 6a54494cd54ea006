#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The custody daemon beside ssh-agent: one signature of each, in turn, and
# what a core of teed's signs for sixteen clients that do not wait, beside
# bare signatures by OpenSSL, both by processor time.
set -u
build=${TEE_TEST_BUILDDIR:-$PWD}
for tool in ssh-agent ssh-add ssh-keygen; do
	command -v $tool >/dev/null || {
		echo "teed: skipped: no $tool" >&2
		exit 0
	}
done
umask 022
tmp=$build/bench/tmp/teed.$$
mkdir -p "$tmp/profiles" "$tmp/run" && cd "$tmp" || exit 1
trap 'kill $teed 2>/dev/null; ssh-agent -k >/dev/null 2>&1; rm -rf "$tmp"' EXIT
teed=

head -c 32 /dev/urandom >seed && chmod 600 seed
profile() { # CUSTODY
	cat <<-END
	agent = { did = "did:mesh:bench"; };
	assurance = "local";
	keystore = ({ control = "required"; module = "local";
	    options = { file = "$tmp/seed"; }; });
	custody = { lifetime = "1h"; $1 };
	END
}
profile "users = [\"$(id -u)\"]; rate = \"1000000\"; socket = \"$tmp/run/b.sock\";
    sign = [\"raw:test:v1:\"];" >profiles/b.conf
profile 'residency = "process";' >process.conf

"$build/teed/teed" --profile-dir "$tmp/profiles" --run-dir "$tmp/run" \
    --worker "$build/tests/teed-worker" --log stderr 2>log &
teed=$!
ssh-keygen -q -t ed25519 -N '' -f key && eval "$(ssh-agent)" >/dev/null &&
    ssh-add -q key 2>/dev/null || exit 1
"$build/tests/teed_load" -n 1 "$tmp/run/b.sock" >/dev/null ||
    { cat log >&2; exit 1; }
"$build/bench/teed" sign profiles/b.conf process.conf "$SSH_AUTH_SOCK" ||
    exit 1

# The keeper is the supervisor's child.
keeper=$(cat /proc/[0-9]*/stat 2>/dev/null |
    sed -n "s/^\([0-9]*\) (.*) [A-Za-z] $teed .*/\1/p" | head -n 1)
for round in 1 2 3 4 5; do
	"$build/tests/teed_load" -u -c 16 -d 16 -s 1 -P "$keeper" \
	    "$tmp/run/b.sock" | sed -n \
	    's/.*"answered": \([0-9]*\).*"busy": \([0-9.]*\).*/\1 \2/p'
	"$build/bench/teed" bare 0.5
done | awk 'NF == 2 { ours = $2 / $1 * 1e6; next }
    { ratio[++n] = $1 / ours; a += ours; b += $1 }
    END {
	for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++)
	    if (ratio[j] < ratio[i]) {
		t = ratio[i]; ratio[i] = ratio[j]; ratio[j] = t
	    }
	printf "{\"name\": \"teed_throughput_vs_bare\", \"ratio\": %.3f, ", \
	    ratio[int((n + 1) / 2)]
	printf "\"ours_us\": %.2f, \"theirs_us\": %.2f, \"goal\": \"0.85 or " \
	    "more\"}\n", a / n, b / n }'
