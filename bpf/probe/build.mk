# SPDX-License-Identifier: Apache-2.0
#
# The probe: what is tried in a guest, and what is looked at there, without believing any agent. It shares no code with
# the agent or its object.
#
# probe/attempt  tries things and tells what they came to
# probe/oracle   tells what lives in the kernel and what it has logged
# probe/pin      attaches an object and leaves it there: what a guest is to have, whoever asks
# probe/quiet    a target of exec: ends with 0; static
# probe/dynamic  the same, with an interpreter and without a library

PROBE_DIR := $(SRC)/probe
PROBE_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-ffile-prefix-map=$(ROOT)/= $(LIBBPF_INCLUDES)
PROBE_OBJECTS = $(patsubst $(PROBE_DIR)/%.c,$(BUILD)/probe/objects/%.o,$(wildcard $(PROBE_DIR)/$(1)/*.c $(PROBE_DIR)/common/*.c))

$(BUILD)/probe/objects/%.o: $(PROBE_DIR)/%.c $(PROBE_DIR)/build.mk $(LIBBPF_HEADERS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PROBE_CFLAGS) -MMD -MP -MF $@.d -c $< -o $@

-include $(wildcard $(BUILD)/probe/objects/*/*.d)

$(BUILD)/probe/attempt: $(call PROBE_OBJECTS,attempt)
	$(call say,LINK)
	$(Q)$(CC) -static $^ -o $@.tmp && mv $@.tmp $@

$(BUILD)/probe/oracle: $(call PROBE_OBJECTS,oracle) $(LIBBPF)/libbpf.a
	$(call say,LINK)
	$(Q)$(CC) -static $^ $(LIBBPF_NEEDS) -o $@.tmp && mv $@.tmp $@

$(BUILD)/probe/pin: $(call PROBE_OBJECTS,pin) $(LIBBPF)/libbpf.a
	$(call say,LINK)
	$(Q)$(CC) -static $^ $(LIBBPF_NEEDS) -o $@.tmp && mv $@.tmp $@

# No build id, no unwind tables: a few hundred bytes of program.
PROBE_BARE := -nostdlib -ffreestanding -fno-asynchronous-unwind-tables -Wl,--build-id=none -s
PROBE_QUIET_LINK := -static -no-pie
PROBE_DYNAMIC_LINK := -fPIE -pie -Wl,-dynamic-linker,/lib64/ld-linux-x86-64.so.2

$(BUILD)/probe/quiet: PROBE_LINK := $(PROBE_QUIET_LINK)
$(BUILD)/probe/dynamic: PROBE_LINK := $(PROBE_DYNAMIC_LINK)
$(BUILD)/probe/quiet $(BUILD)/probe/dynamic: $(PROBE_DIR)/target/quiet.c $(PROBE_DIR)/build.mk
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PROBE_CFLAGS) $(PROBE_BARE) $(PROBE_LINK) $< -o $@.tmp && mv $@.tmp $@

TARGETS += $(addprefix $(BUILD)/probe/,attempt oracle pin quiet dynamic)
