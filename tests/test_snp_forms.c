/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In what forms certificates may come: PEM, DER, any order and mixture; and
 * that anything else is refused as a whole.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <check.h>
#include <openssl/pem.h>

#include "tests/testlib_snp.h"

#define NO_CERTS \
	"chain.root chain.root_signature " \
	"chain.intermediate_signature chain.leaf_signature chain.names " \
	"chain.constraints chain.validity chain.product signature " \
	"vek.extensions vek.struct_version vek.product vek.tcb vek.hwid " \
	"vek.csp_id"

static void
append(struct snp_evidence *e, const void *data, size_t size)
{
	ck_assert(tee_sim_blob_append(&e->certs, data, size));
}

static void
add_own(struct snp_evidence *e)
{
	ck_assert(tee_sim_chain_pem(&e->chain, e->signer, &e->certs));
}

static void
all_der(struct snp_evidence *e)
{
	snp_certs_der(e, SIM_ARK);
	snp_certs_der(e, snp_leaf(e));
	snp_certs_der(e, snp_issuer(e));
}

static void
mixed(struct snp_evidence *e)
{
	snp_certs_pem(e, snp_issuer(e));
	snp_certs_der(e, SIM_ARK);
	append(e, "\r\n", 2);
	snp_certs_der(e, snp_leaf(e));
}

static void
der_first(struct snp_evidence *e)
{
	snp_certs_der(e, snp_issuer(e));
	snp_certs_pem(e, SIM_ARK);
	snp_certs_pem(e, snp_leaf(e));
}

static void
carriage_returns(struct snp_evidence *e)
{
	struct sim_blob plain;

	add_own(e);
	plain = e->certs;
	e->certs = (struct sim_blob){ NULL, 0 };
	for (size_t i = 0; i < plain.size; i++) {
		if (plain.data[i] == '\n')
			append(e, "\r", 1);
		append(e, plain.data + i, 1);
	}
	append(e, "\r\n\r\n", 4);
	tee_sim_blob_free(&plain);
}

static void
no_last_line_end(struct snp_evidence *e)
{
	add_own(e);
	e->certs.size--;
}

static void
padded(struct snp_evidence *e)
{
	uint8_t zeros[4096] = { 0 };

	append(e, "\n \t", 3);
	add_own(e);
	append(e, zeros, sizeof(zeros));
}

static void
all_twice(struct snp_evidence *e)
{
	add_own(e);
	all_der(e);
}

static void
junk_behind(struct snp_evidence *e)
{
	add_own(e);
	append(e, "junk", 4);
}

static void
zeros_then_junk(struct snp_evidence *e)
{
	add_own(e);
	append(e, "\0\0\0\0x", 5);
}

static void
cut_pem(struct snp_evidence *e)
{
	add_own(e);
	snp_certs_pem(e, SIM_VCEK);
	e->certs.size -= 40;
}

static void
cut_der(struct snp_evidence *e)
{
	add_own(e);
	snp_certs_der(e, SIM_VCEK);
	e->certs.size -= 1;
}

static void
endless_pem(struct snp_evidence *e)
{
	add_own(e);
	append(e, "-----BEGIN CERTIFICATE-----\nMIID", 32);
}

static void
other_pem(struct snp_evidence *e)
{
	static const char key[] =
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
	    "-----END PUBLIC KEY-----\n";

	add_own(e);
	append(e, key, sizeof(key) - 1);
}

static void
indefinite_length(struct snp_evidence *e)
{
	add_own(e);
	append(e, "\x30\x80\x30\x80\0\0\0\0", 8);
}

static void
huge_length(struct snp_evidence *e)
{
	add_own(e);
	append(e, "\x30\x84\xff\xff\xff\xff\x30\x82", 8);
}

static void
huger_length(struct snp_evidence *e)
{
	add_own(e);
	append(e, "\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff\x30", 11);
}

static void
empty_sequence(struct snp_evidence *e)
{
	add_own(e);
	append(e, "\x30\x80", 2);
}

static void
noise(struct snp_evidence *e)
{
	for (unsigned i = 1; i < 3000; i++) {
		uint8_t byte = (uint8_t)(i * 167 + i / 7);

		append(e, &byte, 1);
	}
}

static void
text(struct snp_evidence *e)
{
	append(e, "subject=/CN=SEV-VCEK\n", 21);
	add_own(e);
}

static void
append_text(struct snp_evidence *e, const char *text)
{
	append(e, text, strlen(text));
}

/* As openssl s_client and openssl x509 -text have it. */
static void
text_before_each(struct snp_evidence *e)
{
	append_text(e, "0 s:CN = SEV-VCEK\r\n   i:\tCN = \xc3\xa4\r\n");
	snp_certs_pem(e, snp_leaf(e));
	append_text(e, "\nBag Attributes: -----BEGIN not\n");
	snp_certs_pem(e, snp_issuer(e));
	append_text(e, "{\n");
	snp_certs_pem(e, SIM_ARK);
}

