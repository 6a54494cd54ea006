/* SPDX-License-Identifier: Apache-2.0 */
/* configfs: see configfs.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/rand.h>

#include "sim/configfs.h"
#include "sim/driver.h"
#include "sim/table.h"

#define PRIVLEVEL_MAX 3
#define KERNEL_BUFFER 4096 /* the kernel's room for one report */

static const struct {
	const char *name;
	bool writable;
} attrs[SIM_ATTRS] = { [SIM_ATTR_GENERATION] = { "generation", false },
	[SIM_ATTR_PROVIDER] = { "provider", false },
	[SIM_ATTR_PRIVLEVEL] = { "privlevel", true },
	[SIM_ATTR_PRIVLEVEL_FLOOR] = { "privlevel_floor", false },
	[SIM_ATTR_INBLOB] = { "inblob", true },
	[SIM_ATTR_OUTBLOB] = { "outblob", false },
	[SIM_ATTR_AUXBLOB] = { "auxblob", false } };

const char *
tee_sim_attr_name(enum sim_attr attr)
{
	return attrs[attr].name;
}

bool
tee_sim_attr_writable(enum sim_attr attr)
{
	return attrs[attr].writable;
}

struct sim_item *
tee_sim_item_find(struct sim_configfs *fs, const char *name)
{
	for (struct sim_item *i = fs->items; i != NULL; i = i->next)
		if (strcmp(i->name, name) == 0)
			return i;
	return NULL;
}

struct sim_item *
tee_sim_item_get(struct sim_configfs *fs, uint64_t id)
{
	for (struct sim_item *i = fs->items; i != NULL; i = i->next)
		if (i->id == id)
			return i;
	return NULL;
}

int
tee_sim_item_make(struct sim_configfs *fs, const char *name,
    struct sim_item **out)
{
	struct sim_item *item;

	if (tee_sim_asp_due(fs->asp, SIM_SW_TSM_MKDIR))
		return -(int)tee_sim_asp_number(fs->asp, SIM_SW_TSM_MKDIR);
	if (strlen(name) >= SIM_ITEM_NAME)
		return -ENAMETOOLONG;
	if (tee_sim_item_find(fs, name) != NULL)
		return -EEXIST;
	item = calloc(1, sizeof(*item));
	if (item == NULL)
		return -ENOMEM;
	strcpy(item->name, name);
	item->id = fs->next_id++;
	item->next = fs->items;
	fs->items = item;
	*out = item;
	return 0;
}

void
tee_sim_item_drop(struct sim_configfs *fs, struct sim_item *item)
{
	struct sim_item **at = &fs->items;

	while (*at != item)
		at = &(*at)->next;
	*at = item->next;
	tee_sim_blob_free(&item->outblob);
	tee_sim_blob_free(&item->auxblob);
	free(item);
}

void
tee_sim_configfs_free(struct sim_configfs *fs)
{
	while (fs->items != NULL)
		tee_sim_item_drop(fs, fs->items);
}

/* Refused where the counter would come round to what was last read. */
static int
advance(struct sim_item *item)
{
	if (item->write_generation == item->read_generation - 1)
		return -EBUSY;
	item->write_generation++;
	return 0;
}

/* kstrtouint with base 0: one newline at the end is let pass. */
static bool
parse_level(const char *text, size_t size, uint32_t *out)
{
	char copy[16], *end;
	unsigned long value;

	if (size == 0 || size >= sizeof(copy))
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (copy[0] < '0' || copy[0] > '9')
		return false;
	value = strtoul(copy, &end, 0);
	if (*end == '\n')
		end++;
	if (end != copy + size || value > UINT32_MAX)
		return false;
	*out = (uint32_t)value;
	return true;
}

int
tee_sim_item_store_privlevel(struct sim_configfs *fs, struct sim_item *item,
    const char *text, size_t size)
{
	uint32_t level;
	int error;

	if (tee_sim_asp_due(fs->asp, SIM_SW_TSM_WRITE))
		return -(int)tee_sim_asp_number(fs->asp, SIM_SW_TSM_WRITE);
	if (!parse_level(text, size, &level) || level > PRIVLEVEL_MAX ||
	    level < tee_sim_asp_number(fs->asp, SIM_SW_GUEST_VMPL))
		return -EINVAL;
	error = advance(item);
	if (error == 0)
		item->privlevel = level;
	return error;
}

int
tee_sim_item_store_inblob(struct sim_configfs *fs, struct sim_item *item,
    const uint8_t *data, size_t size)
{
	int error;

	if (tee_sim_asp_due(fs->asp, SIM_SW_TSM_WRITE))
		return -(int)tee_sim_asp_number(fs->asp, SIM_SW_TSM_WRITE);
	error = advance(item);
	if (error != 0)
		return error;
	memset(item->inblob, 0, sizeof(item->inblob));
	memcpy(item->inblob, data, size);
	item->inblob_size = size;
	return 0;
}

/* Somebody else's bytes in this item, as if two shared its name. */
static void
race(struct sim_item *item)
{
	uint8_t other[SIM_INBLOB_MAX];

	if (RAND_bytes(other, sizeof(other)) == 1 && advance(item) == 0) {
		memcpy(item->inblob, other, sizeof(other));
		item->inblob_size = sizeof(other);
	}
}

