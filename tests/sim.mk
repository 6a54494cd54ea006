# SPDX-License-Identifier: Apache-2.0
if HAVE_CHECK
check_PROGRAMS += tests/test_sim_mint tests/test_sim_defect
TESTS += tests/test_sim_mint tests/test_sim_defect
tests_test_sim_mint_SOURCES = tests/test_sim_mint.c tests/test_sim_chain.c \
	tests/test_sim.h
tests_test_sim_mint_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CRYPTO_CFLAGS)
tests_test_sim_mint_LDADD = libteesim.la $(CHECK_LIBS) $(CRYPTO_LIBS)
tests_test_sim_defect_SOURCES = tests/test_sim_defect.c \
	tests/test_sim_chain.c tests/test_sim.h
tests_test_sim_defect_CFLAGS = $(tests_test_sim_mint_CFLAGS)
tests_test_sim_defect_LDADD = $(tests_test_sim_mint_LDADD)

if SIMULATOR
check_PROGRAMS += tests/test_sim_serve
dist_check_SCRIPTS += tests/test_sim.sh
TESTS += tests/test_sim.sh
tests_test_sim_serve_SOURCES = tests/test_sim_serve.c \
	tests/test_sim_guest.c tests/test_sim_guest.h \
	tests/test_sim_device.c tests/test_sim_report.c \
	tests/test_sim_key.c tests/test_sim_tsm.c
tests_test_sim_serve_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CRYPTO_CFLAGS)
tests_test_sim_serve_LDADD = $(CHECK_LIBS) $(CRYPTO_LIBS)
endif
endif

if HAVE_CHECK
if SIMULATOR_CLOUD
check_PROGRAMS += tests/test_sim_vault
TESTS += tests/test_sim_vault
tests_test_sim_vault_SOURCES = tests/test_sim_vault.c
tests_test_sim_vault_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CRYPTO_CFLAGS) \
	$(JOSE_CFLAGS)
tests_test_sim_vault_LDADD = libteesim-vault.la $(CHECK_LIBS) $(CRYPTO_LIBS)
endif
endif
