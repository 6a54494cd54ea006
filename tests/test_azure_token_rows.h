/* SPDX-License-Identifier: Apache-2.0 */
/* test_azure_token_rows: one way each in which a token differs from a good
 * one, and what must fail for it. */
#ifndef TEST_AZURE_TOKEN_ROWS_H
#define TEST_AZURE_TOKEN_ROWS_H

#include "tests/testlib_maa.h"

/* On which shapes a row runs; 0: all. */
#define ON_CONTAINER (1u << MAA_CONTAINER)
#define ON_RUNTIME (1u << MAA_RUNTIME)
#define ON_VM (1u << MAA_VM)
#define ON_GUEST (1u << MAA_GUEST)

struct maa_row {
	const char *name;
	const char *set;     /* maa_set */
	const char *options; /* of the line */
	const char *fails, *not_done;
	unsigned where;
	void (*change)(struct maa_scene *);
};

extern const struct maa_row maa_rows_form[], maa_rows_machine[],
    maa_rows_binding[];
extern const size_t maa_rows_form_count, maa_rows_machine_count,
    maa_rows_binding_count;

#endif
