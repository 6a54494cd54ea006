#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# teectl seal: what is sealed opens with the vault's private key and shows
# whose it is; what would be a mistake is refused, and no secret is shown.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/teectl_lib.sh"
command -v openssl >/dev/null || skip 'no openssl command'
unseal=$build/tests/teectl_unseal

kid=https://v.vault.azure.net/keys/agent-kek/0123
openssl genrsa -out vault.key 2048 2>/dev/null
openssl rsa -in vault.key -pubout -out vault.pem 2>/dev/null
openssl genrsa -out other.key 2048 2>/dev/null
openssl rsa -in other.key -pubout -out other.pem 2>/dev/null
openssl genpkey -algorithm ed25519 -out seed.pem
chmod 600 seed.pem
openssl pkey -in seed.pem -outform DER | tail -c 32 >seed.raw
chmod 600 seed.raw
seed=$(od -An -tx1 seed.raw | tr -d ' \n')
public=$(openssl pkey -in seed.pem -pubout -outform DER | tail -c 32 |
    od -An -tx1 | tr -d ' \n')
did=did:mesh:$(openssl pkey -in seed.pem -pubout -outform DER | tail -c 32 |
    openssl dgst -sha256 -r | cut -c1-32)

# Hex to bytes; dash knows no \x.
bytes() {
	printf '%s\n' "$1" | fold -w 2 | while read -r two; do
		printf "\\$(printf '%03o' "0x$two")"
	done
}

nothing_secret() {
	if grep -qi -e "$seed" -e "$(base64 -w0 <seed.raw | cut -c1-40)" \
	    out err; then
		wrong 'the seed was shown'
	fi
}

# A seed of PEM, of 32 bytes, and by standard input: the same.
run 0 seal --vault-key vault.pem --kid "$kid" --seed-file seed.pem \
    --output a.sealed
out_has "^kid  *$kid$"
out_has "^did  *$did$"
out_has "^public_key  *$public$"
nothing_secret
same "$("$unseal" vault.key a.sealed)" "$seed" 'the seed'
same "$("$unseal" other.key a.sealed)" 'does not open' "another vault's key"
same "$(stat -c %a a.sealed)" 600 'mode of the sealed file'
same "$(ls | grep -c new)" 0 'files beside it'
run 0 seal --json --vault-key vault.pem --kid "$kid" --seed-file seed.raw \
    --did did:web:example.com --output b.sealed
json did did:web:example.com
json public_key "$public"
json version 1
json generated false
nothing_secret
same "$("$unseal" vault.key b.sealed)" "$seed" 'the seed of 32 bytes'
for input in seed.raw seed.pem; do
	what="seal <$input"
	"$teectl" seal --vault-key vault.pem --kid "$kid" --seed-file - \
	    --did auto --output "c.$input" <"$input" >out 2>err ||
	    wrong 'refused'
	nothing_secret
	same "$("$unseal" vault.key "c.$input")" "$seed" "$what"
done

# What it says of a file, whoever made it.
run 0 seal --inspect b.sealed
out_has '^did  *did:web:example.com$'
run 0 seal --inspect b.sealed --json
json kid "$kid"
json public_key "$public"
sed 's/./x/5' b.sealed >bad.sealed
run 1 seal --inspect bad.sealed
err_has 'bad.sealed: '
run 2 seal --inspect absent.sealed
: >empty.sealed
run 1 seal --inspect empty.sealed
run 1 seal --inspect vault.pem

# A new seed is shown by its public key alone, and is another each time.
run 0 seal --json --vault-key vault.pem --kid "$kid" --generate -o g1.sealed
json generated true
first=$(json_value public_key)
run 0 seal --json --vault-key vault.pem --kid "$kid" --generate -o g2.sealed
[ "$first" != "$(json_value public_key)" ] || wrong 'the same seed twice'
made=$("$unseal" vault.key g1.sealed)
same "${#made}" 64 'length of a new seed'
cat out err >said
grep -q "$made" said && wrong 'the new seed was shown'
bytes "302e020100300506032b657004220420$made" >made.der
same "$(openssl pkey -inform DER -in made.der -pubout -outform DER |
    tail -c 32 | od -An -tx1 | tr -d ' \n')" "$first" \
    'public key of the new seed'

# JWKs, as Key Vault and its tools write them.
n=$(bytes "$(openssl rsa -pubin -in vault.pem -noout -modulus |
    cut -d= -f2)" | base64 -w0)
url=$(printf '%s' "$n" | tr '+/' '-_' | tr -d =)
echo "{\"kty\":\"RSA\",\"n\":\"$url\",\"e\":\"AQAB\"}" >bare.jwk
echo "{\"key\":{\"kid\":\"$kid\",\"kty\":\"RSA-HSM\",\"n\":\"$url\",
    \"e\":\"AAEAAQ\",\"key_ops\":[\"encrypt\"]},\"attributes\":{}}" >show.json
