# SPDX-License-Identifier: Apache-2.0
# lsmaudit: an agent that observes only, with an object of its own. Static, so that one binary runs in any guest.

AUDIT_DIR := $(SRC)/lsmaudit
AUDIT := $(BUILD)/lsmaudit/lsmaudit
AUDIT_OBJECT := $(BUILD)/lsmaudit.bpf.o
TARGETS += $(AUDIT) $(AUDIT_OBJECT)

$(AUDIT_OBJECT): $(AUDIT_DIR)/lsmaudit.bpf.c $(SRC)/Makefile $(AUDIT_DIR)/build.mk $(LIBBPF_HEADERS)
	$(compile_bpf)

# Faulty objects, for the harness's test of itself: the same source with one fault each, see fault.bpf.h.
AUDIT_FAULTS := mark_before_submit missing_memset no_addrlen_check returns_zero traces_everybody \
	port_byte_order observer_denies
AUDIT_FAULTY := $(AUDIT_FAULTS:%=$(BUILD)/selftest/%.bpf.o)
TARGETS += $(AUDIT_FAULTY)

$(AUDIT_FAULTY): BPF_CFLAGS += -DLSMAUDIT_FAULT_$(shell echo '$(@F:.bpf.o=)' | tr a-z A-Z)=1
$(AUDIT_FAULTY): $(AUDIT_DIR)/lsmaudit.bpf.c $(SRC)/Makefile $(AUDIT_DIR)/build.mk $(LIBBPF_HEADERS)
	$(compile_bpf)

# What turns records into lines is pure, and the JSON is the reference agent's.
AUDIT_PURE := $(AUDIT_DIR)/decode.c $(SRC)/agent/json.c
AUDIT_SOURCES := $(AUDIT_PURE) $(addprefix $(AUDIT_DIR)/,observer.c serve.c main.c)
AUDIT_HEADERS := $(wildcard $(AUDIT_DIR)/*.h) $(SRC)/agent/json.h $(AUDIT_DIR)/build.mk $(LIBBPF_HEADERS)
AUDIT_CFLAGS = $(AGENT_WARNINGS) -O2 -g -ffile-prefix-map=$(ROOT)/= -I$(SRC)

$(AUDIT): $(AUDIT_SOURCES) $(AUDIT_HEADERS) $(LIBBPF)/libbpf.a
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(AUDIT_CFLAGS) $(AUDIT_SOURCES) -o $@.tmp -static $(LIBBPF)/libbpf.a $(LIBBPF_NEEDS) && mv $@.tmp $@

# Host tests of the decoder, under ASan and UBSan.
$(BUILD)/lsmaudit/test/decode_test: $(AUDIT_DIR)/test/decode_test.c $(AUDIT_PURE) $(AUDIT_HEADERS) $(SRC)/agent/test/check.h
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(AGENT_WARNINGS) -O1 -g -I$(SRC) -I$(AUDIT_DIR) -fsanitize=address,undefined -fno-sanitize-recover=all \
		-fno-omit-frame-pointer $< $(AUDIT_PURE) -o $@

.PHONY: check check-lsmaudit
check: check-lsmaudit
check-lsmaudit: $(BUILD)/lsmaudit/test/decode_test
	$(Q)$<

$(eval $(call fuzz_target,lsmaudit,decode,lsmaudit/decode.c agent/json.c))
