# SPDX-License-Identifier: Apache-2.0
# The enforcement object.

AEGIS_OBJECT := $(BUILD)/aegis.bpf.o
TARGETS += $(AEGIS_OBJECT)

$(AEGIS_OBJECT): $(SRC)/aegis/aegis.bpf.c $(SRC)/Makefile $(SRC)/aegis/build.mk $(LIBBPF_HEADERS)
	$(compile_bpf)

# Faulty objects, for the harness's test of itself: the same source with one fault each, see fault.bpf.h.
AEGIS_FAULTS := hook_returns_zero program_dropped over_blocking action_mislabelled dirty_event missing_event \
	negated_tail missing_submit
AEGIS_FAULTY := $(AEGIS_FAULTS:%=$(BUILD)/selftest/%.bpf.o)
TARGETS += $(AEGIS_FAULTY)

$(AEGIS_FAULTY): BPF_CFLAGS += -DAEGIS_FAULT_$(shell echo '$(@F:.bpf.o=)' | tr a-z A-Z)=1
$(AEGIS_FAULTY): $(SRC)/aegis/aegis.bpf.c $(SRC)/Makefile $(SRC)/aegis/build.mk $(LIBBPF_HEADERS)
	$(compile_bpf)
