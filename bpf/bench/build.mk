# SPDX-License-Identifier: Apache-2.0
# bench/word: the init that `bpf-matrix bench` measures as the floor.

$(BUILD)/bench/word: $(SRC)/bench/word.c $(SRC)/bench/build.mk
	$(call say,LINK)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -static $< -o $@.tmp && mv $@.tmp $@

TARGETS += $(BUILD)/bench/word
