/* SPDX-License-Identifier: Apache-2.0 */
/* Packets between agents and teed: both ways, and every length wrong once. */
#include "config.h"

#include <string.h>
#include <check.h>

#include "libtee/wire.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	uint8_t head[9];
	size_t size;
	bool good;
	const char *what;
} heads[] = {
	{ { 1, 1, 0, 0, 0, 0, 0, 7 }, 8, true, "a request" },
	{ { 1, 1, 0, 0, 0, 0, 0, 7, 1 }, 9, true, "with a payload" },
	{ { 1, 0x81, 0, 0x59, 0, 0, 0, 7 }, 8, true, "an answer" },
	{ { 1, 0x81, 1, 0x59, 0, 0, 0, 7 }, 8, true, "a part of one" },
	{ { 1, 0x81, 0, 1, 0, 0, 0, 7 }, 8, true, "a refusal" },
	{ { 1, 0x80, 0, 21, 0, 0, 0, 0 }, 8, true, "turned away" },
	{ { 1, 0x40, 0, 0, 0, 0, 0, 0, 2 }, 9, true, "an event" },
	{ { 1, 0x63, 0, 0, 0, 0, 0, 7 }, 8, true, "a verb of some other day" },
	{ { 0, 1, 0, 0, 0, 0, 0, 7 }, 8, false, "version 0" },
	{ { 2, 1, 0, 0, 0, 0, 0, 7 }, 8, false, "version 2" },
	{ { 1, 0, 0, 0, 0, 0, 0, 7 }, 8, false, "no verb" },
	{ { 1, 1, 1, 0, 0, 0, 0, 7 }, 8, false, "a request in parts" },
	{ { 1, 1, 0, 0x59, 0, 0, 0, 7 }, 8, false, "a request with a status" },
	{ { 1, 0x81, 2, 0x59, 0, 0, 0, 7 }, 8, false, "an unknown flag" },
	{ { 1, 0x81, 1, 1, 0, 0, 0, 7 }, 8, false, "a refusal in parts" },
	{ { 1, 1, 0, 0, 0, 0, 0, 7 }, 7, false, "cut off" },
	{ { 0 }, 0, false, "nothing" },
};

START_TEST(head)
{
	struct tee_wire w;

	memset(&w, 0xff, sizeof(w));
	ck_assert_msg(tee_wire_read(heads[_i].head, heads[_i].size, &w) ==
		heads[_i].good,
	    "%s", heads[_i].what);
	if (heads[_i].good) {
		ck_assert_uint_eq(w.verb, heads[_i].head[1]);
		ck_assert_uint_eq(w.status, heads[_i].head[3]);
		ck_assert_uint_eq(w.id, heads[_i].head[7]);
		ck_assert_uint_eq(w.size, heads[_i].size - 8);
	} else {
		ck_assert_uint_eq(w.verb | w.flags | w.status | w.size, 0);
		ck_assert_ptr_null(w.payload);
	}
}
END_TEST

/* Every value of the four bytes that are judged, by the page's own words. */
static bool
is_packet(unsigned version, unsigned verb, unsigned flags, unsigned status)
{
	if (version != 1 || verb == 0 || flags > 1)
		return false;
	if (verb < 128)
		return flags == 0 && status == 0;
	return flags == 0 || status == 89;
}

START_TEST(every_head)
{
	static const uint8_t some[] = { 0, 1, 2, 3, 0x58, 0x59, 0x5a, 0x7f,
		0x80, 0x81, 0xc0, 0xff };
	uint8_t p[8] = { (uint8_t)_i, 0, 0, 0, 0xff, 0xfe, 0xfd, 0xfc };
	struct tee_wire w;

	for (unsigned verb = 0; verb < 256; verb++) {
		for (unsigned k = 0; k < COUNT(some) * COUNT(some); k++) {
			bool good;

			p[1] = (uint8_t)verb;
			p[2] = some[k / COUNT(some)];
			p[3] = some[k % COUNT(some)];
			good = tee_wire_read(p, sizeof(p), &w);
			ck_assert_msg(good == is_packet(p[0], p[1], p[2], p[3]),
			    "%u %u %u %u", p[0], p[1], p[2], p[3]);
			ck_assert_uint_eq(w.id, good ? 0xfffefdfc : 0);
			ck_assert_uint_eq(w.flags, good ? p[2] : 0);
		}
	}
}
END_TEST

/* All statuses and flags of a request and of an answer. */
START_TEST(every_status)
{
	uint8_t p[8] = { 1, (uint8_t)(_i == 0 ? 1 : 0x81) };
	struct tee_wire w;

	for (unsigned k = 0; k < 65536; k++) {
		p[2] = (uint8_t)(k >> 8);
		p[3] = (uint8_t)k;
		ck_assert_int_eq(tee_wire_read(p, sizeof(p), &w),
		    is_packet(p[0], p[1], p[2], p[3]));
	}
}
END_TEST

