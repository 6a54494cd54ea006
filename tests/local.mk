# SPDX-License-Identifier: Apache-2.0
# Programs under test find modules and profiles in the build tree: the same
# code as libtee.la, compiled with other directories.  No switch at run time.
TEST_MODULES = $(abs_builddir)/tests/modules
TEST_CPPFLAGS = -I$(top_srcdir)/include -I$(top_srcdir) \
	-DTEE_MODULE_DIR='"$(TEST_MODULES)"' \
	-DTEE_PROFILE_DIR='"$(abs_builddir)/tests/profiles.d"' \
	-DTEE_RUN_DIR='"$(abs_builddir)/tests/run"'

check_LTLIBRARIES += libtee-test.la
libtee_test_la_SOURCES = $(libtee_la_SOURCES)
libtee_test_la_CPPFLAGS = $(TEST_CPPFLAGS)
libtee_test_la_CFLAGS = $(libtee_core_la_CFLAGS)
libtee_test_la_LIBADD = libtee-core.la

TEST_FLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS)
TEST_LIBS = libtee-test.la $(CHECK_LIBS) $(JANSSON_LIBS) $(CRYPTO_LIBS)

AM_TESTS_ENVIRONMENT = \
	TEE_TEST_SRCDIR='$(abs_top_srcdir)'; export TEE_TEST_SRCDIR; \
	TEE_TEST_BUILDDIR='$(abs_builddir)'; export TEE_TEST_BUILDDIR; \
	TEE_VECTORS="$${TEE_VECTORS:-$(abs_top_srcdir)/../shared/vectors}"; \
	export TEE_VECTORS; \
	LD_LIBRARY_PATH='$(abs_builddir)/.libs'; export LD_LIBRARY_PATH;

# Modules as they are installed: real files, one directory, safe modes.
TEST_MODULE_FILES = $(module_LTLIBRARIES) $(check_modules)
tests/modules/stamp: $(TEST_MODULE_FILES)
	$(AM_V_GEN)rm -rf tests/modules && $(MKDIR_P) tests/modules && \
	chmod go-w tests tests/modules && \
	for m in $(TEST_MODULE_FILES); do \
		cp .libs/$${m%.la}.so tests/modules/ || exit 1; \
	done && chmod go-w tests/modules/*.so && : > $@
check_DATA += tests/modules/stamp
clean-local: clean-tests
clean-tests:
	rm -rf tests/modules tests/profiles.d tests/tmp
.PHONY: clean-tests

include tests/core.mk
include tests/custody.mk
include tests/man.mk
include tests/snp.mk
include tests/sim.mk
include tests/demo.mk
include tests/teectl.mk
include tests/collector.mk
include tests/azure_http.mk
include tests/fuzz.mk
include tests/azure_vtpm.mk
include tests/azure_maa.mk
include tests/azure_caci.mk
include tests/azure_cvm.mk
include tests/azure_skr.mk
include tests/azure_roots.mk
include tests/sim_vtpm.mk
include tests/sim_cloud.mk
include tests/azure_e2e.mk
include tests/trust_policy.mk
include tests/json_plain.mk
include tests/trust_handshake.mk
include tests/trust_cache.mk
include tests/teed.mk
include tests/teed_ops.mk
include tests/teed_show.mk

# Under valgrind: what neither scans processes, nor faults on purpose, nor
# installs system call filters, nor forks off other threads' OpenSSL state.  Takes minutes; not part of `make check`.
VALGRIND = valgrind --quiet --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite --num-callers=24 \
	--suppressions=$(srcdir)/tests/valgrind.supp
EXTRA_DIST += tests/valgrind.supp tests/azure-live
VALGRIND_SKIP = test_memory|test_http_memory|test_secret|test_keyring_[rst]|test_sim_serve
check-valgrind: all $(check_LTLIBRARIES) $(check_PROGRAMS) $(check_DATA)
	@$(AM_TESTS_ENVIRONMENT) CK_DEFAULT_TIMEOUT=600; \
	export CK_DEFAULT_TIMEOUT; failed=0; \
	for t in `echo $(TESTS) | tr ' ' '\n' | \
	    grep -vE '\.sh$$|$(VALGRIND_SKIP)'`; do \
		if $(LIBTOOL) --mode=execute $(VALGRIND) ./$$t \
		    >$$t.valgrind 2>&1; then echo "PASS: $$t"; \
		elif [ $$? = 77 ]; then echo "SKIP: $$t"; \
		else echo "FAIL: $$t ($$t.valgrind)"; failed=1; fi; \
	done; exit $$failed
.PHONY: check-valgrind