static void
text_behind_der(struct snp_evidence *e)
{
	snp_certs_der(e, snp_issuer(e));
	append_text(e, "subject=/CN=SEV-VCEK\n");
	snp_certs_pem(e, SIM_ARK);
	snp_certs_pem(e, snp_leaf(e));
}

static void
text_on_the_line(struct snp_evidence *e)
{
	append_text(e, "subject=/CN=SEV-VCEK ");
	snp_certs_pem(e, SIM_ARK);
}

static void
bytes_before(struct snp_evidence *e)
{
	append_text(e, "subject\1\n");
	add_own(e);
}

static void
text_alone(struct snp_evidence *e)
{
	append_text(e, "<html><body>404 not found, and more</body></html>");
}

/* THIM's answer, in which the line ends of PEM are written as two letters. */
static void
thim_json(struct snp_evidence *e)
{
	append_text(e,
	    "\n { \"vcekCert\": \"-----BEGIN CERTIFICATE-----\\nMII\" }");
}

/* Serial numbers make them different; the seventeenth is one too many. */
static void
add_many(struct snp_evidence *e, int64_t count)
{
	struct sim_cert_spec other = e->spec.cert[SIM_VCEK];

	other.issuer_key = snp_keys->key[SIM_OTHER_P384];
	other.key = snp_keys->key[SIM_OTHER_P384];
	for (other.serial = 1; other.serial <= count; other.serial++)
		snp_certs_minted(e, &other);
	add_own(e);
}

static void
sixteen(struct snp_evidence *e)
{
	add_many(e, 13);
}

static void
seventeen(struct snp_evidence *e)
{
	add_many(e, 14);
}

static void
lists(struct snp_evidence *e, unsigned count)
{
	add_own(e);
	for (unsigned i = 0; i < count; i++)
		append(e, e->crl.data, e->crl.size);
	tee_sim_blob_free(&e->crl);
}

#define LISTS(name, count) \
	static void name(struct snp_evidence *e) \
	{ \
		lists(e, count); \
	}
LISTS(eight_lists, 8)
LISTS(nine_lists, 9)

/* A PEM block of that label, with zeros behind the DER. */
static void
append_pem(struct snp_evidence *e, const char *label,
    const struct sim_blob *der, size_t zeros)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct sim_blob all = { NULL, 0 };
	char *text;
	long size;

	ck_assert(tee_sim_blob_append(&all, der->data, der->size) &&
	    tee_sim_blob_append(&all, "\0", zeros));
	ck_assert_int_gt(PEM_write_bio(bio, label, "", all.data,
			     (long)all.size),
	    0);
	size = BIO_get_mem_data(bio, &text);
	append(e, text, (size_t)size);
	tee_sim_blob_free(&all);
	BIO_free(bio);
}

#define LIST_IN_PEM(name, zeros) \
	static void name(struct snp_evidence *e) \
	{ \
		add_own(e); \
		append_pem(e, "X509 CRL", &e->crl, zeros); \
	}
LIST_IN_PEM(list_in_pem, 0)
LIST_IN_PEM(list_and_more, 1)

static void
certificate_and_more(struct snp_evidence *e)
{
	struct sim_blob der;

	snp_certs_der(e, SIM_ARK);
	der = e->certs;
	e->certs = (struct sim_blob){ NULL, 0 };
	add_own(e);
	append_pem(e, "CERTIFICATE", &der, 1);
	tee_sim_blob_free(&der);
}

static void
no_base64(struct snp_evidence *e)
{
	add_own(e);
	append_text(e,
	    "-----BEGIN CERTIFICATE-----\n!!!!\n"
	    "-----END CERTIFICATE-----\n");
}

