# SPDX-License-Identifier: Apache-2.0
#
# libFuzzer targets: ROOM/fuzz/NAME_fuzz.c with seeds in ROOM/fuzz/NAME_corpus, one line in the build.mk of its room.
#
#   make -C bpf fuzz                    each of them; FUZZ_RUNS=N inputs each
#   make -C bpf fuzz-frame              one of them
#   make -C bpf fuzz-planted            each finds the mistake that fuzz.planted has for it
#
# Runs from its seeds; what it learns stays in the build folder. The runtime is CLANG's own (libclang-rt-19-dev).

FUZZ_RUNS ?= 200000
# The same inputs on every run; 0 draws others.
FUZZ_SEED ?= 1
# Sources that lie here, under their own path, replace those of bpf/.
PLANTED ?=

FUZZ_CFLAGS := -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE -O1 -g $(if $(PLANTED),-I$(PLANTED)) -I$(SRC) $(LIBBPF_INCLUDES) \
	-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -fsanitize=fuzzer
FUZZ_NAMES :=

# Of a source: what is planted, or what is there.
fuzz_source = $(or $(if $(PLANTED),$(wildcard $(PLANTED)/$(1))),$(SRC)/$(1))

# $(1) the room, $(2) the name, $(3) further sources
define fuzz_target
FUZZ_NAMES += $(2)

$(BUILD)/$(1)/fuzz/$(2)_fuzz: $(SRC)/$(1)/fuzz/$(2)_fuzz.c $(foreach source,$(3),$(call fuzz_source,$(source))) \
	$(SRC)/fuzz.h $(SRC)/fuzz.mk $(wildcard $(SRC)/$(1)/*.[ch] $(SRC)/$(1)/*/*.[ch]) $(LIBBPF_HEADERS)
	$$(call say,FUZZCC)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CLANG) $$(FUZZ_CFLAGS) $$< $(foreach source,$(3),$(call fuzz_source,$(source))) -o $$@

.PHONY: fuzz-$(2)
fuzz: fuzz-$(2)
fuzz-$(2): $(BUILD)/$(1)/fuzz/$(2)_fuzz
	$$(Q)mkdir -p $(BUILD)/$(1)/fuzz/$(2).corpus
	$$(Q)$$< -runs=$$(FUZZ_RUNS) -seed=$$(FUZZ_SEED) -max_len=4096 -timeout=5 -verbosity=0 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/$(1)/fuzz/ $(BUILD)/$(1)/fuzz/$(2).corpus $(SRC)/$(1)/fuzz/$(2)_corpus \
		>$(BUILD)/$(1)/fuzz/$(2).log 2>&1 || { cat $(BUILD)/$(1)/fuzz/$(2).log; exit 1; }
	$$(Q)sed -n 's/^stat::number_of_executed_units: */  FUZZ    $(2), clean inputs: /p' $(BUILD)/$(1)/fuzz/$(2).log
endef

.PHONY: fuzz fuzz-planted
fuzz-planted:
	$(Q)BUILD=$(BUILD) $(SRC)/fuzz-planted $(FUZZ_NAMES)
