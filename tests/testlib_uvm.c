/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_uvm: see testlib_uvm.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <openssl/rsa.h>

#include "tests/testlib_uvm.h"
#include "tests/testlib_uvm_chain.h"

static void
add(struct sim_blob *b, const void *data, size_t size)
{
	ck_assert(tee_sim_blob_append(b, data, size));
}

void
cb_head(struct sim_blob *b, unsigned major, uint64_t n)
{
	unsigned bytes = n < 24 ? 0 :
	    n <= UINT8_MAX      ? 1 :
	    n <= UINT16_MAX     ? 2 :
	    n <= UINT32_MAX     ? 4 :
				  8;
	uint8_t head[9] = { (uint8_t)(major << 5) };

	head[0] |= (uint8_t)(bytes == 0 ? n :
		bytes == 1              ? 24 :
		bytes == 2              ? 25 :
		bytes == 4              ? 26 :
					  27);
	for (unsigned i = 0; i < bytes; i++)
		head[1 + i] = (uint8_t)(n >> 8 * (bytes - 1 - i));
	add(b, head, 1 + bytes);
}

void
cb_int(struct sim_blob *b, int64_t value)
{
	if (value < 0)
		cb_head(b, 1, (uint64_t)(-1 - value));
	else
		cb_head(b, 0, (uint64_t)value);
}

void
cb_bytes(struct sim_blob *b, const void *data, size_t size)
{
	cb_head(b, 2, size);
	add(b, data, size);
}

void
cb_text(struct sim_blob *b, const char *text)
{
	cb_head(b, 3, strlen(text));
	add(b, text, strlen(text));
}

static void
move(struct sim_blob *to, struct sim_blob *from)
{
	add(to, from->data, from->size);
	tee_sim_blob_free(from);
}

void
uvm_start(struct uvm_spec *s, bool envelope, const uint8_t *measurement)
{
	memset(s, 0, sizeof(*s));
	s->envelope = envelope;
	uvm_chain_start(s);
	s->algorithm = -38;
	s->feed = "ContainerPlat-AMD-UVM";
	s->at = UVM_AT;
	s->time_tag = 1;
	s->type = envelope ? "application/octet-stream" : "application/json";
	s->hash = -43;
	s->svn = 104;
	s->svn_text = "104";
	s->svn_number = true;
	s->other_svn = 104;
	s->number = "1";
	s->thumbprint = -16;
	memcpy(s->measurement, measurement, 48);
	s->measurement_size = 48;
	s->tag = 18;
	s->parts = 4;
	s->digest = "SHA384";
	s->salt = 48;
	s->padding = RSA_PKCS1_PSS_PADDING;
}

static void
write_float(struct sim_blob *b, unsigned size, double value)
{
	float narrow = (float)value;
	uint64_t bits = 0;
	uint32_t few;
	uint8_t byte = size == 4 ? 0xfa : 0xfb;

	memcpy(&bits, &value, sizeof(bits));
	memcpy(&few, &narrow, sizeof(few));
	if (size == 4)
		bits = few;
	add(b, &byte, 1);
	while (size-- > 0) {
		byte = (uint8_t)(bits >> 8 * size);
		add(b, &byte, 1);
	}
}

static void
write_time(const struct uvm_spec *s, struct sim_blob *b)
{
	if (s->time_tag != 0)
		cb_head(b, 6, s->time_tag);
	if (s->time_float != 0)
		write_float(b, s->time_float, (double)s->at + s->time_more);
	else
		cb_int(b, s->at);
}

static const char *
issuer_of(const struct uvm_spec *s)
{
	return s->issuer != NULL ? s->issuer : uvm_issuer();
}

/* Pairs are counted as they are written, and the map's head comes first. */
struct map {
	struct sim_blob body;
	unsigned pairs;
};

static struct sim_blob *
at(struct map *m, int64_t label)
{
	m->pairs++;
	cb_int(&m->body, label);
	return &m->body;
}

static struct sim_blob *
named(struct map *m, const char *name)
{
	m->pairs++;
	cb_text(&m->body, name);
	return &m->body;
}

static void
finish(struct map *m, struct sim_blob *out)
{
	cb_head(out, 5, m->pairs);
	move(out, &m->body);
}

static void
write_first(const struct uvm_spec *s, struct map *m)
{
	cb_text(at(m, 3), s->type);
	if (!s->no_issuer)
		cb_text(named(m, "iss"), issuer_of(s));
	if (!s->no_feed)
		cb_text(named(m, "feed"), s->feed);
	if (!s->no_time)
		write_time(s, named(m, "signingtime"));
}

