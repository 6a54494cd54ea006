# SPDX-License-Identifier: Apache-2.0
# What several modules share; knows nothing of the core's inside.
if MODULE_SNP
noinst_LTLIBRARIES += libtee-common.la
libtee_common_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS)
libtee_common_la_LIBADD = $(CRYPTO_LIBS) $(JANSSON_LIBS)
libtee_common_la_SOURCES = \
	modules/common/reader.c modules/common/reader.h \
	modules/common/file.c modules/common/file.h \
	modules/common/base64.c modules/common/base64.h \
	modules/common/json.c modules/common/json.h \
	modules/common/runtime.c modules/common/runtime.h \
	modules/common/cert.c modules/common/cert.h \
	modules/common/cert_use.c \
	modules/common/certset.c modules/common/certset.h
endif
