/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: one file, read once through a checked descriptor, becomes one
 * immutable plan with its modules opened; anything wrong refuses it whole.
 */
#ifndef LIBTEE_PROFILE_H
#define LIBTEE_PROFILE_H

#include "libtee/loader.h"
#include "libtee/message.h"
#include "libtee/option.h"
#include "libtee/reference.h"
#include "libtee/stage.h"

#define TEE_PROFILE_MAX (64 * 1024)

struct tee_line {
	enum tee_facility facility;
	char *module_name;
	char *group;        /* NULL but for oneof */
	unsigned authority; /* verifier: enum tee_authority bits */
	unsigned timeout;   /* seconds */
	unsigned budget_ms; /* cache: of one question */
	unsigned source_line;
	struct tee_config config;
	struct tee_loaded loaded;
	void *state;
	bool opened;
};

struct tee_stack {
	struct tee_line *line;
	struct tee_rule rule[TEE_STAGE_LINES];
	size_t count;
	size_t allocated; /* lines that were written, good or bad */
};

enum tee_residency { TEE_RESIDENCY_TEED = 0, TEE_RESIDENCY_PROCESS };

struct tee {
	struct tee_log log;
	char *file;
	char *name;
	char *module_dir;
	uint8_t digest[32]; /* SHA-256 of the profile's bytes */
	char *did;          /* NULL: a relying party's profile */
	enum tee_assurance assurance;
	struct tee_reference floor;
	enum tee_confidential_level caller_level; /* no fallback below */
	struct tee_stack collector;
	struct tee_stack verifier;
	struct tee_stack keystore;
	struct tee_stack cache; /* a relying party's: one line or none */
	enum tee_residency residency;
	unsigned lifetime; /* seconds */
	char *users;       /* comma-separated, for teed and for dump */
	char *groups;
	unsigned users_line, groups_line; /* where they stand */
	gid_t operators; /* (gid_t)-1: nobody beyond the user */
	/* For teed alone. */
	struct tee_message_rules sign;
	unsigned rate;        /* signatures a second for one peer */
	unsigned connections; /* at once */
	bool ssh_agent;
	char *socket;   /* where teed listens for this profile; NULL: usual */
	int custody_fd; /* a copy of the caller's connection; 0: none */
};

/* Parses; no module is touched.  0, TEE_E_PROFILE or TEE_E_MEMORY. */
int tee_profile_parse(struct tee *, const char *text, size_t size) TEE_MUST_USE;
/* Loads and opens every line's module and checks the stacks against them. */
int tee_plan_open(struct tee *) TEE_MUST_USE;
/* The same for the verifiers alone: whoever has teed run the rest. */
int tee_plan_open_verifiers(struct tee *) TEE_MUST_USE;
void tee_plan_close(struct tee *);

struct tee *tee_profile_new(const struct tee_options *, const char *file,
    const char *module_dir);
int tee_profile_read(struct tee *) TEE_MUST_USE;
void tee_profile_free(struct tee **);

const char *tee_control_word(enum tee_control);
const char *tee_assurance_word(enum tee_assurance);

#endif
