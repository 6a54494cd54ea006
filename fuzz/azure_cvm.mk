# SPDX-License-Identifier: Apache-2.0
if MODULE_SNP_AZURE
FUZZ_TARGETS += hcl quote
replay_programs += fuzz/replay_hcl fuzz/replay_quote
fuzz_programs += fuzz/fuzz_hcl fuzz/fuzz_quote
FUZZ_CVM = libtee-azure.la $(FUZZ_CORE)
FUZZ_CVM_CFLAGS = $(AZURE_CFLAGS)

fuzz_replay_hcl_SOURCES = fuzz/hcl.c $(FUZZ_REPLAY)
fuzz_replay_hcl_CFLAGS = $(FUZZ_CFLAGS) $(FUZZ_CVM_CFLAGS)
fuzz_replay_hcl_LDADD = $(FUZZ_CVM)
fuzz_replay_quote_SOURCES = fuzz/quote.c $(FUZZ_REPLAY)
fuzz_replay_quote_CFLAGS = $(FUZZ_CFLAGS) $(FUZZ_CVM_CFLAGS)
fuzz_replay_quote_LDADD = $(FUZZ_CVM)

fuzz_fuzz_hcl_SOURCES = fuzz/hcl.c $(FUZZ_COMMON)
fuzz_fuzz_hcl_CFLAGS = $(FUZZ_ENGINE) $(FUZZ_CVM_CFLAGS)
fuzz_fuzz_hcl_LDADD = $(FUZZ_CVM)
fuzz_fuzz_quote_SOURCES = fuzz/quote.c $(FUZZ_COMMON)
fuzz_fuzz_quote_CFLAGS = $(FUZZ_ENGINE) $(FUZZ_CVM_CFLAGS)
fuzz_fuzz_quote_LDADD = $(FUZZ_CVM)
endif
