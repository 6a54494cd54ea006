/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBOR and COSE_Sign1 by their bytes: each part in the place of which
 * something else stands, and every bound from both sides.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "modules/common/cert.h"
#include "modules/common/cose.h"
#include "tests/testlib_uvm_chain.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BYTES(text) (text), sizeof(text) - 1
#define HEADER "\x44\xa1\x01\x38\x25" /* {1: -38}, PS384 */
#define TAIL "\x41\x01\x41\x02"       /* payload and signature */

/* NULL: taken. */
static void
expect(const char *what, const void *data, size_t size, const char *error)
{
	struct tee_cose c;
	bool ok = tee_cose_parse(&c, data, size);

	ck_assert_msg(ok == (error == NULL), "%s: %s", what,
	    ok ? "taken" : c.error);
	if (!ok)
		ck_assert_msg(strstr(c.error, error) != NULL, "%s: %s", what,
		    c.error);
	tee_cose_free(&c);
}

START_TEST(parts)
{
	static const struct {
		const char *what, *data;
		size_t size;
		const char *error;
	} rows[] = {
		{ "good", BYTES("\x84" HEADER "\xa0" TAIL), NULL },
		{ "tagged", BYTES("\xd2\x84" HEADER "\xa0" TAIL), NULL },
		{ "nothing", BYTES(""), "not one CBOR item" },
		{ "a tag alone", BYTES("\xd2"), "not one CBOR item" },
		{ "a map", BYTES("\xa2" HEADER "\xa0" TAIL), "array of four" },
		{ "a number", BYTES("\x04"), "array of four" },
		{ "protected: a map", BYTES("\x84\xa1\x01\x38\x25\xa0" TAIL),
		    "protected header is no byte string" },
		{ "protected: a text", BYTES("\x84\x61x\xa0" TAIL),
		    "protected header is no byte string" },
		{ "protected: an array", BYTES("\x84\x41\x80\xa0" TAIL),
		    "protected header is no map" },
		{ "unprotected: an array", BYTES("\x84" HEADER "\x80" TAIL),
		    "unprotected header is no map" },
		{ "unprotected: bytes", BYTES("\x84" HEADER "\x41\xa0" TAIL),
		    "unprotected header is no map" },
		{ "unprotected: a label twice",
		    BYTES("\x84" HEADER "\xa2\x04\x01\x04\x01" TAIL),
		    "unprotected header is no map" },
		{ "payload: a text", BYTES("\x84" HEADER "\xa0\x61x\x41\x02"),
		    "no payload" },
		{ "signature: a text", BYTES("\x84" HEADER "\xa0\x41\x01\x61x"),
		    "no signature" },
		{ "signature: null", BYTES("\x84" HEADER "\xa0\x41\x01\xf6"),
		    "no signature" },
		{ "no algorithm", BYTES("\x84\x41\xa0\xa0" TAIL), "PS384" },
		{ "its name", BYTES("\x84\x48\xa1\x01\x65PS384\xa0" TAIL),
		    "PS384" },
		{ "x5chain: a text",
		    BYTES("\x84\x48\xa2\x01\x38\x25\x18\x21\x61x\xa0" TAIL),
		    "x5chain" },
		{ "x5chain: no certificate",
		    BYTES("\x84\x48\xa2\x01\x38\x25\x18\x21\x41x\xa0" TAIL),
		    "x5chain" },
		{ "x5chain: an empty list",
		    BYTES("\x84\x47\xa2\x01\x38\x25\x18\x21\x80\xa0" TAIL),
		    "x5chain" },
		{ "x5t without a chain",
		    BYTES("\x84\x4a\xa2\x01\x38\x25\x18\x22\x82\x2f\x41x"
			  "\xa0" TAIL),
		    "x5t" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		expect(rows[i].what, rows[i].data, rows[i].size, rows[i].error);
}
END_TEST

static void
add(struct sim_blob *b, const void *data, size_t size)
{
	ck_assert(tee_sim_blob_append(b, data, size));
}

/* With a chain that is good, or this one; and this x5t, or none. */
static void
expect_chain(const char *what, const struct sim_blob *chain, const char *x5t,
    size_t x5t_size, const char *error)
{
	struct sim_blob header = { NULL, 0 }, message = { NULL, 0 };
	struct uvm_spec spec;

	cb_head(&header, 5, x5t_size > 0 ? 3 : 2);
	cb_int(&header, TEE_COSE_ALGORITHM);
	cb_int(&header, TEE_COSE_PS384);
	cb_int(&header, TEE_COSE_X5CHAIN);
	uvm_start(&spec, false, (const uint8_t[48]){ 0 });
	if (chain != NULL)
		add(&header, chain->data, chain->size);
	else
		uvm_chain_write(&spec, &header);
	if (x5t_size > 0) {
		cb_int(&header, TEE_COSE_X5T);
		add(&header, x5t, x5t_size);
	}
	cb_head(&message, 4, 4);
	cb_bytes(&message, header.data, header.size);
	add(&message, BYTES("\xa0" TAIL));
	expect(what, message.data, message.size, error);
	tee_sim_blob_free(&message);
	tee_sim_blob_free(&header);
}

/* x5t is a pair of an algorithm and bytes. */
START_TEST(thumbprints)
{
	static const struct {
		const char *what, *x5t;
		size_t size;
	} rows[] = {
		{ "a number", BYTES("\x2f") },
		{ "bytes", BYTES("\x41\x01") },
		{ "an empty list", BYTES("\x80") },
		{ "an algorithm alone", BYTES("\x81\x2f") },
		{ "three", BYTES("\x83\x2f\x41\x01\x41\x01") },
		{ "an algorithm by name", BYTES("\x82\x67SHA-256\x41\x01") },
		{ "a text", BYTES("\x82\x2f\x61x") },
		{ "no bytes", BYTES("\x82\x2f\x40") },
	};

	expect_chain("none", NULL, NULL, 0, NULL);
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_chain(rows[i].what, NULL, rows[i].x5t, rows[i].size,
		    "x5t");
}
END_TEST

/* The leaf of the usual chain, in DER. */
static void
leaf(struct sim_blob *out)
{
	struct sim_blob chain = { NULL, 0 };
	struct uvm_spec spec;
	cbor_item_t *item;
	const uint8_t *der;
	size_t size;

	uvm_start(&spec, false, (const uint8_t[48]){ 0 });
	spec.certs = 1;
	uvm_chain_write(&spec, &chain);
	item = tee_cbor_load(chain.data, chain.size);
	ck_assert(tee_cbor_bytes(item, &der, &size));
	add(out, der, size);
	cbor_decref(&item);
	tee_sim_blob_free(&chain);
}

/* What stands second in a list of which the first is good; 0: no second. */
static void
expect_second(const char *what, const char *second, size_t size,
    const char *error)
{
	struct sim_blob der = { NULL, 0 }, chain = { NULL, 0 };

	leaf(&der);
	cb_head(&chain, 4, size > 0 ? 2 : 1);
	cb_bytes(&chain, der.data, der.size);
	add(&chain, second, size);
	expect_chain(what, &chain, NULL, 0, error);
	tee_sim_blob_free(&chain);
	tee_sim_blob_free(&der);
}

/* A certificate of exactly this size, by the length of a comment in it. */
static void
certificate(struct sim_blob *out, size_t size)
{
	size_t comment = size / 2;

	while (out->size != size) {
		X509 *cert = X509_new();
		ASN1_IA5STRING *text = ASN1_IA5STRING_new();
		unsigned char *letters = calloc(1, comment), *der = NULL;
		int n;

		memset(letters, 'x', comment);
		ck_assert(ASN1_STRING_set(text, letters, (int)comment));
		ck_assert(X509_set_version(cert, X509_VERSION_3) &&
		    X509_add1_ext_i2d(cert, NID_netscape_comment, text, 0, 0) &&
		    X509_gmtime_adj(X509_getm_notBefore(cert), 0) != NULL &&
		    X509_gmtime_adj(X509_getm_notAfter(cert), 3600) != NULL &&
		    X509_set_pubkey(cert, uvm_ec_key()));
		/* RSA, for its signatures are all of one length. */
		ck_assert(X509_sign(cert, uvm_other_key(), EVP_sha256()) > 0);
		n = i2d_X509(cert, &der);
		tee_sim_blob_free(out);
		add(out, der, (size_t)n);
		comment += size - (size_t)n;
		OPENSSL_free(der);
		free(letters);
		ASN1_IA5STRING_free(text);
		X509_free(cert);
	}
}

START_TEST(chains)
{
	struct sim_blob der = { NULL, 0 }, second = { NULL, 0 };

	expect_second("a list of one", NULL, 0, "x5chain");
	expect_second("a text behind the leaf", BYTES("\x61x"), "x5chain");
	expect_second("no certificate behind it", BYTES("\x41x"), "x5chain");
	for (size_t over = 0; over < 2; over++) {
		certificate(&der, TEE_CERT_MAX + over);
		cb_bytes(&second, der.data, der.size);
		expect_second(over ? "8 KiB and a byte" : "8 KiB",
		    (char *)second.data, second.size, over ? "x5chain" : NULL);
		tee_sim_blob_free(&second);
		tee_sim_blob_free(&der);
	}
}
END_TEST

START_TEST(size_of_message)
{
	uint8_t *payload = calloc(1, TEE_COSE_MAX);
	const size_t rest = 1 + 5 + 1 + 3 + 2; /* all but the payload's bytes */

	for (size_t over = 0; over < 2; over++) {
		struct sim_blob message = { NULL, 0 };

		add(&message, BYTES("\x84" HEADER "\xa0"));
		cb_bytes(&message, payload, TEE_COSE_MAX - rest + over);
		add(&message, BYTES("\x41\x02"));
		ck_assert_uint_eq(message.size, TEE_COSE_MAX + over);
		expect(over ? "64 KiB and a byte" : "64 KiB", message.data,
		    message.size, over ? "too large" : NULL);
		tee_sim_blob_free(&message);
	}
	free(payload);
}
END_TEST

static bool
loads(const void *data, size_t size)
{
	cbor_item_t *item = tee_cbor_load(data, size);
	bool ok = item != NULL;

	if (ok)
		cbor_decref(&item);
	return ok;
}

START_TEST(shapes)
{
	static const struct {
		const char *what, *data;
		size_t size;
		bool taken;
	} rows[] = {
		{ "nothing", BYTES(""), false },
		{ "a number", BYTES("\x17"), true },
		{ "two numbers", BYTES("\x17\x17"), false },
		{ "a number in a byte more", BYTES("\x18\x17"), false },
		{ "a number of one byte", BYTES("\x18\x18"), true },
		{ "padded to two", BYTES("\x19\0\x17"), true },
		{ "cut short", BYTES("\x19\0"), false },
		{ "bytes", BYTES("\x42xy"), true },
		{ "more bytes than there are", BYTES("\x43xy"), false },
		{ "their length padded to one", BYTES("\x58\x02xy"), false },
		{ "padded to two", BYTES("\x59\0\x02xy"), false },
		{ "padded to four", BYTES("\x5a\0\0\0\x02xy"), false },
		{ "padded to eight", BYTES("\x5b\0\0\0\0\0\0\0\x02xy"), false },
		{ "bytes in parts", BYTES("\x5f\x41x\xff"), false },
		{ "a text in parts", BYTES("\x7f\x61x\xff"), false },
		{ "a list", BYTES("\x82\x01\x02"), true },
		{ "more items than there are", BYTES("\x83\x01\x02"), false },
		{ "more than bytes", BYTES("\x9b\x80\0\0\0\0\0\0\0"), false },
		{ "a map", BYTES("\xa1\x01\x02"), true },
		{ "half a pair", BYTES("\xa1\x01"), false },
		{ "pairs beyond 64 bits", BYTES("\xbb\x80\0\0\0\0\0\0\0"),
		    false },
		{ "a tag", BYTES("\xc1\x01"), true },
		{ "a tag padded", BYTES("\xd9\0\x12\x01"), false },
		{ "a tag of nothing", BYTES("\xc1"), false },
		{ "simple 19", BYTES("\xf3"), false },
		{ "simple 32", BYTES("\xf8\x20"), false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ck_assert_msg(loads(rows[i].data, rows[i].size) ==
			rows[i].taken,
		    "%s", rows[i].what);
}
END_TEST

START_TEST(bounds_of_cbor)
{
	uint8_t *many = calloc(1, TEE_CBOR_MAX + 1);
	struct sim_blob list = { NULL, 0 };

	/* Lists in lists, the innermost empty. */
	memset(many, 0x81, TEE_CBOR_DEPTH);
	many[TEE_CBOR_DEPTH - 1] = 0x80;
	ck_assert(loads(many, TEE_CBOR_DEPTH));
	many[TEE_CBOR_DEPTH - 1] = 0x81;
	many[TEE_CBOR_DEPTH] = 0x80;
	ck_assert(!loads(many, TEE_CBOR_DEPTH + 1));
	/* A list and its numbers. */
	memset(many, 0, TEE_CBOR_ITEMS);
	for (size_t over = 0; over < 2; over++) {
		cb_head(&list, 4, TEE_CBOR_ITEMS - 1 + over);
		add(&list, many, TEE_CBOR_ITEMS - 1 + over);
		ck_assert(loads(list.data, list.size) == (over == 0));
		tee_sim_blob_free(&list);
	}
	/* Bytes under a head of five. */
	for (size_t over = 0; over < 2; over++) {
		cb_bytes(&list, many, TEE_CBOR_MAX - 5 + over);
		ck_assert_uint_eq(list.size, TEE_CBOR_MAX + over);
		ck_assert(loads(list.data, list.size) == (over == 0));
		tee_sim_blob_free(&list);
	}
	free(many);
}
END_TEST

static bool
reads_as_map(const struct sim_blob *b)
{
	cbor_item_t *item = tee_cbor_load(b->data, b->size);
	bool ok;

	ck_assert_ptr_nonnull(item);
	ok = tee_cbor_map(item) != NULL;
	cbor_decref(&item);
	return ok;
}

/* Keys are integers of 64 bits, signed, or texts, each there once. */
START_TEST(maps)
{
	static const struct {
		const char *what, *data;
		size_t size;
		bool taken;
	} rows[] = {
		{ "empty", BYTES("\xa0"), true },
		{ "a list", BYTES("\x80"), false },
		{ "two integers", BYTES("\xa2\x01\0\x02\0"), true },
		{ "an integer twice", BYTES("\xa2\x01\0\x01\0"), false },
		{ "twice, once padded", BYTES("\xa2\x01\0\x19\0\x01\0"),
		    false },
		{ "and negative", BYTES("\xa2\x01\0\x20\0"), true },
		{ "two texts", BYTES("\xa2\x61x\0\x61y\0"), true },
		{ "one longer", BYTES("\xa2\x61x\0\x62xy\0"), true },
		{ "a text twice", BYTES("\xa2\x61x\0\x61x\0"), false },
		{ "a text and an integer", BYTES("\xa2\x61\x01\0\x01\0"),
		    true },
		{ "bytes", BYTES("\xa1\x41x\0"), false },
		{ "a list for a key", BYTES("\xa1\x80\0"), false },
		{ "2^63 - 1",
		    BYTES("\xa1\x1b\x7f\xff\xff\xff\xff\xff\xff\xff"
			  "\0"),
		    true },
		{ "2^63", BYTES("\xa1\x1b\x80\0\0\0\0\0\0\0\0"), false },
	};
	struct sim_blob b = { NULL, 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		add(&b, rows[i].data, rows[i].size);
		ck_assert_msg(reads_as_map(&b) == rows[i].taken, "%s",
		    rows[i].what);
		tee_sim_blob_free(&b);
	}
	for (unsigned over = 0; over < 2; over++) {
		cb_head(&b, 5, TEE_CBOR_PAIRS + over);
		for (int i = 0; i < TEE_CBOR_PAIRS + (int)over; i++) {
			cb_int(&b, i);
			cb_int(&b, 0);
		}
		ck_assert(reads_as_map(&b) == (over == 0));
		tee_sim_blob_free(&b);
	}
}
END_TEST

/* Of two names of one length, the one that was asked for. */
START_TEST(values)
{
	static const char data[] = "\xa4\x63svm\x01\x63svn\x02"
				   "\x01\x63"
				   "a\x7f"
				   "b"
				   "\x02\x62xy";
	cbor_item_t *map = tee_cbor_load(data, sizeof(data) - 1);
	char text[4];
	int64_t n;

	ck_assert_ptr_nonnull(map);
	ck_assert(tee_cbor_integer(tee_cbor_named(map, "svn"), &n) && n == 2);
	ck_assert_ptr_null(tee_cbor_named(map, "sv"));
	ck_assert_ptr_null(tee_cbor_named(map, "svo"));
	ck_assert_ptr_null(tee_cbor_at(map, 3));
	ck_assert(!tee_cbor_text(tee_cbor_at(map, 1), text, sizeof(text)));
	ck_assert(tee_cbor_text(tee_cbor_at(map, 2), text, sizeof(text)));
	ck_assert_str_eq(text, "xy");
	ck_assert(!tee_cbor_text(tee_cbor_at(map, 2), text, 2));
	cbor_decref(&map);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure cose");
	TCase *tcase = tcase_create("bytes");
	SRunner *runner;
	int failed;

	tcase_add_unchecked_fixture(tcase, uvm_open, uvm_close);
	tcase_add_test(tcase, parts);
	tcase_add_test(tcase, thumbprints);
	tcase_add_test(tcase, chains);
	tcase_add_test(tcase, size_of_message);
	tcase_add_test(tcase, shapes);
	tcase_add_test(tcase, bounds_of_cbor);
	tcase_add_test(tcase, maps);
	tcase_add_test(tcase, values);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
