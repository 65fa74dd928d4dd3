# SPDX-License-Identifier: Apache-2.0
# A second, small agent for the tests of other teams' agents: another command line, its own object, and linked with a
# shared libbpf, so that its libraries have to be found and uploaded.

MINI := $(BUILD)/agent-mini/mini-guard
MINI_OBJECT := $(BUILD)/mini.bpf.o
TARGETS += $(MINI) $(MINI_OBJECT)

$(MINI_OBJECT): $(SRC)/agent-mini/mini.bpf.c $(SRC)/agent-mini/mini.h $(SRC)/Makefile $(SRC)/agent-mini/build.mk $(LIBBPF_HEADERS)
	$(compile_bpf)

MINI_SOURCES := $(filter-out %.bpf.c,$(wildcard $(SRC)/agent-mini/*.c))

$(MINI): $(MINI_SOURCES) $(wildcard $(SRC)/agent-mini/*.h) $(SRC)/agent-mini/build.mk $(LIBBPF)/libbpf.so.1
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -Werror -O2 -g -ffile-prefix-map=$(ROOT)/= $(LIBBPF_INCLUDES) $(MINI_SOURCES) -o $@.tmp \
		$(LIBBPF)/libbpf.so.1 -Wl,-rpath,'$$ORIGIN/../libbpf' && mv $@.tmp $@
