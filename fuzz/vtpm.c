/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm: any bytes as what a TPM answers, one response after the other, to
 * everything that is asked of it.  What is handed on fits its buffers, a
 * quote covers its registers, and nothing of it depends on what was there
 * before.  The first byte says what is asked; a response is two bytes of
 * length and itself.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tss2/tss2_tctildr.h>

#include "fuzz/fuzz.h"
#include "libtee/call.h"
#include "libtee/clock.h"
#include "modules/snp_azure/quote.h"
#include "modules/snp_azure/tpm.h"

const char fuzz_target[] = "vtpm";

static const uint8_t *rest;
static size_t rest_size;

static size_t
next_size(void)
{
	size_t size = rest_size < 2 ? 0 : (size_t)rest[0] << 8 | rest[1];

	return size > 0 && size <= rest_size - 2 ? size : 0;
}

static TSS2_RC
transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command)
{
	(void)context;
	fuzz_touch(command, size);
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
receive(TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response,
    int32_t timeout)
{
	size_t have = next_size();

	(void)context;
	(void)timeout;
	if (have == 0)
		return TSS2_TCTI_RC_IO_ERROR;
	if (response != NULL) {
		if (*size < have)
			return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
		memcpy(response, rest + 2, have);
		rest += 2 + have;
		rest_size -= 2 + have;
	}
	*size = have;
	return TSS2_RC_SUCCESS;
}

TSS2_RC __wrap_Tss2_TctiLdr_Initialize(const char *, TSS2_TCTI_CONTEXT **);
void __wrap_Tss2_TctiLdr_Finalize(TSS2_TCTI_CONTEXT **);
int __wrap_nanosleep(const struct timespec *, struct timespec *);

TSS2_RC
__wrap_Tss2_TctiLdr_Initialize(const char *name, TSS2_TCTI_CONTEXT **out)
{
	static TSS2_TCTI_CONTEXT_COMMON_V2 tcti = {
		.v1 = { .version = 2, .transmit = transmit, .receive = receive }
	};

	(void)name;
	*out = (TSS2_TCTI_CONTEXT *)&tcti;
	return TSS2_RC_SUCCESS;
}

void
__wrap_Tss2_TctiLdr_Finalize(TSS2_TCTI_CONTEXT **context)
{
	*context = NULL;
}

/* Nobody waits for a TPM that is not there. */
int
__wrap_nanosleep(const struct timespec *ts, struct timespec *left)
{
	(void)ts;
	(void)left;
	return 0;
}

static void
touch(const struct azure_bytes *b)
{
	fuzz_must(b->size <= sizeof(b->data), "inside its buffer");
	fuzz_touch(b->data, b->size);
}

static bool
quote(struct azure_vtpm *t)
{
	static struct azure_quote q;
	struct azure_attest attest;

	if (tee_azure_vtpm_quote(t, (const uint8_t *)"nonce", 5, 0xff, &q) !=
	    TEE_OK)
		return false;
	touch(&q.attest);
	touch(&q.signature);
	fuzz_must(tee_azure_attest_parse(&attest, q.attest.data,
		      q.attest.size) &&
		tee_azure_quote_covers(&attest, 0xff, q.pcr),
	    "covers its registers");
	return true;
}

static bool
report(struct azure_vtpm *t)
{
	static struct azure_bytes hcl, cert;
	static const uint8_t user_data[AZURE_USER_DATA_SIZE];

	if (tee_azure_nv_user_data(t, user_data) != TEE_OK ||
	    tee_azure_vtpm_hcl(t, &hcl) != TEE_OK)
		return false;
	touch(&hcl);
	fuzz_must(hcl.size > 0, "something was read");
	if (tee_azure_vtpm_ak_cert(t, &cert) == TEE_OK)
		touch(&cert);
	return true;
}

static bool
key(struct azure_vtpm *t)
{
	static struct azure_enckey k;
	static const uint8_t data[256];
	uint8_t out[256];
	size_t size;

	if (tee_azure_vtpm_enckey(t, &k) != TEE_OK)
		return false;
	touch(&k.public);
	touch(&k.certify);
	touch(&k.signature);
	touch(&k.context);
	/* Whatever it opens: the key that comes of it proves itself later. */
	if (tee_azure_vtpm_decrypt(t, k.context.data, k.context.size,
		AZURE_OAEP_SHA256, data, sizeof(data), out, &size) == TEE_OK)
		fuzz_must(size <= sizeof(out), "no more than there is room");
	else
		fuzz_must(size == 0, "nothing where it failed");
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool (*const questions[])(
	    struct azure_vtpm *) = { quote, report, key };
	struct tee_call call = { .transaction = "fuzz",
		.module = "snp_azure",
		.deadline = tee_clock_monotonic_ms() + 600000 };
	struct azure_vtpm *t;

	/* libtss2 would tell about each byte. */
	setenv("TSS2_LOG", "all+NONE", 1);
	fuzz_accepted = false;
	if (size == 0 || data[0] >= 3)
		return 0;
	rest = data + 1;
	rest_size = size - 1;
	fuzz_must(tee_azure_vtpm_open(&call, "swtpm:", &t) == TEE_OK, "opens");
	fuzz_accepted = questions[data[0]](t);
	tee_azure_vtpm_close(&t);
	return 0;
}
