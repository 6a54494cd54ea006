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

if SIMULATOR
# The machine and the kernel's side of it, still without FUSE.
noinst_LTLIBRARIES += libteesim-machine.la
libteesim_machine_la_SOURCES = \
	sim/switch.c sim/switch.h \
	sim/switchfile.c \
	sim/asp.c sim/asp.h \
	sim/message.c \
	sim/driver.c sim/driver.h \
	sim/legacy.c \
	sim/configfs.c sim/configfs.h \
	sim/tpmbuf.c sim/tpmbuf.h \
	sim/swtpm.c sim/swtpm.h \
	sim/tpmspace.c sim/tpmspace.h \
	sim/tpmrm.c sim/tpmrm.h \
	sim/tpmnv.c sim/tpmnv.h \
	sim/tpmkey.c sim/tpmkey.h \
	sim/shadow.c sim/shadow.h \
	sim/hcl.c sim/hcl.h \
	sim/akcert.c sim/akcert.h \
	sim/paravisor.c sim/paravisor.h \
	sim/vtpm.c sim/vtpm.h
libteesim_machine_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
libteesim_machine_la_LIBADD = libteesim.la

noinst_PROGRAMS += sim/teesim
sim_teesim_SOURCES = \
	sim/teesim.c \
	sim/command.c sim/command.h \
	sim/server.c sim/server.h \
	sim/mount.c sim/mount.h \
	sim/device.c sim/device.h \
	sim/tsm.c sim/tsm.h \
	sim/tsmfile.c \
	sim/tpmfile.c sim/tpmfile.h
sim_teesim_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(FUSE_CFLAGS)
sim_teesim_LDADD = libteesim-machine.la $(FUSE_LIBS) $(CRYPTO_LIBS)
endif
EXTRA_DIST += sim/demo
