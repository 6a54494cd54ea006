# SPDX-License-Identifier: Apache-2.0
# The simulator's cloud against a client that knows none of the product.
if HAVE_CHECK
if SIMULATOR_CLOUD
check_PROGRAMS += tests/test_sim_cloud
dist_check_SCRIPTS += tests/test_sim_cloud.sh
TESTS += tests/test_sim_cloud.sh
tests_test_sim_cloud_SOURCES = \
	tests/test_sim_cloud.c tests/test_sim_cloud.h \
	tests/test_sim_cloud_imds.c \
	tests/test_sim_cloud_identity.c \
	tests/test_sim_cloud_kds.c \
	tests/test_sim_cloud_faults.c \
	tests/test_sim_cloud_maa.c \
	tests/test_sim_cloud_token.c \
	tests/test_sim_cloud_guest.c \
	tests/test_sim_cloud_uvm.c \
	tests/test_sim_cloud_replay.c \
	tests/testlib_cloud.c tests/testlib_cloud.h \
	tests/testlib_cloud_jwt.c \
	tests/testlib_cloud_maa.c tests/testlib_cloud_maa.h \
	tests/testlib_cloud_guest.c tests/testlib_cloud_guest.h \
	tests/testlib_cloud_guest_open.c
tests_test_sim_cloud_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CRYPTO_CFLAGS) \
	$(JANSSON_CFLAGS) $(CURL_CFLAGS)
tests_test_sim_cloud_LDADD = libteesim-machine.la $(CHECK_LIBS) \
	$(CURL_LIBS) $(JANSSON_LIBS) $(CRYPTO_LIBS)
endif
endif
