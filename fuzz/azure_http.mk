# SPDX-License-Identifier: Apache-2.0
# What services answer: errors, certificates, tokens.
if MODULE_SNP
FUZZ_TARGETS += answer
replay_programs += fuzz/replay_answer
fuzz_programs += fuzz/fuzz_answer
FUZZ_NET_CFLAGS = $(FUZZ_CFLAGS) $(CURL_CFLAGS)
FUZZ_NET = libtee-net.la $(FUZZ_CORE)
fuzz_replay_answer_SOURCES = fuzz/answer.c $(FUZZ_REPLAY)
fuzz_replay_answer_CFLAGS = $(FUZZ_NET_CFLAGS)
fuzz_replay_answer_LDADD = $(FUZZ_NET)
fuzz_fuzz_answer_SOURCES = fuzz/answer.c $(FUZZ_COMMON)
fuzz_fuzz_answer_CFLAGS = $(FUZZ_ENGINE) $(CURL_CFLAGS)
fuzz_fuzz_answer_LDADD = $(FUZZ_NET)
endif

if MODULE_SNP_AZURE
FUZZ_TARGETS += thim accesstoken
replay_programs += fuzz/replay_thim fuzz/replay_accesstoken
fuzz_programs += fuzz/fuzz_thim fuzz/fuzz_accesstoken
FUZZ_IMDS = libtee-azure.la $(FUZZ_CORE)
fuzz_replay_thim_SOURCES = fuzz/thim.c $(FUZZ_REPLAY)
fuzz_replay_thim_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_thim_LDADD = $(FUZZ_IMDS)
fuzz_replay_accesstoken_SOURCES = fuzz/accesstoken.c $(FUZZ_REPLAY)
fuzz_replay_accesstoken_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_accesstoken_LDADD = $(FUZZ_IMDS)
fuzz_fuzz_thim_SOURCES = fuzz/thim.c $(FUZZ_COMMON)
fuzz_fuzz_thim_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_thim_LDADD = $(FUZZ_IMDS)
fuzz_fuzz_accesstoken_SOURCES = fuzz/accesstoken.c $(FUZZ_COMMON)
fuzz_fuzz_accesstoken_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_accesstoken_LDADD = $(FUZZ_IMDS)
endif
EXTRA_DIST += fuzz/make-seeds-net
