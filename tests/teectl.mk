# SPDX-License-Identifier: Apache-2.0
# The same command, finding modules and profiles in the build tree.
check_PROGRAMS += tests/teectl
tests_teectl_SOURCES = $(teectl_teectl_SOURCES)
tests_teectl_CPPFLAGS = $(TEST_CPPFLAGS)
tests_teectl_CFLAGS = $(teectl_teectl_CFLAGS)
tests_teectl_LDADD = libtee-test.la $(JANSSON_LIBS) $(KEYUTILS_LIBS) \
	$(CRYPTO_LIBS)
