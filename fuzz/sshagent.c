/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sshagent: any bytes as what an ssh-agent is asked, at once and byte by
 * byte: both see the same requests.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "teed/sshagent.h"

const char fuzz_target[] = "sshagent";

struct seen {
	unsigned count[TEED_SSH_OTHER + 1];
	size_t bytes; /* that were to be signed */
	bool over;
};

static void
feed(struct teed_ssh *ssh, const uint8_t *p, size_t n, struct seen *s)
{
	struct teed_ssh_request r;
	enum teed_ssh_kind kind = TEED_SSH_PART;

	do {
		if (s->over)
			return;
		kind = teed_ssh_take(ssh, &p, &n, &r);
		s->count[kind]++;
		s->over = kind == TEED_SSH_NONSENSE;
		if (kind != TEED_SSH_SIGN)
			continue;
		fuzz_touch(r.key, r.key_size);
		fuzz_touch(r.data, r.size);
		fuzz_must(r.key_size + r.size <= TEED_SSH_MESSAGE, "sizes");
		s->bytes += r.size;
	} while (kind != TEED_SSH_PART);
	fuzz_must(n == 0, "all was taken");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct teed_ssh *one = teed_ssh_new(), *two = teed_ssh_new();
	struct seen whole = { .over = false }, parts = { .over = false };

	fuzz_must(one != NULL && two != NULL, "there is memory");
	feed(one, data, size, &whole);
	for (size_t i = 0; i < size; i++)
		feed(two, data + i, 1, &parts);
	for (unsigned k = 0; k <= TEED_SSH_OTHER; k++)
		fuzz_must(k == TEED_SSH_PART ||
			whole.count[k] == parts.count[k],
		    "the same requests");
	fuzz_must(whole.bytes == parts.bytes, "the same bytes");
	fuzz_accepted =
	    whole.count[TEED_SSH_LIST] > 0 || whole.count[TEED_SSH_SIGN] > 0;
	teed_ssh_free(&one);
	teed_ssh_free(&two);
	return 0;
}
