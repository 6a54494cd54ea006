# SPDX-License-Identifier: Apache-2.0
if HAVE_CHECK
check_PROGRAMS += tests/test_sim_mint
TESTS += tests/test_sim_mint
tests_test_sim_mint_SOURCES = tests/test_sim_mint.c
tests_test_sim_mint_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CRYPTO_CFLAGS)
tests_test_sim_mint_LDADD = libteesim.la $(CHECK_LIBS) $(CRYPTO_LIBS)
endif
