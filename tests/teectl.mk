# SPDX-License-Identifier: Apache-2.0
# The same command, finding modules and profiles in the build tree.
check_PROGRAMS += tests/teectl tests/teectl_json
tests_teectl_SOURCES = $(teectl_teectl_SOURCES)
tests_teectl_CPPFLAGS = $(TEST_CPPFLAGS)
tests_teectl_CFLAGS = $(teectl_teectl_CFLAGS)
tests_teectl_LDADD = libtee-test.la $(JANSSON_LIBS) $(KEYUTILS_LIBS) \
	$(CRYPTO_LIBS) $(YAML_LIBS)
tests_teectl_json_SOURCES = tests/teectl_json.c
tests_teectl_json_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_teectl_json_LDADD = $(JANSSON_LIBS)
check_PROGRAMS += tests/teectl_unseal
tests_teectl_unseal_SOURCES = tests/teectl_unseal.c \
	modules/common/sealed.c modules/common/sealed_header.c \
	modules/common/base64.c modules/common/json.c modules/common/file.c
tests_teectl_unseal_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS)
tests_teectl_unseal_LDADD = $(CRYPTO_LIBS) $(JANSSON_LIBS)

teectl_tests = \
	tests/teectl_usage.sh \
	tests/teectl_check.sh \
	tests/teectl_key.sh \
	tests/teectl_files.sh \
	tests/teectl_register.sh \
	tests/teectl_inspect.sh \
	tests/teectl_vectors.sh \
	tests/teectl_seal.sh \
	tests/teectl_doctor.sh
dist_check_SCRIPTS += $(teectl_tests)
TESTS += $(teectl_tests)
EXTRA_DIST += tests/teectl_lib.sh
