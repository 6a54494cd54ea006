/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_json: AgentMesh's AttestationEvidence in pieces, for those who
 * hold it as a part of a larger JSON text.
 */
#ifndef LIBTEE_EVIDENCE_JSON_H
#define LIBTEE_EVIDENCE_JSON_H

#include <jansson.h>

#include "libtee/evidence.h"

/* How JSON from outside is parsed: a key given twice is refused. */
#define TEE_JSON_OUTSIDE (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

/* All but what it is bound to, into evidence that is empty yet. */
bool tee_evidence_read(struct tee_evidence *, const json_t *root) TEE_MUST_USE;
/* ADR 0010's binding, recomputed: 0, TEE_E_EVIDENCE, TEE_E_BINDING, ... */
int tee_evidence_read_binding(struct tee_evidence *,
    const json_t *root) TEE_MUST_USE;

#endif
