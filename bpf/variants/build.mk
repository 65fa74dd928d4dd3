# SPDX-License-Identifier: Apache-2.0
# Layouts and planted faults: each is one object with one story, for the tests and for `compare`.

VARIANTS := $(patsubst $(SRC)/variants/%.bpf.c,$(BUILD)/variants/%.bpf.o,$(wildcard $(SRC)/variants/*.bpf.c))
TARGETS += $(VARIANTS)

$(BUILD)/variants/%.bpf.o: $(SRC)/variants/%.bpf.c $(SRC)/variants/variant.h $(SRC)/Makefile $(SRC)/variants/build.mk $(LIBBPF_HEADERS)
	$(compile_bpf)
