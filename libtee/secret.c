/* SPDX-License-Identifier: Apache-2.0 */
/* secret: see secret.h. */
#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <tee/tee.h>

#include "libtee/secret.h"

int
tee_secret_alloc(struct tee_secret *s, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), body;

	memset(s, 0, sizeof(*s));
	if (size == 0 || size > SIZE_MAX / 2)
		return TEE_E_MEMORY;
	body = (size + page - 1) / page * page;
	s->map_size = body + 2 * page;
	s->map = mmap(NULL, s->map_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
	if (s->map == MAP_FAILED) {
		memset(s, 0, sizeof(*s));
		return TEE_E_MEMORY;
	}
	s->data = (uint8_t *)s->map + page;
	s->size = body;
	if (mprotect(s->data, body, PROT_READ | PROT_WRITE) != 0 ||
	    mlock(s->data, body) != 0 ||
	    madvise(s->data, body, MADV_DONTDUMP) != 0 ||
	    madvise(s->data, body, MADV_WIPEONFORK) != 0) {
		munmap(s->map, s->map_size);
		memset(s, 0, sizeof(*s));
		return TEE_E_MEMORY;
	}
	return 0;
}

void
tee_secret_free(struct tee_secret *s)
{
	if (s->map == NULL)
		return;
	OPENSSL_cleanse(s->data, s->size);
	munmap(s->map, s->map_size);
	memset(s, 0, sizeof(*s));
}
