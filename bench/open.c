/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open: tee_open and tee_close of a profile with three lines, against PAM's
 * pam_start, pam_authenticate and pam_end with three lines that permit.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <security/pam_appl.h>
#include <tee/tee.h>

#include "bench/bench.h"

#define PAM_FOLDER "bench/tmp/pam.d"

static const char profile[] =
    "agent = { did = \"did:mesh:bench\"; };\n"
    "assurance = \"local\";\n"
    "collector = ({ control = \"required\"; module = \"mock\"; });\n"
    "verifier = ({ control = \"required\"; module = \"mock\"; });\n"
    "keystore = ({ control = \"required\"; module = \"mock\"; });\n"
    "custody = { residency = \"process\"; };\n";

static void
open_ours(void *data)
{
	struct tee *tee;

	bench_must(tee_open(data, NULL, &tee) == 0, "tee_open");
	tee_close(&tee);
}

static int
converse(int count, const struct pam_message **message,
    struct pam_response **response, void *data)
{
	(void)count;
	(void)message;
	(void)response;
	(void)data;
	return PAM_CONV_ERR;
}

static void
open_theirs(void *data)
{
	struct pam_conv conversation = { converse, NULL };
	pam_handle_t *pam;

	bench_must(pam_start_confdir(data, "root", &conversation, PAM_FOLDER,
		       &pam) == PAM_SUCCESS,
	    "pam_start_confdir");
	bench_must(pam_authenticate(pam, PAM_SILENT) == PAM_SUCCESS,
	    "pam_authenticate");
	pam_end(pam, PAM_SUCCESS);
}

/* An empty "other" keeps PAM from complaining to syslog at each start. */
int
main(void)
{
	char name[] = "bench";
	struct bench b = { "open", 1.0, 3000, 3, open_ours, open_theirs, name };

	bench_pin();
	bench_write("tests/profiles.d", "bench.conf", profile);
	bench_write("bench/tmp", "unused", "");
	bench_write(PAM_FOLDER, "bench",
	    "auth required pam_permit.so\n"
	    "auth required pam_permit.so\nauth required pam_permit.so\n");
	bench_write(PAM_FOLDER, "other", "");
	open_ours(name);
	open_theirs(name);
	bench_run(&b);
	return 0;
}
