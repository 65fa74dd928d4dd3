# SPDX-License-Identifier: Apache-2.0
#
# What differs between architectures of guests, by the names that harness/target.ts has for them.
#
# ARCH_BPF     as bpf_tracing.h names it
# ARCH_LOADER  path of the dynamic loader in a guest (psABI)
# ARCH_GNU     what its cross tools begin with

ARCH_BPF_x86_64 := x86
ARCH_BPF_arm64 := arm64
ARCH_LOADER_x86_64 := /lib64/ld-linux-x86-64.so.2
ARCH_LOADER_arm64 := /lib/ld-linux-aarch64.so.1
ARCH_GNU_x86_64 := x86_64-linux-gnu
ARCH_GNU_arm64 := aarch64-linux-gnu

ARCH_BPF := $(ARCH_BPF_$(ARCH))
ARCH_LOADER := $(ARCH_LOADER_$(ARCH))
ifeq ($(ARCH_BPF),)
$(error ARCH=$(ARCH) has no row in bpf/arch.mk)
endif

# Headers and static libraries that the cross compiler comes without: libelf and zlib (scripts/cross).
CROSS_ROOT := $(ROOT)/.bootstrap/cross-$(ARCH)
ifneq ($(ARCH),$(HOST_ARCH))
CC := $(ARCH_GNU_$(ARCH))-gcc
AR := $(ARCH_GNU_$(ARCH))-ar
CROSS_INCLUDES := -idirafter $(CROSS_ROOT)/usr/include
CROSS_LIBRARIES := -L$(CROSS_ROOT)/usr/lib/$(ARCH_GNU_$(ARCH))
endif

# Below build/: every pattern is of TARGETS.
GUESTS := guest/init probe/% agent/% aegis.bpf.o lsmaudit/% lsmaudit.bpf.o selftest/% shell/% bench/%
