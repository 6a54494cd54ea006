/* SPDX-License-Identifier: Apache-2.0 */
/*
 * context: the directory that a confidential container finds its security
 * context in, for the simulated machine: the container group's policy and the
 * endorsement of the utility VM, each in base64.
 */
#include "config.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/asp.h"
#include "sim/command.h"
#include "sim/endorsement.h"

enum {
	KEY_DIR = 256,
	KEY_OUT,
	KEY_SCITT,
	KEY_SVN,
	KEY_FEED,
	KEY_OTHER,
	KEY_BIT
};

struct arguments {
	const char *dir, *out, *svn, *feed;
	bool scitt, other, bit;
};

static const char policy[] = "package policy\n\n"
			     "api_version := \"0.10.0\"\n"
			     "framework_version := \"0.2.3\"\n\n"
			     "default create_container := {\"allowed\": "
			     "false}\n";

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case KEY_DIR:
		a->dir = arg;
		break;
	case KEY_OUT:
		a->out = arg;
		break;
	case KEY_SCITT:
		a->scitt = true;
		break;
	case KEY_SVN:
		a->svn = arg;
		if (arg[0] == '\0' || arg[strspn(arg, "0123456789")] != '\0')
			argp_error(state, "--svn takes a number");
		break;
	case KEY_FEED:
		a->feed = arg;
		break;
	case KEY_OTHER:
		a->other = true;
		break;
	case KEY_BIT:
		a->bit = true;
		break;
	case ARGP_KEY_END:
		if (a->dir == NULL || a->out == NULL)
			argp_error(state, "--dir and --out are needed");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static bool
write_base64(int out, const char *name, const void *data, size_t size)
{
	char *text = malloc(size / 3 * 4 + 8);
	int n = text == NULL ?
	    0 :
	    EVP_EncodeBlock((unsigned char *)text, data, (int)size);
	bool ok = n > 0 && tee_sim_blob_write(text, (size_t)n, out, name, 0644);

	free(text);
	return ok;
}

static bool
endorse(const struct sim_asp *asp, const struct arguments *a, int out,
    char did[SIM_UVM_DID_MAX])
{
	uint8_t report[SIM_REPORT_SIZE];
	struct sim_endorsement e = { .hash_envelope = a->scitt,
		.issuer = did,
		.feed = a->feed,
		.svn = a->svn,
		.signing_time = time(NULL) - 60 };
	struct sim_signer_chain chain;
	struct sim_blob cose = { NULL, 0 };
	bool ok;

	if (!tee_sim_signer_open(&chain, asp->dir))
		return false;
	tee_sim_report_init(report, &asp->platform, 0, SIM_SIGNER_VCEK);
	memcpy(e.measurement, report + tee_sim_field("measurement")->offset,
	    sizeof(e.measurement));
	e.measurement[0] ^= a->other;
	ok = tee_sim_signer_did(&chain, did) &&
	    tee_sim_endorse(&e, &chain, &cose);
	if (ok)
		cose.data[cose.size - 1] ^= a->bit;
	ok = ok &&
	    write_base64(out, "reference-info-base64", cose.data, cose.size);
	tee_sim_blob_free(&cose);
	tee_sim_signer_close(&chain);
	return ok;
}

static bool
write_all(struct sim_asp *asp, const struct arguments *a, int out)
{
	unsigned char digest[32];
	char did[SIM_UVM_DID_MAX], why[SIM_SWITCH_WHY];

	if (!tee_sim_asp_apply(asp, why) || !endorse(asp, a, out, did) ||
	    !write_base64(out, "security-policy-base64", policy,
		sizeof(policy) - 1) ||
	    EVP_Digest(policy, sizeof(policy) - 1, digest, NULL, EVP_sha256(),
		NULL) != 1)
		return false;
	printf("issuer=%s\nhost_data=", did);
	for (unsigned i = 0; i < sizeof(digest); i++)
		printf("%02x", digest[i]);
	printf("\n");
	return true;
}

int
tee_sim_command_context(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "dir", KEY_DIR, "DIR", 0,
		    "keys, certificates and switches of the machine", 0 },
		{ "out", KEY_OUT, "DIR2", 0, "where the context goes", 0 },
		{ "scitt", KEY_SCITT, NULL, 0,
		    "the endorsement's newer form, a hash envelope", 0 },
		{ "svn", KEY_SVN, "NUMBER", 0, "of the utility VM (104)", 0 },
		{ "feed", KEY_FEED, "TEXT", 0, SIM_UVM_FEED, 0 },
		{ "other-measurement", KEY_OTHER, NULL, 0,
		    "endorse another utility VM", 0 },
		{ "flip", KEY_BIT, NULL, 0, "a bit of the signature", 0 },
		{ NULL, 0, NULL, 0, NULL, 0 }
	};
	static const struct argp argp = { .options = options,
		.parser = parse,
		.doc = "Writes the security context of a confidential "
		       "container on this machine, and prints who endorses "
		       "its utility VM and the host data that its policy "
		       "asks for ('teesim set host_data=HEX')." };
	struct arguments a = { .svn = "104", .feed = SIM_UVM_FEED };
	char why[SIM_SWITCH_WHY];
	struct sim_asp asp;
	int out, status = 1;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &a);
	if (!tee_sim_asp_open(&asp, a.dir, why)) {
		fprintf(stderr, "teesim: %s\n", why);
		return 1;
	}
	if (mkdir(a.out, 0755) == 0 || errno == EEXIST) {
		out = open(a.out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (out >= 0 && write_all(&asp, &a, out))
			status = 0;
		if (out >= 0)
			close(out);
	}
	if (status != 0)
		fprintf(stderr, "teesim: %s: %s\n", a.out, strerror(errno));
	tee_sim_asp_close(&asp);
	return status;
}
