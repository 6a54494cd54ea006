/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roots: the system's roots for one more TLS connection, against parsing them
 * for it, as libcurl does.
 */
#include "config.h"

#include <unistd.h>

#include "bench/bench.h"
#include "modules/common/roots.h"

static void
ours(void *data)
{
	X509_STORE *store = tee_roots_system();

	(void)data;
	bench_must(store != NULL, "tee_roots_system");
	X509_STORE_free(store);
}

static void
theirs(void *data)
{
	X509_STORE *store = X509_STORE_new();

	(void)data;
	bench_must(store != NULL &&
		X509_STORE_load_file(store, X509_get_default_cert_file()) == 1,
	    "X509_STORE_load_file");
	X509_STORE_free(store);
}

int
main(void)
{
	const struct bench b = { "roots_system", 0, 40, 1, ours, theirs, NULL };

	/* A machine without a bundle has nothing to compare with. */
	if (access(X509_get_default_cert_file(), R_OK) != 0)
		return 0;
	bench_pin();
	bench_run(&b);
	return 0;
}
