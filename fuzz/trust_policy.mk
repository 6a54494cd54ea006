# SPDX-License-Identifier: Apache-2.0
# Trust policy; seeds by fuzz/make-policy-seeds.
FUZZ_TARGETS += policy_json policy_yaml context_json
replay_programs += fuzz/replay_policy_json fuzz/replay_policy_yaml \
	fuzz/replay_context_json
fuzz_programs += fuzz/fuzz_policy_json fuzz/fuzz_policy_yaml \
	fuzz/fuzz_context_json
FUZZ_YAML = fuzz/policy_yaml.c teectl/yaml.c teectl/yaml.h

fuzz_replay_policy_json_SOURCES = fuzz/policy_json.c $(FUZZ_REPLAY)
fuzz_replay_policy_json_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_policy_json_LDADD = $(FUZZ_CORE)
fuzz_replay_policy_yaml_SOURCES = $(FUZZ_YAML) $(FUZZ_REPLAY)
fuzz_replay_policy_yaml_CFLAGS = $(FUZZ_CFLAGS) $(YAML_CFLAGS)
fuzz_replay_policy_yaml_LDADD = $(YAML_LIBS) $(JANSSON_LIBS)
fuzz_replay_context_json_SOURCES = fuzz/context_json.c $(FUZZ_REPLAY)
fuzz_replay_context_json_CFLAGS = $(FUZZ_CFLAGS)
fuzz_replay_context_json_LDADD = $(FUZZ_CORE)

fuzz_fuzz_policy_json_SOURCES = fuzz/policy_json.c $(FUZZ_COMMON)
fuzz_fuzz_policy_json_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_policy_json_LDADD = $(FUZZ_CORE)
fuzz_fuzz_policy_yaml_SOURCES = $(FUZZ_YAML) $(FUZZ_COMMON)
fuzz_fuzz_policy_yaml_CFLAGS = $(FUZZ_ENGINE) $(YAML_CFLAGS)
fuzz_fuzz_policy_yaml_LDADD = $(YAML_LIBS) $(JANSSON_LIBS)
fuzz_fuzz_context_json_SOURCES = fuzz/context_json.c $(FUZZ_COMMON)
fuzz_fuzz_context_json_CFLAGS = $(FUZZ_ENGINE)
fuzz_fuzz_context_json_LDADD = $(FUZZ_CORE)
EXTRA_DIST += fuzz/make-policy-seeds
