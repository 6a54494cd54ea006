/* SPDX-License-Identifier: Apache-2.0 */
/*
 * configfs: the report directories of configfs-tsm (drivers/virt/coco/tsm.c)
 * without the file system around them: items, their attributes, generations.
 */
#ifndef SIM_CONFIGFS_H
#define SIM_CONFIGFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/asp.h"

#define SIM_INBLOB_MAX 64
#define SIM_OUTBLOB_MAX 0x8000
#define SIM_ITEM_NAME 128

enum sim_attr {
	SIM_ATTR_GENERATION = 0,
	SIM_ATTR_PROVIDER,
	SIM_ATTR_PRIVLEVEL,
	SIM_ATTR_PRIVLEVEL_FLOOR,
	SIM_ATTR_INBLOB,
	SIM_ATTR_OUTBLOB,
	SIM_ATTR_AUXBLOB,
	SIM_ATTRS
};

struct sim_item {
	struct sim_item *next;
	uint64_t id; /* never used twice */
	char name[SIM_ITEM_NAME];
	unsigned long write_generation, read_generation;
	uint8_t inblob[SIM_INBLOB_MAX];
	size_t inblob_size;
	uint32_t privlevel;
	struct sim_blob outblob, auxblob;
	bool reported;
};

struct sim_configfs {
	struct sim_asp *asp;
	struct sim_item *items;
	uint64_t next_id;
};

const char *tee_sim_attr_name(enum sim_attr);
bool tee_sim_attr_writable(enum sim_attr);

struct sim_item *tee_sim_item_find(struct sim_configfs *, const char *name);
struct sim_item *tee_sim_item_get(struct sim_configfs *, uint64_t id);
/* 0 or -errno, all of them. */
int tee_sim_item_make(struct sim_configfs *, const char *name,
    struct sim_item **);
void tee_sim_item_drop(struct sim_configfs *, struct sim_item *);
void tee_sim_configfs_free(struct sim_configfs *);
/* Appends what one open of the attribute reads. */
int tee_sim_item_show(struct sim_configfs *, struct sim_item *, enum sim_attr,
    struct sim_blob *out);
/* privlevel at write(2); inblob at close(2), whose error nobody sees. */
int tee_sim_item_store_privlevel(struct sim_configfs *, struct sim_item *,
    const char *text, size_t size);
int tee_sim_item_store_inblob(struct sim_configfs *, struct sim_item *,
    const uint8_t *, size_t size);

#endif