static void
end_without_dashes(struct snp_evidence *e)
{
	add_own(e);
	append_text(e, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERT");
}

/* An outer SEQUENCE of 512 KiB and one in it that begins like that. */
static void
append_huge(struct snp_evidence *e, uint8_t first)
{
	static uint8_t der[5 + 0x80000] = { 0x30, 0x83, 0x08, 0, 0, 0x30, 0x83,
		0x07, 0, 0 };

	der[10] = first;
	add_own(e);
	append(e, der, sizeof(der));
}

static void
huge_list(struct snp_evidence *e)
{
	append_huge(e, 0x02);
}

static void
huge_certificate(struct snp_evidence *e)
{
	append_huge(e, 0xa0);
}

/* What a row's certificates are, and what that makes of the evidence. */
static const struct form {
	const char *name;
	void (*make)(struct snp_evidence *);
	const char *fails, *not_done;
} forms[] = {
	{ "PEM", add_own, NULL, NULL },
	{ "DER, root first", all_der, NULL, NULL },
	{ "PEM, DER, a line end, DER", mixed, NULL, NULL },
	{ "DER, PEM, PEM", der_first, NULL, NULL },
	{ "CRLF and empty lines", carriage_returns, NULL, NULL },
	{ "no last line end", no_last_line_end, NULL, NULL },
	{ "padded with zeros", padded, NULL, NULL },
	{ "all of it twice", all_twice, NULL, NULL },
	{ "sixteen", sixteen, NULL, NULL },
	{ "seventeen", seventeen, "certificates",
	    "chain.root chain.root_signature chain.intermediate_signature "
	    "chain.names chain.constraints chain.validity chain.product" },
	{ "eight lists", eight_lists, NULL, NULL },
	{ "nine lists", nine_lists, "certificates", NULL },
	{ "a list in PEM", list_in_pem, NULL, NULL },
	{ "a list and a byte in PEM", list_and_more, "certificates", NULL },
	{ "a certificate and a byte in PEM", certificate_and_more,
	    "certificates", NULL },
	{ "PEM without base64", no_base64, "certificates", NULL },
	{ "PEM with half an end", end_without_dashes, "certificates", NULL },
	{ "junk behind", junk_behind, "certificates", NULL },
	{ "zeros, then junk", zeros_then_junk, "certificates", NULL },
	{ "PEM cut short", cut_pem, "certificates", NULL },
	{ "DER cut short", cut_der, "certificates", NULL },
	{ "PEM without an end", endless_pem, "certificates", NULL },
	{ "PEM of a key", other_pem, "certificates", NULL },
	{ "indefinite length", indefinite_length, "certificates", NULL },
	{ "length of 4 GiB", huge_length, "certificates", NULL },
	{ "length of 8 EiB", huger_length, "certificates", NULL },
	{ "two bytes", empty_sequence, "certificates", NULL },
	{ "noise", noise, "certificates", NO_CERTS },
	{ "text before PEM", text, NULL, NULL },
	{ "text before each", text_before_each, NULL, NULL },
	{ "text behind DER", text_behind_der, NULL, NULL },
	{ "text on the line of BEGIN", text_on_the_line, "certificates",
	    NO_CERTS },
	{ "bytes before PEM", bytes_before, "certificates", NO_CERTS },
	{ "text alone", text_alone, "certificates", NO_CERTS },
	{ "THIM's JSON", thim_json, "certificates", NO_CERTS },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

START_TEST(every_form)
{
	struct snp_evidence e;
	struct tee_claims *claims;

	snp_evidence_start(&e, SIM_TURIN, (enum sim_signer)(_i % 2), 0);
	snp_evidence_mint(&e);
	snp_certs_clear(&e);
	forms[_i / 2].make(&e);
	claims = snp_judge(&e, NULL);
	snp_expect(forms[_i / 2].name, claims, forms[_i / 2].fails,
	    forms[_i / 2].not_done);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}
END_TEST

static void
cut_der_alone(struct snp_evidence *e)
{
	snp_certs_der(e, SIM_VCEK);
	e->certs.size -= 1;
}

static const struct sentence {
	void (*make)(struct snp_evidence *);
	const char *says;
} sentences[] = {
	{ thim_json, "vcekCert and certificateChain" },
	{ text_alone, "neither PEM nor DER" },
	{ cut_der_alone, "cut short" },
	{ no_base64, "does not decode" },
	{ huge_list, "more than 256 KiB" },
	{ huge_certificate, "more than 8 KiB" },
	{ empty_sequence, "cut short" },
};

#define SENTENCES (sizeof(sentences) / sizeof(sentences[0]))

/* What was meant, and not that it is no table. */
START_TEST(one_sentence)
{
	struct snp_evidence e;
	struct tee_claims *claims;
	const char *detail;

	snp_evidence_start(&e, SIM_MILAN, SIM_SIGNER_VCEK, 0);
	snp_evidence_mint(&e);
	snp_certs_clear(&e);
	sentences[_i].make(&e);
	claims = snp_judge(&e, NULL);
	detail = snp_check(claims, "certificates")->detail;
	ck_assert_msg(strstr(detail, sentences[_i].says) != NULL, "%s", detail);
	tee_claims_free(&claims);
	snp_evidence_free(&e);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("snp forms");
	TCase *tcase = tcase_create("certificates");
	SRunner *runner;
	int failed;

	snp_keys_open();
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, every_form, 0, 2 * (int)FORMS);
	tcase_add_loop_test(tcase, one_sentence, 0, (int)SENTENCES);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	snp_keys_close();
	return failed == 0 ? 0 : 1;
}
