/* SPDX-License-Identifier: Apache-2.0 */
/* vaultkey, the part that keeps them: one file NAME.json each, mode 0600. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jose/b64.h>
#include <openssl/x509.h>

#include "sim/vaultkey.h"

#define FILE_MAX_SIZE (256 * 1024)

bool
tee_sim_vault_key_keep(struct sim_vault_keys *keys, struct sim_vault_key *key)
{
	struct sim_blob secret = { NULL, 0 };
	char file[SIM_VAULT_NAME_MAX + 8], *text = NULL;
	json_t *root = NULL;
	bool ok;

	if (keys->dir < 0)
		return true;
	if (tee_sim_vault_key_export(key, &secret))
		root = json_pack("{s:s, s:s, s:b, s:O, s:O*, s:b, s:I, s:o}",
		    "version", key->version, "kty", key->kty, "exportable",
		    key->exportable, "key_ops", key->ops, "policy", key->policy,
		    "immutable", key->immutable, "created",
		    (json_int_t)key->created, "secret",
		    jose_b64_enc(secret.data, secret.size));
	text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
	snprintf(file, sizeof(file), "%s.json", key->name);
	ok = text != NULL &&
	    tee_sim_blob_write(text, strlen(text), keys->dir, file, 0600);
	free(text);
	json_decref(root);
	tee_sim_blob_free(&secret);
	return ok;
}

static bool
read_secret(struct sim_vault_key *key, const json_t *text)
{
	size_t size = jose_b64_dec(text, NULL, 0);
	uint8_t *data = size != SIZE_MAX ? malloc(size + 1) : NULL;
	const unsigned char *p = data;
	bool ok = data != NULL && jose_b64_dec(text, data, size) == size;

	if (ok && strcmp(key->kty, "oct-HSM") == 0)
		ok = tee_sim_blob_append(&key->oct, data, size);
	else if (ok)
		ok = (key->pkey = d2i_AutoPrivateKey(NULL, &p, (long)size)) !=
		    NULL;
	free(data);
	return ok;
}

static bool
read_key(struct sim_vault_keys *keys, const char *file)
{
	struct sim_vault_key *key = &keys->key[keys->count];
	struct sim_blob blob = { NULL, 0 };
	const char *version = NULL, *kty = NULL;
	json_t *root = NULL, *secret = NULL;
	int exportable = 0, immutable = 0;
	json_int_t created = 0;
	bool ok;

	if (tee_sim_blob_read(&blob, keys->dir, file, FILE_MAX_SIZE))
		root = json_loadb((const char *)blob.data, blob.size, 0, NULL);
	ok = json_unpack(root, "{s:s, s:s, s:b, s:O, s?O, s:b, s:I, s:o}",
		 "version", &version, "kty", &kty, "exportable", &exportable,
		 "key_ops", &key->ops, "policy", &key->policy, "immutable",
		 &immutable, "created", &created, "secret", &secret) == 0;
	if (ok) {
		snprintf(key->name, sizeof(key->name), "%.*s",
		    (int)(strlen(file) - strlen(".json")), file);
		snprintf(key->version, sizeof(key->version), "%s", version);
		snprintf(key->kty, sizeof(key->kty), "%s", kty);
		key->exportable = exportable;
		key->immutable = immutable;
		key->created = created;
		ok = read_secret(key, secret);
	}
	keys->count += ok;
	json_decref(root);
	tee_sim_blob_free(&blob);
	return ok;
}

bool
tee_sim_vault_keys_open(struct sim_vault_keys *keys, int dir)
{
	struct dirent *entry;
	bool ok = true;
	DIR *list;
	int fd;

	memset(keys, 0, sizeof(*keys));
	keys->dir = dir;
	/* Not dup(): the position in the directory would be shared. */
	fd = dir >= 0 ? openat(dir, ".", O_RDONLY | O_DIRECTORY) : -1;
	list = fd >= 0 ? fdopendir(fd) : NULL;
	if (list == NULL) {
		if (fd >= 0)
			close(fd);
		return dir < 0;
	}
	while (ok && (entry = readdir(list)) != NULL) {
		const char *tail = strrchr(entry->d_name, '.');

		if (tail == NULL || strcmp(tail, ".json") != 0)
			continue;
		ok = keys->count < SIM_VAULT_KEYS &&
		    read_key(keys, entry->d_name);
	}
	closedir(list);
	if (!ok)
		errno = EINVAL;
	return ok;
}
