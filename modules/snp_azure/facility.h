/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facility: what module.c dispatches to.  One profile line is one of these;
 * every constructor logs what it refuses and gives NULL.
 */
#ifndef TEE_AZURE_FACILITY_H
#define TEE_AZURE_FACILITY_H

#include <tee/module.h>

/* AzureSEVSNPCollector: collector.c. */
struct azure_collector;
struct azure_collector *tee_azure_collector_new(const struct tee_config *);
void tee_azure_collector_free(struct azure_collector **);
enum tee_verdict tee_azure_collect(struct tee_call *, struct azure_collector *);

/* The platform's chain, judged here and offline: offline.c. */
struct azure_offline;
struct azure_offline *tee_azure_offline_new(const struct tee_config *);
void tee_azure_offline_free(struct azure_offline **);
enum tee_verdict tee_azure_offline_verify(struct tee_call *,
    struct azure_offline *);

/* MAAVerifier: maa.c. */
struct azure_maa;
struct azure_maa *tee_azure_maa_new(const struct tee_config *);
void tee_azure_maa_free(struct azure_maa **);
enum tee_verdict tee_azure_maa_verify(struct tee_call *, struct azure_maa *);

/* SKRKeyStore: keystore.c. */
struct azure_keystore;
struct azure_keystore *tee_azure_keystore_new(const struct tee_config *);
void tee_azure_keystore_free(struct azure_keystore **);
enum tee_verdict tee_azure_prepare(struct tee_call *, struct azure_keystore *);
enum tee_verdict tee_azure_release(struct tee_call *, struct azure_keystore *);

#endif
