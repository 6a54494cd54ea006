/* SPDX-License-Identifier: Apache-2.0 */
/* command: see command.h. */
#include "config.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "sim/asp.h"
#include "sim/command.h"
#include "sim/server.h"

enum {
	KEY_DIR = 256,
	KEY_DEVICE,
	KEY_LEGACY,
	KEY_TSM,
	KEY_TPM,
	KEY_CLOUD,
	KEY_PRODUCT,
	KEY_SIGNER,
	KEY_SET,
	KEY_LIST,
	KEY_RESET,
	KEY_OUT,
	KEY_DATA
};

/* What any subcommand was told. */
struct arguments {
	const char *dir, *out;
	struct sim_server_paths paths;
	struct sim_switches switches;
	char **words; /* what is no option */
	int word_count;
	bool list, reset;
	struct snp_report_req request;
};

#define OPTION_DIR \
	{ \
		"dir", KEY_DIR, "DIR", 0, \
		    "keys, certificates and switches of the machine", 0 \
	}
#define OPTION_MACHINE \
	{ "product", KEY_PRODUCT, "NAME", 0, "Milan, Genoa or Turin", 0 }, \
	    { "signer", KEY_SIGNER, "NAME", 0, "vcek or vlek", 0 }, \
	{ \
		"set", KEY_SET, "NAME=VALUE", 0, \
		    "a switch, any number of times; 'teesim set --list' shows them", \
		    0 \
	}

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "teesim: %s%s%s\n", what, why != NULL ? ": " : "",
	    why != NULL ? why : "");
	return 1;
}

static void
add_switch(struct argp_state *state, const char *name, const char *value)
{
	struct arguments *a = state->input;
	char why[SIM_SWITCH_WHY], line[64];

	if (name != NULL)
		snprintf(line, sizeof(line), "%s=%.32s", name, value);
	if (!tee_sim_switches_set(&a->switches, name != NULL ? line : value,
		why))
		argp_error(state, "%s", why);
}

static void
set_data(struct argp_state *state, const char *hex)
{
	struct arguments *a = state->input;
	size_t size;

	memset(&a->request, 0, sizeof(a->request));
	if (OPENSSL_hexstr2buf_ex(a->request.user_data,
		sizeof(a->request.user_data), &size, hex, '\0') != 1)
		argp_error(state, "--report-data takes up to 64 bytes in hex");
}

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
	case KEY_DEVICE:
		a->paths.device = arg;
		break;
	case KEY_LEGACY:
		a->paths.legacy = arg;
		break;
	case KEY_TSM:
		a->paths.tsm = arg;
		break;
	case KEY_TPM:
		a->paths.tpm = arg;
		break;
	case KEY_CLOUD:
		a->paths.cloud = true;
		break;
	case KEY_PRODUCT:
		add_switch(state, "product", arg);
		break;
	case KEY_SIGNER:
		add_switch(state, "signer", arg);
		break;
	case KEY_SET:
		add_switch(state, NULL, arg);
		break;
	case KEY_DATA:
		set_data(state, arg);
		break;
	case KEY_LIST:
		a->list = true;
		break;
	case KEY_RESET:
		a->reset = true;
		break;
	case ARGP_KEY_ARGS:
		a->words = state->argv + state->next;
		a->word_count = state->argc - state->next;
		break;
	case ARGP_KEY_END:
		if (a->dir == NULL && !a->list)
			argp_error(state, "--dir is missing");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Ends the program with status 2 where the words are not understood. */
static void
parse_words(int argc, char **argv, const struct argp_option *options,
    const char *words, const char *doc, struct arguments *a)
{
	const struct argp argp = { .options = options,
		.parser = parse,
		.args_doc = words,
		.doc = doc };

	memset(a, 0, sizeof(*a));
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, a);
	if (words == NULL && a->word_count > 0) {
		fprintf(stderr, "%s: what is '%s'?\n", argv[0], a->words[0]);
		exit(2);
	}
}

