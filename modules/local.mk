# One folder, one shared object, one descriptor.
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
snp_la_SOURCES = modules/snp/module.c
snp_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
snp_la_LDFLAGS = -module $(MODULE_LDFLAGS)
snp_la_LIBADD = libtee.la $(CRYPTO_LIBS)
endif

# -rpath makes libtool build a shared object that nobody installs.
if MODULE_MOCK
check_LTLIBRARIES += mock.la
mock_la_SOURCES = modules/mock/module.c
mock_la_CFLAGS = $(AM_CFLAGS)
mock_la_LDFLAGS = -module $(MODULE_LDFLAGS) -rpath /nowhere
mock_la_LIBADD = libtee.la
endif
