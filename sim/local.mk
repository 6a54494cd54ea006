# SPDX-License-Identifier: Apache-2.0
# The simulator is never installed.  Minting needs libcrypto only and is
# always built, because tests, seeds of fuzzers and benchmarks link it.
noinst_LTLIBRARIES += libteesim.la
libteesim_la_SOURCES = \
	sim/blob.c sim/blob.h \
	sim/keyset.c sim/keyset.h \
	sim/platform.c sim/platform.h \
	sim/signature.c sim/signature.h \
	sim/name.c sim/name.h \
	sim/cert.c sim/cert.h \
	sim/shape.c \
	sim/crl.c sim/crl.h \
	sim/chain.c sim/chain.h \
	sim/table.c sim/table.h \
	sim/field.c \
	sim/report.c sim/report.h
libteesim_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
libteesim_la_LIBADD = $(CRYPTO_LIBS)
