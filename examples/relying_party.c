/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relying_party: asks one peer who it is, and believes what it can verify.
 *
 *   relying_party PROFILE OWN-DID PEER-DID
 *
 * The challenge goes to standard output, the peer's response comes from
 * standard input; a real one would use its own transport.  See
 * tee_handshake_verify(3).  Build it with
 *
 *   cc relying_party.c $(pkg-config --cflags --libs libtee)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tee/trust.h>

#define RESPONSE_MAX (1024 * 1024)

static void
log_line(void *user, int priority, const char *line)
{
	(void)priority;
	fprintf(user, "%s\n", line);
}

/* Everything a verification needs beside the messages stays open. */
static int
open_party(const char *profile, const char *did, struct tee **tee,
    struct tee_trust **trust)
{
	const struct tee_options options = { .size = sizeof(options),
		.log = log_line,
		.log_user = stderr };
	const struct tee_trust_options party = { .size = sizeof(party),
		.did = did,
		.did_size = strlen(did),
		.require = { .tee_bound_key = true } };
	int error = tee_open_file(profile, &options, tee);

	return error != 0 ? error : tee_trust_open(*tee, &party, trust);
}

static int
converse(struct tee_trust *trust, const char *peer_did)
{
	/* A registry would know the key, and the score. */
	const struct tee_peer peer = { .size = sizeof(peer),
		.did = peer_did,
		.did_size = strlen(peer_did),
		.trust_score = 500,
		.trust_ceiling = 1000 };
	struct tee_handshake *handshake = NULL;
	char *challenge = NULL, *response = malloc(RESPONSE_MAX);
	int error = tee_handshake_challenge(true, &challenge);
	size_t size;

	if (error == 0 && response != NULL) {
		puts(challenge);
		fclose(stdout);
		size = fread(response, 1, RESPONSE_MAX, stdin);
		error = tee_handshake_verify(trust, challenge,
		    strlen(challenge), response, size, &peer, &handshake);
	}
	if (tee_handshake_verified(handshake))
		fprintf(stderr, "verified: confidential level %d, %s\n",
		    (int)tee_claims_level(tee_handshake_claims(handshake)),
		    tee_handshake_cached(handshake) ? "known" : "new");
	else if (handshake != NULL)
		fprintf(stderr, "refused: %s\n",
		    tee_handshake_reason(handshake));
	tee_handshake_free(&handshake);
	free(challenge);
	free(response);
	return error;
}

int
main(int argc, char **argv)
{
	struct tee *tee = NULL;
	struct tee_trust *trust = NULL;
	int error;

	if (argc != 4) {
		fprintf(stderr, "usage: %s PROFILE OWN-DID PEER-DID\n",
		    argv[0]);
		return 2;
	}
	error = open_party(argv[1], argv[2], &tee, &trust);
	if (error == 0)
		error = converse(trust, argv[3]);
	if (error != 0)
		fprintf(stderr, "%s: %s\n", tee_strerror(error),
		    tee_explain(error));
	tee_trust_close(&trust);
	tee_close(&tee);
	return error != 0;
}
