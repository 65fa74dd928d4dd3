# SPDX-License-Identifier: Apache-2.0
# The enforcement object.

AEGIS_OBJECT := $(BUILD)/aegis.bpf.o
TARGETS += $(AEGIS_OBJECT)

$(AEGIS_OBJECT): $(SRC)/aegis/aegis.bpf.c $(SRC)/Makefile $(SRC)/aegis/build.mk
	$(compile_bpf)