echo "{\"key\":{\"kid\":\"$kid\",\"kty\":\"RSA-HSM\",\"n\":\"$n\",
    \"e\":\"AQAB\"}}" >cli.json
for file in show.json cli.json; do
	run 0 seal --vault-key "$file" --seed-file seed.pem -o "$file.sealed"
	out_has "^kid  *$kid$"
	same "$("$unseal" vault.key "$file.sealed")" "$seed" "$file"
done
run 0 seal --vault-key bare.jwk --kid "$kid" --seed-file seed.pem -o j.sealed
same "$("$unseal" vault.key j.sealed)" "$seed" 'a bare JWK'

# refused COMPLAINT ARGUMENT...: nothing is written.
refused() {
	complaint=$1
	shift
	run 2 seal "$@" -o no.sealed
	err_has "$complaint"
	[ ! -e no.sealed ] || wrong 'a file was written'
	[ ! -s out ] || wrong 'something was printed'
	nothing_secret
}
refused 'does not say its kid' --vault-key bare.jwk --seed-file seed.pem
refused 'does not say its kid' --vault-key vault.pem --seed-file seed.pem
refused 'another key than --kid' --vault-key show.json --kid "${kid}4" \
    --seed-file seed.pem
refused 'https://' --vault-key vault.pem --kid agent-kek --seed-file seed.pem
refused 'private key' --vault-key vault.key --kid "$kid" --seed-file seed.pem
sed 's/"e"/"d":"AQ","e"/' bare.jwk >private.jwk
refused 'private key' --vault-key private.jwk --kid "$kid" --seed-file seed.pem
sed 's/AQAB/AQ/' bare.jwk >one.jwk
refused 'exponent' --vault-key one.jwk --kid "$kid" --seed-file seed.pem
sed 's/RSA/EC/' bare.jwk >ec.jwk
refused 'no RSA key' --vault-key ec.jwk --kid "$kid" --seed-file seed.pem
openssl pkey -in seed.pem -pubout -out ed.pem
refused 'no RSA key' --vault-key ed.pem --kid "$kid" --seed-file seed.pem
openssl genrsa -out small.key 1024 2>/dev/null
openssl rsa -in small.key -pubout -out small.pem 2>/dev/null
refused '2048' --vault-key small.pem --kid "$kid" --seed-file seed.pem
echo '{}' >empty.jwk
refused 'RSA' --vault-key empty.jwk --kid "$kid" --seed-file seed.pem
refused 'neither a PEM' --vault-key seed.raw --kid "$kid" --seed-file seed.pem
refused 'No such file' --vault-key absent.pem --kid "$kid" --seed-file seed.pem
refused 'No such file' --vault-key vault.pem --kid "$kid" --seed-file absent
cp seed.pem open.pem
chmod 644 open.pem
refused 'chmod 600' --vault-key vault.pem --kid "$kid" --seed-file open.pem
head -c 31 seed.raw >short
chmod 600 short
refused '32-byte' --vault-key vault.pem --kid "$kid" --seed-file short
refused '32-byte' --vault-key vault.pem --kid "$kid" --seed-file -
refused 'UTF-8' --vault-key vault.pem --kid "$kid" --seed-file seed.pem \
    --did "$(printf 'did:\377')"
refused 'takes 1 to' --vault-key vault.pem --kid "$kid" --generate --did ''
refused 'either' --vault-key vault.pem --kid "$kid"
refused 'either' --vault-key vault.pem --kid "$kid" --generate \
    --seed-file seed.pem
refused 'are needed' --kid "$kid" --generate
refused 'goes alone' --inspect a.sealed --kid "$kid"
refused 'given twice' --vault-key vault.pem --vault-key vault.pem
run 2 seal --vault-key vault.pem --kid "$kid" --generate
err_has 'are needed'
run 2 seal --vault-key vault.pem --kid "$kid" --generate -o -
err_has 'takes a file'
run 2 seal x

# What is there already may be an agent's only seed.
before=$(cat a.sealed)
run 2 seal --vault-key vault.pem --kid "$kid" --generate -o a.sealed
err_has 'File exists'
same "$(cat a.sealed)" "$before" 'the file that was there'
ln -s nowhere link.sealed
run 2 seal --vault-key vault.pem --kid "$kid" --generate -o link.sealed
[ ! -e nowhere ] || wrong 'written through a link'
run 2 seal --vault-key vault.pem --kid "$kid" --generate \
    -o "$tmp/no/such/place"
same "$(ls | grep -c new)" 0 'files left over'
finish