static void
write_second(const struct uvm_spec *s, struct map *m)
{
	struct map claims = { { NULL, 0 }, 0 };

	if (!s->no_issuer)
		cb_text(at(&claims, 1), issuer_of(s));
	if (!s->no_feed)
		cb_text(at(&claims, 2), s->feed);
	if (!s->no_time)
		write_time(s, at(&claims, 6));
	if (!s->no_svn)
		cb_int(named(&claims, "svn"), s->svn);
	if (s->list_claims)
		cb_head(at(m, 15), 4, 0);
	else
		finish(&claims, at(m, 15));
	tee_sim_blob_free(&claims.body);
	cb_int(at(m, 258), s->hash);
	cb_text(at(m, 259), s->type);
}

static void
write_protected(const struct uvm_spec *s, struct sim_blob *out)
{
	struct map m = { { NULL, 0 }, 0 };

	cb_int(at(&m, 1), s->algorithm);
	if (s->twice)
		cb_int(at(&m, 1), s->algorithm);
	if (s->extra != NULL)
		add(named(&m, "extra"), s->extra, s->extra_size);
	if (s->critical)
		cb_head(at(&m, 2), 4, 0);
	if (!s->no_chain) {
		uvm_chain_write(s, at(&m, 33));
		uvm_chain_thumbprint(s, at(&m, 34));
	}
	if (s->envelope)
		write_second(s, &m);
	else
		write_first(s, &m);
	if (s->indefinite) {
		add(out, "\xbf", 1);
		move(out, &m.body);
		add(out, "\xff", 1);
		return;
	}
	finish(&m, out);
}

static void
write_json(const struct uvm_spec *s, struct sim_blob *out)
{
	char text[512], hex[129] = "";
	int n = 0;

	for (size_t i = 0; i < s->measurement_size; i++)
		sprintf(hex + 2 * i, "%02x", s->measurement[i]);
	n += sprintf(text + n, "{\n  \"extra\": %s", s->number);
	if (!s->no_measurement)
		n += sprintf(text + n,
		    ",\n  \"x-ms-sevsnpvm-launchmeasurement\": \"%s\"", hex);
	if (s->svn_text != NULL)
		n += sprintf(text + n,
		    ",\n  \"x-ms-sevsnpvm-guestsvn\": \"%s\"", s->svn_text);
	if (s->svn_number)
		n += sprintf(text + n,
		    ",\n  \"x-ms-sevsnpvm-guestsvn-int\": %lld",
		    (long long)s->other_svn);
	n += sprintf(text + n, "\n}\n");
	add(out, text, (size_t)n);
}

static void
write_payload(const struct uvm_spec *s, struct sim_blob *out)
{
	if (s->payload != NULL)
		add(out, s->payload, strlen(s->payload));
	else if (s->envelope)
		add(out, s->measurement, s->measurement_size);
	else
		write_json(s, out);
}

static void
sign(const struct uvm_spec *s, const struct sim_blob *tbs, struct sim_blob *out)
{
	EVP_PKEY *key = s->signer != NULL ? s->signer : s->key[UVM_LEAF];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	uint8_t bytes[1024];
	size_t size = sizeof(bytes);

	ck_assert_int_eq(EVP_DigestSignInit_ex(ctx, &pctx, s->digest, NULL,
			     NULL, key, NULL),
	    1);
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(pctx, s->padding),
		    1);
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	    s->padding == RSA_PKCS1_PSS_PADDING)
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx,
				     s->salt),
		    1);
	ck_assert_int_eq(EVP_DigestSign(ctx, bytes, &size, tbs->data,
			     tbs->size),
	    1);
	EVP_MD_CTX_free(ctx);
	bytes[size / 2] ^= (uint8_t)s->spoiled;
	add(out, bytes, size);
}

void
uvm_mint(const struct uvm_spec *s, struct sim_blob *out)
{
	struct sim_blob header = { NULL, 0 }, payload = header, tbs = header,
			signature = header;

	write_protected(s, &header);
	write_payload(s, &payload);
	cb_head(&tbs, 4, 4);
	cb_text(&tbs, "Signature1");
	cb_bytes(&tbs, header.data, header.size);
	cb_bytes(&tbs, NULL, 0);
	cb_bytes(&tbs, payload.data, payload.size);
	sign(s, &tbs, &signature);
	if (s->tag != 0)
		cb_head(out, 6, s->tag);
	cb_head(out, 4, s->parts);
	cb_bytes(out, header.data, header.size);
	cb_head(out, 5, s->both ? 2 : 1);
	cb_text(out, "timestamp");
	cb_bytes(out, "no RFC 3161", 11);
	if (s->both) {
		cb_int(out, 1);
		cb_int(out, -7);
	}
	if (s->detached)
		add(out, "\xf6", 1);
	else
		cb_bytes(out, payload.data, payload.size);
	for (unsigned i = 3; i < s->parts; i++)
		cb_bytes(out, signature.data, signature.size);
	out->size -= s->cut;
	for (size_t i = 0; i < s->tail; i++)
		add(out, "", 1);
	tee_sim_blob_free(&header);
	tee_sim_blob_free(&payload);
	tee_sim_blob_free(&tbs);
	tee_sim_blob_free(&signature);
}