int
tee_sim_command_serve(int argc, char **argv)
{
	static const struct argp_option options[] = { OPTION_DIR,
		OPTION_MACHINE,
		{ "device", KEY_DEVICE, "PATH", 0, "serve /dev/sev-guest here",
		    0 },
		{ "legacy", KEY_LEGACY, "PATH", 0,
		    "serve /dev/sev of Linux 5.15 here", 0 },
		{ "tsm", KEY_TSM, "PATH", 0,
		    "serve the configfs-tsm report directory here", 0 },
		{ "tpm", KEY_TPM, "PATH", 0,
		    "serve /dev/tpmrm0 of a confidential VM on Azure here: a "
		    "vTPM (swtpm) with its paravisor's keys and HCL report",
		    0 },
		{ "cloud", KEY_CLOUD, NULL, 0,
		    "serve IMDS, MAA and the rest on 127.0.0.1; where, stands "
		    "in DIR/cloud",
		    0 },
		{ NULL, 0, NULL, 0, NULL, 0 } };
	static const char doc[] =
	    "Serves the machine until COMMAND ends, and ends with its status; "
	    "without COMMAND prints one line when ready and serves until "
	    "SIGTERM or SIGINT.\v"
	    "Keys in DIR are made where there are none.  DIR then holds "
	    "ark.pem ask.pem asvk.pem vcek.pem vlek.pem crl.der and root. "
	    "Mounting takes root, or a user namespace: 'unshare -Urm'.";
	char why[SIM_SWITCH_WHY];
	struct arguments a;
	struct sim_asp asp;
	int status = 1;

	parse_words(argc, argv, options, "[-- COMMAND [ARG...]]", doc, &a);
	if (!tee_sim_asp_open(&asp, a.dir, why)) {
		status = fail(why, NULL);
	} else if (!tee_sim_switches_write(&a.switches, asp.dir)) {
		status = fail(a.dir, strerror(errno));
	} else if (!tee_sim_asp_follow(&asp, why)) {
		status = fail(why, NULL);
	} else {
		status = tee_sim_server_run(&asp, &a.paths,
		    a.word_count > 0 ? a.words : NULL);
	}
	tee_sim_asp_close(&asp);
	tee_sim_switches_clear(&a.switches);
	return status;
}

/* Two at a time wait for each other, and neither loses a setting. */
static int
change(int dir, const struct arguments *a)
{
	struct sim_switches switches;
	char why[SIM_SWITCH_WHY];
	int status = 0;

	if (flock(dir, LOCK_EX) != 0)
		return fail(a->dir, strerror(errno));
	if (!tee_sim_switches_read(&switches, dir, why))
		return fail(a->dir, why);
	if (a->reset)
		tee_sim_switches_clear(&switches);
	for (int i = 0; status == 0 && i < a->word_count; i++)
		if (!tee_sim_switches_set(&switches, a->words[i], why)) {
			fprintf(stderr, "teesim set: %s\n", why);
			status = 2;
		}
	if (status == 0 && !tee_sim_switches_write(&switches, dir))
		status = fail(a->dir, strerror(errno));
	tee_sim_switches_clear(&switches);
	return status;
}

