# SPDX-License-Identifier: Apache-2.0
# The vTPM against swtpm; skipped where that is missing.
if HAVE_CHECK
if MODULE_SNP_AZURE
TPM_KIT = tests/azure_tpm_kit.c tests/azure_tpm_kit.h tests/azure_tpm_wire.c
TPM_CFLAGS = $(TEST_FLAGS) $(TSS2_CFLAGS)
TPM_WRAP = -Wl,--wrap=Tss2_TctiLdr_Initialize \
	-Wl,--wrap=Tss2_TctiLdr_Finalize -Wl,--wrap=nanosleep
TPM_LIBS = libtee-azure.la $(TEST_LIBS) $(TSS2_LIBS)

check_PROGRAMS += tests/test_azure_enckey
TESTS += tests/test_azure_enckey
tests_test_azure_enckey_SOURCES = tests/test_azure_enckey.c $(TPM_KIT)
tests_test_azure_enckey_CFLAGS = $(TPM_CFLAGS)
tests_test_azure_enckey_LDFLAGS = $(TPM_WRAP)
tests_test_azure_enckey_LDADD = $(TPM_LIBS)

check_PROGRAMS += tests/test_azure_vtpm
TESTS += tests/test_azure_vtpm
tests_test_azure_vtpm_SOURCES = tests/test_azure_vtpm.c $(TPM_KIT)
tests_test_azure_vtpm_CFLAGS = $(TPM_CFLAGS)
tests_test_azure_vtpm_LDFLAGS = $(TPM_WRAP)
tests_test_azure_vtpm_LDADD = $(TPM_LIBS)

check_PROGRAMS += tests/test_azure_refresh
TESTS += tests/test_azure_refresh
tests_test_azure_refresh_SOURCES = tests/test_azure_refresh.c $(TPM_KIT)
tests_test_azure_refresh_CFLAGS = $(TPM_CFLAGS)
tests_test_azure_refresh_LDFLAGS = $(TPM_WRAP)
tests_test_azure_refresh_LDADD = $(TPM_LIBS)

TPM_LINE = tests/azure_tpm_line.c tests/azure_tpm_line.h $(TPM_KIT)
check_PROGRAMS += tests/test_azure_collector tests/test_azure_place
TESTS += tests/test_azure_collector tests/test_azure_place
tests_test_azure_collector_SOURCES = tests/test_azure_collector.c $(TPM_LINE)
tests_test_azure_collector_CFLAGS = $(TPM_CFLAGS)
tests_test_azure_collector_LDFLAGS = $(TPM_WRAP) \
	-Wl,--wrap=tee_azure_thim_ask
tests_test_azure_collector_LDADD = $(TPM_LIBS)
tests_test_azure_place_SOURCES = tests/test_azure_place.c $(TPM_LINE)
tests_test_azure_place_CFLAGS = $(TPM_CFLAGS)
tests_test_azure_place_LDFLAGS = $(TPM_WRAP)
tests_test_azure_place_LDADD = $(TPM_LIBS)

if SIMULATOR
check_PROGRAMS += tests/test_azure_tpmrm
dist_check_SCRIPTS += tests/test_azure_tpmrm.sh
TESTS += tests/test_azure_tpmrm.sh
tests_test_azure_tpmrm_SOURCES = tests/test_azure_tpmrm.c
tests_test_azure_tpmrm_CFLAGS = $(TPM_CFLAGS)
tests_test_azure_tpmrm_LDADD = $(TPM_LIBS)
endif
endif
endif
