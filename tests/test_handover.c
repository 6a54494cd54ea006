/* SPDX-License-Identifier: Apache-2.0 */
/* handover: errands and reports as bytes; what does not fit is refused. */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teed/handover.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define STANDING \
	{ \
		.did = (char *)(uintptr_t) "did:mesh:one", .did_size = 12, \
		.public_key = { 1, 2, 3 }, .origin = TEE_ORIGIN_SKR, \
		.platform = (char *)(uintptr_t) "azure", .simulated = true \
	}
#define TEXT(s) ((char *)(uintptr_t)(s))

static struct teed_errand errands[] = {
	{ .kind = TEED_ACQUIRE, .path = TEXT("/p/a.conf"), .digest = { 9, 8 } },
	{ .kind = TEED_RENEW, .path = TEXT("/p/a.conf"), .standing = STANDING },
	{ .kind = TEED_ATTEST,
	    .path = TEXT("/p/\xc3\xa9.conf"),
	    .standing = STANDING,
	    .challenge_id = TEXT("c"),
	    .challenge_id_size = 1,
	    .nonce = TEXT("a\0b"), /* a NUL is UTF-8 */
	    .nonce_size = 3 },
};

static struct teed_report reports[] = {
	{ .error = 0,
	    .release = { .standing = STANDING,
		.lifetime = 3600,
		.claims_json = TEXT("{\"verdict\":\"ok\"}"),
		.evidence_json = TEXT("{}") } },
	{ .error = TEE_E_DENIED,
	    .release = { .reason = "floor.debug", .detail = "debug is on" } },
	{ .error = TEE_E_TEED,
	    .release = { .claims_json = TEXT(""), .lifetime = INT32_MAX } },
};

static void
same_text(const char *a, size_t n, const char *b, size_t m)
{
	ck_assert_int_eq(a == NULL, b == NULL);
	ck_assert_uint_eq(n, m);
	if (a != NULL)
		ck_assert_mem_eq(a, b, n + 1);
}

static void
same_string(const char *a, const char *b)
{
	same_text(a, a != NULL ? strlen(a) : 0, b, b != NULL ? strlen(b) : 0);
}

static void
same_standing(const struct tee_standing *a, const struct tee_standing *b)
{
	same_text(a->did, a->did_size, b->did, b->did_size);
	ck_assert_mem_eq(a->public_key, b->public_key, 32);
	ck_assert_int_eq(a->origin, b->origin);
	same_string(a->platform, b->platform);
	ck_assert_int_eq(a->simulated, b->simulated);
}

START_TEST(errand)
{
	const struct teed_errand *e = &errands[_i];
	struct teed_errand read;
	uint8_t *bytes;
	size_t size;

	ck_assert(teed_errand_write(e, &bytes, &size));
	ck_assert(teed_errand_read(bytes, size, &read));
	ck_assert_int_eq(read.kind, e->kind);
	same_string(read.path, e->path);
	ck_assert_mem_eq(read.digest, e->digest, 32);
	same_standing(&read.standing, &e->standing);
	same_text(read.challenge_id, read.challenge_id_size, e->challenge_id,
	    e->challenge_id_size);
	same_text(read.nonce, read.nonce_size, e->nonce, e->nonce_size);
	teed_errand_clear(&read);
	ck_assert_ptr_null(read.path);
	free(bytes);
}
END_TEST

START_TEST(report)
{
	const struct teed_report *p = &reports[_i];
	struct teed_report read;
	uint8_t *bytes;
	size_t size;

	ck_assert(teed_report_write(p, &bytes, &size));
	ck_assert(teed_report_read(bytes, size, &read));
	ck_assert_int_eq(read.error, p->error);
	same_standing(&read.release.standing, &p->release.standing);
	ck_assert_uint_eq(read.release.lifetime, p->release.lifetime);
	same_string(read.release.claims_json, p->release.claims_json);
	same_string(read.release.evidence_json, p->release.evidence_json);
	ck_assert_str_eq(read.release.reason, p->release.reason);
	ck_assert_str_eq(read.release.detail, p->release.detail);
	teed_report_clear(&read);
	free(bytes);
}
END_TEST

/* A copy of exactly that size, so that a byte too far is seen. */
static bool
reads(bool is_report, const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);
	struct teed_errand e;
	struct teed_report p;
	bool ok;

	memcpy(copy, bytes, size);
	ok = is_report ? teed_report_read(copy, size, &p) :
			 teed_errand_read(copy, size, &e);
	/* What is refused leaves nothing, and is no grant. */
	if (is_report) {
		ck_assert(ok ||
		    (p.error == TEE_E_SYSTEM &&
			p.release.standing.did == NULL));
		teed_report_clear(&p);
	} else {
		ck_assert(ok || (e.kind == 0 && e.path == NULL));
		teed_errand_clear(&e);
	}
	free(copy);
	return ok;
}

