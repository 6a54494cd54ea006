/* SPDX-License-Identifier: Apache-2.0 */
/* testlib_cloud: see testlib_cloud.h. */
#include "config.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/testlib_cloud.h"

#define LIMIT (4u << 20) /* of an answer */
#define WORDS 24

const char *cloud_teesim, *cloud_keys;
extern char **environ;

static void
turn(const char *first, const char *switches)
{
	char text[1024], *rest = text, *word;
	char *argv[WORDS] = { (char *)(uintptr_t)cloud_teesim, "set", "--dir",
		(char *)(uintptr_t)cloud_keys, "--reset" };
	size_t n = 5;
	pid_t pid;
	int status;

	snprintf(text, sizeof(text), "%s %s", first, switches);
	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0' && n < WORDS - 1)
			argv[n++] = word;
	ck_assert_int_eq(posix_spawn(&pid, cloud_teesim, NULL, NULL, argv,
			     environ),
	    0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "teesim set %s", text);
}

void
cloud_turn(const char *switches)
{
	turn("imds-unlimited=yes", switches);
}

void
cloud_turn_limited(const char *switches)
{
	turn("", switches);
}

static void
read_file(const char *name, struct sim_blob *out)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/cloud/%s", cloud_keys, name);
	ck_assert_msg(tee_sim_blob_read(out, AT_FDCWD, path, LIMIT), "%s",
	    path);
	ck_assert(tee_sim_blob_append(out, "", 1));
}

const char *
cloud_line(const char *name)
{
	static char line[4096];
	struct sim_blob text = { NULL, 0 };

	read_file(name, &text);
	snprintf(line, sizeof(line), "%.*s",
	    (int)strcspn((char *)text.data, "\n"), (char *)text.data);
	tee_sim_blob_free(&text);
	return line;
}

unsigned
cloud_logged(const char *start)
{
	struct sim_blob text = { NULL, 0 };
	char *rest, *line;
	unsigned n = 0;

	read_file("requests", &text);
	rest = (char *)text.data;
	while ((line = strsep(&rest, "\n")) != NULL)
		n += strncmp(line, start, strlen(start)) == 0;
	tee_sim_blob_free(&text);
	return n;
}

static size_t
take(char *data, size_t one, size_t size, void *user)
{
	struct sim_blob *blob = user;

	(void)one;
	return blob->size + size <= LIMIT &&
		tee_sim_blob_append(blob, data, size) ?
	    size :
	    0;
}

static struct curl_slist *
header_list(const char *headers)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	char text[4096], *rest = text, *one;

	snprintf(text, sizeof(text), "%s", headers != NULL ? headers : "");
	while ((one = strsep(&rest, "|")) != NULL)
		if (*one != '\0')
			list = curl_slist_append(list, one);
	return list;
}

void
cloud_ask(struct reply *reply, const char *service, const char *method,
    const char *target, const char *headers, const char *body)
{
	struct curl_slist *list = header_list(headers);
	char url[2048], file[32], ca[512];
	CURL *curl = curl_easy_init();

	memset(reply, 0, sizeof(*reply));
	snprintf(file, sizeof(file), "%s.url", service);
	snprintf(url, sizeof(url), "%s%s", cloud_line(file), target);
	snprintf(ca, sizeof(ca), "%s/cloud/ca.pem", cloud_keys);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply->body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply->head);
	if (body != NULL)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	if (method != NULL)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	reply->code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
	curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, &reply->seconds);
	curl_easy_cleanup(curl);
	curl_slist_free_all(list);
	ck_assert(tee_sim_blob_append(&reply->body, "", 1));
	ck_assert(tee_sim_blob_append(&reply->head, "", 1));
}

void
cloud_get(struct reply *reply, const char *service, const char *target)
{
	cloud_ask(reply, service, NULL, target, NULL, NULL);
}

void
cloud_imds(struct reply *reply, const char *target)
{
	cloud_ask(reply, "imds", NULL, target, "Metadata: true", NULL);
}

void
cloud_attest(struct reply *reply, const char *how, const json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT), target[128];

	snprintf(target, sizeof(target), "/attest/%s?api-version=%s", how,
	    strcasecmp(how, "AzureGuest") == 0 ? "2020-10-01" : "2022-08-01");
	cloud_ask(reply, "maa", NULL, target, "Content-Type: application/json",
	    text);
	free(text);
}

void
reply_free(struct reply *reply)
{
	tee_sim_blob_free(&reply->head);
	tee_sim_blob_free(&reply->body);
}

const char *
reply_header(const struct reply *reply, const char *name)
{
	static char value[1024];
	size_t size = strlen(name);
	const char *line = (const char *)reply->head.data;

	for (; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncasecmp(line, name, size) != 0 || line[size] != ':')
			continue;
		line += size + 1 + strspn(line + size + 1, " ");
		snprintf(value, sizeof(value), "%.*s",
		    (int)strcspn(line, "\r\n"), line);
		return value;
	}
	return NULL;
}

json_t *
reply_json(const struct reply *reply)
{
	json_t *root = json_loads((const char *)reply->body.data, 0, NULL);

	ck_assert_msg(json_is_object(root), "%s", (char *)reply->body.data);
	return root;
}

void
reply_is(const struct reply *reply, const char *member, const char *text)
{
	json_t *root = reply_json(reply);
	const char *value = json_string_value(json_object_get(root, member));

	ck_assert_msg(value != NULL && strcmp(value, text) == 0, "%s: %s",
	    member, (char *)reply->body.data);
	json_decref(root);
}

void
reply_error(const struct reply *reply, const char *code, const char *start)
{
	json_t *root = reply_json(reply), *error;
	const char *own, *message;

	error = json_object_get(root, "error");
	own = json_string_value(json_object_get(error, "code"));
	message = json_string_value(json_object_get(error, "message"));
	ck_assert_msg(own != NULL && strcmp(own, code) == 0 &&
		message != NULL && strncmp(message, start, strlen(start)) == 0,
	    "%s", (char *)reply->body.data);
	json_decref(root);
}
