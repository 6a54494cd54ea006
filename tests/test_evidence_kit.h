/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kit: evidence that is known to be good, ways to spoil it, and the vectors
 * of AgentMesh where the machine has them ($TEE_VECTORS).
 */
#ifndef TESTS_EVIDENCE_KIT_H
#define TESTS_EVIDENCE_KIT_H

#include <check.h>
#include <jansson.h>

#include "libtee/evidence.h"

/* ADR 0010's own example, as AgentMesh writes it. */
json_t *kit_evidence(void);
/* TEE_E_* of reading it, and what was read; takes the JSON over. */
int kit_read(json_t *, struct tee_evidence **);
/* A part of agentmesh/<file>; NULL where there are no vectors. */
json_t *kit_vectors(const char *file);
/* The string of that key, or what "<key>_repeat" describes, or NULL. */
char *kit_text(const json_t *, const char *key, size_t *size);
/* Runs it; prints `skipped` and gives 77 where it is set. */
int kit_main(Suite *, const char *skipped);

#endif
