# SPDX-License-Identifier: Apache-2.0
# The core's rules: profiles, loader, dispatcher, transaction.
if HAVE_CHECK
STAGE_RULES = tests/test_stage_rules.c tests/test_stage_rules.h
check_PROGRAMS += tests/test_binding tests/test_stage
TESTS += tests/test_binding tests/test_stage
tests_test_binding_SOURCES = tests/test_binding.c
tests_test_binding_CFLAGS = $(TEST_FLAGS)
tests_test_binding_LDADD = $(TEST_LIBS)
tests_test_stage_SOURCES = tests/test_stage.c $(STAGE_RULES)
tests_test_stage_CFLAGS = $(TEST_FLAGS)
tests_test_stage_LDADD = $(TEST_LIBS)

# These play scripts: without the mock module there is nothing to play.
if MODULE_MOCK
TEST_KIT = tests/test_profile_kit.c tests/test_profile_kit.h
CORE_TESTS = tests/test_profile_path tests/test_loader tests/test_stage_mock
# Its fixtures name these modules.
if MODULE_LOCAL
if MODULE_GENERATED
CORE_TESTS += tests/test_profile
endif
endif
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)
tests_test_profile_SOURCES = tests/test_profile.c $(TEST_KIT)
tests_test_profile_CFLAGS = $(TEST_FLAGS)
tests_test_profile_LDADD = $(TEST_LIBS)
tests_test_profile_path_SOURCES = tests/test_profile_path.c $(TEST_KIT)
tests_test_profile_path_CFLAGS = $(TEST_FLAGS)
tests_test_profile_path_LDADD = $(TEST_LIBS)
tests_test_loader_SOURCES = tests/test_loader.c $(TEST_KIT)
tests_test_loader_CFLAGS = $(TEST_FLAGS)
tests_test_loader_LDADD = $(TEST_LIBS)
tests_test_stage_mock_SOURCES = tests/test_stage_mock.c $(STAGE_RULES) \
	$(TEST_KIT)
tests_test_stage_mock_CPPFLAGS = $(TEST_CPPFLAGS)
tests_test_stage_mock_CFLAGS = $(TEST_FLAGS)
tests_test_stage_mock_LDADD = $(TEST_LIBS)

# One source, one switch each: see tests/badmodules/module.c.  -rpath makes
# libtool build a shared object that nobody installs.
BAD_MODULES = bad_none.la bad_symbol.la bad_abi_old.la bad_abi_new.la \
	bad_size_short.la bad_size_large.la bad_name.la bad_options.la \
	bad_release.la bad_close.la bad_ceiling.la bad_open.la \
	bad_dependency.la bad_constructor.la
check_LTLIBRARIES += $(BAD_MODULES)
BAD_LDFLAGS = -avoid-version -shared -rpath /nowhere
bad_none_la_SOURCES = tests/badmodules/module.c
bad_none_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_none"'
bad_none_la_CFLAGS = $(AM_CFLAGS)
bad_none_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_symbol_la_SOURCES = tests/badmodules/module.c
bad_symbol_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_symbol"' \
	-DBAD_NO_SYMBOL
bad_symbol_la_CFLAGS = $(AM_CFLAGS)
bad_symbol_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_abi_old_la_SOURCES = tests/badmodules/module.c
bad_abi_old_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_abi_old"' \
	-DBAD_ABI=0
bad_abi_old_la_CFLAGS = $(AM_CFLAGS)
bad_abi_old_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_abi_new_la_SOURCES = tests/badmodules/module.c
bad_abi_new_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_abi_new"' \
	-DBAD_ABI=TEE_MODULE_ABI+1
bad_abi_new_la_CFLAGS = $(AM_CFLAGS)
bad_abi_new_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_size_short_la_SOURCES = tests/badmodules/module.c
bad_size_short_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_size_short"' \
	-DBAD_SIZE_DELTA=-8
bad_size_short_la_CFLAGS = $(AM_CFLAGS)
bad_size_short_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_size_large_la_SOURCES = tests/badmodules/module.c
bad_size_large_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_size_large"' \
	-DBAD_SIZE_DELTA=8
bad_size_large_la_CFLAGS = $(AM_CFLAGS)
bad_size_large_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_name_la_SOURCES = tests/badmodules/module.c
bad_name_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_name"' \
	-DBAD_NO_NAME
bad_name_la_CFLAGS = $(AM_CFLAGS)
bad_name_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_options_la_SOURCES = tests/badmodules/module.c
bad_options_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_options"' \
	-DBAD_NO_OPTIONS
bad_options_la_CFLAGS = $(AM_CFLAGS)
bad_options_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_release_la_SOURCES = tests/badmodules/module.c
bad_release_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_release"' \
	-DBAD_NO_RELEASE
bad_release_la_CFLAGS = $(AM_CFLAGS)
bad_release_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_close_la_SOURCES = tests/badmodules/module.c
bad_close_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_close"' \
	-DBAD_NO_CLOSE