static uint64_t
get32(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	    (uint64_t)p[3] << 24;
}

/* As far as the entries reach, at most the whole of the kernel's buffer. */
static size_t
certs_size(const uint8_t *pages)
{
	static const uint8_t end[SIM_TABLE_ENTRY];
	uint64_t size = 0, reach;

	for (size_t i = 0; i + SIM_TABLE_ENTRY <= SIM_CERTS_MAX;
	     i += SIM_TABLE_ENTRY) {
		if (memcmp(pages + i, end, sizeof(end)) == 0)
			break;
		/* In 32 bits, as the kernel adds. */
		reach = (get32(pages + i + 16) + get32(pages + i + 20)) &
		    UINT32_MAX;
		size = reach > size ? reach : size;
	}
	return size > SIM_CERTS_MAX ? SIM_CERTS_MAX : (size_t)size;
}

static int
status_error(uint32_t status)
{
	if (status == SIM_STATUS_OK)
		return 0;
	return status == SIM_STATUS_INVALID_PARAM ||
		status == SIM_STATUS_INVALID_KEY ?
	    -EINVAL :
	    -ENXIO;
}

static int
keep(struct sim_configfs *fs, struct sim_item *item,
    const struct snp_report_resp *response)
{
	uint8_t pages[SIM_CERTS_MAX] = { 0 };
	uint32_t size = (uint32_t)get32(response->data + 4);
	int error = status_error((uint32_t)get32(response->data));

	if (error != 0)
		return error;
	if (size > KERNEL_BUFFER - SIM_REPORT_HEADER ||
	    size > sizeof(response->data) - SIM_REPORT_HEADER)
		return -ENOMEM;
	memcpy(pages, fs->asp->certs.data, fs->asp->certs.size);
	return tee_sim_blob_append(&item->outblob,
		   response->data + SIM_REPORT_HEADER, size) &&
		tee_sim_blob_append(&item->auxblob, pages, certs_size(pages)) ?
	    0 :
	    -ENOMEM;
}

/* sev_report_new */
static int
report(struct sim_configfs *fs, struct sim_item *item)
{
	struct snp_report_req request = { .vmpl = item->privlevel };
	struct snp_report_resp response;
	uint32_t certs_len = SIM_CERTS_MAX;
	uint64_t exitinfo2 = 0xff;
	int error;

	tee_sim_blob_free(&item->outblob);
	tee_sim_blob_free(&item->auxblob);
	item->reported = false;
	if (item->inblob_size != SIM_INBLOB_MAX)
		return -EINVAL;
	if (fs->asp->wiped || tee_sim_asp_number(fs->asp, SIM_SW_VMPCK) != 0)
		return -ENOTTY;
	memcpy(request.user_data, item->inblob, SIM_INBLOB_MAX);
	error = tee_sim_driver_extended(fs->asp, &request, &certs_len,
	    &exitinfo2, &response);
	if (error == 0)
		error = keep(fs, item, &response);
	if (error != 0)
		return error;
	item->reported = true;
	item->read_generation = item->write_generation;
	return 0;
}

static int
show_blob(struct sim_configfs *fs, struct sim_item *item, bool aux,
    struct sim_blob *out)
{
	const struct sim_blob *blob = aux ? &item->auxblob : &item->outblob;
	int error;

	if (tee_sim_asp_due(fs->asp, SIM_SW_TSM_READ))
		return -(int)tee_sim_asp_number(fs->asp, SIM_SW_TSM_READ);
	if (item->inblob_size == 0)
		return -EINVAL;
	if (!item->reported ||
	    item->read_generation != item->write_generation) {
		if (tee_sim_asp_due(fs->asp, SIM_SW_TSM_RACE))
			race(item);
		error = report(fs, item);
		if (error != 0)
			return error;
	}
	if (blob->size > SIM_OUTBLOB_MAX)
		return -EFBIG;
	return tee_sim_blob_append(out, blob->data, blob->size) ? 0 : -ENOMEM;
}

static const char *
provider(struct sim_configfs *fs)
{
	const char *text = fs->asp->switches.text[SIM_SW_TSM_PROVIDER];

	return text != NULL ? text : "sev_guest";
}

int
tee_sim_item_show(struct sim_configfs *fs, struct sim_item *item,
    enum sim_attr attr, struct sim_blob *out)
{
	char text[64];
	int size = 0;

	switch (attr) {
	case SIM_ATTR_GENERATION:
		size = snprintf(text, sizeof(text), "%lu\n",
		    item->write_generation);
		break;
	case SIM_ATTR_PROVIDER:
		size = snprintf(text, sizeof(text), "%s\n", provider(fs));
		break;
	case SIM_ATTR_PRIVLEVEL_FLOOR:
		size = snprintf(text, sizeof(text), "%u\n",
		    tee_sim_asp_number(fs->asp, SIM_SW_GUEST_VMPL));
		break;
	case SIM_ATTR_OUTBLOB:
	case SIM_ATTR_AUXBLOB:
		return show_blob(fs, item, attr == SIM_ATTR_AUXBLOB, out);
	case SIM_ATTR_PRIVLEVEL:
	case SIM_ATTR_INBLOB:
	case SIM_ATTRS:
		return -EACCES;
	}
	return tee_sim_blob_append(out, text, (size_t)size) ? 0 : -ENOMEM;
}
