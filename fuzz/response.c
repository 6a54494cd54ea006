/* SPDX-License-Identifier: Apache-2.0 */
/*
 * response: what a peer answers, with the evidence inside.  Whatever is read
 * stays within its bounds; evidence that is taken has one canonical text, and
 * reading that text gives the same again.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "libtee/trust/canonical.h"
#include "libtee/trust/response.h"
#include "libtee/trust/signature.h"
#include "libtee/trust/startup.h"

const char fuzz_target[] = "response";

static void
check_evidence(const json_t *root)
{
	struct tee_evidence *e = NULL, *again = NULL;
	size_t size = 0, size_again = 0, i;
	char *text, *text_again;
	json_t *back;

	if (trust_evidence_read(root, &e) != 0) {
		fuzz_must(e == NULL, "a refusal gives nothing");
		fuzz_accepted = false;
		return;
	}
	fuzz_must(trust_did_valid(tee_evidence_did(e)), "somebody's evidence");
	fuzz_must(trust_evidence_is_startup(e) == (e->challenge_id == NULL),
	    "one shape or the other");
	text = trust_canonical_evidence_text(root, e, &size);
	fuzz_must(text != NULL, "it has a canonical text");
	for (i = 0; i < size; i++)
		fuzz_must(text[i] >= ' ' && text[i] <= '~', "plain ASCII");
	back = json_loadb(text, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES,
	    NULL);
	fuzz_must(back != NULL && trust_evidence_read(back, &again) == 0,
	    "the canonical text is evidence");
	text_again = trust_canonical_evidence_text(back, again, &size_again);
	fuzz_must(text_again != NULL && size == size_again &&
		memcmp(text, text_again, size) == 0,
	    "the same text again");
	json_decref(back);
	free(text);
	free(text_again);
	tee_evidence_free(&e);
	tee_evidence_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct trust_challenge c = {
		.id = "challenge_0123456789abcdef"
	};
	char message[TRUST_MESSAGE_MAX], b64[TRUST_BASE64(TEE_SIGNATURE_SIZE)];
	struct trust_response r;
	const char *wrong = trust_response_read((const char *)data, size, &r);

	fuzz_accepted = wrong == NULL;
	if (wrong == NULL) {
		fuzz_touch(r.challenge_id, r.challenge_id_size);
		fuzz_touch(r.did.data, r.did.size);
		fuzz_must(strlen(r.nonce) == TRUST_RESPONSE_NONCE, "a nonce");
		trust_base64_write(r.signature, sizeof(r.signature), b64);
		fuzz_must(strcmp(b64,
			      json_string_value(
				  json_object_get(r.root, "signature"))) == 0,
		    "one spelling of a signature");
		if (trust_did_valid(r.did))
			fuzz_must(trust_response_message(&c, r.nonce, r.did,
				      message) > 0,
			    "a text to verify");
		if (r.evidence != NULL)
			check_evidence(r.evidence);
	}
	trust_response_clear(&r);
	return 0;
}
