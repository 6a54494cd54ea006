/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cloud: the pretend Azure around the machine, on 127.0.0.1: IMDS, the token
 * authority, AMD's key distribution, MAA and Key Vault.  Where they listen
 * stands in DIR/cloud.
 */
#ifndef SIM_CLOUD_H
#define SIM_CLOUD_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/asp.h"
#include "sim/tls.h"
#include "sim/web.h"

#define SIM_CLOUD_DIR "cloud"
#define SIM_CLOUD_GUID 37

enum sim_cloud_service {
	SIM_CLOUD_IMDS = 0,
	SIM_CLOUD_AUTHORITY,
	SIM_CLOUD_KDS,
	SIM_CLOUD_MAA,
	SIM_CLOUD_VAULT,
	SIM_CLOUD_SERVICES
};

struct sim_identity;
struct sim_imds;
struct sim_maa;
struct sim_vault;

struct sim_cloud {
	struct sim_asp *asp;
	int dir; /* DIR/cloud */
	int log;
	int stop; /* readable: do not sleep */
	struct sim_tls tls;
	struct sim_web web[SIM_CLOUD_SERVICES];
	struct sim_identity *identity;
	struct sim_imds *imds;
	struct sim_maa *maa;
	struct sim_vault *vault;
};

/* Each in the file of its service. */
extern const struct sim_web_service tee_sim_imds_service;
extern const struct sim_web_service tee_sim_authority_service;
extern const struct sim_web_service tee_sim_kds_service;
extern const struct sim_web_service tee_sim_maa_service;
extern const struct sim_web_service tee_sim_vault_service;

/* NULL with *why; also where the program was built without. */
struct sim_cloud *tee_sim_cloud_open(struct sim_asp *,
    char why[SIM_SWITCH_WHY]);
void tee_sim_cloud_close(struct sim_cloud **);
/* Appends " imds=URL maa=URL ..." to the line that says ready. */
void tee_sim_cloud_announce(const struct sim_cloud *);

/* The machine's lock; what stands in struct sim_asp is touched under it. */
void tee_sim_cloud_lock(struct sim_cloud *);
void tee_sim_cloud_unlock(struct sim_cloud *);
/* The switches as they are now; false was said on stderr. */
bool tee_sim_cloud_follow(struct sim_cloud *);
/* Unlocked; ends early where the cloud closes. */
void tee_sim_cloud_sleep(struct sim_cloud *, uint32_t ms);
/* "imds GET /path 200"; 0: no answer.  DIR/cloud/requests. */
void tee_sim_cloud_log(struct sim_cloud *, const char *service,
    const struct sim_web_request *, unsigned status);
/* Publishes DIR/cloud/NAME. */
bool tee_sim_cloud_write(struct sim_cloud *, const char *name, const void *,
    size_t size, mode_t mode);
bool tee_sim_cloud_write_line(struct sim_cloud *, const char *name,
    const char *text);
/* Of this machine, the same at each start: "tenant", "client", "vm". */
void tee_sim_cloud_guid(const struct sim_cloud *, const char *what,
    char out[SIM_CLOUD_GUID]);
/* Switches, for handlers. */
bool tee_sim_cloud_due(struct sim_cloud *, enum sim_switch);
uint32_t tee_sim_cloud_number(const struct sim_cloud *, enum sim_switch);

#endif
