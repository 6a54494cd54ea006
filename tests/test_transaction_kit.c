/* SPDX-License-Identifier: Apache-2.0 */
/* transaction_kit: see test_transaction_kit.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test_transaction_kit.h"

static size_t
part(char *out, size_t size, size_t n, const char *head, const char *body,
    const char *tail)
{
	int k;

	if (body == NULL || body[0] == '\0')
		return n;
	k = snprintf(out + n, size - n, "%s%s%s\n", head, body, tail);
	ck_assert(k > 0 && (size_t)k < size - n);
	return n + (size_t)k;
}

static void
write_out(const struct script *s, char *out, size_t size)
{
	size_t n = 0;
	char *quote;

	n = part(out, size, n, "assurance = '", s->assurance, "';");
	n = part(out, size, n, "require = { ", s->require, " };");
	n = part(out, size, n, "collector = ( ", s->collector, " );");
	n = part(out, size, n, "verifier = ( ", s->verifier, " );");
	n = part(out, size, n, "keystore = ( ", s->keystore,
	    " );\n"
	    "agent = { did = 'auto'; };\n"
	    "custody = { residency = 'process'; lifetime = '1h'; };");
	for (quote = out; (quote = strchr(quote, '\'')) != NULL;)
		*quote = '"';
}

int
txn_open(const struct script *s, const struct tee_options *options,
    struct result *r)
{
	char text[4096];

	memset(r, 0, sizeof(*r));
	write_out(s, text, sizeof(text));
	return kit_load("agent.conf", text, options, &r->trace, &r->tee);
}

void
txn_acquire(const struct script *s, const struct tee_options *options,
    struct result *r)
{
	ck_assert_msg(txn_open(s, options, r) == 0, "%s", r->trace.text);
	r->error = tee_acquire(r->tee, &r->key);
	ck_assert_int_eq(r->error == 0, r->key != NULL);
}

void
txn_free(struct result *r)
{
	tee_key_free(&r->key);
	tee_close(&r->tee);
}

const char *
txn_event(const struct trace *trace, const char *event)
{
	static char line[4096];
	char head[64];
	const char *p;

	snprintf(head, sizeof(head), "event=%s ", event);
	for (p = trace->text; (p = strstr(p, head)) != NULL; p++) {
		if (p != trace->text && p[-1] != '\n')
			continue;
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
		return line;
	}
	return NULL;
}

const char *
txn_order(const struct trace *trace)
{
	static char order[512];
	const char *p = trace->text;
	size_t n = 0;

	order[0] = '\0';
	for (; *p != '\0'; p += strcspn(p, "\n") + 1) {
		char facility[32];

		if (sscanf(p, "tee txn=%*s profile=%*s facility=%31s line=",
			facility) == 1)
			n += (size_t)snprintf(order + n, sizeof(order) - n,
			    "%s%s", n > 0 ? " " : "", facility);
	}
	return order;
}

const char *
txn_check(const struct tee_claims *claims, const char *name)
{
	size_t i;

	for (i = 0; i < claims->check_count; i++)
		if (strcmp(claims->checks[i].name, name) == 0)
			return tee_check_word(claims->checks[i].result);
	return "absent";
}

/* Outside any test, so without assertions. */
static bool
kernel_keeps_keys(void)
{
	static const char text[] =
	    "agent = { did = \"auto\"; };\n"
	    "assurance = \"local\";\n"
	    "keystore = ( { control = \"required\"; module = \"mock\"; "
	    "options = { verdict = \"ok\"; }; } );\n"
	    "custody = { residency = \"process\"; };\n";
	static struct result r;
	int error = kit_load("probe.conf", text, NULL, &r.trace, &r.tee);

	if (error == 0)
		error = tee_acquire(r.tee, &r.key);
	txn_free(&r);
	if (error != TEE_E_KEYRING_DENIED && error != TEE_E_KEYRING_MISSING &&
	    error != TEE_E_KEYRING_QUOTA)
		return true;
	fprintf(stderr, "skipped: %s\n", tee_explain(error));
	return false;
}

int
txn_main(const char *name, void (*add)(TCase *))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	if (!kit_begin(name) || !kernel_keeps_keys())
		return 77;
	tcase_set_timeout(tcase, 180);
	add(tcase);
	suite_add_tcase(suite, tcase);
	return kit_run(suite);
}
