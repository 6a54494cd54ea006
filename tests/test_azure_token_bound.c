/* SPDX-License-Identifier: Apache-2.0 */
/* test_azure_token_bound: what a token is bound to, on each shape. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <check.h>

#include "tests/test_azure_token_rows.h"
#include "tests/testlib_jose.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define REPORT_DATA "SVN-reportdata"
#define USER_DATA "tee/x-ms-runtime/user-data"
#define PAYLOAD "x-ms-runtime/client-payload"
#define B8 "B1B1B1B1B1B1B1B1"
#define Z8 "0000000000000000"
#define ZERO32 Z8 Z8 Z8 Z8
#define BINDING B8 B8 B8 B8
/* The payload's nonce, in base64, as MAA gives what a client sent. */
#define NONCE(text) PAYLOAD "/nonce=\"" text "\"|" USER_DATA
#define B1X15 "sbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGx"
#define B1HEX30 \
	"YjFiMWIxYjFiMWIxYjFiMWIxYjFiMWIxYjFiMWIxYjFiMWIxYjFiMWIxYjFiMWIxYjFi" \
	"MWIxYjFi"
#define COLONS "YjE6YjE6YjE6YjE6YjE6YjE6YjE6YjE6"
#define HEXZERO "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw"

static void
own_item(struct maa_scene *s, const char *text)
{
	for (size_t i = 0; i < s->item_count; i++) {
		if (strcmp(s->item[i].type, "snp.runtime-data") != 0)
			continue;
		free(s->item[i].data);
		s->item[i].data = (uint8_t *)strdup(text);
		s->item[i].size = strlen(text);
		return;
	}
	maa_item(s, "snp.runtime-data", text, strlen(text));
}

/* What the token's REPORT_DATA is no hash of. */
static void
other_runtime(struct maa_scene *s)
{
	own_item(s, "{\"keys\":[],\"user-data\":\"" BINDING ZERO32 "\"}");
}

static void
no_user_data(struct maa_scene *s)
{
	own_item(s, "{\"keys\":[]}");
}

static void
bad_runtime(struct maa_scene *s)
{
	own_item(s, "{\"keys\":[]");
}

/* The token alone says what the runtime data was: not recomputed. */
static void
no_own_runtime(struct maa_scene *s)
{
	for (size_t i = 0; i < s->item_count; i++)
		free(s->item[i].data);
	s->item_count = 0;
}

static void
quote(struct maa_scene *s)
{
	maa_quote(s, maa_ak, s->binding, 32);
}

static void
quote_of_other(struct maa_scene *s)
{
	maa_quote(s, maa_other, s->binding, 32);
}

static void
quote_of_past(struct maa_scene *s)
{
	uint8_t nonce[32] = { 5 };

	maa_quote(s, maa_ak, nonce, sizeof(nonce));
}

static void
quote_empty(struct maa_scene *s)
{
	maa_quote(s, maa_ak, (const uint8_t *)"", 0);
}

static void
quote_unsigned(struct maa_scene *s)
{
	quote(s);
	s->item_count--;
	free(s->item[s->item_count].data);
}

static void
quote_changed(struct maa_scene *s)
{
	quote(s);
	s->item[s->item_count - 2].data[20] ^= 1;
}

static void
quote_of_key(struct maa_scene *s)
{
	maa_certify(s, maa_ak, s->binding, 32);
}

static void
quote_cut(struct maa_scene *s)
{
	quote(s);
	s->item[s->item_count - 2].size--;
}

static void
signature_cut(struct maa_scene *s)
{
	quote(s);
	s->item[s->item_count - 1].size--;
}

static void
ak_twice(struct maa_scene *s)
{
	json_t *tee = s->shape == MAA_GUEST ?
	    json_object_get(s->payload, "x-ms-isolation-tee") :
	    s->payload;
	json_t *keys =
	    json_object_get(json_object_get(tee, "x-ms-runtime"), "keys");

	json_array_append(keys, json_array_get(keys, 0));
	quote(s);
}

/* The report that the runtime claims came from. */
static void
hcl(struct maa_scene *s)
{
	maa_hcl(s);
}

static void
hcl_of_other(struct maa_scene *s)
{
	s->binding[0] ^= 1;
	maa_hcl(s);
	s->binding[0] ^= 1;
}

static void
hcl_broken(struct maa_scene *s)
{
	maa_hcl(s);
	s->item[s->item_count - 1].data[0] = 'X';
}

