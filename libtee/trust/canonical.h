/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canonical: the one text of a JSON value that a signature can stand on:
 * Python's json.dumps(value, sort_keys=True, separators=(",", ":")).  It is
 * not RFC 8785: keys are sorted by code point, and whatever is not printable
 * ASCII is escaped with lower-case digits.
 */
#ifndef LIBTEE_TRUST_CANONICAL_H
#define LIBTEE_TRUST_CANONICAL_H

#include <jansson.h>

#include "libtee/evidence.h"

/* free(3) it; NULL where there is no memory or the value holds a real. */
char *trust_canonical(const json_t *, size_t *size);

/*
 * AgentMesh's AttestationEvidence as its model holds it: all thirteen fields,
 * nulls included, whatever the sender left out or added.  `root` is what `e`
 * was read from.
 */
int trust_canonical_evidence(const json_t *root, const struct tee_evidence *e,
    uint8_t digest[32]) TEE_MUST_USE;
/* The same as text, for tests; free(3) it. */
char *trust_canonical_evidence_text(const json_t *root,
    const struct tee_evidence *e, size_t *size);

#endif
