/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UVM endorsements: what each check refuses, in either format, one defect at
 * a time, with everything around it good.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <check.h>
#include <openssl/rsa.h>

#include "tests/testlib_caci.h"

enum formats { BOTH = 0, FIRST, SECOND };

struct row {
	const char *name;
	const char *fails; /* NULL: it is good */
	void (*change)(struct uvm_spec *);
	enum formats only;
	const char *options;
};

#define CHANGE(name, ...) \
	static void name(struct uvm_spec *s) \
	{ \
		__VA_ARGS__; \
	}

CHANGE(nothing, (void)s)
CHANGE(untagged, s->tag = 0)
CHANGE(other_tag, s->tag = 17)
CHANGE(three_parts, s->parts = 3)
CHANGE(five_parts, s->parts = 5)
CHANGE(cut, s->cut = 1)
CHANGE(tail, s->tail = 1)
CHANGE(detached, s->detached = true)
CHANGE(es384, s->algorithm = -35; s->signer = uvm_ec_key())
CHANGE(ps256, s->algorithm = -37; s->digest = "SHA256"; s->salt = 32)
CHANGE(rs384, s->algorithm = -258; s->padding = RSA_PKCS1_PADDING)
CHANGE(critical, s->critical = true)
CHANGE(twice, s->twice = true)
CHANGE(both_headers, s->both = true)
CHANGE(wrong_x5t, s->wrong_thumbprint = true)
CHANGE(sha1_x5t, s->thumbprint = -14)
CHANGE(sha384_x5t, s->thumbprint = -43)
CHANGE(sha512_x5t, s->thumbprint = -44)
CHANGE(wrong_sha384_x5t, s->thumbprint = -43; s->wrong_thumbprint = true)
CHANGE(wrong_sha512_x5t, s->thumbprint = -44; s->wrong_thumbprint = true)
CHANGE(x5t_not_as_said, s->thumbprint = -43; s->thumbprint_by = -16)
CHANGE(x5t_longer, s->thumbprint = -16; s->thumbprint_by = -44)
CHANGE(odd_x5t, s->thumbprint = -45; s->thumbprint_by = -16)
CHANGE(no_chain, s->no_chain = true)
CHANGE(seven_certs, s->certs = 7)
CHANGE(no_issuer, s->no_issuer = true)
CHANGE(no_feed, s->no_feed = true)
CHANGE(odd_feed, s->feed = "Container\nPlat")
CHANGE(long_feed,
    s->feed = "0123456789012345678901234567890123456789012345678901234567890123"
	      "4567890123456789012345678901234567890123456789012345678901234567"
	      "8")
CHANGE(no_time, s->no_time = true)
CHANGE(other_time, s->time_tag = 2)
CHANGE(bare_time, s->time_tag = 0)
#define EXTRA(bytes) \
	s->extra = (bytes); \
	s->extra_size = sizeof(bytes) - 1
CHANGE(half, EXTRA("\xf9\x3c\1"))
CHANGE(half_zero, EXTRA("\xf9\0\0"))
CHANGE(half_no_number, EXTRA("\xf9\x7e\0"))
CHANGE(single, EXTRA("\xfa\x3f\xc0\0\0"))
CHANGE(twofold, EXTRA("\xfb\x3f\xf8\0\0\0\0\0\0"))
CHANGE(deep_floats, EXTRA("\x82\xa1\xf9\0\0\xf9\x3c\0\xc1\xfa\0\0\0\0"))
CHANGE(simple_24, EXTRA("\xf8\x18"))
CHANGE(reserved_28, EXTRA("\xfc"))
CHANGE(break_alone, EXTRA("\xff"))
CHANGE(indefinite, s->indefinite = true)
CHANGE(single_time, s->time_float = 4)
CHANGE(double_time, s->time_float = 8)
CHANGE(bare_double_time, s->time_float = 8; s->time_tag = 0)
CHANGE(half_second, s->time_float = 8; s->time_more = 0.5)
CHANGE(never, s->time_float = 8; s->time_more = HUGE_VAL)
CHANGE(no_number, s->time_float = 8; s->time_more = NAN)
CHANGE(past_all, s->time_float = 8; s->time_more = 1e19)
CHANGE(before_1970, s->at = -1)
CHANGE(other_type, s->type = "text/plain")
CHANGE(no_svn, s->no_svn = true; s->svn_text = NULL)
CHANGE(negative_svn, s->svn = -1; s->svn_text = "-1"; s->svn_number = false)
CHANGE(odd_svn, s->svn_text = "104x")
CHANGE(huge_svn, s->svn_text = "9223372036854775808"; s->svn_number = false)
CHANGE(svns_differ, s->other_svn = 103)
CHANGE(no_svn_number, s->svn_number = false)
CHANGE(huge_extra, s->number = "18446744073709551615")
CHANGE(huge_differ, s->number = "18446744073709551615"; s->other_svn = 103)
CHANGE(no_measurement, s->no_measurement = true)
CHANGE(short_measurement, s->measurement_size = 47)
CHANGE(long_measurement, s->measurement_size = 49)
CHANGE(no_json, s->payload = "{")
CHANGE(name_twice, s->payload = "{\"a\":1,\"a\":1}")
#define HEX48 \
	"111111111111111111111111111111111111111111111111" \
	"11111111111111111111111111111111111111111111111"
