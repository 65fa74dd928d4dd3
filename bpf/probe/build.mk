# SPDX-License-Identifier: Apache-2.0
#
# The probe: what is tried in a guest, and what is read there, without believing any agent. It shares no code with
# the agent or its object.
#
# probe/attempt  makes attempts and reports their outcomes
# probe/oracle   reports what lives in the kernel and what it has logged
# probe/rehearse calls the LSM programs of an object with values that no kernel gives them
# probe/pin      attaches an object and leaves it there: what a guest is to have, whoever asks
# probe/loader   loads programs one by one with plain libbpf: what bpf/guest is held against
# probe/quiet    a target of exec: ends with 0; static
# probe/dynamic  the same, with an interpreter and without a library

PROBE_DIR := $(SRC)/probe
PROBE_SIGNS = $(addprefix $(BUILD)/probe/objects/guest/,hmac.o sha256.o)
PROBE_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-ffile-prefix-map=$(ROOT)/= $(LIBBPF_INCLUDES)
PROBE_OBJECTS = $(patsubst $(PROBE_DIR)/%.c,$(BUILD)/probe/objects/%.o,$(filter-out %.bpf.c,$(wildcard $(PROBE_DIR)/$(1)/*.c $(PROBE_DIR)/common/*.c))) $(PROBE_SIGNS)

$(BUILD)/probe/objects/%.o: $(PROBE_DIR)/%.c $(PROBE_DIR)/build.mk $(LIBBPF_HEADERS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PROBE_CFLAGS) -MMD -MP -MF $@.d -c $< -o $@

# What signs is the guest's.
$(BUILD)/probe/objects/guest/%.o: $(SRC)/guest/%.c $(PROBE_DIR)/build.mk
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PROBE_CFLAGS) -MMD -MP -MF $@.d -c $< -o $@

-include $(wildcard $(BUILD)/probe/objects/*/*.d)

# Without symbols: every byte is uploaded and hashed in the guest, before each proof.
$(BUILD)/probe/attempt: $(call PROBE_OBJECTS,attempt)
	$(call say,LINK)
	$(Q)$(CC) -static -s $^ -o $@.tmp && mv $@.tmp $@

$(BUILD)/probe/oracle: $(call PROBE_OBJECTS,oracle) $(LIBBPF)/libbpf.a
	$(call say,LINK)
	$(Q)$(CC) -static -s $^ $(LIBBPF_NEEDS) -o $@.tmp && mv $@.tmp $@

$(BUILD)/probe/pin: $(call PROBE_OBJECTS,pin) $(LIBBPF)/libbpf.a
	$(call say,LINK)
	$(Q)$(CC) -static $^ $(LIBBPF_NEEDS) -o $@.tmp && mv $@.tmp $@

# Its own object is a part of it, so that a guest is given one file.
$(BUILD)/probe/rehearse: $(call PROBE_OBJECTS,rehearse) $(BUILD)/probe/objects/capture.o $(LIBBPF)/libbpf.a
	$(call say,LINK)
	$(Q)$(CC) -static -s $^ $(LIBBPF_NEEDS) -o $@.tmp && mv $@.tmp $@

$(BUILD)/probe/capture.bpf.o: $(PROBE_DIR)/rehearse/capture.bpf.c $(SRC)/Makefile $(PROBE_DIR)/build.mk $(LIBBPF_HEADERS)
	$(compile_bpf)

$(BUILD)/probe/objects/capture.o: $(PROBE_DIR)/rehearse/capture.S $(BUILD)/probe/capture.bpf.o
	$(call say,AS)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -DCAPTURE_OBJECT='"$(BUILD)/probe/capture.bpf.o"' -c $< -o $@

$(BUILD)/probe/loader: $(call PROBE_OBJECTS,loader) $(LIBBPF)/libbpf.a
	$(call say,LINK)
	$(Q)$(CC) -static $^ $(LIBBPF_NEEDS) -o $@.tmp && mv $@.tmp $@

# No build id, no unwind tables: a few hundred bytes of program.
PROBE_BARE := -nostdlib -ffreestanding -fno-asynchronous-unwind-tables -Wl,--build-id=none -s
PROBE_QUIET_LINK := -static -no-pie
PROBE_DYNAMIC_LINK := -fPIE -pie -Wl,-dynamic-linker,$(ARCH_LOADER)

$(BUILD)/probe/quiet: PROBE_LINK := $(PROBE_QUIET_LINK)
$(BUILD)/probe/dynamic: PROBE_LINK := $(PROBE_DYNAMIC_LINK)
$(BUILD)/probe/quiet $(BUILD)/probe/dynamic: $(PROBE_DIR)/target/quiet.c $(PROBE_DIR)/build.mk
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PROBE_CFLAGS) $(PROBE_BARE) $(PROBE_LINK) $< -o $@.tmp && mv $@.tmp $@

TARGETS += $(addprefix $(BUILD)/probe/,attempt oracle rehearse pin loader quiet dynamic)

# Host tests of the oracle, under ASan and UBSan. test/fake_kernel.c stands in for libbpf; the files that the oracle
# opens are opened by the test.
PROBE_TESTS := $(patsubst $(PROBE_DIR)/test/%.c,$(BUILD)/probe/test/%,$(wildcard $(PROBE_DIR)/test/*_test.c))
PROBE_TESTED := $(PROBE_DIR)/common/json.c $(PROBE_DIR)/test/fake_kernel.c
PROBE_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

$(BUILD)/probe/test/btf_test: PROBE_OF := oracle/btf.c
$(BUILD)/probe/test/objects_test: PROBE_OF := oracle/btf.c oracle/programs.c oracle/links.c oracle/config.c
$(BUILD)/probe/test/records_test: PROBE_OF := oracle/records.c
$(BUILD)/probe/test/kmsg_test: PROBE_OF := oracle/kmsg.c
$(BUILD)/probe/test/btf_test $(BUILD)/probe/test/kmsg_test: PROBE_WRAP := -Wl,--wrap=open

$(BUILD)/probe/test/%: $(PROBE_DIR)/test/%.c $(PROBE_TESTED) $(wildcard $(PROBE_DIR)/oracle/*.[ch]) \
	$(wildcard $(PROBE_DIR)/test/*.h) $(SRC)/agent/test/check.h $(PROBE_DIR)/build.mk $(LIBBPF_HEADERS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE -O1 -g $(LIBBPF_INCLUDES) -I$(SRC) -I$(PROBE_DIR)/test \
		$(PROBE_SANITIZE) $< $(PROBE_TESTED) $(addprefix $(PROBE_DIR)/,$(PROBE_OF)) $(PROBE_WRAP) -o $@

.PHONY: check check-probe
check: check-probe
check-probe: $(PROBE_TESTS)
	$(Q)set -e; for test in $^; do ASAN_OPTIONS=detect_leaks=0 $$test; done

$(eval $(call fuzz_target,probe,btf,probe/oracle/btf.c))
$(eval $(call fuzz_target,probe,records,probe/test/fake_kernel.c))
$(eval $(call fuzz_target,probe,kmsg,probe/common/json.c))
$(eval $(call fuzz_target,probe,objects,probe/common/json.c probe/test/fake_kernel.c probe/oracle/btf.c \
	probe/oracle/programs.c probe/oracle/links.c probe/oracle/config.c))