int
tee_sim_command_set(int argc, char **argv)
{
	static const struct argp_option options[] = { OPTION_DIR,
		{ "list", KEY_LIST, NULL, 0, "show every switch", 0 },
		{ "reset", KEY_RESET, NULL, 0, "first take every switch back",
		    0 },
		{ NULL, 0, NULL, 0, NULL, 0 } };
	struct arguments a;
	int dir, status;

	parse_words(argc, argv, options, "[NAME=VALUE...]",
	    "Changes the machine that DIR describes; what was set before "
	    "stays.  NAME= takes a switch back.  The next request sees it.",
	    &a);
	if (a.list) {
		tee_sim_switches_list(stdout);
		return 0;
	}
	if (a.word_count == 0 && !a.reset) {
		fprintf(stderr, "teesim set: nothing to set\n");
		return 2;
	}
	dir = open(a.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail(a.dir, strerror(errno));
	status = change(dir, &a);
	close(dir);
	return status;
}

static bool
write_evidence(struct sim_asp *asp, const struct arguments *a, int out)
{
	uint8_t report[SIM_REPORT_SIZE];
	struct sim_blob pem = { NULL, 0 }, crl = { NULL, 0 };
	bool ok = tee_sim_asp_sign(asp, &a->request, report) &&
	    tee_sim_chain_pem(&asp->chain, tee_sim_asp_signer(asp), &pem) &&
	    tee_sim_chain_crl(&asp->chain, &crl) &&
	    tee_sim_blob_write(report, sizeof(report), out, "report.bin",
		0644) &&
	    tee_sim_blob_write(pem.data, pem.size, out, "certs.pem", 0644) &&
	    tee_sim_blob_write(asp->certs.data, asp->certs.size, out,
		"certs.table", 0644) &&
	    tee_sim_blob_write(crl.data, crl.size, out, "crl.der", 0644);

	tee_sim_blob_free(&crl);
	tee_sim_blob_free(&pem);
	return ok;
}

static int
mint(struct sim_asp *asp, struct arguments *a)
{
	char why[SIM_SWITCH_WHY];
	int out;
	bool ok;

	asp->switches = a->switches;
	memset(&a->switches, 0, sizeof(a->switches));
	if (!tee_sim_asp_apply(asp, why))
		return fail(why, NULL);
	if (!tee_sim_asp_publish(asp, asp->dir))
		return fail(a->dir, strerror(errno));
	if (mkdir(a->out, 0755) != 0 && errno != EEXIST)
		return fail(a->out, strerror(errno));
	out = open(a->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out < 0)
		return fail(a->out, strerror(errno));
	ok = write_evidence(asp, a, out);
	close(out);
	return ok ? 0 : fail(a->out, strerror(errno));
}

int
tee_sim_command_mint(int argc, char **argv)
{
	static const struct argp_option options[] = { OPTION_DIR,
		OPTION_MACHINE,
		{ "out", KEY_OUT, "DIR2", 0, "where the evidence goes", 0 },
		{ "report-data", KEY_DATA, "HEX", 0,
		    "REPORT_DATA, up to 64 bytes; the rest is zero", 0 },
		{ NULL, 0, NULL, 0, NULL, 0 } };
	char why[SIM_SWITCH_WHY];
	struct arguments a;
	struct sim_asp asp;
	int status;

	parse_words(argc, argv, options, NULL,
	    "Writes report.bin, certs.pem, certs.table and crl.der to DIR2 "
	    "and serves nothing.",
	    &a);
	if (a.out == NULL) {
		fprintf(stderr, "teesim mint: --out is missing\n");
		return 2;
	}
	if (!tee_sim_asp_open(&asp, a.dir, why)) {
		status = fail(why, NULL);
	} else {
		status = mint(&asp, &a);
		tee_sim_asp_close(&asp);
	}
	tee_sim_switches_clear(&a.switches);
	return status;
}

int
tee_sim_command_root(int argc, char **argv)
{
	static const struct argp_option options[] = { OPTION_DIR,
		{ NULL, 0, NULL, 0, NULL, 0 } };
	struct sim_blob root;
	struct arguments a;
	int dir, status;

	parse_words(argc, argv, options, NULL,
	    "Prints the SHA-256 of the root's SubjectPublicKeyInfo, which "
	    "require.roots of a profile names.",
	    &a);
	dir = open(a.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail(a.dir, strerror(errno));
	if (tee_sim_blob_read(&root, dir, "root", SIM_ROOT_TEXT)) {
		fwrite(root.data, 1, root.size, stdout);
		tee_sim_blob_free(&root);
		status = 0;
	} else {
		status = fail(a.dir,
		    errno == ENOENT ?
			"no machine here yet; 'teesim serve' or 'teesim mint' "
			"makes one" :
			strerror(errno));
	}
	close(dir);
	return status;
}
