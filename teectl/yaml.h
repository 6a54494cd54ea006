/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml: the part of YAML that means the same to every reader, as JSON: one
 * document of mappings, sequences and scalars.  Tags, anchors, aliases,
 * directives, merge and repeated keys are refused, and so is a plain scalar
 * that YAML 1.1 and 1.2 read differently (yes, 010, 1e3, 1:30, a date): it
 * says "quote it".
 */
#ifndef TEECTL_YAML_H
#define TEECTL_YAML_H

#include <stddef.h>
#include <jansson.h>

#define YAML_WHY 256
#define YAML_SIZE_MAX (1024 * 1024)
#define YAML_DEPTH_MAX 32
#define YAML_NODES_MAX 65536

/* NULL, with where and what in *why. */
json_t *yaml_read(const char *text, size_t size, char why[YAML_WHY]);

#endif
