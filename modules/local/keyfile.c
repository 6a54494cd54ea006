/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyfile: see keyfile.h.  PKCS#8 is read by its fixed shape: libcrypto's
 * decoders leave the seed behind in freed heap.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "modules/local/keyfile.h"

static const char pem_begin[] = "-----BEGIN PRIVATE KEY-----";
static const char pem_end[] = "-----END PRIVATE KEY-----";

/* RFC 8410 section 7: version 0 or 1, id-Ed25519, OCTET STRING(OCTET STRING) */
static const uint8_t pkcs8_head[] = { 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03,
	0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };

static bool
from_pkcs8(const uint8_t *der, size_t size, uint8_t *seed)
{
	/* SEQUENCE, short length, then the head with version 0 or 1. */
	if (size < 2 + sizeof(pkcs8_head) + TEE_SEED_SIZE || der[0] != 0x30 ||
	    der[1] != size - 2 || der[4] > 1 ||
	    memcmp(der + 2, pkcs8_head, 2) != 0 ||
	    memcmp(der + 5, pkcs8_head + 3, sizeof(pkcs8_head) - 3) != 0)
		return false;
	memcpy(seed, der + 2 + sizeof(pkcs8_head), TEE_SEED_SIZE);
	return true;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Squeezes the base64 body to the front, then decodes it in place. */
static bool
from_pem(uint8_t *text, size_t size, uint8_t *seed)
{
	const uint8_t *end = memmem(text, size, pem_end, sizeof(pem_end) - 1);
	const uint8_t *p = text + sizeof(pem_begin) - 1;
	size_t n = 0, padding;
	int got;

	if (end == NULL)
		return false;
	for (; p < end; p++)
		if (!is_blank(*p))
			text[n++] = *p;
	if (n < 4 || n % 4 != 0)
		return false;
	padding = (size_t)(text[n - 1] == '=') + (text[n - 2] == '=');
	got = EVP_DecodeBlock(text, text, (int)n);
	return got > 0 && (size_t)got > padding &&
	    from_pkcs8(text, (size_t)got - padding, seed);
}

bool
keyfile_parse(uint8_t *work, size_t size, uint8_t seed[TEE_SEED_SIZE])
{
	/* A PEM that was cut short is no seed. */
	if (size == TEE_SEED_SIZE && memcmp(work, "-----", 5) != 0) {
		memcpy(seed, work, TEE_SEED_SIZE);
		return true;
	}
	return size < KEYFILE_MAX && size > sizeof(pem_begin) &&
	    memcmp(work, pem_begin, sizeof(pem_begin) - 1) == 0 &&
	    from_pem(work, size, seed);
}

static const char *
file_fault(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "is not a regular file";
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return "belongs neither to root nor to this user";
	if (st.st_mode & 077)
		return "group or others have access (chmod 600)";
	return NULL;
}

enum keyfile_result
keyfile_read(const char *path, uint8_t *work, uint8_t seed[TEE_SEED_SIZE],
    const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n;

	if (fd < 0) {
		*why = strerror(errno);
		return errno == ENOENT ? KEYFILE_ABSENT : KEYFILE_BAD;
	}
	*why = file_fault(fd);
	n = *why == NULL ? read(fd, work, KEYFILE_MAX) : -1;
	close(fd);
	if (n < 0) {
		*why = *why != NULL ? *why : "cannot be read";
		return KEYFILE_BAD;
	}
	if (keyfile_parse(work, (size_t)n, seed))
		return KEYFILE_READ;
	*why = "is neither a 32-byte seed nor an Ed25519 PKCS#8 PEM";
	return KEYFILE_BAD;
}

static size_t
to_pem(const uint8_t *seed, uint8_t *work)
{
	uint8_t *der = work + KEYFILE_MAX / 2;
	char *out = (char *)work;
	size_t n = sizeof(pem_begin) - 1;

	der[0] = 0x30;
	der[1] = sizeof(pkcs8_head) + TEE_SEED_SIZE;
	memcpy(der + 2, pkcs8_head, sizeof(pkcs8_head));
	memcpy(der + 2 + sizeof(pkcs8_head), seed, TEE_SEED_SIZE);
	memcpy(out, pem_begin, n);
	out[n++] = '\n';
	n += (size_t)EVP_EncodeBlock(work + n, der,
	    (int)(2 + sizeof(pkcs8_head) + TEE_SEED_SIZE));
	out[n++] = '\n';
	memcpy(out + n, pem_end, sizeof(pem_end) - 1);
	n += sizeof(pem_end) - 1;
	out[n++] = '\n';
	return n;
}

/* link(2) never replaces: of two first uses one wins, the other reads. */
enum keyfile_result
keyfile_create(const char *path, uint8_t *work, uint8_t seed[TEE_SEED_SIZE],
    const char **why)
{
	char temporary[PATH_MAX];
	size_t size;
	bool ok;
	int fd;

	*why = "no randomness";
	if (snprintf(temporary, sizeof(temporary), "%s.%ld.new", path,
		(long)gettid()) >= (int)sizeof(temporary) ||
	    getrandom(seed, TEE_SEED_SIZE, 0) != TEE_SEED_SIZE)
		return KEYFILE_BAD;
	size = to_pem(seed, work);
	fd = open(temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		*why = strerror(errno);
		return KEYFILE_BAD;
	}
	ok = write(fd, work, size) == (ssize_t)size && fsync(fd) == 0;
	*why = ok ? NULL : strerror(errno);
	close(fd);
	if (ok && link(temporary, path) != 0 && errno != EEXIST) {
		ok = false;
		*why = strerror(errno);
	}
	unlink(temporary);
	return ok ? keyfile_read(path, work, seed, why) : KEYFILE_BAD;
}
