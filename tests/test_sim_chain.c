/* SPDX-License-Identifier: Apache-2.0 */
/* See test_sim.h. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <check.h>
#include <openssl/x509v3.h>

#include "sim/chain.h"
#include "tests/test_sim.h"

struct sim_keyset *sim_keys;
struct sim_platform sim_platform;
struct sim_chain_spec sim_spec;
struct sim_chain sim_chain;

/* One set for all runs: what costs seconds is made once per build. */
void
sim_open_keys(void)
{
	const char *build = getenv("TEE_TEST_BUILDDIR");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/tmp",
	    build != NULL ? build : ".");
	mkdir(path, 0700);
	strcat(path, "/simkeys");
	sim_keys = tee_sim_keyset_open(path);
	if (sim_keys == NULL) {
		perror(path);
		exit(1);
	}
}

void
sim_start(enum sim_product product)
{
	tee_sim_platform_init(&sim_platform, product, sim_keys, SIM_NOW);
	tee_sim_chain_init(&sim_spec, &sim_platform, sim_keys);
}

void
sim_mint(void)
{
	ck_assert(tee_sim_chain_mint(&sim_spec, &sim_chain));
}

bool
sim_signed_by(enum sim_key role, enum sim_key issuer)
{
	return X509_verify(sim_chain.cert[role], sim_keys->key[issuer]) == 1;
}

/* 0, or the first X509_V_ERR_*. */
int
sim_path_error(enum sim_key leaf, enum sim_key middle, time_t at)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *between = sk_X509_new_null();
	int error;

	X509_STORE_add_cert(store, sim_chain.cert[SIM_ARK]);
	sk_X509_push(between, sim_chain.cert[middle]);
	ck_assert_int_eq(X509_STORE_CTX_init(ctx, store, sim_chain.cert[leaf],
			     between),
	    1);
	X509_STORE_CTX_set_time(ctx, 0, at);
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CHECK_SS_SIGNATURE);
	error = X509_verify_cert(ctx) == 1 ? 0 : X509_STORE_CTX_get_error(ctx);
	sk_X509_free(between);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return error;
}

const uint8_t *
sim_ext_value(X509 *cert, const char *oid, int *size)
{
	ASN1_OBJECT *type = OBJ_txt2obj(oid, 1);
	int at = X509_get_ext_by_OBJ(cert, type, -1);
	const ASN1_OCTET_STRING *value;

	ASN1_OBJECT_free(type);
	if (at < 0)
		return NULL;
	value = X509_EXTENSION_get_data(X509_get_ext(cert, at));
	*size = ASN1_STRING_length(value);
	return ASN1_STRING_get0_data(value);
}
