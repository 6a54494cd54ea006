/* SPDX-License-Identifier: Apache-2.0 */
/* asp: see asp.h; the messages it answers stand in message.c. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <openssl/rand.h>

#include "sim/asp.h"
#include "sim/table.h"

#define DAY (24 * 60 * 60)

bool
tee_sim_asp_open(struct sim_asp *asp, const char *dir, char why[SIM_SWITCH_WHY])
{
	memset(asp, 0, sizeof(*asp));
	pthread_mutex_init(&asp->lock, NULL);
	asp->dir = -1;
	asp->wake = -1;
	asp->keys = tee_sim_keyset_open(dir);
	if (asp->keys != NULL)
		asp->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (asp->dir < 0) {
		snprintf(why, SIM_SWITCH_WHY, "%.80s: %s", dir,
		    errno == EINVAL ? "its key files cannot be used; remove "
				      "them to have new ones made" :
				      strerror(errno));
		tee_sim_asp_close(asp);
		return false;
	}
	return true;
}

void
tee_sim_asp_close(struct sim_asp *asp)
{
	tee_sim_blob_free(&asp->certs);
	tee_sim_chain_free(&asp->chain);
	tee_sim_switches_clear(&asp->switches);
	tee_sim_keyset_free(&asp->keys);
	if (asp->dir >= 0)
		close(asp->dir);
	asp->dir = -1;
}

uint32_t
tee_sim_asp_number(const struct sim_asp *asp, enum sim_switch i)
{
	return asp->switches.value[i].number;
}

enum sim_signer
tee_sim_asp_signer(const struct sim_asp *asp)
{
	return (enum sim_signer)tee_sim_asp_number(asp, SIM_SW_SIGNER);
}

bool
tee_sim_asp_due(struct sim_asp *asp, enum sim_switch i)
{
	const struct sim_value *value = &asp->switches.value[i];
	uint32_t times = value->times != 0 ? value->times : value->number;

	if (!value->set || (times != SIM_FOREVER && asp->used[i] >= times))
		return false;
	if (times != SIM_FOREVER)
		asp->used[i]++;
	return true;
}

/* A chip that says another id or TCB of itself is certified with them. */
static void
describe(struct sim_asp *asp)
{
	const char *tcb =
	    tee_sim_switches_field(&asp->switches, "reported_tcb");
	const char *id = tee_sim_switches_field(&asp->switches, "chip_id");
	enum sim_product product =
	    (enum sim_product)tee_sim_asp_number(asp, SIM_SW_PRODUCT);
	uint8_t report[SIM_REPORT_SIZE];

	tee_sim_platform_init(&asp->machine, product, asp->keys, time(NULL));
	asp->platform = asp->machine;
	tee_sim_report_init(report, &asp->machine, 0, SIM_SIGNER_VCEK);
	if (tcb != NULL &&
	    tee_sim_report_set(report, product, "reported_tcb", tcb))
		asp->platform.tcb = tee_sim_tcb_decode(product,
		    report + tee_sim_field("reported_tcb")->offset);
	if (id != NULL && tee_sim_report_set(report, product, "chip_id", id))
		memcpy(asp->platform.chip_id,
		    report + tee_sim_field("chip_id")->offset,
		    SIM_CHIP_ID_SIZE);
}

static void
spoil_vek(const struct sim_asp *asp, struct sim_cert_spec *spec)
{
	uint8_t ucode = asp->platform.tcb.ucode;
	struct sim_ext *hwid = tee_sim_cert_ext(spec, SIM_OID_HWID);

	switch ((enum sim_vek)tee_sim_asp_number(asp, SIM_SW_VEK)) {
	case SIM_VEK_OK:
		break;
	case SIM_VEK_STALE:
		tee_sim_cert_ext_integer(spec, SIM_OID_UCODE,
		    ucode == 0 ? 1 : (uint8_t)(ucode - 1));
		break;
	case SIM_VEK_OTHER_CHIP:
		if (hwid != NULL)
			hwid->value[0] ^= 0xff;
		else
			tee_sim_cert_ext_text(spec, SIM_OID_CSP_ID,
			    "CN=other.example");
		break;
	case SIM_VEK_OTHER_KEY:
		spec->key = asp->keys->key[SIM_OTHER_P384];
		break;
	case SIM_VEK_EXPIRED:
		spec->not_after = asp->platform.now - DAY;
		break;
	}
}

