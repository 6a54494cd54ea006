/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azure_replay: REQUEST KEY CLOUD: the body that a real container group sent
 * to MAA, to the simulated one; its token to the simulated vault; and what
 * that releases, undone with the private key that was published with the
 * request.  Prints the released key's length.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <curl/curl.h>
#include <jansson.h>
#include <openssl/pem.h>

#include "modules/common/roots.h"
#include "modules/snp_azure/release.h"
#include "modules/snp_azure/wrap.h"

#define KID "96478d5f" /* of the JWK in the request's runtime data */
#define NONCE "0123456789abcdef"

struct bytes {
	char *data;
	size_t size;
};

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static struct bytes
slurp(const char *dir, const char *name)
{
	struct bytes b = { calloc(1, 1 << 20), 0 };
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s%s%s", dir, name[0] ? "/" : "", name);
	f = fopen(path, "rb");
	must(f != NULL && b.data != NULL, path);
	b.size = fread(b.data, 1, (1 << 20) - 1, f);
	fclose(f);
	return b;
}

/* The first line of a file of the cloud's. */
static char *
line_of(const char *cloud, const char *name)
{
	struct bytes b = slurp(cloud, name);

	b.data[strcspn(b.data, "\n")] = '\0';
	return b.data;
}

static size_t
take(char *data, size_t one, size_t size, void *user)
{
	struct bytes *b = user;

	(void)one;
	must(b->size + size < 1 << 20, "an answer of a megabyte");
	memcpy(b->data + b->size, data, size);
	b->size += size;
	b->data[b->size] = '\0';
	return size;
}

static json_t *
ask(const char *url, const char *header, const char *body, const char *ca,
    struct bytes *raw)
{
	struct curl_slist *headers = NULL;
	CURL *curl = curl_easy_init();
	json_t *out;
	long status = 0;

	*raw = (struct bytes){ calloc(1, 1 << 20), 0 };
	headers = curl_slist_append(headers, header);
	if (body != NULL) {
		headers = curl_slist_append(headers,
		    "Content-Type: application/json");
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	}
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, raw);
	must(curl_easy_perform(curl) == CURLE_OK, url);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	must(status == 200, raw->data);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	out = json_loadb(raw->data, raw->size, 0, NULL);
	must(out != NULL, "an answer that is no JSON");
	return out;
}

static EVP_PKEY *
read_key(const char *path)
{
	FILE *f = fopen(path, "r");
	EVP_PKEY *key =
	    f != NULL ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;

	must(key != NULL, path);
	fclose(f);
	return key;
}

static char *
bearer(const char *cloud, const char *ca)
{
	static const char path[] =
	    "/metadata/identity/oauth2/token?api-version="
	    "2018-02-01&resource=https%3A%2F%2F"
	    "vault.azure.net";
	char url[512], *out, *imds = line_of(cloud, "imds.url");
	struct bytes raw;
	json_t *answer;

	snprintf(url, sizeof(url), "%s%s", imds, path);
	answer = ask(url, "Metadata: true", NULL, ca, &raw);
	free(imds);
	out = malloc(raw.size + 64);
	sprintf(out, "Authorization: Bearer %s",
	    json_string_value(json_object_get(answer, "access_token")));
	json_decref(answer);
	free(raw.data);
	return out;
}

/* The wrapped key, after every check that the keystore makes. */
static void
undo(const struct bytes *answer, const char *vault, const char *ca,
    EVP_PKEY *key)
{
	struct bytes roots = slurp(ca, "");
	char url[512], *host = strdup(vault + strlen("https://"));
	struct azure_expected x = { .host = host,
		.key_url = url,
		.enc = AZURE_ENC_256,
		.nonce = NONCE,
		.wrapping_kid = KID,
		.pki = { tee_roots_pem(roots.data, roots.size), time(NULL) } };
	struct azure_release release;
	uint8_t kek[AZURE_KEK_SIZE], out[AZURE_RELEASED_MAX];
	size_t head = (size_t)EVP_PKEY_get_size(key), size = 0;

	host[strcspn(host, ":")] = '\0';
	snprintf(url, sizeof(url), "%s/keys/agent-kek", vault);
	must(x.pki.roots != NULL, ca);
	must(tee_azure_release_read(&release, answer->data, answer->size, &x),
	    release.detail);
	must(release.wrapped_size > head &&
		tee_azure_unwrap_kek(key, AZURE_ENC_256, release.wrapped, head,
		    kek) &&
		tee_azure_unwrap_key(kek, release.wrapped + head,
		    release.wrapped_size - head, out, sizeof(out), &size),
	    "it does not unwrap");
	printf("%zu\n", size);
	tee_azure_release_free(&release);
	X509_STORE_free(x.pki.roots);
	free(roots.data);
	free(host);
}

/* What the vault is asked with: MAA's token about the recorded request. */
static char *
release_request(const char *request, const char *cloud, const char *ca)
{
	struct bytes recorded = slurp(request, ""), raw;
	char url[512], *maa = line_of(cloud, "maa.url"), *body;
	json_t *token, *root;

	snprintf(url, sizeof(url), "%s/attest/SevSnpVm?api-version=2022-08-01",
	    maa);
	token = ask(url, "Accept: application/json", recorded.data, ca, &raw);
	root = json_pack("{s:O, s:s, s:s}", "target",
	    json_object_get(token, "token"), "nonce", NONCE, "enc",
	    "RSA_AES_KEY_WRAP_256");
	body = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	json_decref(token);
	free(recorded.data);
	free(raw.data);
	free(maa);
	return body;
}

int
main(int argc, char **argv)
{
	char ca[4096], url[512], *vault, *body, *header;
	struct bytes answer;
	EVP_PKEY *key;

	must(argc == 4, "azure_replay REQUEST KEY CLOUD");
	snprintf(ca, sizeof(ca), "%s/ca.pem", argv[3]);
	body = release_request(argv[1], argv[3], ca);
	vault = line_of(argv[3], "vault.url");
	snprintf(url, sizeof(url), "%s/keys/agent-kek/release?api-version=7.4",
	    vault);
	header = bearer(argv[3], ca);
	json_decref(ask(url, header, body, ca, &answer));
	key = read_key(argv[2]);
	undo(&answer, vault, ca, key);
	EVP_PKEY_free(key);
	free(answer.data);
	free(header);
	free(vault);
	free(body);
	return 0;
}