#define PAYLOAD(svn, last, more) \
	s->payload = \
	    "{\"x-ms-sevsnpvm-guestsvn\":" svn \
	    ",\"x-ms-sevsnpvm-launchmeasurement\":\"" HEX48 last "\"" more "}"
CHANGE(svn_no_text, PAYLOAD("104", "1", ""))
CHANGE(odd_measurement, PAYLOAD("\"104\"", "g", ""))
CHANGE(svn_again_a_text,
    PAYLOAD("\"104\"", "1", ",\"x-ms-sevsnpvm-guestsvn-int\":\"104\""))
CHANGE(other_launch_of_payload, PAYLOAD("\"104\"", "1", ""))
CHANGE(other_hash, s->hash = -44)
CHANGE(claims_list, s->list_claims = true)

CHANGE(spoiled, s->spoiled = true)
CHANGE(other_signer, s->signer = uvm_other_key())
CHANGE(short_salt, s->salt = 32)
CHANGE(other_digest, s->digest = "SHA512")
CHANGE(other_padding, s->padding = RSA_PKCS1_PADDING)

CHANGE(other_root, s->key[UVM_ROOT] = uvm_other_key())
CHANGE(no_eku, s->cert[UVM_LEAF].eku = NULL)
CHANGE(other_eku, s->cert[UVM_LEAF].eku = "1.3.6.1.4.1.311.76.59.1.1")
CHANGE(near_eku, s->cert[UVM_LEAF].eku = UVM_EKU ".1")
CHANGE(no_use, s->cert[UVM_LEAF].usage = NULL)
CHANGE(other_use, s->cert[UVM_LEAF].usage = "critical,keyEncipherment")
CHANGE(forged_leaf, s->cert[UVM_LEAF].signer = uvm_other_key())
CHANGE(forged_ca, s->cert[UVM_CA].signer = uvm_other_key())
CHANGE(leaf_elsewhere, s->cert[UVM_LEAF].issuer = "Somebody else")
CHANGE(ca_is_none, s->cert[UVM_CA].constraints = "critical,CA:FALSE")
CHANGE(ca_signs_none, s->cert[UVM_CA].usage = "critical,cRLSign")
CHANGE(sha1_leaf, s->cert[UVM_LEAF].sha1 = true)
CHANGE(no_ca, s->order[1] = UVM_ROOT; s->certs = 2)
CHANGE(leaf_alone, s->certs = 1)
CHANGE(root_missing, s->certs = 2)
CHANGE(another_between, s->order[1] = UVM_ROOT; s->order[2] = UVM_ROOT)
CHANGE(ca_twice, s->certs = 6; s->order[0] = UVM_LEAF)
CHANGE(leaf_old, s->at = UVM_AT + 186 * UVM_DAY)
CHANGE(leaf_new, s->at = UVM_AT - 181 * UVM_DAY)
CHANGE(ca_old, s->cert[UVM_CA].until = -1)
CHANGE(leaf_old_now, s->cert[UVM_LEAF].until = 1)
CHANGE(small_leaf, s->key[UVM_LEAF] = uvm_short_key())
CHANGE(to_come, s->at = SNP_NOW + 301)
CHANGE(soon, s->at = SNP_NOW + 299)