static void
spoil_crl(const struct sim_asp *asp, struct sim_chain_spec *spec)
{
	struct sim_crl_spec *crl = &spec->crl;

	switch ((enum sim_crl_fault)tee_sim_asp_number(asp, SIM_SW_CRL)) {
	case SIM_CRL_OK:
		break;
	case SIM_CRL_EXPIRED:
		crl->next_update = asp->platform.now - 60;
		break;
	case SIM_CRL_EARLY:
		crl->this_update = asp->platform.now + DAY;
		break;
	case SIM_CRL_OTHER_SIGNER:
		crl->issuer_key = asp->keys->key[SIM_OTHER_RSA];
		break;
	case SIM_CRL_OPEN:
		crl->no_next_update = true;
		break;
	case SIM_CRL_UNKNOWN:
		crl->unknown_critical = true;
		break;
	case SIM_CRL_ASK:
		crl->revoked[crl->revoked_count++] = spec->cert[SIM_ASK].serial;
		break;
	case SIM_CRL_ASVK:
		crl->revoked[crl->revoked_count++] =
		    spec->cert[SIM_ASVK].serial;
		break;
	case SIM_CRL_ARK:
		crl->revoked[crl->revoked_count++] = spec->cert[SIM_ARK].serial;
		break;
	}
}

/* Entries hold DER as a rule, PEM on some hosts. */
static bool
pem_table(struct sim_asp *asp)
{
	enum sim_signer signer = tee_sim_asp_signer(asp);
	struct sim_blob pem[3] = { { NULL, 0 } };
	bool vlek = signer == SIM_SIGNER_VLEK;
	bool ok = tee_sim_chain_cert_pem(&asp->chain,
		      vlek ? SIM_VLEK : SIM_VCEK, &pem[0]) &&
	    tee_sim_chain_cert_pem(&asp->chain, vlek ? SIM_ASVK : SIM_ASK,
		&pem[1]) &&
	    tee_sim_chain_cert_pem(&asp->chain, SIM_ARK, &pem[2]);
	const struct sim_table_entry entry[3] = {
		{ vlek ? SIM_GUID_VLEK : SIM_GUID_VCEK, pem[0].data,
		    pem[0].size },
		{ SIM_GUID_ASK, pem[1].data, pem[1].size },
		{ SIM_GUID_ARK, pem[2].data, pem[2].size }
	};

	ok = ok && tee_sim_table_build(entry, 3, &asp->certs);
	for (unsigned i = 0; i < 3; i++)
		tee_sim_blob_free(&pem[i]);
	return ok;
}

/* Random, so no terminator and no GUID that anybody knows. */
static bool
garbage(struct sim_asp *asp)
{
	uint8_t noise[SIM_PAGE];

	return RAND_bytes(noise, sizeof(noise)) == 1 &&
	    tee_sim_blob_append(&asp->certs, noise, sizeof(noise));
}

static bool
make_table(struct sim_asp *asp)
{
	static const uint8_t empty[SIM_TABLE_ENTRY];
	enum sim_certs how =
	    (enum sim_certs)tee_sim_asp_number(asp, SIM_SW_CERTS);
	bool crl = tee_sim_asp_number(asp, SIM_SW_TABLE_CRL) != 0;

	tee_sim_blob_free(&asp->certs);
	if (how == SIM_CERTS_NONE)
		return tee_sim_blob_append(&asp->certs, empty, sizeof(empty));
	if (how == SIM_CERTS_GARBAGE)
		return garbage(asp);
	if (how == SIM_CERTS_PEM)
		return pem_table(asp);
	if (!tee_sim_chain_table(&asp->chain, tee_sim_asp_signer(asp), crl,
		&asp->certs))
		return false;
	if (how == SIM_CERTS_BEYOND)
		memset(asp->certs.data + SIM_GUID_SIZE, 0xff, 4);
	return true;
}

