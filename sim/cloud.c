/* SPDX-License-Identifier: Apache-2.0 */
/* cloud: see cloud.h. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "sim/cloud.h"
#include "sim/identity.h"
#include "sim/imds.h"
#include "sim/maa.h"
#include "sim/vault.h"

static const struct sim_web_service *const services[SIM_CLOUD_SERVICES] = {
	[SIM_CLOUD_IMDS] = &tee_sim_imds_service,
	[SIM_CLOUD_AUTHORITY] = &tee_sim_authority_service,
	[SIM_CLOUD_KDS] = &tee_sim_kds_service,
	[SIM_CLOUD_MAA] = &tee_sim_maa_service,
	[SIM_CLOUD_VAULT] = &tee_sim_vault_service,
};

void
tee_sim_cloud_lock(struct sim_cloud *cloud)
{
	pthread_mutex_lock(&cloud->asp->lock);
}

void
tee_sim_cloud_unlock(struct sim_cloud *cloud)
{
	pthread_mutex_unlock(&cloud->asp->lock);
}

bool
tee_sim_cloud_follow(struct sim_cloud *cloud)
{
	char why[SIM_SWITCH_WHY];

	if (tee_sim_asp_follow(cloud->asp, why))
		return true;
	fprintf(stderr, "teesim: %s\n", why);
	return false;
}

void
tee_sim_cloud_sleep(struct sim_cloud *cloud, uint32_t ms)
{
	struct pollfd fd = { .fd = cloud->stop, .events = POLLIN };

	poll(&fd, 1, (int)ms);
}

bool
tee_sim_cloud_due(struct sim_cloud *cloud, enum sim_switch i)
{
	return tee_sim_asp_due(cloud->asp, i);
}

uint32_t
tee_sim_cloud_number(const struct sim_cloud *cloud, enum sim_switch i)
{
	return tee_sim_asp_number(cloud->asp, i);
}

void
tee_sim_cloud_guid(const struct sim_cloud *cloud, const char *what,
    char out[SIM_CLOUD_GUID])
{
	uint8_t in[sizeof(cloud->asp->keys->chip) + 32] = { 0 }, d[32];

	memcpy(in, cloud->asp->keys->chip, sizeof(cloud->asp->keys->chip));
	strncpy((char *)in + sizeof(cloud->asp->keys->chip), what, 31);
	if (EVP_Digest(in, sizeof(in), d, NULL, EVP_sha256(), NULL) != 1)
		abort();
	snprintf(out, SIM_CLOUD_GUID,
	    "%02x%02x%02x%02x-%02x%02x-4%01x%02x-8%01x%02x-"
	    "%02x%02x%02x%02x%02x%02x",
	    d[0], d[1], d[2], d[3], d[4], d[5], d[6] & 15, d[7], d[8] & 15,
	    d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

void
tee_sim_cloud_log(struct sim_cloud *cloud, const char *service,
    const struct sim_web_request *request, unsigned status)
{
	char path[256];

	snprintf(path, sizeof(path), "%s", request->path);
	for (char *c = path; *c != '\0'; c++)
		if (!isgraph((unsigned char)*c))
			*c = '?';
	dprintf(cloud->log, "%s %.16s %s %u\n", service, request->method, path,
	    status);
}

bool
tee_sim_cloud_write(struct sim_cloud *cloud, const char *name, const void *data,
    size_t size, mode_t mode)
{
	return tee_sim_blob_write(data, size, cloud->dir, name, mode);
}

bool
tee_sim_cloud_write_line(struct sim_cloud *cloud, const char *name,
    const char *text)
{
	char line[512];
	int size = snprintf(line, sizeof(line), "%s\n", text);

	return size > 0 && (size_t)size < sizeof(line) &&
	    tee_sim_cloud_write(cloud, name, line, (size_t)size, 0644);
}

static bool
open_files(struct sim_cloud *cloud)
{
	if (mkdirat(cloud->asp->dir, SIM_CLOUD_DIR, 0755) != 0 &&
	    errno != EEXIST)
		return false;
	cloud->dir = openat(cloud->asp->dir, SIM_CLOUD_DIR,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cloud->dir < 0)
		return false;
	cloud->log = openat(cloud->dir, "requests",
	    O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	cloud->stop = eventfd(0, EFD_CLOEXEC);
	return cloud->log >= 0 && cloud->stop >= 0;
}

/* Every URL is known before the first request can come with it. */
static bool
open_webs(struct sim_cloud *cloud)
{
	char name[32];

	for (unsigned i = 0; i < SIM_CLOUD_SERVICES; i++) {
		if (services[i] == NULL)
			continue;
		if (!tee_sim_web_open(&cloud->web[i], cloud, services[i],
			&cloud->tls))
			return false;
		snprintf(name, sizeof(name), "%s.url", services[i]->name);
		if (!tee_sim_cloud_write_line(cloud, name, cloud->web[i].url))
			return false;
	}
	return true;
}

