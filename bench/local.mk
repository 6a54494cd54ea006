# SPDX-License-Identifier: Apache-2.0
# `make bench` prints one JSON line per measurement; nothing here is
# installed or part of `make check`.  Figures need an idle machine and a build
# without sanitizers.
BENCH_COMMON = bench/bench.c bench/bench.h
BENCH_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS)
BENCH_LIBS = libtee-test.la $(CRYPTO_LIBS)
bench_programs = bench/forms
bench_scripts =
bench_machines =

bench_forms_SOURCES = bench/forms.c $(BENCH_COMMON)
bench_forms_CFLAGS = $(BENCH_CFLAGS)
bench_forms_LDADD = $(BENCH_LIBS)

bench_programs += bench/policy
bench_policy_SOURCES = bench/policy.c $(BENCH_COMMON)
bench_policy_CFLAGS = $(BENCH_CFLAGS)
bench_policy_LDADD = $(BENCH_LIBS)

if HAVE_CHECK
if MODULE_MOCK
bench_programs += bench/handshake
bench_handshake_SOURCES = bench/handshake.c $(BENCH_COMMON) \
	tests/test_handshake_kit.c tests/test_handshake_kit.h $(TXN_KIT)
bench_handshake_CFLAGS = $(BENCH_CFLAGS) $(CHECK_CFLAGS)
bench_handshake_LDADD = $(BENCH_LIBS) $(CHECK_LIBS) $(JANSSON_LIBS)
endif
endif

if MODULE_LOCAL
bench_programs += bench/sign
bench_sign_SOURCES = bench/sign.c $(BENCH_COMMON)
bench_sign_CFLAGS = $(BENCH_CFLAGS)
bench_sign_LDADD = $(BENCH_LIBS)
endif

if MODULE_SNP
bench_programs += bench/verify
bench_verify_SOURCES = bench/verify.c $(BENCH_COMMON) fuzz/minted.c \
	fuzz/minted.h
bench_verify_CFLAGS = $(BENCH_CFLAGS)
bench_verify_LDADD = libtee-snp.la libteesim.la $(BENCH_LIBS)
endif

if MODULE_SNP
bench_programs += bench/roots
bench_roots_SOURCES = bench/roots.c $(BENCH_COMMON)
bench_roots_CFLAGS = $(BENCH_CFLAGS)
bench_roots_LDADD = libtee-net.la $(BENCH_LIBS)
endif

if HAVE_PAM
if MODULE_MOCK
bench_programs += bench/open
bench_open_SOURCES = bench/open.c $(BENCH_COMMON)
bench_open_CFLAGS = $(BENCH_CFLAGS)
bench_open_LDADD = $(BENCH_LIBS) -lpam
endif
endif

# What this program defines must come before the C library's own, unfortified.
if MODULE_SNP_AZURE
if MODULE_GENERATED
if SIMULATOR_CLOUD
bench_machines += bench/azure bench/azure_peer
bench_scripts += bench/azure.sh
bench_azure_SOURCES = bench/azure.c bench/meter.c bench/meter.h $(BENCH_COMMON)
bench_azure_CFLAGS = $(BENCH_CFLAGS) $(CURL_CFLAGS) -U_FORTIFY_SOURCE
bench_azure_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
bench_azure_LDADD = $(BENCH_LIBS)
bench_azure_peer_SOURCES = bench/azure_peer.c $(BENCH_COMMON)
bench_azure_peer_CFLAGS = $(BENCH_CFLAGS)
bench_azure_peer_LDADD = $(BENCH_LIBS)
endif
endif
endif

if MODULE_LOCAL
bench_machines += bench/teed
bench_scripts += bench/teed.sh
bench_teed_SOURCES = bench/teed.c $(BENCH_COMMON)
bench_teed_CFLAGS = $(BENCH_CFLAGS)
bench_teed_LDADD = $(BENCH_LIBS)
endif

EXTRA_PROGRAMS += $(bench_programs) $(bench_machines)
EXTRA_DIST += bench/azure.sh bench/teed.sh

bench_needs = tests/teectl tests/teectl_json tests/teed-worker \
	tests/teed_load teed/teed
if SIMULATOR
bench_needs += sim/teesim
endif

bench: $(bench_programs) $(bench_machines) tests/modules/stamp
	@for p in $(bench_programs); do \
		LD_LIBRARY_PATH='$(abs_builddir)/.libs' $$p || exit 1; done
	@test -z "$(bench_scripts)" || $(MAKE) -s $(bench_needs)
	@$(AM_TESTS_ENVIRONMENT) for s in $(bench_scripts); do \
		sh $(srcdir)/$$s || test $$? = 77 || exit 1; done
clean-local: clean-bench
clean-bench:
	rm -rf bench/tmp tests/profiles.d/bench.conf
.PHONY: bench clean-bench