START_TEST(cut_off)
{
	uint8_t p[TEE_WIRE_HEADER] = { 1, 1 };
	struct tee_wire w = { .verb = TEE_WIRE_SIGN }, got;

	for (size_t n = 0; n < sizeof(p); n++) {
		ck_assert(!tee_wire_read(p, n, &got));
		ck_assert_uint_eq(tee_wire_write(&w, p, n), 0);
	}
	ck_assert_uint_eq(tee_wire_write(&w, p, sizeof(p)), sizeof(p));
	ck_assert(tee_wire_read(p, sizeof(p), &got));
}
END_TEST

START_TEST(both_ways)
{
	static uint8_t payload[TEE_WIRE_PAYLOAD + 1],
	    packet[TEE_WIRE_PACKET + 1];
	struct tee_wire w = { TEE_WIRE_SIGN, 0, 0, 0x01020304, payload,
		TEE_WIRE_PAYLOAD },
			got;

	memset(payload, 0x5a, sizeof(payload));
	ck_assert_uint_eq(tee_wire_write(&w, packet, sizeof(packet)),
	    TEE_WIRE_PACKET);
	ck_assert(tee_wire_read(packet, TEE_WIRE_PACKET, &got));
	ck_assert_uint_eq(got.id, w.id);
	ck_assert_mem_eq(got.payload, payload, TEE_WIRE_PAYLOAD);
	/* Neither is written nor read beyond the limit. */
	ck_assert(!tee_wire_read(packet, TEE_WIRE_PACKET + 1, &got));
	ck_assert_uint_eq(tee_wire_write(&w, packet, TEE_WIRE_PACKET - 1), 0);
	w.size++;
	ck_assert_uint_eq(tee_wire_write(&w, packet, sizeof(packet)), 0);
}
END_TEST

START_TEST(key)
{
	struct tee_wire_key k = { 7, -3, UINT64_C(0x0102030405060708),
		"a public key of 32 bytes, indee", "did:mesh:x", 10 },
			    got;
	uint8_t payload[64];
	size_t n = tee_wire_write_key(&k, payload, sizeof(payload));

	ck_assert_uint_eq(n, 58);
	ck_assert(tee_wire_read_key(payload, n, &got));
	ck_assert_uint_eq(got.generation, 7);
	ck_assert_int_eq(got.serial, -3);
	ck_assert_uint_eq(got.expires, k.expires);
	ck_assert_mem_eq(got.public_key, k.public_key, 32);
	ck_assert_uint_eq(got.did_size, 10);
	ck_assert_mem_eq(got.did, "did:mesh:x", 10);
	for (size_t i = 0; i <= 48; i++)
		ck_assert(!tee_wire_read_key(payload, i, &got));
	ck_assert_ptr_null(got.did);
	payload[50] = 0xff; /* no UTF-8 */
	ck_assert(!tee_wire_read_key(payload, n, &got));
	for (size_t i = 0; i < n; i++)
		ck_assert_uint_eq(tee_wire_write_key(&k, payload, i), 0);
}
END_TEST

/* A DID is what is left of a packet: from one byte to all of it. */
START_TEST(key_sizes)
{
	static char did[TEE_WIRE_PAYLOAD];
	static uint8_t payload[TEE_WIRE_PAYLOAD + 1];
	struct tee_wire_key k = { .did = did, .did_size = 1 }, got;
	size_t most = TEE_WIRE_PAYLOAD - 48;

	memset(did, 'd', sizeof(did));
	ck_assert_uint_eq(tee_wire_write_key(&k, payload, sizeof(payload)), 49);
	ck_assert(tee_wire_read_key(payload, 49, &got));
	ck_assert(!tee_wire_read_key(payload, 48, &got));
	k.did_size = most;
	ck_assert_uint_eq(tee_wire_write_key(&k, payload, TEE_WIRE_PAYLOAD),
	    TEE_WIRE_PAYLOAD);
	ck_assert(tee_wire_read_key(payload, TEE_WIRE_PAYLOAD, &got));
	ck_assert_uint_eq(got.did_size, most);
	payload[TEE_WIRE_PAYLOAD] = 'd';
	ck_assert(!tee_wire_read_key(payload, TEE_WIRE_PAYLOAD + 1, &got));
	k.did_size = SIZE_MAX;
	ck_assert_uint_eq(tee_wire_write_key(&k, payload, TEE_WIRE_PAYLOAD), 0);
	/* The sign and every bit of what is a number. */
	for (unsigned i = 0; i < 64; i++) {
		k.did_size = 1;
		k.generation = (uint32_t)(UINT64_C(1) << i % 32);
		k.serial = (int32_t)(UINT32_C(0x80000000) >> i % 32);
		k.expires = UINT64_C(1) << i;
		ck_assert_uint_eq(tee_wire_write_key(&k, payload, 49), 49);
		ck_assert(tee_wire_read_key(payload, 49, &got));
		ck_assert(got.generation == k.generation &&
		    got.serial == k.serial && got.expires == k.expires);
	}
}
END_TEST

