# SPDX-License-Identifier: Apache-2.0
#
# guest/init        PID 1 of the machine, static: nothing else is in its initramfs
# guest/host-guest  the same operations as a program on stdin and stdout, for tests without a machine

GUEST_DIR := $(SRC)/guest
# Every bpf(2) of libbpf goes through trace.c, the kernel's BTF through kernel_btf.c.
GUEST_CFLAGS := -std=gnu11 -pthread -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-ffile-prefix-map=$(ROOT)/= $(LIBBPF_INCLUDES) -DBPMX_LIBBPF='"$(LIBBPF_IDENTITY)"'
GUEST_LDFLAGS := -static -pthread -Wl,--wrap=syscall,--wrap=btf__load_vmlinux_btf,--wrap=btf__free

GUEST_MAINS := main host_main
GUEST_PARTS := $(filter-out $(GUEST_MAINS:%=$(GUEST_DIR)/%.c),$(wildcard $(GUEST_DIR)/*.c))
GUEST_OBJECTS := $(GUEST_PARTS:$(GUEST_DIR)/%.c=$(BUILD)/guest/%.o)

$(BUILD)/guest/%.o: $(GUEST_DIR)/%.c $(GUEST_DIR)/build.mk $(LIBBPF_HEADERS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(GUEST_CFLAGS) -MMD -MP -MF $@.d -c $< -o $@

define link_guest
	$(call say,LINK)
	$(Q)$(CC) $(GUEST_LDFLAGS) $^ $(LIBBPF_NEEDS) -o $@.tmp && mv $@.tmp $@
endef

$(BUILD)/guest/init: $(BUILD)/guest/main.o $(GUEST_OBJECTS) $(LIBBPF)/libbpf.a
	$(link_guest)

$(BUILD)/guest/host-guest: $(BUILD)/guest/host_main.o $(GUEST_OBJECTS) $(LIBBPF)/libbpf.a
	$(link_guest)

TARGETS += $(BUILD)/guest/init $(BUILD)/guest/host-guest

$(eval $(call fuzz_target,guest,frame))
$(eval $(call fuzz_target,guest,request,guest/args.c guest/utf8.c))
$(eval $(call fuzz_target,guest,visits,guest/visits.c))
