/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vtpm_tcti: a TCTI in front of the real one.  ESAPI's calls wait for ever
 * and resend at once what a busy TPM refused; here each wait ends with the
 * budget of the call, and a resent command waits first, longer each time.
 * ESAPI gives up after five.  A TCTI that cannot wait with a limit (swtpm's)
 * still waits until its TPM has answered.
 */
#include "config.h"

#include <limits.h>
#include <time.h>

#include "modules/common/reader.h"
#include "modules/snp_azure/tpm.h"

#define FIRST_PAUSE_MS 20
#define ENDING_MS 300

bool
tee_azure_pause(struct tee_call *call, unsigned ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	if (tee_call_remaining_ms(call) <= ms)
		return false;
	while (nanosleep(&ts, &ts) != 0)
		;
	return true;
}

static struct azure_tcti *
tcti_of(TSS2_TCTI_CONTEXT *context)
{
	return (struct azure_tcti *)(void *)context;
}

static int32_t
allowance(const struct azure_tcti *t)
{
	unsigned left = tee_call_remaining_ms(t->call);

	if (t->ending && left < ENDING_MS)
		left = ENDING_MS;
	return left < INT32_MAX ? (int32_t)left : INT32_MAX;
}

static TSS2_RC
transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command)
{
	struct azure_tcti *t = tcti_of(context);
	TSS2_RC rc;

	if (allowance(t) == 0 ||
	    (t->again > 0 && !t->ending &&
		!tee_azure_pause(t->call, FIRST_PAUSE_MS << t->again))) {
		t->late = true;
		return TSS2_TCTI_RC_IO_ERROR;
	}
	rc = Tss2_Tcti_Transmit(t->inner, size, command);
	if (rc != TSS2_RC_SUCCESS)
		t->again = 0;
	return rc;
}

/* Tag, size and response code begin every response. */
static bool
asks_again(const uint8_t *response, size_t size)
{
	struct tee_reader r;
	uint32_t code;

	tee_reader_init(&r, response, size);
	(void)tee_reader_bytes(&r, 6);
	code = tee_reader_be32(&r);
	return code == TPM2_RC_RETRY || code == TPM2_RC_YIELDED ||
	    code == TPM2_RC_TESTING;
}

static TSS2_RC
receive(TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response,
    int32_t timeout)
{
	struct azure_tcti *t = tcti_of(context);
	TSS2_RC rc;

	(void)timeout;
	rc = Tss2_Tcti_Receive(t->inner, size, response, allowance(t));
	if (rc == TSS2_TCTI_RC_TRY_AGAIN) {
		t->late = true;
		return TSS2_TCTI_RC_IO_ERROR;
	}
	if (rc != TSS2_RC_SUCCESS)
		t->again = 0;
	else if (response != NULL)
		t->again = asks_again(response, *size) ? t->again + 1 : 0;
	return rc;
}

void
tee_azure_tcti_init(struct azure_tcti *t, struct tee_call *call,
    TSS2_TCTI_CONTEXT *inner)
{
	t->call = call;
	t->inner = inner;
	t->common.v1.magic = UINT64_C(0x7465652d7674706d);
	t->common.v1.version = 2;
	t->common.v1.transmit = transmit;
	t->common.v1.receive = receive;
}
