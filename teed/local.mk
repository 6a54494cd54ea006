# SPDX-License-Identifier: Apache-2.0
# The custody daemon: supervisor and keeper in one program, a worker beside.
# What both and the tests share; the core is linked in, no module is loaded.
noinst_LTLIBRARIES += libteed.la
libteed_la_SOURCES =
libteed_la_CFLAGS = $(libtee_core_la_CFLAGS) $(SECCOMP_CFLAGS)
libteed_la_LIBADD = libtee-core.la $(SECCOMP_LIBS)
