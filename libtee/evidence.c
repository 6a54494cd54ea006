/* SPDX-License-Identifier: Apache-2.0 */
/* evidence: see evidence.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "libtee/evidence.h"

struct tee_evidence *
tee_evidence_new(void)
{
	return calloc(1, sizeof(struct tee_evidence));
}

void
tee_evidence_free(struct tee_evidence **evidence)
{
	struct tee_evidence *e;

	if (evidence == NULL || *evidence == NULL)
		return;
	e = *evidence;
	tee_evidence_forget(e, 0);
	free(e->platform);
	free(e->opaque);
	free(e->did);
	free(e->challenge_id);
	free(e->nonce);
	free(e->measurements);
	free(e);
	*evidence = NULL;
}

void
tee_evidence_forget(struct tee_evidence *e, size_t count)
{
	while (e->item_count > count) {
		struct tee_item *item = &e->items[--e->item_count];

		free(item->type);
		free(item->data);
	}
}

bool
tee_evidence_private(const char *type)
{
	return strncmp(type, "private.", 8) == 0;
}

void
tee_evidence_forget_private(struct tee_evidence *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < e->item_count; i++) {
		struct tee_item item = e->items[i];

		if (tee_evidence_private(item.type)) {
			free(item.type);
			free(item.data);
		} else {
			e->items[kept++] = item;
		}
	}
	e->item_count = kept;
}

static bool
type_valid(const char *type)
{
	size_t n = strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789.-_");

	return n > 0 && n <= 64 && type[n] == '\0';
}

int
tee_evidence_put(struct tee_evidence *e, const char *type, const void *data,
    size_t size)
{
	struct tee_item item = { 0 };

	if (!type_valid(type) || size > TEE_ITEM_MAX ||
	    e->item_count == TEE_ITEMS_MAX ||
	    tee_evidence_item(e, type) != NULL)
		return TEE_E_EVIDENCE;
	item.type = strdup(type);
	item.data = malloc(size > 0 ? size : 1);
	item.size = size;
	if (item.type == NULL || item.data == NULL) {
		free(item.type);
		free(item.data);
		return TEE_E_MEMORY;
	}
	if (size > 0)
		memcpy(item.data, data, size);
	e->items[e->item_count++] = item;
	return 0;
}

const struct tee_item *
tee_evidence_item(const struct tee_evidence *e, const char *type)
{
	size_t i;

	for (i = 0; i < e->item_count; i++)
		if (strcmp(e->items[i].type, type) == 0)
			return &e->items[i];
	return NULL;
}

static char *
copy(const char *data, size_t size)
{
	char *p = malloc(size + 1);

	if (p != NULL) {
		memcpy(p, data, size);
		p[size] = '\0';
	}
	return p;
}

int
tee_evidence_bind(struct tee_evidence *e, struct tee_bytes did,
    const struct tee_challenge *challenge, const uint8_t key_hash[32])
{
	int error = tee_binding_compute(did,
	    (struct tee_bytes){ challenge->id, challenge->id_size },
	    (struct tee_bytes){ challenge->nonce, challenge->nonce_size },
	    key_hash, e->binding);

	if (error != 0)
		return error;
	e->did = copy(did.data, did.size);
	e->challenge_id = copy(challenge->id, challenge->id_size);
	e->nonce = copy(challenge->nonce, challenge->nonce_size);
	if (e->did == NULL || e->challenge_id == NULL || e->nonce == NULL)
		return TEE_E_MEMORY;
	e->did_size = did.size;
	e->challenge_id_size = challenge->id_size;
	e->nonce_size = challenge->nonce_size;
	memcpy(e->key_hash, key_hash, sizeof(e->key_hash));
	return 0;
}

struct tee_bytes
tee_evidence_did(const struct tee_evidence *e)
{
	return (struct tee_bytes){ e->did, e->did_size };
}

static bool
copy_into(char **to, const char *from, size_t size)
{
	*to = from != NULL ? copy(from, size) : NULL;
	return from == NULL || *to != NULL;
}

static bool
copy_text(char **to, const char *from)
{
	return copy_into(to, from, from != NULL ? strlen(from) : 0);
}

struct tee_evidence *
tee_evidence_copy(const struct tee_evidence *from)
{
	struct tee_evidence *e = malloc(sizeof(*e));
	bool ok;
	size_t i;

	if (e == NULL)
		return NULL;
	*e = *from;
	e->item_count = 0;
	ok = copy_text(&e->platform, from->platform);
	ok = copy_text(&e->opaque, from->opaque) && ok;
	ok = copy_text(&e->measurements, from->measurements) && ok;
	ok = copy_into(&e->did, from->did, from->did_size) && ok;
	ok = copy_into(&e->challenge_id, from->challenge_id,
		 from->challenge_id_size) &&
	    ok;
	ok = copy_into(&e->nonce, from->nonce, from->nonce_size) && ok;
	for (i = 0; ok && i < from->item_count; i++)
		ok = tee_evidence_put(e, from->items[i].type,
			 from->items[i].data, from->items[i].size) == 0;
	if (!ok)
		tee_evidence_free(&e);
	return e;
}
