# SPDX-License-Identifier: Apache-2.0
# The collector and teectl against a simulated machine.
if MODULE_SNP
if MODULE_GENERATED
if SIMULATOR
collector_tests = \
	tests/collector_sources.sh \
	tests/collector_faults.sh \
	tests/collector_tsm.sh \
	tests/collector_paths.sh \
	tests/collector_crowd.sh \
	tests/collector_prefer.sh \
	tests/collector_renew.sh \
	tests/collector_register.sh
check_PROGRAMS += tests/collector_renew
dist_check_SCRIPTS += $(collector_tests)
TESTS += $(collector_tests)
tests_collector_renew_SOURCES = tests/collector_renew.c
tests_collector_renew_CFLAGS = $(AM_CFLAGS)
tests_collector_renew_LDADD = libtee-test.la
endif
endif
EXTRA_DIST += tests/collector_lib.sh

if HAVE_CHECK
check_PROGRAMS += tests/collector_device
TESTS += tests/collector_device
tests_collector_device_SOURCES = tests/collector_device.c \
	modules/snp/device.c modules/common/reader.c
tests_collector_device_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_collector_device_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=ioctl
tests_collector_device_LDADD = $(CHECK_LIBS)
endif
endif
