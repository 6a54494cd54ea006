/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roots: the certificates that a server's chain may end in.  The system's
 * are read once and again when their file or directory changed: to parse
 * them takes longer than all else of a request.
 */
#ifndef TEE_COMMON_ROOTS_H
#define TEE_COMMON_ROOTS_H

#include <pthread.h>
#include <stddef.h>
#include <sys/stat.h>
#include <openssl/x509.h>

/* What was read, and of which file and directory. */
struct tee_roots {
	pthread_mutex_t lock;
	X509_STORE *store;
	struct stat file, directory;
};

/* One more reference to the system's; NULL where they cannot be read. */
X509_STORE *tee_roots_system(void);
/* The same of any bundle and directory of hashed names. */
X509_STORE *tee_roots_read(struct tee_roots *, const char *file,
    const char *directory);
void tee_roots_clear(struct tee_roots *);
/* Every certificate in it; NULL where there is none or one is broken. */
X509_STORE *tee_roots_pem(const char *pem, size_t size);

#endif
