/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teed_agent: an agent as one is written with libtee: opens a profile,
 * acquires once, and signs whatever each line on standard input says, without
 * ever opening anything again.  One line out for each: "ok", or the error's
 * word.  The words "renew", "revoke", "attest" and "fork" do that instead.
 *
 *	teed_agent PROFILE [SOCKET]: by a connection that it inherits to SOCKET
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/evp.h>
#include <tee/tee.h>

static struct tee *tee;
static struct tee_key *key;

static void
say(int error)
{
	printf("%s\n", error == 0 ? "ok" : tee_error_word(error));
}

static void
on_line(void *user, int priority, const char *line)
{
	(void)user;
	(void)priority;
	fprintf(stderr, "%s\n", line);
}

static bool
verifies(const char *message, const uint8_t signature[TEE_SIGNATURE_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t public_key[TEE_PUBLIC_KEY_SIZE];
	EVP_PKEY *pkey;
	bool ok;

	tee_key_public(key, public_key);
	pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key,
	    sizeof(public_key));
	ok = EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestVerify(ctx, signature, TEE_SIGNATURE_SIZE,
		(const uint8_t *)message, strlen(message)) == 1;
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
	return ok;
}

static int
sign(const char *message)
{
	uint8_t signature[TEE_SIGNATURE_SIZE];
	int error = tee_sign(key, message, strlen(message), signature);

	if (error == 0 && !verifies(message, signature)) {
		puts("WRONG SIGNATURE");
		exit(3);
	}
	return error;
}

static int
attest(void)
{
	const struct tee_challenge c = { "id", 2, "nonce", 5 };
	struct tee_evidence *evidence = NULL;
	int error = tee_attest(tee, key, &c, &evidence);

	tee_evidence_free(&evidence);
	return error;
}

/* The child signs over a connection of its own, and so does the parent. */
static int
fork_and_sign(void)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(sign("test:v1:child"));
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return TEE_E_SYSTEM;
	return WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) :
					  sign("test:v1:parent");
}

static int
connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	return fd >= 0 && connect(fd, (const void *)&to, sizeof(to)) == 0 ? fd :
									    -1;
}

int
main(int argc, char **argv)
{
	struct tee_options options = { .size = sizeof(options),
		.log = on_line };
	char line[512];
	int error;

	if (argc < 2)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 2)
		options.custody_fd = connect_to(argv[2]);
	error = tee_open_file(argv[1], &options, &tee);
	if (options.custody_fd > 0)
		close(options.custody_fd);
	if (error == 0)
		error = tee_acquire(tee, &key);
	say(error);
	while (error == 0 && fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "renew") == 0)
			say(tee_renew(tee, key));
		else if (strcmp(line, "revoke") == 0)
			say(tee_key_revoke(key));
		else if (strcmp(line, "attest") == 0)
			say(attest());
		else if (strcmp(line, "fork") == 0)
			say(fork_and_sign());
		else
			say(sign(line));
	}
	tee_key_free(&key);
	tee_close(&tee);
	return error;
}
