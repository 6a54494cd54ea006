#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Mistakes that a compiler does not see, looked for in the sources.
# A line that is right all the same says why: /* lint: REASON */
set -u
cd "${TEE_TEST_SRCDIR:-$(dirname "$0")/..}" || exit 1
report=$(mktemp) || exit 1
trap 'rm -f "$report"' EXIT
complain() { # RULE; offending lines on standard input (a subshell, so a file)
	found=$(grep -v 'lint: ') || return 0
	printf '%s:\n%s\n' "$1" "$found" >>"$report"
}
product=$(find libtee modules -name '*.[ch]' | sort)
sources=$(find include libtee modules teectl teed sim tests fuzz bench \
    -name '*.[ch]' -o -name '*.sh' | sort)
[ -n "$product" ] || { echo "no sources in $PWD"; exit 1; }

# In the product: calls that cannot be right in a library of this kind.
calls='getenv|secure_getenv|system|popen|sprintf|vsprintf|strcpy|strcat'
calls="$calls|gets|alloca|strtok|setenv|putenv|tmpnam|mktemp|rand|srand"
calls="$calls|getpwnam|getpwuid|getgrnam|getgrgid"
grep -nE "(^|[^[:alnum:]_])($calls)[[:space:]]*\\(" $product |
    complain "forbidden call"
grep -nE '(^|[^[:alnum:]_])(printf|puts|putchar|perror) *\(|std(out|err)' \
    $(find libtee modules -name '*.c' | sort) |
    complain "a library never prints"

# Secrets are compared in constant time and wiped so that it stays wiped.
secret='seed|secret|private|scratch|binding|nonce'
grep -nE "memcmp *\\([^;]*($secret)" $product | grep -v CRYPTO_memcmp |
    grep -v pkcs8_head | complain "memcmp on a secret"
grep -nE "memset *\\([^;]*(seed|secret|private)[^;]*, *0 *," \
    $(find libtee modules -name '*.c' ! -path 'modules/mock/*' | sort) |
    complain "memset on a secret: the compiler may drop it"

# The compiler checks verdict switches only where there is no default.
awk 'FNR == 1 { verdict = 0 }
    /switch *\(.*(verdict|result|act|check|control)/ { verdict = 1 }
    /^}/ { verdict = 0 }
    verdict && /default *:/ { print FILENAME ":" FNR ": " $0 }' $product |
    complain "default in a verdict switch"

for f in $sources; do
	head -n 2 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
		echo "$f"
done | complain "no SPDX line"
for f in $sources; do
	n=$(wc -l <"$f")
	[ "$n" -le 500 ] || echo "$f: $n lines"
done | complain "longer than 500 lines"
awk '{ w = 0
    for (i = 1; i <= length($0); i++)
	w += substr($0, i, 1) == "\t" ? 8 - w % 8 : 1
    if (w > 80) print FILENAME ":" FNR ": " w " columns" }' \
    $(find include libtee modules teed -name '*.[ch]' | sort) |
    complain "wider than 80 columns"
grep -nE '(["'"'"' =(]|^)/(work|home|root)(/|["'"'"'])' $sources |
    complain "path of somebody's machine"

# What the headers export, the map lets out; what it lets out is declared.
# The public node has the public headers, the private one the worker's door.
exports() { # HEADER...
	cat "$@" | tr '\n' ' ' | grep -oE 'TEE_EXPORT [^;(]*\(' |
	    grep -oE 'tee_[a-z0-9_]+\($' | tr -d '(' | sort -u
}
node() { # NAME
	sed -n "/^$1 {/,/^}/p" libtee/libtee.map |
	    grep -oE '\<tee_[a-z0-9_]+' | sort -u
}
same_names() { # NODE LEAST HEADER...
	mapped=$(node "$1") least=$2 where=$1
	shift 2
	exported=$(exports "$@")
	for s in $exported; do
		echo "$mapped" | grep -qx "$s" || echo "$s"
	done | complain "declared, not in libtee.map's $where"
	for s in $mapped; do
		echo "$exported" | grep -qx "$s" || echo "$s"
	done | complain "in libtee.map's $where, not declared"
	[ "$(echo "$exported" | wc -l)" -ge "$least" ] ||
		echo "only: $exported" | complain "the headers were not understood"
}
same_names LIBTEE_0.1 40 include/tee/*.h
same_names LIBTEE_PRIVATE 5 libtee/custodian.h
grep -vE '^LIBTEE_(0\.1|PRIVATE) ' libtee/libtee.map | grep -n ' {' |
    complain "a node of libtee.map that nobody compares"

cat "$report"
[ ! -s "$report" ]
