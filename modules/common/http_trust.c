/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_trust: certificates that stand in for the system's CAs.  Read once,
 * when the line is opened; what is pinned and what is used are one copy.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include "modules/common/certset.h"
#include "modules/common/file.h"
#include "modules/common/http.h"
#include "modules/common/roots.h"

#define FILE_MAX (256 * 1024)

struct tee_http_trust {
	char *path;
	X509_STORE *roots;
	size_t count;
	uint8_t pin[TEE_CERTSET_CERTS][TEE_SPKI_DIGEST_SIZE];
};

/* Each certificate as PEM, whatever it came in, and its pin. */
static bool
take_certs(struct tee_http_trust *t, const struct tee_certset *set)
{
	BIO *out = BIO_new(BIO_s_mem());
	bool ok = out != NULL;
	char *text;
	long size;

	for (size_t i = 0; ok && i < set->cert_count; i++)
		ok = tee_cert_spki_sha256(set->pki, set->certs[i], t->pin[i]) &&
		    PEM_write_bio_X509(out, set->certs[i]->x509) == 1;
	size = ok ? BIO_get_mem_data(out, &text) : 0;
	t->roots = size > 0 ? tee_roots_pem(text, (size_t)size) : NULL;
	t->count = set->cert_count;
	BIO_free(out);
	return t->roots != NULL;
}

static const char *
take_file(struct tee_http_trust *t, const uint8_t *data, size_t size)
{
	struct tee_pki *pki = tee_pki_new();
	struct tee_certset set;
	const char *error = NULL;

	if (pki == NULL)
		return "no memory";
	tee_certset_init(&set, pki, NULL, NULL);
	if (!tee_certset_add(&set, data, size))
		error = set.error;
	else if (set.cert_count == 0 || set.crl_count > 0)
		error = "certificates, and nothing else, are expected";
	else if (!take_certs(t, &set))
		error = "certificates that cannot be read";
	tee_certset_free(&set);
	tee_pki_free(&pki);
	return error;
}

int
tee_http_trust_read(const struct tee_config *config, const char *name,
    struct tee_http_trust **out)
{
	const char *path, *error;
	int given = tee_option_path(config, name, &path);
	struct tee_http_trust *t;
	uint8_t *data;
	size_t size = 0;

	*out = NULL;
	if (given != 1)
		return given;
	t = calloc(1, sizeof(*t));
	data = tee_file_read(path, FILE_MAX, &size);
	error = data == NULL ? strerror(errno) : "no memory";
	if (t != NULL && data != NULL) {
		t->path = strdup(path);
		error =
		    t->path == NULL ? "no memory" : take_file(t, data, size);
	}
	free(data);
	if (error != NULL) {
		tee_option_error(config, name, "%s: %s", path, error);
		tee_http_trust_free(&t);
		return -1;
	}
	*out = t;
	return 1;
}

void
tee_http_trust_free(struct tee_http_trust **t)
{
	if (*t == NULL)
		return;
	free((*t)->path);
	X509_STORE_free((*t)->roots);
	free(*t);
	*t = NULL;
}

bool
tee_http_trust_allowed(struct tee_call *call, const struct tee_http_trust *t)
{
	if (t == NULL)
		return true;
	for (size_t i = 0; i < t->count; i++)
		if (!tee_call_extra_root(call, t->pin[i]))
			return false;
	return t->count > 0;
}

const char *
tee_http_trust_file(const struct tee_http_trust *t)
{
	return t->path;
}

X509_STORE *
tee_http_trust_roots(const struct tee_http_trust *t)
{
	if (t == NULL)
		return tee_roots_system();
	return X509_STORE_up_ref(t->roots) == 1 ? t->roots : NULL;
}
