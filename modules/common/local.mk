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
	modules/common/cert_use.c modules/common/pki.c \
	modules/common/certmemo.c modules/common/certmemo.h \
	modules/common/certset.c modules/common/certset.h

# What speaks with services; libcurl is asked for here and nowhere else.
noinst_LTLIBRARIES += libtee-net.la
libtee_net_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS) \
	$(CURL_CFLAGS)
libtee_net_la_LIBADD = libtee-common.la $(CURL_LIBS) -lssl $(CRYPTO_LIBS) \
	$(JANSSON_LIBS)
libtee_net_la_SOURCES = \
	modules/common/http.c modules/common/http.h \
	modules/common/http_try.c modules/common/http_try.h \
	modules/common/http_answer.c modules/common/http_trust.c \
	modules/common/http_pool.c modules/common/http_pool.h \
	modules/common/roots.c modules/common/roots.h \
	modules/common/certcache.c modules/common/certcache.h
endif