static void
cut_and_lengthened(bool is_report, uint8_t *bytes, size_t size)
{
	uint8_t *longer = calloc(1, size + 1);

	for (size_t n = 0; n < size; n++)
		ck_assert_msg(!reads(is_report, bytes, n), "%zu bytes", n);
	memcpy(longer, bytes, size);
	ck_assert(!reads(is_report, longer, size + 1));
	ck_assert(reads(is_report, longer, size));
	/* Every bit turned: taken or refused, and nothing else. */
	for (size_t i = 0; i < size * 8; i++) {
		longer[i / 8] ^= (uint8_t)(1 << i % 8);
		(void)reads(is_report, longer, size);
		longer[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	free(longer);
	free(bytes);
}

START_TEST(cut)
{
	uint8_t *bytes;
	size_t size;

	ck_assert(teed_errand_write(&errands[_i], &bytes, &size));
	cut_and_lengthened(false, bytes, size);
	ck_assert(teed_report_write(&reports[_i], &bytes, &size));
	cut_and_lengthened(true, bytes, size);
}
END_TEST

/* Changed after it was written: where, to what, and why that is nonsense. */
static const struct {
	const char *what;
	bool is_report;
	unsigned which;
	size_t at;
	uint8_t value;
} wrong[] = {
	{ "kind 0", false, 0, 3, 0 },
	{ "kind 4", false, 0, 3, 4 },
	{ "kind 2^24 + 1", false, 0, 0, 1 },
	{ "a renewal of no key", false, 0, 3, TEED_RENEW },
	{ "an attestation without a challenge", false, 1, 3, TEED_ATTEST },
	{ "a path with a NUL", false, 0, 10, 0 },
	{ "a path that is no UTF-8", false, 0, 10, 0xff },
	{ "a path of 4 GiB", false, 0, 4, 0xff },
	{ "no path", false, 0, 7, 0 },
	{ "error 23", true, 0, 3, TEE_E_TEED + 1 },
	{ "a negative error", true, 0, 0, 0xff },
	{ "a lease of 68 years and more", true, 0, 4, 0x80 },
	{ "an origin that there is not", true, 0, 4 + 4 + 4 + 12 + 32 + 3, 3 },
	{ "neither simulated nor not", true, 0,
	    4 + 4 + 4 + 12 + 32 + 4 + 4 + 5 + 3, 2 },
};

START_TEST(nonsense)
{
	bool is_report = wrong[_i].is_report;
	uint8_t *bytes;
	size_t size;

	ck_assert(is_report ?
		teed_report_write(&reports[wrong[_i].which], &bytes, &size) :
		teed_errand_write(&errands[wrong[_i].which], &bytes, &size));
	ck_assert(reads(is_report, bytes, size));
	ck_assert_uint_lt(wrong[_i].at, size);
	ck_assert_uint_ne(bytes[wrong[_i].at], wrong[_i].value);
	bytes[wrong[_i].at] = wrong[_i].value;
	ck_assert_msg(!reads(is_report, bytes, size), "%s", wrong[_i].what);
	free(bytes);
}
END_TEST

static char *
filled(size_t size)
{
	char *s = malloc(size + 1);

	memset(s, 'x', size);
	s[size] = '\0';
	return s;
}

START_TEST(limits)
{
	struct teed_errand e = errands[2];
	struct teed_report p = reports[0];
	uint8_t *bytes, none = 0;
	size_t size;

	/* The longest challenge that ADR 0010 knows. */
	e.challenge_id = filled(65535);
	e.nonce = filled(65535);
	e.challenge_id_size = e.nonce_size = 65535;
	ck_assert(teed_errand_write(&e, &bytes, &size));
	ck_assert(reads(false, bytes, size));
	free(bytes);
	free(e.nonce);
	e.nonce = filled(TEED_ERRAND_MAX);
	e.nonce_size = TEED_ERRAND_MAX;
	ck_assert(!teed_errand_write(&e, &bytes, &size));
	ck_assert_ptr_null(bytes);
	p.release.evidence_json = filled(TEED_REPORT_MAX - 1);
	ck_assert(!teed_report_write(&p, &bytes, &size));
	ck_assert_ptr_null(bytes);
	p.release.evidence_json[TEED_REPORT_MAX - 1024] = '\0';
	ck_assert(teed_report_write(&p, &bytes, &size));
	ck_assert(reads(true, bytes, size));
	free(bytes);
	/* Nothing at all, as from a worker that only says that it is done. */
	ck_assert(!reads(true, &none, 0));
	ck_assert(!teed_report_read(NULL, 0, &p));
	ck_assert_int_eq(p.error, TEE_E_SYSTEM);
	ck_assert(!teed_errand_read(NULL, 0, &e));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("handover");
	TCase *tcase = tcase_create("handover");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, errand, 0, COUNT(errands));
	tcase_add_loop_test(tcase, report, 0, COUNT(reports));
	tcase_add_loop_test(tcase, cut, 0, COUNT(errands));
	tcase_add_loop_test(tcase, nonsense, 0, COUNT(wrong));
	tcase_add_test(tcase, limits);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
