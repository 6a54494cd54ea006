/* SPDX-License-Identifier: Apache-2.0 */
/* status_teed: what teed answered about its profiles, for people. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "teectl/report.h"
#include "teectl/status.h"
#include "teectl/text.h"

/* teed_protocol(7): each state, what it is worth, and what to do. */
static const struct state {
	const char *word;
	enum status status;
	const char *next;
} states[] = {
	{ "held", STATUS_DONE, NULL },
	{ "acquiring", STATUS_UNAVAILABLE,
	    "The first transaction is under way; ask again in a moment." },
	{ "unavailable", STATUS_UNAVAILABLE,
	    "teed tries again by itself; the hop that failed stands in "
	    "`journalctl -u teed`." },
	{ "expired", STATUS_UNAVAILABLE,
	    "Renewals failed until the lease was over; teed goes on trying. "
	    "`journalctl -u teed` has the hop." },
	{ "denied", STATUS_REFUSED,
	    "The platform or the profile has to change first; then `teectl "
	    "renew PROFILE`." },
	{ "revoked", STATUS_REFUSED,
	    "Where that is over: `teectl renew PROFILE`, as an operator." },
	{ "refused", STATUS_REFUSED,
	    "It is not served; mend it, `teectl check FILE`, then `systemctl "
	    "reload teed`." },
};

static const char *
text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

static json_int_t
number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const struct state *
state_of(const json_t *document)
{
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i].word, text_of(document, "state")) == 0)
			return &states[i];
	return NULL;
}

enum status
status_of_document(const json_t *document)
{
	const struct state *state = state_of(document);

	/* A word of another version says nothing of a key. */
	return state != NULL ? state->status : STATUS_UNAVAILABLE;
}

/* How much of the lease is over, in hundredths; -1: there is none. */
static int
lease_used(const json_t *d)
{
	json_int_t lifetime = number_of(d, "lifetime");
	json_int_t left = number_of(d, "expires_in");

	if (lifetime <= 0 || left < 0 || left > lifetime)
		return -1;
	return (int)((lifetime - left) * 100 / lifetime);
}

static void
print_column(int width, const char *s)
{
	size_t i, n = strlen(s);

	text_print(stdout, n > 0 ? s : "-");
	for (i = n > 0 ? n : 1; i < (size_t)width; i++)
		putchar(' ');
	putchar(' ');
}

static void
print_line(const json_t *d)
{
	char lease[16] = "-", left[24] = "-";
	int used = lease_used(d);

	if (used >= 0) {
		snprintf(lease, sizeof(lease), "%d%%", used);
		snprintf(left, sizeof(left), "%llds",
		    (long long)number_of(d, "expires_in"));
	}
	print_column(16, text_of(d, "profile"));
	print_column(11, text_of(d, "state"));
	printf("%4lld ", (long long)number_of(d, "generation"));
	print_column(13, text_of(d, "origin"));
	printf("%5s %8s %5zu ", lease, left,
	    json_array_size(json_object_get(d, "peers")));
	text_print(stdout,
	    text_of(d, "did")[0] != '\0' ? text_of(d, "did") : "-");
	putchar('\n');
}

static void
print_note(const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	printf("    %-8s ", label);
	text_print(stdout, text);
	putchar('\n');
}

static void
print_last(const json_t *last)
{
	if (!json_is_object(last))
		return;
	printf("    %-8s ", "last");
	text_print(stdout, text_of(last, "result"));
	printf(" at ");
	text_print(stdout, text_of(last, "at"));
	if (text_of(last, "reason")[0] != '\0') {
		printf(", ");
		text_print(stdout, text_of(last, "reason"));
	}
	if (text_of(last, "detail")[0] != '\0') {
		printf(": ");
		text_print(stdout, text_of(last, "detail"));
	}
	putchar('\n');
}

static bool
is_refused(const json_t *d)
{
	return strcmp(text_of(d, "state"), "refused") == 0;
}

/* "FILE:LINE: message"; what is wrong need not be in the file. */
static void
print_fault(const json_t *d)
{
	printf("    %-8s ", "fault");
	text_print(stdout, text_of(d, "file"));
	if (number_of(d, "line") > 0)
		printf(":%lld", (long long)number_of(d, "line"));
	printf(": ");
	text_print(stdout, text_of(d, "message"));
	putchar('\n');
}

