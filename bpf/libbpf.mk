# SPDX-License-Identifier: Apache-2.0
#
# libbpf as it is pinned (libbpf.pin), the same on every host. scripts/libbpf fetches its sources.
#
# libbpf/libbpf.a        what everything but agent-mini is linked with
# libbpf/libbpf.so.1     the same, for agent-mini
# libbpf/include/bpf     its headers, for programs and objects
# libbpf/identity        which one it is, and the hash of its sources

LIBBPF_PINNED := $(shell awk '!/^\#/ && NF == 2 { print $$1; exit }' $(SRC)/libbpf.pin)
LIBBPF_SOURCES := $(ROOT)/.bootstrap/libbpf
LIBBPF_SOURCE ?= $(LIBBPF_SOURCES)/$(LIBBPF_PINNED)
LIBBPF := $(BUILD)/libbpf
LIBBPF_IDENTITY := $(shell cut -d' ' -f1 $(LIBBPF_SOURCE)/identity 2>/dev/null)
ifeq ($(LIBBPF_IDENTITY),)
ifeq ($(filter clean,$(MAKECMDGOALS)),)
$(error $(LIBBPF_SOURCE) holds no sources of libbpf: run scripts/libbpf, or scripts/bootstrap, which does it)
endif
endif

# The kernel's own headers are those of the pinned release, with whichever libbpf: our sources need what is new in them.
LIBBPF_INCLUDES := $(CROSS_INCLUDES) -isystem $(LIBBPF)/include -isystem $(LIBBPF_SOURCES)/$(LIBBPF_PINNED)/include/uapi
# A libelf that reads compressed sections wants zstd too (Ubuntu 24.04, Debian 13).
LIBBPF_NEEDS := $(CROSS_LIBRARIES) -lelf $(LIBBPF)/libeu.a -lz $(if $(shell $(CC) $(CROSS_LIBRARIES) -print-file-name=libzstd.a | grep /),-lzstd)
# Stands for all of them.
LIBBPF_HEADERS := $(LIBBPF)/include/bpf/libbpf.h

# As good as new when it is the same: what depends on it is built again when another libbpf comes.
$(LIBBPF)/identity: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)cmp -s $(LIBBPF_SOURCE)/identity $@ || cp $(LIBBPF_SOURCE)/identity $@
.PHONY: FORCE

libbpf_make = $(Q)+$(MAKE) -C $(LIBBPF_SOURCE)/src --no-print-directory V=$(if $(V),1,0) BUILD_STATIC_ONLY=y CC='$(CC)' \
	CFLAGS='$(CROSS_INCLUDES) -O2 -g -std=gnu89 -fPIC -Wall -ffile-prefix-map=$(LIBBPF_SOURCE)/=libbpf/' \
	OBJDIR=$(LIBBPF)/objects INCLUDEDIR=$(LIBBPF)/include $(1) $(if $(V),,>/dev/null)

$(LIBBPF_HEADERS): $(LIBBPF)/identity $(SRC)/libbpf.mk
	$(Q)rm -rf $(LIBBPF)/include
	$(call libbpf_make,install_headers)
	$(Q)touch $@

$(LIBBPF)/libbpf.a: $(LIBBPF)/identity $(SRC)/libbpf.mk $(LIBBPF)/libeu.a
	$(call say,LIBBPF)
	$(Q)rm -rf $(LIBBPF)/objects
	$(call libbpf_make,$(LIBBPF)/objects/libbpf.a)
	$(Q)mv $(LIBBPF)/objects/libbpf.a $@

$(LIBBPF)/libbpf.so.1: $(LIBBPF)/libbpf.a
	$(call say,LINK)
	$(Q)$(CC) -shared -Wl,-soname,libbpf.so.1 -Wl,--version-script=$(LIBBPF_SOURCE)/src/libbpf.map \
		-Wl,--whole-archive $< -Wl,--no-whole-archive -lelf -lz -o $@.tmp && mv $@.tmp $@
