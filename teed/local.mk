# SPDX-License-Identifier: Apache-2.0
# The custody daemon: supervisor and keeper in one program, a worker beside.
# What both and the tests share; the core is linked in, no module is loaded.
noinst_LTLIBRARIES += libteed.la
libteed_la_SOURCES = \
	teed/loop.c teed/loop.h \
	teed/limit.c teed/limit.h \
	teed/tally.c teed/tally.h \
	teed/renewal.c teed/renewal.h \
	teed/activation.c teed/activation.h \
	teed/record.c teed/record.h \
	teed/door.c teed/door.h \
	teed/sshagent.c teed/sshagent.h \
	teed/client.c teed/client.h \
	teed/handover.c teed/handover.h \
	teed/worker.c teed/worker.h \
	teed/supervise.c teed/supervise.h \
	teed/sandbox.c teed/sandbox.h \
	teed/key.c teed/key.h \
	teed/workers.c teed/workers.h \
	teed/guest.c teed/guest.h \
	teed/service.c teed/service.h \
	teed/lease.c teed/status.c \
	teed/answer.c teed/answer.h teed/answer_ssh.c teed/ask.c \
	teed/refusal.c teed/refusal.h \
	teed/desk.c teed/desk.h \
	teed/roll.c teed/roll.h \
	teed/metrics.c teed/metrics.h \
	teed/keeper.c teed/keeper.h
libteed_la_CFLAGS = $(libtee_core_la_CFLAGS) $(SECCOMP_CFLAGS)
libteed_la_LIBADD = libtee-core.la $(SECCOMP_LIBS)

sbin_PROGRAMS += teed/teed
teed_teed_SOURCES = teed/main.c
teed_teed_CFLAGS = $(libteed_la_CFLAGS)
teed_teed_LDADD = libteed.la

# Whoever loads modules: with libtee.so, which they need, and no key beside.
pkglibexec_PROGRAMS += teed/teed-worker
teed_worker_sources = teed/errand.c teed/handover.c teed/sandbox.c \
	libtee/text.c
teed_teed_worker_SOURCES = $(teed_worker_sources)
teed_teed_worker_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(SECCOMP_CFLAGS)
teed_teed_worker_LDADD = libtee.la $(CRYPTO_LIBS) $(SECCOMP_LIBS)
