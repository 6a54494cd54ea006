# The core, in the order of the house: ground floor first.
# The core stands in a convenience library, so that tests can reach inside.
lib_LTLIBRARIES += libtee.la
noinst_LTLIBRARIES += libtee-core.la

libtee_core_la_SOURCES = \
	libtee/error.c libtee/error.h \
	libtee/text.c libtee/text.h \
	libtee/clock.c libtee/clock.h \
	libtee/path.c libtee/path.h \
	libtee/log.c libtee/log.h \
	libtee/secret.c libtee/secret.h \
	libtee/stack.c libtee/stack.h \
	libtee/digest.c libtee/digest.h \
	libtee/binding.c libtee/binding.h \
	libtee/evidence.c libtee/evidence.h \
	libtee/json_plain.c libtee/json_plain.h \
	libtee/evidence_json.c libtee/evidence_json.h \
	libtee/claims.c libtee/claims.h \
	libtee/claims_json.c \
	libtee/claims_read.c libtee/claims_read.h \
	libtee/held.c libtee/held.h \
	libtee/line.c libtee/line.h \
	libtee/remote.c libtee/remote.h libtee/remote_ask.h \
	libtee/remote_grant.c \
	libtee/wire.c libtee/wire.h \
	libtee/message.c libtee/message.h libtee/message_form.h \
	libtee/message_mesh.c libtee/message_ssh.c \
	libtee/message_jws.c \
	libtee/reference.c libtee/reference.h \
	libtee/option.c libtee/option.h \
	libtee/loader.c libtee/loader.h \
	libtee/setting.c libtee/setting.h \
	libtee/profile.c libtee/profile.h \
	libtee/profile_read.h libtee/profile_shape.c \
	libtee/profile_stack.c \
	libtee/profile_floor.c \
	libtee/plan.c \
	libtee/account.c libtee/account.h \
	libtee/stage.c libtee/stage.h \
	libtee/deputy.c libtee/deputy.h \
	libtee/lease.c libtee/lease.h \
	libtee/keyring.c libtee/keyring.h \
	libtee/signer.c libtee/signer.h \
	libtee/call.c libtee/call.h \
	libtee/transaction.c libtee/transaction.h libtee/standing.h \
	libtee/dispatch.c libtee/verify.c \
	libtee/acquire.c libtee/attest.c \
	libtee/appraise.c

libtee_core_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(CONFIG_CFLAGS) \
	$(JANSSON_CFLAGS) $(KEYUTILS_CFLAGS)
libtee_core_la_LIBADD = $(CRYPTO_LIBS) $(CONFIG_LIBS) $(JANSSON_LIBS) \
	$(KEYUTILS_LIBS)
# The doors: what knows the directories it was built for.
libtee_la_SOURCES = libtee/open.c libtee/tee.c libtee/inspect.c \
	libtee/custodian.c libtee/custodian.h
libtee_la_CFLAGS = $(libtee_core_la_CFLAGS)
libtee_la_LIBADD = libtee-core.la
libtee_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined \
	-Wl,-z,nodelete -Wl,--version-script=$(top_srcdir)/libtee/libtee.map
EXTRA_libtee_la_DEPENDENCIES = $(top_srcdir)/libtee/libtee.map
EXTRA_DIST += libtee/libtee.map

teeincludedir = $(includedir)/tee
teeinclude_HEADERS = include/tee/tee.h include/tee/module.h include/tee/types.h

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = libtee/libtee.pc

include libtee/trust/local.mk
