# SPDX-License-Identifier: Apache-2.0
# Layouts, planted faults and cases of other people's objects: each is one object with one story, for the tests and for
# `compare`.

VARIANT_SOURCES := $(wildcard $(SRC)/variants/*.bpf.c $(SRC)/variants/cases/*.bpf.c)
VARIANTS := $(VARIANT_SOURCES:$(SRC)/variants/%.bpf.c=$(BUILD)/variants/%.bpf.o)
TARGETS += $(VARIANTS)

# What it is about is that it has no BTF.
$(BUILD)/variants/cases/no_btf.bpf.o: BPF_CFLAGS := $(filter-out -g,$(BPF_CFLAGS))

$(BUILD)/variants/%.bpf.o: $(SRC)/variants/%.bpf.c $(SRC)/variants/variant.h $(SRC)/Makefile $(SRC)/variants/build.mk $(LIBBPF_HEADERS)
	$(compile_bpf)
