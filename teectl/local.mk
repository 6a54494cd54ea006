# SPDX-License-Identifier: Apache-2.0
# The operator's command: an application like any other, on <tee/tee.h>.
bin_PROGRAMS += teectl/teectl
teectl_teectl_SOURCES = \
	teectl/main.c \
	teectl/command.c teectl/command.h \
	teectl/process.c teectl/process.h \
	teectl/text.c teectl/text.h libtee/text.c \
	teectl/file.c teectl/file.h \
	teectl/journal.c teectl/journal.h \
	teectl/report.c teectl/report.h \
	teectl/keyring.c teectl/keyring.h \
	teectl/publickey.c teectl/publickey.h \
	teectl/session.c teectl/session.h \
	teectl/challenge.c teectl/challenge.h \
	teectl/registration.c teectl/registration.h \
	teectl/health.c teectl/health.h teectl/health_teed.c \
	teectl/platform.c \
	teectl/check.c teectl/dump.c \
	teectl/acquire.c teectl/sign.c teectl/attest.c teectl/register.c \
	teectl/appraise.c teectl/inspect.c teectl/binding.c \
	teectl/seal.c teectl/vaultkey.c teectl/vaultkey.h \
	libtee/secret.c modules/local/keyfile.c modules/local/keyfile.h \
	modules/common/sealed.c modules/common/sealed_header.c \
	modules/common/base64.c modules/common/json.c \
	teectl/policy.c teectl/policy_eval.c \
	teectl/policyfile.c teectl/policyfile.h \
	teectl/handshake.c teectl/handshake.h teectl/handshake_check.c \
	teectl/handshake_verify.c libtee/trust/did.c \
	teectl/yaml.c teectl/yaml.h \
	teectl/teed.c teectl/teed.h libtee/wire.c libtee/wire.h \
	teectl/desk.c teectl/desk.h \
	teectl/status.c teectl/status.h teectl/status_teed.c \
	teectl/renew.c teectl/revoke.c \
	teectl/explain.c teectl/doctor.c teectl/version.c
teectl_teectl_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS) \
	$(KEYUTILS_CFLAGS) $(YAML_CFLAGS)
teectl_teectl_LDADD = libtee.la $(JANSSON_LIBS) $(KEYUTILS_LIBS) \
	$(CRYPTO_LIBS) $(YAML_LIBS)

dist_bashcompletion_DATA = teectl/teectl.bash
dist_man_MANS += man/teectl.1
