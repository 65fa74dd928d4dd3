# SPDX-License-Identifier: Apache-2.0
# What an agent that is root in its guest may do to be judged better than it is; for the tests of machines alone.

HOSTILE := $(BUILD)/hostile/hostile
TARGETS += $(HOSTILE)
HOSTILE_SOURCES := $(wildcard $(SRC)/hostile/*.c)

$(HOSTILE): $(HOSTILE_SOURCES) $(wildcard $(SRC)/hostile/*.h) $(SRC)/hostile/build.mk
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -Werror -O2 -g -D_GNU_SOURCE -static -ffile-prefix-map=$(ROOT)/= $(HOSTILE_SOURCES) \
		-o $@.tmp && mv $@.tmp $@