bad_close_la_CFLAGS = $(AM_CFLAGS)
bad_close_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_ceiling_la_SOURCES = tests/badmodules/module.c
bad_ceiling_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_ceiling"' \
	-DBAD_CEILING=3
bad_ceiling_la_CFLAGS = $(AM_CFLAGS)
bad_ceiling_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_open_la_SOURCES = tests/badmodules/module.c
bad_open_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_open"' \
	-DBAD_OPEN_GARBAGE
bad_open_la_CFLAGS = $(AM_CFLAGS)
bad_open_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_dependency_la_SOURCES = tests/badmodules/module.c
bad_dependency_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_dependency"' \
	-DBAD_DEPENDENCY
bad_dependency_la_CFLAGS = $(AM_CFLAGS)
bad_dependency_la_LDFLAGS = -module $(BAD_LDFLAGS)
bad_constructor_la_SOURCES = tests/badmodules/module.c
bad_constructor_la_CPPFLAGS = $(AM_CPPFLAGS) -DBAD_NAME='"bad_constructor"' \
	-DBAD_CONSTRUCTOR
bad_constructor_la_CFLAGS = $(AM_CFLAGS)
bad_constructor_la_LDFLAGS = -module $(BAD_LDFLAGS)

# The mock under another name, with the ceiling of a TEE.
check_LTLIBRARIES += mocktee.la
check_modules += mocktee.la
mocktee_la_SOURCES = modules/mock/module.c
mocktee_la_CPPFLAGS = $(AM_CPPFLAGS) -DMOCK_NAME='"mocktee"' \
	-DMOCK_CEILING=TEE_ORIGIN_GENERATED
mocktee_la_CFLAGS = $(AM_CFLAGS)
mocktee_la_LDFLAGS = -module $(MODULE_LDFLAGS) -rpath /nowhere
mocktee_la_LIBADD = libtee.la

TXN_KIT = tests/test_transaction_kit.c tests/test_transaction_kit.h \
	$(TEST_KIT)
TXN_TESTS = tests/test_transaction tests/test_transaction_floor \
	tests/test_transaction_fallback tests/test_transaction_appraise \
	tests/test_transaction_renew tests/test_transaction_call \
	tests/test_transaction_gaps tests/test_transaction_items
if MODULE_LOCAL
TXN_TESTS += tests/test_transaction_local
endif
check_PROGRAMS += $(TXN_TESTS)
TESTS += $(TXN_TESTS)
tests_test_transaction_SOURCES = tests/test_transaction.c $(TXN_KIT)
tests_test_transaction_CFLAGS = $(TEST_FLAGS)
tests_test_transaction_LDADD = $(TEST_LIBS)
tests_test_transaction_items_SOURCES = tests/test_transaction_items.c \
	$(TXN_KIT)
tests_test_transaction_items_CFLAGS = $(TEST_FLAGS)
tests_test_transaction_items_LDADD = $(TEST_LIBS)
tests_test_transaction_gaps_SOURCES = tests/test_transaction_gaps.c \
	$(TXN_KIT)
tests_test_transaction_gaps_CFLAGS = $(TEST_FLAGS)
tests_test_transaction_gaps_LDADD = $(TEST_LIBS)
tests_test_transaction_renew_SOURCES = tests/test_transaction_renew.c \
	$(TXN_KIT)
tests_test_transaction_renew_CFLAGS = $(TEST_FLAGS)
tests_test_transaction_renew_LDADD = $(TEST_LIBS)
tests_test_transaction_call_SOURCES = tests/test_transaction_call.c \
	$(TXN_KIT)
tests_test_transaction_call_CFLAGS = $(TEST_FLAGS)
tests_test_transaction_call_LDADD = $(TEST_LIBS)
tests_test_transaction_local_SOURCES = tests/test_transaction_local.c \
	$(TXN_KIT)
tests_test_transaction_local_CFLAGS = $(TEST_FLAGS)
tests_test_transaction_local_LDADD = $(TEST_LIBS)
tests_test_transaction_floor_SOURCES = tests/test_transaction_floor.c \
	$(TXN_KIT)
tests_test_transaction_floor_CFLAGS = $(TEST_FLAGS)
tests_test_transaction_floor_LDADD = $(TEST_LIBS)
tests_test_transaction_fallback_SOURCES = tests/test_transaction_fallback.c \
	$(TXN_KIT)
tests_test_transaction_fallback_CFLAGS = $(TEST_FLAGS)
tests_test_transaction_fallback_LDADD = $(TEST_LIBS)
tests_test_transaction_appraise_SOURCES = tests/test_transaction_appraise.c \
	$(TXN_KIT)
tests_test_transaction_appraise_CFLAGS = $(TEST_FLAGS)
tests_test_transaction_appraise_LDADD = $(TEST_LIBS)
endif
endif

dist_check_SCRIPTS += tests/break-dispatcher.sh tests/lint.sh tests/format.sh
TESTS += tests/break-dispatcher.sh tests/lint.sh tests/format.sh
EXTRA_DIST += tests/profiles
