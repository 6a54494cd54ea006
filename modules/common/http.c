/* SPDX-License-Identifier: Apache-2.0 */
/* http: see http.h.  Here: when to ask again, and what the log says. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "modules/common/http_try.h"

#define BACKOFF_MAX_MS 60000
#define MARGIN_MS 100
#define DETAIL 640

/* One request over all its tries. */
struct asking {
	struct tee_call *call;
	const struct tee_http_request *request;
	struct tee_http_response *response;
	char host[HTTP_HOST_TEXT];
	unsigned counted; /* tries that count against the hop's */
	unsigned gone_ms; /* waited after 410 */
	struct http_try try;
};

/* What became of one try. */
struct outcome {
	enum tee_verdict verdict;
	const char *reason;
	bool again;
};

static const struct {
	CURLcode code;
	struct outcome outcome;
} transport[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, { TEE_UNAVAILABLE, "http_dns", true } },
	{ CURLE_COULDNT_CONNECT, { TEE_UNAVAILABLE, "http_connect", true } },
	{ CURLE_OPERATION_TIMEDOUT, { TEE_UNAVAILABLE, "http_timeout", true } },
	/* A connection cut in the handshake looks like this, too. */
	{ CURLE_SSL_CONNECT_ERROR, { TEE_UNAVAILABLE, "http_tls", true } },
	{ CURLE_PEER_FAILED_VERIFICATION,
	    { TEE_UNAVAILABLE, "http_tls", false } },
	{ CURLE_SSL_CACERT_BADFILE, { TEE_UNAVAILABLE, "http_tls", false } },
	{ CURLE_SSL_CERTPROBLEM, { TEE_UNAVAILABLE, "http_tls", false } },
	{ CURLE_SSL_CIPHER, { TEE_UNAVAILABLE, "http_tls", false } },
};

static struct outcome
judge_transport(const struct http_try *t)
{
	static const struct outcome broken = { TEE_UNAVAILABLE, "http_broken",
		true };
	static const struct outcome too_large = { TEE_UNAVAILABLE,
		"http_too_large", false };

	if (t->too_large)
		return too_large;
	for (size_t i = 0; i < sizeof(transport) / sizeof(transport[0]); i++)
		if (transport[i].code == t->code)
			return transport[i].outcome;
	return broken;
}

static bool
in_table(const struct tee_http_hop *hop, unsigned status)
{
	for (const unsigned *s = hop->again; s != NULL && *s != 0; s++)
		if (*s == status)
			return true;
	return status == 410 && hop->gone_every_ms > 0;
}

/* A refusal is final, whatever the hop's table says. */
static struct outcome
judge_status(const struct tee_http_hop *hop, unsigned status)
{
	struct outcome o = { TEE_UNAVAILABLE, "http_error",
		in_table(hop, status) };

	if (status >= 200 && status < 300) {
		o.verdict = TEE_OK;
		o.again = false;
	} else if (status >= 300 && status < 400) {
		o.reason = "http_redirect";
		o.again = false;
	} else if (status == 429) {
		o.reason = "http_throttled";
	} else if (status >= 400 && status < 500 && status != 404 &&
	    status != 408 && status != 410) {
		o.verdict = TEE_DENY;
		o.reason = "http_refused";
		o.again = false;
	}
	return o;
}

/* "status 403 Forbidden/AccessDenied, id 9c1..", or libcurl's own words. */
static void
describe(const struct asking *a, char out[DETAIL / 2])
{
	const struct tee_http_response *r = a->response;
	const char *id = r->request_id;
	int n;

	if (a->try.too_large)
		n = snprintf(out, DETAIL / 2,
		    "an answer of more than %zu bytes", a->request->limit);
	else if (a->try.code != CURLE_OK)
		n = snprintf(out, DETAIL / 2, "%.160s",
		    a->try.error[0] != '\0' ? a->try.error :
					      curl_easy_strerror(a->try.code));
	else
		n = snprintf(out, DETAIL / 2, "status %u%s%s", r->status,
		    r->code[0] != '\0' ? " " : "", r->code);
	if (n > 0 && n < DETAIL / 2)
		snprintf(out + n, (size_t)(DETAIL / 2 - n), "%s%s",
		    id[0] != '\0' ? ", id " : "", id);
}

static void
say(const struct asking *a, int priority, const char *reason,
    const char *next_step)
{
	const struct tee_http_hop *hop = a->request->hop;
	char what[DETAIL / 2];

	describe(a, what);
	tee_call_log(a->call, priority, reason, "%s at %s: %s (try %u)%s%s%s%s",
	    hop->name, a->host, what, a->response->tries,
	    next_step != NULL ? "; " : "", next_step != NULL ? next_step : "",
	    a->response->message[0] != '\0' ? "; it says: " : "",
	    a->response->message);
}