static bool
publish_ca(struct sim_cloud *cloud)
{
	struct sim_blob pem = { NULL, 0 };
	char pin[65];
	bool ok = tee_sim_tls_chain(&cloud->tls, SIM_TLS_ROOT, &pem) &&
	    tee_sim_cloud_write(cloud, "ca.pem", pem.data, pem.size - 1,
		0644) &&
	    tee_sim_tls_pin(&cloud->tls, pin) &&
	    tee_sim_cloud_write_line(cloud, "ca.pin", pin);

	tee_sim_blob_free(&pem);
	return ok;
}

/* Held by the caller: no request is answered before all is there. */
static const char *
open_all(struct sim_cloud *cloud)
{
	enum sim_tls_fault fault =
	    (enum sim_tls_fault)tee_sim_cloud_number(cloud, SIM_SW_TLS);

	if (!open_files(cloud))
		return "its files cannot be made";
	if (!tee_sim_tls_open(&cloud->tls, cloud->asp->dir, fault) ||
	    !publish_ca(cloud))
		return "no certificates for its servers";
	cloud->imds = tee_sim_imds_new();
	cloud->identity = tee_sim_identity_new(cloud);
	cloud->maa = tee_sim_maa_new(cloud);
	if (cloud->imds == NULL || cloud->identity == NULL ||
	    cloud->maa == NULL)
		return "no keys for its tokens";
	if (tee_sim_vault_new(cloud) == NULL)
		return "no keys for the vault";
	if (!open_webs(cloud) || !tee_sim_vault_ready(cloud))
		return "its servers cannot listen on 127.0.0.1";
	return NULL;
}

struct sim_cloud *
tee_sim_cloud_open(struct sim_asp *asp, char why[SIM_SWITCH_WHY])
{
	struct sim_cloud *cloud = calloc(1, sizeof(*cloud));
	const char *wrong = "out of memory";

	if (cloud != NULL) {
		cloud->asp = asp;
		cloud->dir = cloud->log = cloud->stop = -1;
		tee_sim_cloud_lock(cloud);
		wrong = open_all(cloud);
		tee_sim_cloud_unlock(cloud);
	}
	if (wrong == NULL)
		return cloud;
	snprintf(why, SIM_SWITCH_WHY, "the cloud: %s: %s", wrong,
	    strerror(errno));
	tee_sim_cloud_close(&cloud);
	return NULL;
}

void
tee_sim_cloud_close(struct sim_cloud **held)
{
	struct sim_cloud *cloud = *held;
	uint64_t one = 1;

	if (cloud == NULL)
		return;
	if (cloud->stop >= 0 &&
	    write(cloud->stop, &one, sizeof(one)) != (ssize_t)sizeof(one))
		fprintf(stderr, "teesim: the cloud closes late\n");
	for (unsigned i = 0; i < SIM_CLOUD_SERVICES; i++)
		tee_sim_web_close(&cloud->web[i]);
	tee_sim_vault_free(&cloud->vault);
	tee_sim_maa_free(&cloud->maa);
	tee_sim_identity_free(&cloud->identity);
	tee_sim_imds_free(&cloud->imds);
	tee_sim_tls_close(&cloud->tls);
	if (cloud->stop >= 0)
		close(cloud->stop);
	if (cloud->log >= 0)
		close(cloud->log);
	if (cloud->dir >= 0)
		close(cloud->dir);
	free(cloud);
	*held = NULL;
}

void
tee_sim_cloud_announce(const struct sim_cloud *cloud)
{
	for (unsigned i = 0; i < SIM_CLOUD_SERVICES; i++)
		if (services[i] != NULL)
			printf(" %s=%s", services[i]->name, cloud->web[i].url);
}