bool
tee_sim_asp_apply(struct sim_asp *asp, char why[SIM_SWITCH_WHY])
{
	struct sim_chain_spec *spec = malloc(sizeof(*spec));
	bool ok = spec != NULL;

	memset(asp->used, 0, sizeof(asp->used));
	asp->grown = 0;
	asp->wiped = false;
	tee_sim_chain_free(&asp->chain);
	if (ok) {
		describe(asp);
		tee_sim_chain_init(spec, &asp->platform, asp->keys);
		spoil_vek(asp, &spec->cert[SIM_VCEK]);
		spoil_vek(asp, &spec->cert[SIM_VLEK]);
		spoil_crl(asp, spec);
		ok = tee_sim_chain_mint(spec, &asp->chain) && make_table(asp) &&
		    asp->certs.size <= SIM_CERTS_MAX;
	}
	free(spec);
	if (!ok)
		snprintf(why, SIM_SWITCH_WHY, "libcrypto minted no chain");
	return ok;
}

/* Every change is a new file, so its inode or its times tell. */
static bool
changed(const struct stat *a, const struct stat *b)
{
	return a->st_ino != b->st_ino || a->st_dev != b->st_dev ||
	    a->st_ctim.tv_sec != b->st_ctim.tv_sec ||
	    a->st_ctim.tv_nsec != b->st_ctim.tv_nsec;
}

bool
tee_sim_asp_follow(struct sim_asp *asp, char why[SIM_SWITCH_WHY])
{
	struct stat now;
	struct sim_switches fresh;

	memset(&now, 0, sizeof(now));
	if (fstatat(asp->dir, SIM_SWITCH_FILE, &now, 0) != 0 &&
	    errno != ENOENT) {
		snprintf(why, SIM_SWITCH_WHY, "%s: %s", SIM_SWITCH_FILE,
		    strerror(errno));
		return false;
	}
	if (asp->chain.crl != NULL && !changed(&now, &asp->seen))
		return true;
	if (!tee_sim_switches_read(&fresh, asp->dir, why))
		return false;
	tee_sim_switches_clear(&asp->switches);
	asp->switches = fresh;
	asp->seen = now;
	if (!tee_sim_asp_apply(asp, why))
		return false;
	if (!tee_sim_asp_publish(asp, asp->dir)) {
		snprintf(why, SIM_SWITCH_WHY, "certificates: %s",
		    strerror(errno));
		return false;
	}
	return true;
}

static bool
publish_cert(const struct sim_asp *asp, int dir, enum sim_key role)
{
	struct sim_blob pem = { NULL, 0 };
	char name[32];
	bool ok;

	snprintf(name, sizeof(name), "%s.pem", tee_sim_key_name(role));
	ok = tee_sim_chain_cert_pem(&asp->chain, role, &pem) &&
	    tee_sim_blob_write(pem.data, pem.size, dir, name, 0644);
	tee_sim_blob_free(&pem);
	return ok;
}

bool
tee_sim_asp_publish(const struct sim_asp *asp, int dir)
{
	struct sim_blob crl = { NULL, 0 };
	char root[SIM_ROOT_TEXT + 1];
	bool ok = tee_sim_chain_root(&asp->chain, root) &&
	    tee_sim_chain_crl(&asp->chain, &crl) &&
	    tee_sim_blob_write(crl.data, crl.size, dir, "crl.der", 0644);

	tee_sim_blob_free(&crl);
	for (unsigned role = 0; ok && role < SIM_ROLES; role++)
		ok = publish_cert(asp, dir, (enum sim_key)role);
	if (!ok)
		return false;
	strcat(root, "\n");
	return tee_sim_blob_write(root, strlen(root), dir, "root", 0644);
}
