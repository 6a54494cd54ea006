# SPDX-License-Identifier: Apache-2.0
# Every seed, and every crash ever found, again; see fuzz/local.mk.
TESTS += $(replay_programs)
