/* SPDX-License-Identifier: Apache-2.0 */
/* renew: asks teed for a fresh transaction, and says what came of it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "teectl/report.h"
#include "teectl/teed.h"
#include "teectl/text.h"

struct arguments {
	struct common common;
	struct teed_place place;
	const char *profile;
};

static const struct argp_option options[] = { TEED_OPTIONS, { 0 } };

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;
	const char **const slots[] = { &a->profile, NULL };

	switch (key) {
	case ARGP_KEY_INIT:
		(void)command_parse_init(state);
		break;
	case ARGP_KEY_ARG:
		return command_parse_word(state, arg, slots);
	case ARGP_KEY_END:
		if (a->profile == NULL)
			argp_error(state, "PROFILE is missing");
		return 0;
	}
	return teed_place_parse(key, arg, state, &a->place,
	    TEED_PATIENCE_RENEW);
}

static int
show(const struct arguments *a, const struct teed_answer *answer,
    const struct tee_wire_key *key)
{
	char public_key[2 * TEE_PUBLIC_KEY_SIZE + 1], expires[TEXT_TIME];

	text_hex(key->public_key, TEE_PUBLIC_KEY_SIZE, public_key);
	text_format_time((time_t)key->expires, expires);
	if (a->common.json)
		/* clang-format off */
		return report_json(json_pack(
		    "{s:o, s:I, s:i, s:s, s:s, s:o}", "profile",
		    text_json(answer->profile), "generation",
		    (json_int_t)key->generation, "serial", (int)key->serial,
		    "expires", expires, "public_key", public_key, "did",
		    text_json_bytes(key->did, key->did_size)));
	/* clang-format on */
	printf("renewed ");
	text_print(stdout, answer->profile);
	printf(": generation %lu, key %d, until %s\n",
	    (unsigned long)key->generation, key->serial, expires);
	return STATUS_DONE;
}

static int
explain(const struct arguments *a, const struct teed_answer *answer)
{
	if (a->common.json)
		report_json(
		    json_pack("{s:o}", "error", teed_error_json(answer)));
	return teed_explain(answer, "renew");
}

int
command_renew(const struct command *self, int argc, char **argv)
{
	struct arguments a = { 0 };
	struct teed_answer answer;
	struct tee_wire_key key;
	int status;

	command_parse(self, argc, argv, options, parse, &a.common);
	teed_ask(&a.place, a.profile, TEE_WIRE_RENEW, &answer);
	if (answer.error == 0 &&
	    !tee_wire_read_key((const uint8_t *)answer.data, answer.size, &key))
		teed_answer_fail(&answer, "it answered with no key");
	status =
	    answer.error == 0 ? show(&a, &answer, &key) : explain(&a, &answer);
	teed_answer_clear(&answer);
	return status;
}
