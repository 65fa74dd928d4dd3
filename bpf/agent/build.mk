# SPDX-License-Identifier: Apache-2.0
# The reference agent. Static by default, so that one binary runs in any guest.
#
#   make -C bpf AGENT_LINK=dynamic   position-independent, full RELRO, against the host's libbpf
#   make -C bpf check-agent          host tests of the pure parts, under ASan and UBSan
#   make -C bpf fuzz                 libFuzzer targets (clang and its runtime: libclang-rt-19-dev)

AGENT := $(BUILD)/agent/aegis-agent
TARGETS += $(AGENT)

AGENT_LINK ?= static
AGENT_PURE := posture hooks policy policy_item json event
AGENT_SOURCES := $(addsuffix .c,$(AGENT_PURE) options identity object apply report lock main)

# Each hardening flag is used where this compiler can compile and link with it.
agent_try = $(shell echo 'int main(void){return 0;}' | $(CC) -Werror -O2 $(1) -x c - -o /dev/null 2>/dev/null && echo '$(1)')
AGENT_FORTIFY := $(or $(call agent_try,-D_FORTIFY_SOURCE=3),$(call agent_try,-D_FORTIFY_SOURCE=2))
AGENT_HARDENING := $(call agent_try,-fstack-protector-strong) $(call agent_try,-fstack-clash-protection) \
	$(call agent_try,-fcf-protection) -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
ifeq ($(AGENT_LINK),static)
AGENT_LIBS := -static $(shell pkg-config --static --libs libbpf 2>/dev/null || echo -lbpf -lelf -lz)
else
AGENT_HARDENING += -fPIE -pie
AGENT_LIBS := $(shell pkg-config --libs libbpf 2>/dev/null || echo -lbpf -lelf -lz)
endif

AGENT_WARNINGS := -std=gnu11 -Wall -Wextra -Werror
AGENT_CFLAGS := $(AGENT_WARNINGS) -O2 -g -ffile-prefix-map=$(ROOT)/= -I$(SRC) $(AGENT_FORTIFY) $(AGENT_HARDENING)

$(AGENT): $(addprefix $(SRC)/agent/,$(AGENT_SOURCES)) $(wildcard $(SRC)/agent/*.h) $(SRC)/aegis/aegis_abi.h $(SRC)/agent/build.mk
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(AGENT_CFLAGS) $(filter %.c,$^) -o $@.tmp $(AGENT_LIBS) && mv $@.tmp $@
