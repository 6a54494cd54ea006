# SPDX-License-Identifier: Apache-2.0
# The simulator's vTPM; skipped where swtpm or FUSE is missing.
if HAVE_CHECK
if SIMULATOR
if MODULE_SNP_AZURE
check_PROGRAMS += tests/test_sim_vtpm
dist_check_SCRIPTS += tests/test_sim_vtpm.sh
TESTS += tests/test_sim_vtpm.sh
tests_test_sim_vtpm_SOURCES = tests/test_sim_vtpm.c tests/test_sim_vtpm.h \
	tests/test_sim_vtpm_wire.c tests/test_sim_vtpm_key.c \
	tests/test_sim_vtpm_hmac.c \
	tests/test_sim_vtpm_file.c tests/test_sim_vtpm_space.c \
	tests/test_sim_vtpm_hcl.c tests/test_sim_vtpm_cvm.c \
	tests/testlib_tpm.c tests/testlib_tpm.h \
	tests/test_sim_guest.c tests/test_sim_guest.h $(CVM_TESTLIB)
tests_test_sim_vtpm_CFLAGS = $(CVM_FLAGS)
tests_test_sim_vtpm_LDADD = $(CVM_LIBS)
endif
endif
endif
