/* SPDX-License-Identifier: Apache-2.0 */
/* address: see address.h. */
#include "config.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "modules/redis/address.h"

#define KNOWN 8

struct redis_address {
	char *host; /* NULL: known for good */
	char port[8];
	struct addrinfo hints;
	struct gaicb question; /* libc's while it is asked */
	bool asked;
	unsigned count, turn;
	struct sockaddr_storage at[KNOWN];
	socklen_t size[KNOWN];
};

struct redis_address *
redis_address_path(const char *path)
{
	struct redis_address *a;
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(at.sun_path))
		return NULL;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return NULL;
	strncpy(at.sun_path, path, sizeof(at.sun_path) - 1);
	memcpy(&a->at[0], &at, sizeof(at));
	a->size[0] = sizeof(at);
	a->count = 1;
	return a;
}

static void
learn(struct redis_address *a, const struct addrinfo *info)
{
	a->count = a->turn = 0;
	for (; info != NULL && a->count < KNOWN; info = info->ai_next) {
		if (info->ai_addrlen > sizeof(a->at[0]))
			continue;
		memcpy(&a->at[a->count], info->ai_addr, info->ai_addrlen);
		a->size[a->count++] = info->ai_addrlen;
	}
}

static void
ask(struct redis_address *a)
{
	struct gaicb *list[] = { &a->question };

	if (a->host == NULL || a->asked)
		return;
	a->question = (struct gaicb){ .ar_name = a->host,
		.ar_service = a->port,
		.ar_request = &a->hints };
	a->asked = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL) == 0;
}

/* What was known stands where nothing better came. */
static void
hear(struct redis_address *a)
{
	int error = a->asked ? gai_error(&a->question) : EAI_INPROGRESS;

	if (error == EAI_INPROGRESS)
		return;
	a->asked = false;
	if (error != 0)
		return;
	learn(a, a->question.ar_result);
	freeaddrinfo(a->question.ar_result);
}

struct redis_address *
redis_address_host(const char *host, uint16_t port)
{
	struct redis_address *a = calloc(1, sizeof(*a));
	struct addrinfo *info;

	if (a == NULL)
		return NULL;
	snprintf(a->port, sizeof(a->port), "%u", port);
	a->hints.ai_socktype = SOCK_STREAM;
	a->hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
	if (getaddrinfo(host, a->port, &a->hints, &info) == 0) {
		learn(a, info);
		freeaddrinfo(info);
		return a;
	}
	a->hints.ai_flags = AI_NUMERICSERV;
	a->host = strdup(host);
	if (a->host == NULL)
		redis_address_free(&a);
	return a;
}

/* A question that cannot be taken back keeps what libc writes to. */
void
redis_address_free(struct redis_address **address)
{
	struct redis_address *a = *address;
	const struct gaicb *list[1];

	*address = NULL;
	if (a == NULL)
		return;
	list[0] = &a->question;
	if (a->asked && gai_cancel(&a->question) == EAI_NOTCANCELED &&
	    gai_suspend(list, 1, &(struct timespec){ 5, 0 }) != 0 &&
	    gai_error(&a->question) == EAI_INPROGRESS)
		return;
	hear(a);
	free(a->host);
	free(a);
}

bool
redis_host_is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, host, &four) == 1)
		return (ntohl(four.s_addr) >> 24) == 127;
	return inet_pton(AF_INET6, host, &six) == 1 &&
	    IN6_IS_ADDR_LOOPBACK(&six);
}

bool
redis_address_get(struct redis_address *a, struct sockaddr_storage *out,
    socklen_t *size)
{
	hear(a);
	if (a->count == 0) {
		ask(a);
		return false;
	}
	*out = a->at[a->turn % a->count];
	*size = a->size[a->turn % a->count];
	return true;
}

void
redis_address_failed(struct redis_address *a)
{
	a->turn++;
	ask(a);
}
