/* SPDX-License-Identifier: Apache-2.0 */
/* did: see did.h. */
#include "config.h"

#include <string.h>

#include "libtee/text.h"
#include "libtee/trust/did.h"

bool
trust_same(struct tee_bytes a, struct tee_bytes b)
{
	return a.data != NULL && b.data != NULL && a.size == b.size &&
	    memcmp(a.data, b.data, a.size) == 0;
}

bool
trust_did_valid(struct tee_bytes did)
{
	size_t method, i;

	if (did.data == NULL || did.size < 7 || did.size > TRUST_DID_MAX ||
	    memcmp(did.data, "did:", 4) != 0 ||
	    !tee_utf8_valid(did.data, did.size))
		return false;
	for (i = 4; i < did.size && did.data[i] != ':'; i++)
		if (!((did.data[i] >= 'a' && did.data[i] <= 'z') ||
			(did.data[i] >= '0' && did.data[i] <= '9')))
			return false;
	method = i - 4;
	for (i++; i < did.size; i++)
		if ((unsigned char)did.data[i] <= ' ' || did.data[i] == 0x7f)
			return false;
	return method > 0 && did.size > 4 + method + 1;
}
