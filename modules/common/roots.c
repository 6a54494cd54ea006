/* SPDX-License-Identifier: Apache-2.0 */
/* roots: see roots.h. */
#include "config.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "modules/common/roots.h"

/* Of the process: libtee maps no module away. */
static struct tee_roots system_roots = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* An absent one is all zeros. */
static struct stat
look(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		memset(&st, 0, sizeof(st));
	return st;
}

/* ctime moves with every change, also where mtime was set back. */
static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static X509_STORE *
load(const char *file, bool has_file, const char *directory)
{
	X509_STORE *store = X509_STORE_new();

	if (store != NULL &&
	    (!has_file || X509_STORE_load_file(store, file) == 1) &&
	    X509_STORE_load_path(store, directory) == 1)
		return store;
	X509_STORE_free(store);
	ERR_clear_error();
	return NULL;
}

/* What cannot be read is not kept: the next call tries again. */
static void
renew(struct tee_roots *roots, const char *file, const char *directory)
{
	struct stat f = look(file), d = look(directory);

	if (roots->store != NULL && same(&f, &roots->file) &&
	    same(&d, &roots->directory))
		return;
	X509_STORE_free(roots->store);
	roots->store = load(file, access(file, R_OK) == 0, directory);
	roots->file = f;
	roots->directory = d;
}

X509_STORE *
tee_roots_read(struct tee_roots *roots, const char *file, const char *directory)
{
	X509_STORE *store;

	pthread_mutex_lock(&roots->lock);
	renew(roots, file, directory);
	store = roots->store;
	if (store != NULL && X509_STORE_up_ref(store) != 1)
		store = NULL;
	pthread_mutex_unlock(&roots->lock);
	return store;
}

void
tee_roots_clear(struct tee_roots *roots)
{
	X509_STORE_free(roots->store);
	roots->store = NULL;
}

/*
 * OpenSSL's places, named: its call for default paths would let SSL_CERT_FILE
 * and SSL_CERT_DIR of the agent's environment choose the roots.
 */
X509_STORE *
tee_roots_system(void)
{
	return tee_roots_read(&system_roots, X509_get_default_cert_file(),
	    X509_get_default_cert_dir());
}

X509_STORE *
tee_roots_pem(const char *pem, size_t size)
{
	BIO *bio = BIO_new_mem_buf(pem, (int)size);
	X509_STORE *store = X509_STORE_new();
	bool any = false, ok = bio != NULL && store != NULL;
	X509 *root;

	while (
	    ok && (root = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		ok = X509_STORE_add_cert(store, root) == 1;
		any = true;
		X509_free(root);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (ok && any)
		return store;
	X509_STORE_free(store);
	return NULL;
}