CHANGE(issuer_not_ours,
    s->issuer = "did:x509:0:sha256:"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA::eku:" UVM_EKU)
CHANGE(issuer_more, s->issuer = "did:web:example.org")
CHANGE(feed_not_ours, s->feed = "ContainerPlat-AMD-UVM-dev")
CHANGE(svn_old, s->svn = s->other_svn = 99; s->svn_text = "99")
CHANGE(svn_least, s->svn = s->other_svn = 100; s->svn_text = "100")
CHANGE(other_launch, s->measurement[47] ^= 1)

static const struct row rows[] = {
	{ "good", NULL, nothing, BOTH, NULL },
	{ "tag 18 is optional", NULL, untagged, BOTH, NULL },
	{ "x5t by SHA-384", NULL, sha384_x5t, BOTH, NULL },
	{ "x5t by SHA-512", NULL, sha512_x5t, BOTH, NULL },
	{ "a bare time of signing", NULL, bare_time, BOTH, NULL },
	{ "a float of 16 bits", NULL, half, BOTH, NULL },
	{ "zero as one", NULL, half_zero, BOTH, NULL },
	{ "no number as one", NULL, half_no_number, BOTH, NULL },
	{ "a float of 32 bits", NULL, single, BOTH, NULL },
	{ "a float of 64 bits", NULL, twofold, BOTH, NULL },
	{ "floats deeper down", NULL, deep_floats, BOTH, NULL },
	{ "the time as a float of 32 bits", NULL, single_time, BOTH, NULL },
	{ "the time as a float of 64 bits", NULL, double_time, BOTH, NULL },
	{ "a bare time as a float", NULL, bare_double_time, BOTH, NULL },
	{ "before 2025: no number beside the svn", NULL, no_svn_number, FIRST,
	    NULL },
	{ "a number of 64 bits beside it", NULL, huge_extra, FIRST, NULL },
	{ "the leaf ended since", NULL, leaf_old_now, BOTH, NULL },
	{ "signed by a clock that is a little ahead", NULL, soon, BOTH, NULL },
	{ "the least svn", NULL, svn_least, BOTH, NULL },

	{ "half a second", "uvm.format", half_second, BOTH, NULL },
	{ "at the end of time", "uvm.format", never, BOTH, NULL },
	{ "a time that is no number", "uvm.format", no_number, BOTH, NULL },
	{ "a time past all integers", "uvm.format", past_all, BOTH, NULL },
	{ "a simple value of two bytes", "uvm.format", simple_24, BOTH, NULL },
	{ "a reserved length", "uvm.format", reserved_28, BOTH, NULL },
	{ "a break", "uvm.format", break_alone, BOTH, NULL },
	{ "a map without its length", "uvm.format", indefinite, BOTH, NULL },

	{ "another COSE message", "uvm.format", other_tag, BOTH, NULL },
	{ "no signature", "uvm.format", three_parts, BOTH, NULL },
	{ "two signatures", "uvm.format", five_parts, BOTH, NULL },
	{ "cut by a byte", "uvm.format", cut, BOTH, NULL },
	{ "a byte behind it", "uvm.format", tail, BOTH, NULL },
	{ "detached payload", "uvm.format", detached, BOTH, NULL },
	{ "ES384", "uvm.format", es384, BOTH, NULL },
	{ "PS256", "uvm.format", ps256, BOTH, NULL },
	{ "RS384", "uvm.format", rs384, BOTH, NULL },
	{ "a critical header", "uvm.format", critical, BOTH, NULL },
	{ "a label twice", "uvm.format", twice, BOTH, NULL },
	{ "a label in both headers", "uvm.format", both_headers, BOTH, NULL },
	{ "x5t of another leaf", "uvm.format", wrong_x5t, BOTH, NULL },
	{ "x5t by SHA-384 of another leaf", "uvm.format", wrong_sha384_x5t,
	    BOTH, NULL },
	{ "x5t by SHA-512 of another leaf", "uvm.format", wrong_sha512_x5t,
	    BOTH, NULL },
	{ "x5t by another hash than it says", "uvm.format", x5t_not_as_said,
	    BOTH, NULL },
	{ "x5t longer than its hash", "uvm.format", x5t_longer, BOTH, NULL },
	{ "x5t by a hash nobody knows", "uvm.format", odd_x5t, BOTH, NULL },
	{ "x5t by SHA-1", "uvm.format", sha1_x5t, BOTH, NULL },
	{ "no x5chain", "uvm.format", no_chain, BOTH, NULL },
	{ "seven certificates", "uvm.format", seven_certs, BOTH, NULL },
	{ "no issuer", "uvm.format", no_issuer, BOTH, NULL },
	{ "no feed", "uvm.format", no_feed, BOTH, NULL },
	{ "a line end in the feed", "uvm.format", odd_feed, BOTH, NULL },
	{ "a feed of 129 letters", "uvm.format", long_feed, BOTH, NULL },
	{ "no time", "uvm.format", no_time, BOTH, NULL },
	{ "a time under another tag", "uvm.format", other_time, BOTH, NULL },
	{ "signed before 1970", "uvm.format", before_1970, BOTH, NULL },
	{ "another content type", "uvm.format", other_type, BOTH, NULL },
	{ "no svn", "uvm.format", no_svn, BOTH, NULL },
	{ "a negative svn", "uvm.format", negative_svn, BOTH, NULL },
	{ "an svn that is no number", "uvm.format", odd_svn, FIRST, NULL },
	{ "an svn of 64 bits", "uvm.format", huge_svn, FIRST, NULL },
	{ "two svns that differ", "uvm.format", svns_differ, FIRST, NULL },
	{ "two that differ, beside a number of 64 bits", "uvm.format",
	    huge_differ, FIRST, NULL },
	{ "an svn that is no text", "uvm.format", svn_no_text, FIRST, NULL },
	{ "the svn again, as a text", "uvm.format", svn_again_a_text, FIRST,
	    NULL },
	{ "a letter among the measurement's digits", "uvm.format",
	    odd_measurement, FIRST, NULL },
	{ "a measurement of ones", "uvm.measurement", other_launch_of_payload,
	    FIRST, NULL },
	{ "no measurement", "uvm.format", no_measurement, FIRST, NULL },
	{ "a measurement of 47 bytes", "uvm.format", short_measurement, BOTH,
	    NULL },
	{ "a measurement of 49 bytes", "uvm.format", long_measurement, BOTH,
	    NULL },
	{ "a payload that is no JSON", "uvm.format", no_json, BOTH, NULL },
	{ "a name twice in the payload", "uvm.format", name_twice, FIRST,
	    NULL },
	{ "a hash that is not SHA-384", "uvm.format", other_hash, SECOND,
	    NULL },
	{ "claims that are no map", "uvm.format", claims_list, SECOND, NULL },

	{ "one bit of the signature", "uvm.signature", spoiled, BOTH, NULL },
	{ "signed by another key", "uvm.signature", other_signer, BOTH, NULL },
	{ "a salt of 32 bytes", "uvm.signature", short_salt, BOTH, NULL },
	{ "signed over SHA-512", "uvm.signature", other_digest, BOTH, NULL },
	{ "signed by PKCS #1 v1.5", "uvm.signature", other_padding, BOTH,
	    NULL },
	{ "a leaf of 1024 bits", "uvm.signature uvm.chain", small_leaf, BOTH,
	    NULL },

	{ "another root of the same name", "uvm.chain", other_root, BOTH,
	    NULL },
	{ "the leaf has no EKU", "uvm.chain", no_eku, BOTH, NULL },
	{ "the leaf has another EKU", "uvm.chain", other_eku, BOTH, NULL },
	{ "the leaf has an EKU below", "uvm.chain", near_eku, BOTH, NULL },
	{ "the leaf says nothing of its use", NULL, no_use, BOTH, NULL },
	{ "the leaf may not sign", "uvm.chain", other_use, BOTH, NULL },
	{ "a leaf that its CA did not sign", "uvm.chain", forged_leaf, BOTH,
	    NULL },
	{ "a CA that the root did not sign", "uvm.chain", forged_ca, BOTH,
	    NULL },
	{ "a leaf of another CA", "uvm.chain", leaf_elsewhere, BOTH, NULL },
	{ "a CA that is none", "uvm.chain", ca_is_none, BOTH, NULL },
	{ "a CA that may not certify", "uvm.chain", ca_signs_none, BOTH, NULL },
	{ "a leaf signed over SHA-1", "uvm.chain", sha1_leaf, BOTH, NULL },
	{ "a leaf without its chain", "uvm.chain", leaf_alone, BOTH, NULL },
	{ "a chain without its root", "uvm.chain", root_missing, BOTH, NULL },
	{ "no CA between leaf and root in the chain", "uvm.chain", no_ca, BOTH,
	    NULL },
	{ "the root in the CA's place", "uvm.chain", another_between, BOTH,
	    NULL },
	{ "the chain twice", "uvm.chain", ca_twice, BOTH, NULL },
	{ "signed after the leaf's end", "uvm.chain", leaf_old, BOTH, NULL },
	{ "signed before the leaf's begin", "uvm.chain", leaf_new, BOTH, NULL },
	{ "signed after the CA's end", "uvm.chain", ca_old, BOTH, NULL },
	{ "signed tomorrow", "uvm.chain", to_come, BOTH, NULL },

	{ "another root in the issuer", "uvm.issuer", issuer_not_ours, BOTH,
	    NULL },
	{ "another kind of issuer", "uvm.issuer", issuer_more, BOTH, NULL },
	{ "Azure's own issuer is wanted", "uvm.issuer uvm.chain", nothing, BOTH,
	    "uvm_issuer=did:x509:0:sha256:"
	    "I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s"
	    "::eku:1.3.6.1.4.1.311.76.59.1.2" },
	{ "another feed", "uvm.feed", feed_not_ours, BOTH, NULL },
	{ "that feed is asked for", NULL, feed_not_ours, BOTH,
	    "uvm_feed=ContainerPlat-AMD-UVM-dev" },
	{ "svn 99", "uvm.svn", svn_old, BOTH, NULL },
	{ "svn 99 is asked for", NULL, svn_old, BOTH, "uvm_min_svn=99" },
	{ "svn 104, 105 is asked for", "uvm.svn", nothing, BOTH,
	    "uvm_min_svn=105" },
	{ "another measurement", "uvm.measurement", other_launch, BOTH, NULL },
};

static void
run(const struct row *row, bool envelope)
{
	struct caci_evidence e;
	struct uvm_spec spec;
	struct tee_claims *claims;
	char name[96];

	snprintf(name, sizeof(name), "%s (format %d)", row->name,
	    envelope ? 2 : 1);
	uvm_start(&spec, envelope, caci_measurement);
	row->change(&spec);
	caci_start(&e, &spec, CACI_POLICY);
	if (row->change == leaf_old)
		e.snp.now = UVM_AT + 190 * UVM_DAY;
	claims = caci_judge(&e, row->options);
	snp_expect(name, claims, row->fails, NULL);
	ck_assert_msg((claims->level == TEE_LEVEL_TEE_CONTAINER) ==
		(row->fails == NULL),
	    "%s: level %d", name, (int)claims->level);
	ck_assert_msg((tee_named_find(&claims->texts, "uvm.svn") != NULL) ==
		(row->fails == NULL),
	    "%s: uvm.svn", name);
	tee_claims_free(&claims);
	caci_free(&e);
}

START_TEST(one_row)
{
	const struct row *row = &rows[_i];

	if (row->only != SECOND)
		run(row, false);
	if (row->only != FIRST)
		run(row, true);
}
END_TEST

static const struct sentence {
	void (*change)(struct uvm_spec *);
	const char *says;
} sentences[] = {
	{ indefinite, "one CBOR item" },
	{ simple_24, "one CBOR item" },
	{ twice, "has a key twice" },
	{ sha1_x5t, "x5t" },
};

/* A header that is not well-formed is another fault than what it says. */
START_TEST(one_sentence)
{
	const struct sentence *row = &sentences[_i];
	struct caci_evidence e;
	struct uvm_spec spec;
	struct tee_claims *claims;
	const char *detail;

	uvm_start(&spec, false, caci_measurement);
	row->change(&spec);
	caci_start(&e, &spec, CACI_POLICY);
	claims = caci_judge(&e, NULL);
	detail = snp_check(claims, "uvm.format")->detail;
	ck_assert_msg(strstr(detail, row->says) != NULL, "%s", detail);
	tee_claims_free(&claims);
	caci_free(&e);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("azure uvm");
	TCase *tcase = tcase_create("rows");
	SRunner *runner;
	int failed;

	snp_keys_open();
	tcase_add_unchecked_fixture(tcase, uvm_open, uvm_close);
	tcase_add_loop_test(tcase, one_row, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_loop_test(tcase, one_sentence, 0,
	    (int)(sizeof(sentences) / sizeof(sentences[0])));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