/* The longest of each, and lengths that promise more than there is. */
START_TEST(challenge_sizes)
{
	static char text[UINT16_MAX];
	static uint8_t payload[4 + 2 * UINT16_MAX];
	struct tee_challenge c = { text, UINT16_MAX, text, UINT16_MAX }, got;

	memset(text, 'c', sizeof(text));
	ck_assert_uint_eq(tee_wire_write_challenge(&c, payload,
			      sizeof(payload)),
	    sizeof(payload));
	ck_assert(tee_wire_read_challenge(payload, sizeof(payload), &got));
	ck_assert_uint_eq(got.id_size, UINT16_MAX);
	ck_assert_uint_eq(got.nonce_size, UINT16_MAX);
	ck_assert_uint_eq(tee_wire_write_challenge(&c, payload,
			      sizeof(payload) - 1),
	    0);
	ck_assert(!tee_wire_read_challenge(payload, sizeof(payload) - 1, &got));
	for (unsigned i = 0; i < 2; i++) {
		memcpy(payload, "\0\1a\0\1b", 6);
		payload[i == 0 ? 0 : 3] = 1;
		ck_assert(!tee_wire_read_challenge(payload, 6, &got));
		ck_assert_ptr_null(got.id);
		memcpy(payload, "\0\1a\0\1b", 6);
		payload[i == 0 ? 2 : 5] = 0xc3;
		ck_assert(!tee_wire_read_challenge(payload, 6, &got));
		ck_assert_uint_eq(got.nonce_size, 0);
	}
	c.id_size = 0;
	ck_assert_uint_eq(tee_wire_write_challenge(&c, payload,
			      sizeof(payload)),
	    0);
	c.id_size = UINT16_MAX + 1;
	c.nonce_size = 1;
	ck_assert_uint_eq(tee_wire_write_challenge(&c, payload,
			      sizeof(payload)),
	    0);
	memcpy(payload, "\0\1a\0\0", 5);
	ck_assert(!tee_wire_read_challenge(payload, 5, &got));
}
END_TEST

START_TEST(challenge)
{
	struct tee_challenge c = { "abc", 3, "no", 2 }, got;
	uint8_t payload[32];
	size_t n = tee_wire_write_challenge(&c, payload, sizeof(payload));

	ck_assert_uint_eq(n, 9);
	ck_assert_mem_eq(payload, "\0\3abc\0\2no", 9);
	ck_assert(tee_wire_read_challenge(payload, n, &got));
	ck_assert_uint_eq(got.id_size, 3);
	ck_assert_mem_eq(got.id, "abc", 3);
	ck_assert_uint_eq(got.nonce_size, 2);
	/* Nothing is the evidence of the grant; a part of one is nothing. */
	ck_assert(tee_wire_read_challenge(payload, 0, &got));
	ck_assert_uint_eq(got.id_size + got.nonce_size, 0);
	for (size_t i = 1; i < n; i++) {
		ck_assert(!tee_wire_read_challenge(payload, i, &got));
		ck_assert_ptr_null(got.id);
	}
	payload[n] = 'x';
	ck_assert(!tee_wire_read_challenge(payload, n + 1, &got));
	payload[1] = 0; /* an empty id */
	ck_assert(!tee_wire_read_challenge(payload, n, &got));
	payload[1] = 3;
	payload[2] = 0xff;
	ck_assert(!tee_wire_read_challenge(payload, n, &got));
	for (size_t i = 0; i < n; i++)
		ck_assert_uint_eq(tee_wire_write_challenge(&c, payload, i), 0);
	c.nonce_size = 0;
	ck_assert_uint_eq(tee_wire_write_challenge(&c, payload,
			      sizeof(payload)),
	    0);
	c.nonce_size = 65536;
	ck_assert_uint_eq(tee_wire_write_challenge(&c, payload, 200000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("wire");
	TCase *c = tcase_create("wire");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(c, head, 0, (int)COUNT(heads));
	tcase_add_loop_test(c, every_head, 0, 256);
	tcase_add_loop_test(c, every_status, 0, 2);
	tcase_add_test(c, cut_off);
	tcase_add_test(c, both_ways);
	tcase_add_test(c, key);
	tcase_add_test(c, key_sizes);
	tcase_add_test(c, challenge_sizes);
	tcase_add_test(c, challenge);
	suite_add_tcase(suite, c);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