const struct maa_row maa_rows_binding[] = {
	{ "another REPORT_DATA", REPORT_DATA "=\"" ZERO32 ZERO32 "\"", NULL,
	    "binding", NULL, ON_CONTAINER, NULL },
	{ "upper half not zero",
	    REPORT_DATA "=\"" BINDING Z8 Z8 Z8 "0000000000000001\"", NULL,
	    "binding", NULL, ON_CONTAINER, NULL },
	{ "no REPORT_DATA", REPORT_DATA, NULL, "token.binding", "binding",
	    ON_CONTAINER, NULL },
	{ "REPORT_DATA cut short", REPORT_DATA "=\"" BINDING "\"", NULL,
	    "token.binding", "binding", ON_CONTAINER, NULL },
	{ "REPORT_DATA that is no hex",
	    REPORT_DATA "=\"" BINDING Z8 Z8 Z8 "000000000000000g\"", NULL,
	    "token.binding", "binding", ON_CONTAINER, NULL },

	{ "other runtime data", NULL, NULL, "token.runtime-data token.binding",
	    "binding", ON_CONTAINER | ON_RUNTIME, other_runtime },
	{ "runtime data without user-data", NULL, NULL, "token.binding",
	    "binding", ON_RUNTIME, no_user_data },
	{ "runtime data that is none", NULL, NULL, "token.binding", "binding",
	    ON_RUNTIME, bad_runtime },
	{ "runtime data in the token alone", NULL, NULL, "binding", NULL,
	    ON_RUNTIME, no_own_runtime },

	{ "lower case", USER_DATA "=\"b1b1b1b1b1b1b1b1" B8 B8 B8 ZERO32 "\"",
	    NULL, NULL, NULL, ON_VM, NULL },
	{ "another user-data", USER_DATA "=\"" ZERO32 ZERO32 "\"", NULL,
	    "binding", NULL, ON_VM, NULL },
	{ "user-data not padded with zeros",
	    USER_DATA "=\"" BINDING Z8 Z8 Z8 "0000000000000001\"", NULL,
	    "binding", NULL, ON_VM, NULL },
	{ "no user-data", USER_DATA, NULL, "token.binding", "binding", ON_VM,
	    NULL },
	{ "user-data cut short", USER_DATA "=\"" BINDING "\"", NULL,
	    "token.binding", "binding", ON_VM, NULL },
	{ "user-data that is no hex",
	    USER_DATA "=\"" BINDING Z8 Z8 Z8 "000000000000000g\"", NULL,
	    "token.binding", "binding", ON_VM, NULL },
	{ "a quote instead", USER_DATA, NULL, NULL, NULL, ON_VM, quote },
	{ "a quote beside older user-data", USER_DATA "=\"" ZERO32 ZERO32 "\"",
	    NULL, NULL, NULL, ON_VM, quote },
	{ "another AK's quote", USER_DATA, NULL, "token.quote token.binding",
	    "binding", ON_VM, quote_of_other },
	{ "another AK's quote, older user-data",
	    USER_DATA "=\"" ZERO32 ZERO32 "\"", NULL, "token.quote binding",
	    NULL, ON_VM, quote_of_other },
	{ "an older quote", USER_DATA, NULL, "binding", NULL, ON_VM,
	    quote_of_past },
	{ "a quote over nothing", USER_DATA, NULL, "token.binding", "binding",
	    ON_VM, quote_empty },
	{ "a quote without its signature", USER_DATA, NULL, "token.binding",
	    "binding", ON_VM, quote_unsigned },
	{ "a changed quote", USER_DATA, NULL, "token.quote token.binding",
	    "binding", ON_VM, quote_changed },
	{ "a certified key instead", USER_DATA, NULL,
	    "token.quote token.binding", "binding", ON_VM, quote_of_key },
	{ "a quote cut short", USER_DATA, NULL, "token.quote token.binding",
	    "binding", ON_VM, quote_cut },
	{ "a signature cut short", USER_DATA, NULL, "token.quote token.binding",
	    "binding", ON_VM, signature_cut },
	{ "two AKs", USER_DATA, NULL, "token.quote token.binding", "binding",
	    ON_VM, ak_twice },
	{ "no AK", "tee/x-ms-runtime/keys=[]|" USER_DATA, NULL,
	    "token.quote token.binding", "binding", ON_VM, quote },
	{ "the HCL report", NULL, NULL, NULL, NULL, ON_VM | ON_GUEST, hcl },
	{ "another HCL report", NULL, NULL, "token.runtime-data", NULL,
	    ON_VM | ON_GUEST, hcl_of_other },
	{ "no HCL report", NULL, NULL, "token.runtime-data", NULL,
	    ON_VM | ON_GUEST, hcl_broken },

	{ "no nonce", PAYLOAD "/nonce", NULL, NULL, NULL, ON_GUEST, NULL },
	{ "no client payload", PAYLOAD, NULL, NULL, NULL, ON_GUEST, NULL },
	{ "nonce alone", USER_DATA, NULL, NULL, NULL, ON_GUEST, NULL },
	{ "neither", PAYLOAD "|" USER_DATA, NULL, "token.binding", "binding",
	    ON_GUEST, NULL },
	{ "another nonce",
	    PAYLOAD
	    "/nonce=\"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE9\"|" USER_DATA,
	    NULL, "binding", NULL, ON_GUEST, NULL },
	{ "another nonce, well-formed",
	    PAYLOAD "/nonce=\"QUFBQQ==\"|" USER_DATA, NULL, "binding", NULL,
	    ON_GUEST, NULL },
	{ "the bytes", NONCE(B1X15 "sbE="), NULL, NULL, NULL, ON_GUEST, NULL },
	{ "and zeros behind them",
	    NONCE(B1X15 "sbEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="),
	    NULL, NULL, NULL, ON_GUEST, NULL },
	{ "hex", NONCE(B1HEX30 "MWIxYjFiMQ=="), NULL, NULL, NULL, ON_GUEST,
	    NULL },
	{ "hex in capitals",
	    NONCE("QjFCMUIxQjFCMUIxQjFCMUIxQjFCMUIxQjFCMUIxQjFCMUIxQjFCMUIxQjFC"
		  "MUIxQjFCMUIxQjFCMUIxQjFCMQ=="),
	    NULL, NULL, NULL, ON_GUEST, NULL },
	{ "hex and zeros", NONCE(B1HEX30 "MWIxYjFiMTAw" HEXZERO HEXZERO "MDA="),
	    NULL, NULL, NULL, ON_GUEST, NULL },
	{ "a byte less", NONCE(B1X15 "sQ=="), NULL, "binding", NULL, ON_GUEST,
	    NULL },
	{ "a byte more", NONCE(B1X15 "sbEB"), NULL, "binding", NULL, ON_GUEST,
	    NULL },
	{ "a byte less in hex", NONCE(B1HEX30 "MWIxYjE="), NULL, "binding",
	    NULL, ON_GUEST, NULL },
	{ "hex but for a digit", NONCE(B1HEX30 "MWIxYjFiZw=="), NULL, "binding",
	    NULL, ON_GUEST, NULL },
	{ "hex and a NUL", NONCE(B1HEX30 "MWIxYjFiMQA="), NULL, "token.binding",
	    "binding", ON_GUEST, NULL },
	{ "hex with colons", NONCE(COLONS COLONS COLONS COLONS "YjE="), NULL,
	    "token.binding", "binding", ON_GUEST, NULL },
	{ "encoded thrice",
	    NONCE("YzJKSGVITmlSM2h6WWtkNGMySkhlSE5pUjNoellrZDRjMkpIZUhOaVIz"
		  "aHpZa2Q0YzJKSGVITmlSVDA9"),
	    NULL, "binding", NULL, ON_GUEST, NULL },
	{ "72 bytes, and ours first",
	    NONCE(B1X15 "sbEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
			"AQEBAQEBAQEB"),
	    NULL, "token.binding", "binding", ON_GUEST, NULL },
	{ "more than any field has", NONCE(B1HEX30 B1HEX30 B1HEX30 "MWIxYjFi"),
	    NULL, "token.binding", "binding", ON_GUEST, NULL },
	{ "no base64", NONCE("B1B1B1B1B1B1B1B1B1"), NULL, "token.binding",
	    "binding", ON_GUEST, NULL },
	{ "another nonce, and our user-data",
	    PAYLOAD "/nonce=\"" B1X15 "sbEB\"", NULL, NULL, NULL, ON_GUEST,
	    NULL },
	{ "nonce a number", PAYLOAD "/nonce=1|" USER_DATA, NULL,
	    "token.binding", "binding", ON_GUEST, NULL },
	{ "an old passport and a fresh quote", PAYLOAD "|" USER_DATA, NULL,
	    NULL, NULL, ON_GUEST, quote },
	{ "an old passport and another's quote", PAYLOAD "|" USER_DATA, NULL,
	    "token.quote token.binding", "binding", ON_GUEST, quote_of_other },
};
const size_t maa_rows_binding_count = COUNT(maa_rows_binding);
