/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyfile: any bytes as a key file, through the real file.  A seed that was
 * taken is the file's own bytes or what OpenSSL reads from the same PEM; a
 * file of another size or shape gives nothing.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "fuzz/fuzz.h"
#include "modules/local/keyfile.h"

const char fuzz_target[] = "keyfile";

static char path[64];

static void
remove_file(void)
{
	unlink(path);
}

static int
make_file(void)
{
	int fd;

	snprintf(path, sizeof(path), "%s/tee-fuzz-key-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : P_tmpdir);
	fd = mkstemp(path);
	fuzz_must(fd >= 0, "a temporary file");
	atexit(remove_file);
	return fd;
}

static bool
openssl_seed(const uint8_t *data, size_t size, uint8_t seed[TEE_SEED_SIZE])
{
	BIO *bio = BIO_new_mem_buf(data, (int)size);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	size_t length = TEE_SEED_SIZE;
	bool ok = key != NULL && EVP_PKEY_is_a(key, "ED25519") == 1 &&
	    EVP_PKEY_get_raw_private_key(key, seed, &length) == 1;

	EVP_PKEY_free(key);
	BIO_free(bio);
	ERR_clear_error();
	return ok;
}

/* OpenSSL is stricter about the lines; where both read, they read the same. */
static void
check(const uint8_t *data, size_t size, const uint8_t seed[TEE_SEED_SIZE])
{
	uint8_t other[TEE_SEED_SIZE];

	fuzz_must(size < KEYFILE_MAX, "a key file is small");
	if (size == TEE_SEED_SIZE)
		fuzz_must(memcmp(seed, data, TEE_SEED_SIZE) == 0, "raw seed");
	else if (openssl_seed(data, size, other))
		fuzz_must(memcmp(seed, other, TEE_SEED_SIZE) == 0,
		    "the seed that OpenSSL reads");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	uint8_t *work = malloc(KEYFILE_MAX), seed[TEE_SEED_SIZE];
	enum keyfile_result result;
	const char *why = NULL;

	if (fd < 0)
		fd = make_file();
	fuzz_must(work != NULL && ftruncate(fd, 0) == 0 &&
		pwrite(fd, data, size, 0) == (ssize_t)size,
	    "the file is written");
	memset(seed, 0, sizeof(seed));
	result = keyfile_read(path, work, seed, &why);
	fuzz_must(result != KEYFILE_ABSENT, "the file is there");
	fuzz_must(result == KEYFILE_READ || why != NULL, "a refusal says why");
	fuzz_must(size != TEE_SEED_SIZE ||
		(result == KEYFILE_READ) == (memcmp(data, "-----", 5) != 0),
	    "32 bytes are a seed, unless a PEM begins with them");
	if (result == KEYFILE_READ)
		check(data, size, seed);
	fuzz_accepted = result == KEYFILE_READ;
	free(work);
	return 0;
}
