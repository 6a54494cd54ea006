/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entry: any bytes as an entry of the fleet's cache.  Under the right MAC key
 * what is opened is sealed the same again; under another nothing opens.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/trust/shared.h"

const char fuzz_target[] = "entry";

static const uint8_t mac_key[32] = "the MAC key of the seeds";
static const uint8_t other_key[32] = "a MAC key of nobody";
static const uint8_t key[32] = "the cache's key of the seeds";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t packed[TRUST_SHARED_MAX], peer[32], again[TRUST_SHARED_MAX];
	size_t n = sizeof(packed), other = sizeof(packed);
	tee_instant expires = -1;

	fuzz_must(!trust_entry_open(other_key, key, data, size, packed, &other,
		      peer, &expires),
	    "another MAC key opens nothing");
	fuzz_accepted = trust_entry_open(mac_key, key, data, size, packed, &n,
	    peer, &expires);
	if (!fuzz_accepted)
		return 0;
	fuzz_must(n < size && expires >= 0, "sizes");
	fuzz_must(trust_entry_seal(mac_key, key, peer, packed, n, expires,
		      again) == size &&
		memcmp(again, data, size) == 0,
	    "an entry both ways");
	return 0;
}
