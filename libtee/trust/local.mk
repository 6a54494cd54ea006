# SPDX-License-Identifier: Apache-2.0
# The relying party's side, on appraisal; included by libtee/local.mk.
teeinclude_HEADERS += include/tee/trust.h
libtee_core_la_SOURCES += \
	libtee/trust/value.c libtee/trust/value.h \
	libtee/trust/pattern.c libtee/trust/pattern.h \
	libtee/trust/search.c libtee/trust/program.h \
	libtee/trust/condition.c libtee/trust/condition.h \
	libtee/trust/field.c \
	libtee/trust/policy.c libtee/trust/policy.h \
	libtee/trust/policy_read.c libtee/trust/policy_decide.c \
	libtee/trust/difference.c \
	libtee/trust/score.c \
	libtee/trust/hash.c libtee/trust/hash.h \
	libtee/trust/misfit.c libtee/trust/misfit.h \
	libtee/trust/did.c libtee/trust/did_key.c libtee/trust/did.h \
	libtee/trust/signature.c libtee/trust/signature.h \
	libtee/trust/canonical.c libtee/trust/canonical.h \
	libtee/trust/challenge.c libtee/trust/challenge.h \
	libtee/trust/response.c libtee/trust/response.h \
	libtee/trust/startup.c libtee/trust/startup.h \
	libtee/trust/respond.c \
	libtee/trust/trust.c libtee/trust/trust.h \
	libtee/trust/handshake.c libtee/trust/handshake.h \
	libtee/trust/reason.c \
	libtee/trust/attested.c libtee/trust/judge.c \
	libtee/trust/recall.c libtee/trust/result.c

# What a relying party remembers.
libtee_core_la_SOURCES += \
	libtee/trust/siphash.c libtee/trust/siphash.h \
	libtee/trust/table.c libtee/trust/table.h \
	libtee/trust/replay.c libtee/trust/replay.h \
	libtee/trust/packed.c libtee/trust/packed.h \
	libtee/trust/flight.c libtee/trust/flight.h \
	libtee/trust/shelf.c libtee/trust/shelf.h \
	libtee/trust/cache.c libtee/trust/cache.h \
	libtee/trust/shared.c libtee/trust/shared.h
