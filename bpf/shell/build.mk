# SPDX-License-Identifier: Apache-2.0
#
# What `shell` has at hand in a guest.
#
# shell/terminal  runs a program on a terminal of its own, whose other side is two files
# shell/bpf       lists programs, maps and links

SHELL_DIR := $(SRC)/shell
SHELL_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -ffile-prefix-map=$(ROOT)/= $(LIBBPF_INCLUDES)

$(BUILD)/shell/objects/%.o: $(SHELL_DIR)/%.c $(SHELL_DIR)/build.mk $(LIBBPF_HEADERS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SHELL_CFLAGS) -MMD -MP -MF $@.d -c $< -o $@

-include $(wildcard $(BUILD)/shell/objects/*.d)

$(BUILD)/shell/terminal: $(addprefix $(BUILD)/shell/objects/,terminal.o frames.o)
	$(call say,LINK)
	$(Q)$(CC) -static $^ -lutil -o $@.tmp && mv $@.tmp $@

$(BUILD)/shell/bpf: $(addprefix $(BUILD)/shell/objects/,list.o) $(LIBBPF)/libbpf.a
	$(call say,LINK)
	$(Q)$(CC) -static $^ $(LIBBPF_NEEDS) -o $@.tmp && mv $@.tmp $@

TARGETS += $(addprefix $(BUILD)/shell/,terminal bpf)

$(BUILD)/shell/test/frames_test: $(SHELL_DIR)/test/frames_test.c $(SHELL_DIR)/frames.c $(SHELL_DIR)/frames.h \
	$(SRC)/agent/test/check.h $(SHELL_DIR)/build.mk
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SHELL_CFLAGS) -O1 -I$(SRC) -fsanitize=address,undefined -fno-sanitize-recover=all $(filter %.c,$^) -o $@

.PHONY: check check-shell
check: check-shell
check-shell: $(BUILD)/shell/test/frames_test
	$(Q)ASAN_OPTIONS=detect_leaks=0 $<
