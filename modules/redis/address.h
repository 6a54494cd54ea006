/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address: where the server is.  A name is resolved beside whoever waits for
 * a peer's verdict, never by them: as long as it is not known there is no
 * address.  Not locked.
 */
#ifndef MODULES_REDIS_ADDRESS_H
#define MODULES_REDIS_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct redis_address;

/* NULL: too long a path, or no memory. */
struct redis_address *redis_address_path(const char *path);
/* A name, or an address in digits. */
struct redis_address *redis_address_host(const char *host, uint16_t port);
void redis_address_free(struct redis_address **);

/* In digits, and of this host. */
bool redis_host_is_loopback(const char *host);
/* False: not known yet; asked for. */
bool redis_address_get(struct redis_address *, struct sockaddr_storage *out,
    socklen_t *size);
/* Nobody answers there: the next one's turn, and the name is asked again. */
void redis_address_failed(struct redis_address *);

#endif