/* Half of the pause is fixed, half is drawn: a fleet does not come at once. */
static unsigned
backoff(const struct tee_http_hop *hop, unsigned tries)
{
	uint64_t pause = (uint64_t)hop->backoff_ms
	    << (tries < 16 ? tries - 1 : 15);
	uint32_t drawn = 0;

	if (pause > BACKOFF_MAX_MS)
		pause = BACKOFF_MAX_MS;
	if (RAND_bytes((unsigned char *)&drawn, sizeof(drawn)) != 1)
		drawn = UINT32_MAX;
	return (unsigned)(pause / 2 + drawn % (pause / 2 + 1));
}

/* Milliseconds before the next try; false: there is none. */
static bool
next_pause(struct asking *a, unsigned *pause)
{
	const struct tee_http_hop *hop = a->request->hop;
	bool gone = a->try.code == CURLE_OK && a->response->status == 410 &&
	    hop->gone_every_ms > 0;

	if (gone) {
		*pause = hop->gone_every_ms;
		if (a->gone_ms + *pause > hop->gone_for_ms)
			return false;
		a->gone_ms += *pause;
	} else {
		if (++a->counted >= hop->tries)
			return false;
		*pause = backoff(hop, a->counted);
	}
	if (a->try.retry_after_ms > (int64_t)*pause)
		*pause = (unsigned)a->try.retry_after_ms;
	return *pause < tee_call_remaining_ms(a->call);
}

static void
sleep_ms(unsigned ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&ts, &ts) != 0 && errno == EINTR)
		continue;
}

static unsigned
at_most(unsigned hop_ms, unsigned left)
{
	/* libcurl takes 0 for "no limit". */
	return hop_ms > 0 && hop_ms < left ? hop_ms : left;
}

/* What is left must do to say which service was waited for. */
static unsigned
usable(unsigned left)
{
	unsigned margin = left / 8 < MARGIN_MS ? left / 8 : MARGIN_MS;

	return left > margin ? left - margin : 1;
}

/* It waited for all that the line had: what is left serves no other try. */
static bool
used_up(const struct asking *a, unsigned left)
{
	return a->try.code == CURLE_OPERATION_TIMEDOUT &&
	    tee_call_remaining_ms(a->call) <= left - usable(left);
}

static void
forget_answer(struct tee_http_response *r)
{
	unsigned tries = r->tries;

	tee_http_response_free(r);
	r->tries = tries;
}

static struct outcome
ask_once(struct asking *a, unsigned left)
{
	const struct tee_http_hop *hop = a->request->hop;
	struct http_try fresh = { .request = a->request,
		.response = a->response,
		.connect_ms = at_most(hop->connect_ms, left),
		.total_ms = at_most(hop->total_ms, left) };

	forget_answer(a->response);
	a->response->tries++;
	a->try = fresh;
	tee_http_send(&a->try);
	return a->try.code != CURLE_OK ? judge_transport(&a->try) :
					 judge_status(hop, a->response->status);
}

static enum tee_verdict
ask(struct asking *a)
{
	const struct tee_http_hop *hop = a->request->hop;
	int priority = a->request->fallback ? LOG_NOTICE : LOG_ERR;
	unsigned left = tee_call_remaining_ms(a->call), pause;
	struct outcome o;

	if (left == 0) {
		tee_call_log(a->call, priority, "http_timeout",
		    "%s at %s: no time left to ask; raise the line's timeout",
		    hop->name, a->host);
		return TEE_UNAVAILABLE;
	}
	for (;; left = tee_call_remaining_ms(a->call)) {
		o = ask_once(a, usable(left));
		if (o.verdict == TEE_OK)
			return TEE_OK;
		if (!o.again || used_up(a, left) || !next_pause(a, &pause))
			break;
		say(a, LOG_NOTICE, o.reason, "asking again");
		sleep_ms(pause);
	}
	say(a, priority, o.reason, hop->advice);
	return o.verdict;
}

enum tee_verdict
tee_http(struct tee_call *call, const struct tee_http_request *request,
    struct tee_http_response *response)
{
	struct asking a = { .call = call,
		.request = request,
		.response = response };
	const char *why;

	memset(response, 0, sizeof(*response));
	if (!tee_http_ready()) {
		tee_call_log(call, LOG_ERR, "http_request",
		    "libcurl is not the one this module was built for "
		    "(OpenSSL, with a resolver that can be timed out)");
		return TEE_DENY;
	}
	if (!tee_http_sendable(request, &why, a.host)) {
		tee_call_log(call, LOG_ERR, "http_request",
		    "%s at \"%s\": not asked: %s", request->hop->name, a.host,
		    why);
		return TEE_DENY;
	}
	if (!tee_http_trust_allowed(call, request->trust)) {
		tee_call_log(call, LOG_ERR, "http_trust",
		    "%s at %s: not asked: a CA of %s is no root of a "
		    "simulated platform; name its fingerprint in "
		    "require.roots and set allow_simulated",
		    request->hop->name, a.host,
		    tee_http_trust_file(request->trust));
		return TEE_DENY;
	}
	return ask(&a);
}

void
tee_http_response_free(struct tee_http_response *r)
{
	if (r->body != NULL)
		OPENSSL_clear_free(r->body, r->size + 1);
	memset(r, 0, sizeof(*r));
}
