# SPDX-License-Identifier: Apache-2.0
# The reference agent. Static by default, so that one binary runs in any guest.
#
#   make -C bpf AGENT_LINK=dynamic   position-independent, full RELRO, against the host's libelf and libc
#   make -C bpf check-agent          host tests of the pure parts, under ASan and UBSan
#   make -C bpf fuzz                 libFuzzer targets (clang and its runtime: libclang-rt-19-dev)

AGENT := $(BUILD)/agent/aegis-agent
TARGETS += $(AGENT)

AGENT_LINK ?= static
AGENT_PURE := posture hooks policy policy_item json event
AGENT_SOURCES := $(addsuffix .c,$(AGENT_PURE) options source failure identity object object_plan object_alone \
	object_load rules paths apply report lock outcome takeover start reload serve main)
AGENT_FILES := $(addprefix $(SRC)/agent/,$(AGENT_SOURCES)) $(SRC)/guest/kernel_btf.c
# Calls that kernel_btf.c answers.
AGENT_WRAPPED := -Wl,--wrap=btf__load_vmlinux_btf,--wrap=btf__free

# Each hardening flag is used where this compiler can compile and link with it.
agent_try = $(shell echo 'int main(void){return 0;}' | $(CC) -Werror -O2 $(1) -x c - -o /dev/null 2>/dev/null && echo '$(1)')
AGENT_FORTIFY := $(or $(call agent_try,-D_FORTIFY_SOURCE=3),$(call agent_try,-D_FORTIFY_SOURCE=2))
AGENT_HARDENING := $(call agent_try,-fstack-protector-strong) $(call agent_try,-fstack-clash-protection) \
	$(call agent_try,-fcf-protection) -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
ifeq ($(AGENT_LINK),static)
AGENT_LIBS := -static $(AGENT_WRAPPED) $(LIBBPF)/libbpf.a $(LIBBPF_NEEDS)
else
AGENT_HARDENING += -fPIE -pie
AGENT_LIBS := $(AGENT_WRAPPED) $(LIBBPF)/libbpf.a -lelf -lz
endif

AGENT_WARNINGS := -std=gnu11 -Wall -Wextra -Werror $(LIBBPF_INCLUDES)
AGENT_CFLAGS := $(AGENT_WARNINGS) -O2 -g -ffile-prefix-map=$(ROOT)/= -I$(SRC) $(AGENT_FORTIFY) $(AGENT_HARDENING)

$(AGENT): $(AGENT_FILES) $(wildcard $(SRC)/agent/*.h) $(SRC)/aegis/aegis_abi.h $(SRC)/agent/build.mk $(LIBBPF)/libbpf.a $(LIBBPF_HEADERS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(AGENT_CFLAGS) $(filter %.c,$^) -o $@.tmp $(AGENT_LIBS) && mv $@.tmp $@

# Faulty agents, for the harness's test of itself: the same sources with one fault each, see fault.h.
AGENT_FAULTS := bare-hooks dead-hook early-enforce early-signal signal-claimed network-defeats-fallback \
	audit-denies wrong-signal never-starts refuses-kind crash hang panic restart-window silent-reload override-lies \
	reaches-init quarantines
# Only a kernel that attaches no hook tells it from a sound one: a test runs it there, selftest has no row for it.
AGENT_FAULTS_HOOKLESS := believes-list
AGENT_FAULTY := $(patsubst %,$(BUILD)/selftest/agent-%,$(AGENT_FAULTS) $(AGENT_FAULTS_HOOKLESS))
TARGETS += $(AGENT_FAULTY)
agent_fault_macro = AEGIS_FAULT_$(shell echo '$(1)' | tr 'a-z-' 'A-Z_')

# Only what asks for a fault is compiled for each.
AGENT_ASKING := $(shell grep -l '"fault\.h"' $(SRC)/agent/*.c)
AGENT_SAME := $(filter-out $(AGENT_ASKING),$(AGENT_FILES))
AGENT_HEADERS := $(wildcard $(SRC)/agent/*.h) $(SRC)/aegis/aegis_abi.h $(SRC)/agent/build.mk $(LIBBPF)/libbpf.a $(LIBBPF_HEADERS)

$(BUILD)/selftest/agent-same.o: $(AGENT_SAME) $(AGENT_HEADERS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(AGENT_CFLAGS) -nostdlib -r $(filter %.c,$^) -o $@.tmp && mv $@.tmp $@

$(AGENT_FAULTY): $(BUILD)/selftest/agent-%: $(AGENT_ASKING) $(BUILD)/selftest/agent-same.o $(AGENT_HEADERS)
	$(call say,CC)
	$(Q)$(CC) $(AGENT_CFLAGS) -D$(call agent_fault_macro,$*)=1 $(filter %.c %.o,$^) -o $@.tmp $(AGENT_LIBS) && mv $@.tmp $@

# Host tests of what needs no kernel, and fuzzing (fuzz.mk) of what reads bytes of others, both with sanitizers.
AGENT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
AGENT_PURE_SOURCES := $(AGENT_PURE:%=$(SRC)/agent/%.c)
AGENT_PURE_DEPS := $(AGENT_PURE_SOURCES) $(wildcard $(SRC)/agent/*.h) $(SRC)/aegis/aegis_abi.h $(SRC)/agent/build.mk $(LIBBPF)/libbpf.a $(LIBBPF_HEADERS)
AGENT_TESTS := $(patsubst $(SRC)/agent/test/%.c,$(BUILD)/agent/test/%,$(wildcard $(SRC)/agent/test/*_test.c))

$(BUILD)/agent/test/%: $(SRC)/agent/test/%.c $(SRC)/agent/test/check.h $(AGENT_PURE_DEPS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(AGENT_WARNINGS) -O1 -g -I$(SRC) -I$(SRC)/agent/test $(AGENT_SANITIZE) $< $(AGENT_PURE_SOURCES) -o $@

.PHONY: check check-agent
check: check-agent
check-agent: $(AGENT_TESTS)
	$(Q)set -e; for test in $^; do $$test; done

$(eval $(call fuzz_target,agent,policy,$(AGENT_PURE:%=agent/%.c)))
$(eval $(call fuzz_target,agent,event,$(AGENT_PURE:%=agent/%.c)))

# The whole agent with sanitizers, dynamic: for a run by hand on a kernel under test.
$(BUILD)/agent/aegis-agent.asan: $(AGENT_FILES) $(wildcard $(SRC)/agent/*.h) $(SRC)/aegis/aegis_abi.h $(LIBBPF)/libbpf.a $(LIBBPF_HEADERS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(AGENT_WARNINGS) -O1 -g -I$(SRC) $(AGENT_SANITIZE) $(filter %.c,$^) -o $@ $(AGENT_WRAPPED) $(LIBBPF)/libbpf.a -lelf -lz

.PHONY: agent-asan
agent-asan: $(BUILD)/agent/aegis-agent.asan
