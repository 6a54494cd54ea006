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
	libtee/trust/score.c
