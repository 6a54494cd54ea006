# SPDX-License-Identifier: Apache-2.0
# Confidential containers; seeds by fuzz/make-caci-seeds.
if MODULE_SNP_AZURE
FUZZ_TARGETS += cose uvm cce
FUZZ_CACI_CFLAGS = $(FUZZ_CFLAGS) $(AZURE_CFLAGS)
FUZZ_CACI_ENGINE = $(FUZZ_ENGINE) $(AZURE_CFLAGS)
FUZZ_CACI = libtee-azure.la $(FUZZ_CORE)
replay_programs += fuzz/replay_cose fuzz/replay_uvm fuzz/replay_cce
fuzz_programs += fuzz/fuzz_cose fuzz/fuzz_uvm fuzz/fuzz_cce

fuzz_replay_cose_SOURCES = fuzz/cose.c $(FUZZ_REPLAY)
fuzz_replay_cose_CFLAGS = $(FUZZ_CACI_CFLAGS)
fuzz_replay_cose_LDADD = $(FUZZ_CACI)
fuzz_replay_uvm_SOURCES = fuzz/uvm.c $(FUZZ_REPLAY)
fuzz_replay_uvm_CFLAGS = $(FUZZ_CACI_CFLAGS)
fuzz_replay_uvm_LDADD = $(FUZZ_CACI)
fuzz_replay_cce_SOURCES = fuzz/cce.c $(FUZZ_REPLAY)
fuzz_replay_cce_CFLAGS = $(FUZZ_CACI_CFLAGS)
fuzz_replay_cce_LDADD = $(FUZZ_CACI)

fuzz_fuzz_cose_SOURCES = fuzz/cose.c $(FUZZ_COMMON)
fuzz_fuzz_cose_CFLAGS = $(FUZZ_CACI_ENGINE)
fuzz_fuzz_cose_LDADD = $(FUZZ_CACI)
fuzz_fuzz_uvm_SOURCES = fuzz/uvm.c $(FUZZ_COMMON)
fuzz_fuzz_uvm_CFLAGS = $(FUZZ_CACI_ENGINE)
fuzz_fuzz_uvm_LDADD = $(FUZZ_CACI)
fuzz_fuzz_cce_SOURCES = fuzz/cce.c $(FUZZ_COMMON)
fuzz_fuzz_cce_CFLAGS = $(FUZZ_CACI_ENGINE)
fuzz_fuzz_cce_LDADD = $(FUZZ_CACI)
EXTRA_DIST += fuzz/make-caci-seeds
endif
