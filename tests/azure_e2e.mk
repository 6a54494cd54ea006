# SPDX-License-Identifier: Apache-2.0
# Azure from end to end: teectl, its modules, a simulated machine and cloud.
if MODULE_SNP_AZURE
if SIMULATOR_CLOUD
azure_e2e_tests = \
	tests/azure_cvm.sh \
	tests/azure_container.sh \
	tests/azure_faults_authority.sh \
	tests/azure_faults_identity.sh \
	tests/azure_faults_imds.sh \
	tests/azure_faults_kds.sh \
	tests/azure_faults_maa.sh \
	tests/azure_faults_vault.sh \
	tests/azure_faults_vtpm.sh \
	tests/azure_hour.sh \
	tests/azure_kill.sh \
	tests/azure_outage.sh \
	tests/azure_race.sh \
	tests/azure_replay.sh
azure_e2e_programs = tests/azure_items tests/azure_replay tests/azure_seed
check_PROGRAMS += $(azure_e2e_programs)
dist_check_SCRIPTS += $(azure_e2e_tests)
TESTS += $(azure_e2e_tests)
tests_azure_items_SOURCES = tests/azure_items.c
tests_azure_items_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_azure_items_LDADD = $(JANSSON_LIBS) $(CRYPTO_LIBS)
tests_azure_replay_SOURCES = tests/azure_replay.c
tests_azure_replay_CFLAGS = $(AM_CFLAGS) $(AZURE_CFLAGS)
tests_azure_replay_LDADD = libtee-azure.la $(AZURE_LIBS)
tests_azure_seed_SOURCES = tests/azure_seed.c
tests_azure_seed_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_azure_seed_LDADD = $(JANSSON_LIBS) $(CRYPTO_LIBS)
endif
endif
EXTRA_DIST += tests/azure_lib.sh tests/azure_flow.sh
