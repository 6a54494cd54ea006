# One folder, one shared object, one descriptor.
include modules/common/local.mk
if MODULE_LOCAL
module_LTLIBRARIES += local.la
local_la_SOURCES = modules/local/module.c modules/local/keyfile.c \
	modules/local/keyfile.h
local_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
local_la_LDFLAGS = -module $(MODULE_LDFLAGS)
local_la_LIBADD = libtee.la $(CRYPTO_LIBS)
endif

if MODULE_GENERATED
module_LTLIBRARIES += generated.la
generated_la_SOURCES = modules/generated/module.c
generated_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
generated_la_LDFLAGS = -module $(MODULE_LDFLAGS)
generated_la_LIBADD = libtee.la $(CRYPTO_LIBS)
endif

if MODULE_SNP
module_LTLIBRARIES += snp.la
noinst_LTLIBRARIES += libtee-snp.la
# Everything but the descriptor, so that tests and fuzzers can reach inside.
libtee_snp_la_SOURCES = \
	modules/snp/product.c modules/snp/product.h \
	modules/snp/report.c modules/snp/report.h \
	modules/snp/table.c modules/snp/table.h \
	modules/snp/vek.c modules/snp/vek.h \
	modules/snp/policy.c modules/snp/policy.h \
	modules/snp/store.c modules/snp/store.h \
	modules/snp/chain.c modules/snp/chain.h \
	modules/snp/judge.h modules/snp/judge.c \
	modules/snp/judge_report.c \
	modules/snp/judge_chain.c modules/snp/judge_vek.c \
	modules/snp/judge_crl.c modules/snp/judge_tcb.c \
	modules/snp/judge_guest.c \
	modules/snp/verifier.c modules/snp/verifier.h modules/snp/saw.c \
	modules/snp/source.h modules/snp/device.c modules/snp/tsm.c \
	modules/snp/kds.c modules/snp/kds.h \
	modules/snp/supply.c modules/snp/supply.h \
	modules/snp/collector.c modules/snp/collector.h
libtee_snp_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS)
libtee_snp_la_LIBADD = libtee-net.la $(CRYPTO_LIBS) $(JANSSON_LIBS)
snp_la_SOURCES = modules/snp/module.c modules/snp/options.h
snp_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
snp_la_LDFLAGS = -module $(MODULE_LDFLAGS)
snp_la_LIBADD = libtee-snp.la libtee.la $(CRYPTO_LIBS)
endif

include modules/snp_azure/local.mk

if MODULE_REDIS
module_LTLIBRARIES += redis.la
noinst_LTLIBRARIES += libtee-redis.la
libtee_redis_la_SOURCES = \
	modules/common/file.c modules/common/file.h \
	modules/common/roots.c modules/common/roots.h \
	modules/redis/answer.c modules/redis/answer.h \
	modules/redis/stream.c modules/redis/stream.h \
	modules/redis/address.c modules/redis/address.h \
	modules/redis/session.c modules/redis/session.h \
	modules/redis/pool.c modules/redis/pool.h
libtee_redis_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(HIREDIS_CFLAGS)
libtee_redis_la_LIBADD = $(HIREDIS_LIBS) -lssl $(CRYPTO_LIBS)
redis_la_SOURCES = modules/redis/module.c
redis_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(HIREDIS_CFLAGS)
redis_la_LDFLAGS = -module $(MODULE_LDFLAGS)
redis_la_LIBADD = libtee-redis.la libtee.la $(CRYPTO_LIBS)
endif

# -rpath makes libtool build a shared object that nobody installs.
if MODULE_MOCK
check_LTLIBRARIES += mock.la
check_modules += mock.la
mock_la_SOURCES = modules/mock/module.c
mock_la_CFLAGS = $(AM_CFLAGS)
mock_la_LDFLAGS = -module $(MODULE_LDFLAGS) -rpath /nowhere
mock_la_LIBADD = libtee.la
endif