/* What an operator must not overlook, with the next step. */
static void
print_trouble(const json_t *d)
{
	const json_t *last = json_object_get(d, "last");
	const struct state *state = state_of(d);
	bool failing =
	    json_is_object(last) && strcmp(text_of(last, "result"), "ok") != 0;

	if (json_is_true(json_object_get(d, "simulated")))
		print_note("note", "The platform is simulated.");
	if (state == NULL)
		print_note("next",
		    "A teed of another version answers; "
		    "install one version of both.");
	if (failing)
		print_last(last);
	if (is_refused(d))
		print_fault(d);
	if (state != NULL && state->next != NULL)
		print_note("next", state->next);
	else if (state != NULL && failing)
		print_note("next",
		    "The key stands until its lease is over; "
		    "`journalctl -u teed` has the hop.");
	if (text_of(d, "reload_error")[0] != '\0') {
		print_note("reload", text_of(d, "reload_error"));
		print_note("next",
		    "The profile as it was is served; `teectl "
		    "check FILE`, then `systemctl reload teed`.");
	}
}

static void
print_peers(const json_t *peers)
{
	const json_t *peer;
	size_t i;

	json_array_foreach(peers, i, peer)
	{
		printf("    %-8s pid %lld, uid %lld, since ", "peer",
		    (long long)number_of(peer, "pid"),
		    (long long)number_of(peer, "uid"));
		text_print(stdout, text_of(peer, "since"));
		printf(": %lld signatures, %lld refused\n",
		    (long long)number_of(peer, "signatures"),
		    (long long)number_of(peer, "refused"));
	}
}

static void
print_counters(json_t *counters)
{
	const char *name;
	json_t *value;

	printf("    %-8s", "counts");
	json_object_foreach(counters, name, value)
	{
		putchar(' ');
		text_print(stdout, name);
		printf("=%lld", (long long)json_integer_value(value));
	}
	putchar('\n');
}

static void
print_list(const char *label, const json_t *list)
{
	const json_t *word;
	size_t i;

	printf("    %-8s", label);
	json_array_foreach(list, i, word)
	{
		putchar(' ');
		text_print(stdout,
		    json_is_string(word) ? json_string_value(word) : "?");
	}
	putchar('\n');
}

static void
print_everything(const json_t *d)
{
	static const struct {
		const char *label, *key;
	} fields[] = { { "public", "public_key" }, { "granted", "renewed" },
		{ "expires", "expires" }, { "platform", "platform" },
		{ "plan", "digest" } };
	const json_t *last = json_object_get(d, "last");
	const json_t *report = json_object_get(d, "claims_report");
	size_t i;

	if (number_of(d, "serial") != 0)
		printf("    %-8s %lld\n", "key",
		    (long long)number_of(d, "serial"));
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		print_note(fields[i].label, text_of(d, fields[i].key));
	if (strcmp(text_of(last, "result"), "ok") == 0)
		print_last(last);
	print_list("signs", json_object_get(d, "sign"));
	print_counters(json_object_get(d, "counters"));
	print_peers(json_object_get(d, "peers"));
	if (json_is_object(report)) {
		putchar('\n');
		report_appraisal(report);
	}
	putchar('\n');
}

void
status_print_unlisted(json_int_t unlisted)
{
	if (unlisted > 0)
		printf("%lld more %s refused; `journalctl -u teed` names "
		       "them\n",
		    (long long)unlisted,
		    unlisted == 1 ? "profile is" : "profiles are");
}

static bool
is_hidden(const json_t *d)
{
	return strcmp(text_of(json_object_get(d, "error"), "word"), "peer") ==
	    0;
}

void
status_print_teed(const json_t *documents, bool everything)
{
	const json_t *d;
	size_t i, shown = 0, hidden = 0;

	json_array_foreach(documents, i, d)
	{
		/* What could not be asked was said on stderr. */
		if (json_object_get(d, "state") == NULL) {
			hidden += is_hidden(d);
			continue;
		}
		if (shown++ == 0)
			printf("%-16s %-11s %4s %-13s %5s %8s %5s %s\n",
			    "PROFILE", "STATE", "GEN", "ORIGIN", "LEASE",
			    "LEFT", "PEERS", "DID");
		print_line(d);
		print_trouble(d);
		if (everything && !is_refused(d))
			print_everything(d);
	}
	if (hidden > 0)
		printf("%zu more %s not for uid %lu to see\n", hidden,
		    hidden == 1 ? "profile is" : "profiles are",
		    (unsigned long)getuid());
}
