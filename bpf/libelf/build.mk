# SPDX-License-Identifier: Apache-2.0
#
# libbpf/libeu.a   what the static libelf of some hosts lacks (search_tree.c), linked after it (LIBBPF_NEEDS)

LIBELF_DIR := $(SRC)/libelf
LIBELF_CFLAGS := -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE

$(LIBBPF)/libeu.a: $(LIBELF_DIR)/search_tree.c $(LIBELF_DIR)/build.mk
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LIBELF_CFLAGS) -O2 -c $< -o $(@:.a=.o)
	$(Q)rm -f $@ && $(AR) rcD $@ $(@:.a=.o)

# Under ASan and UBSan, on every host: where libelf has these functions, nothing else calls ours.
$(BUILD)/libelf/test/search_tree_test: $(LIBELF_DIR)/test/search_tree_test.c $(LIBELF_DIR)/search_tree.c \
	$(SRC)/agent/test/check.h $(LIBELF_DIR)/build.mk
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LIBELF_CFLAGS) -O1 -g -I$(SRC) -fsanitize=address,undefined -fno-sanitize-recover=all $(filter %.c,$^) -o $@

.PHONY: check check-libelf
check: check-libelf
check-libelf: $(BUILD)/libelf/test/search_tree_test
	$(Q)$<
