# SPDX-License-Identifier: GPL-2.0
#
# The verbs; `make help` lists them. What kbuild builds is in Kbuild and
# modules/Kbuild, which DKMS uses without this file.

# The headers of the kernel to build for; the running one by default.
ifdef KERNEL
KDIR := $(shell scripts/lab/fetch --kernel $(KERNEL) --print kdir)
endif
KDIR ?= /lib/modules/$(shell uname -r)/build

OUT := $(CURDIR)/out
VERSION := $(shell sed -n 's/^.define WEIR_VERSION "\(.*\)"/\1/p' modules/weir.h)
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := modules
.DELETE_ON_ERROR:
.PHONY: help setup demo check matrix modules tools unit lint conformance clean version

help:
	@echo 'make demo          compare four algorithms on real traffic in the laboratory, and show the outcome'
	@echo 'make check         run every test'
	@echo 'make matrix        build and test all modules on each kernel of the laboratory, and print the table'
	@echo 'make setup         install what is missing for both, from Debian packages'
	@echo 'make [modules]     build the modules for the running kernel into out/modules/RELEASE/'
	@echo 'make KDIR=DIR      build them for the kernel whose headers are in DIR'
	@echo 'make KERNEL=6.1    build them for a kernel of the laboratory (6.1, 6.12, 7.2, newest)'
	@echo 'make tools         build the bench programs into out/bin/'
	@echo 'make unit          unit tests: the modules in user space, under ASan and UBSan'
	@echo 'make conformance   the test cases of the BBR draft, on a real kernel in the laboratory'
	@echo 'make lint          checkpatch, sparse, kernel-doc and shellcheck'
	@echo 'make install       put modules and the weir command in place (also: uninstall, install-tools)'
	@echo 'make dkms-install  have DKMS build the modules for this and every later kernel (also: dkms-remove)'
	@echo 'make deb           build the Debian packages weir-dkms and weir-tools into out/deb/'
	@echo 'make clean         remove out/'
	@echo 'make version       print the version ($(VERSION))'

setup:
	@scripts/setup

demo: setup
	@bench/run --out out/demo demo

check: setup tools
	@tests/run

matrix: setup
	@tests/matrix

version:
	@echo '$(VERSION)'

clean:
	rm -rf out

# --- Modules ---------------------------------------------------------------
#
# kbuild writes next to its sources. To build several kernels from one tree and
# write nothing into it, each kernel gets a farm of symbolic links.

ifneq ($(wildcard $(KDIR)/include/generated/utsrelease.h),)
RELEASE := $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
endif
FARM := $(OUT)/build/$(RELEASE)
KOUT := $(OUT)/modules/$(RELEASE)

# A kernel built by clang needs its modules built by clang; an explicit LLVM= wins.
ifneq ($(shell grep -s '^CONFIG_CC_IS_CLANG=y' $(KDIR)/include/config/auto.conf $(KDIR)/.config),)
LLVM ?= 1
endif

# Headers from another Debian release come with that release's compiler: the
# build runs in the root file system they are in.
KROOT := $(patsubst %/.weir-root,%,$(wildcard $(abspath $(KDIR)/../../..)/.weir-root))
KMAKE := $(if $(KROOT),scripts/lab/inside $(KROOT) make $(filter -j%,$(MAKEFLAGS)),$(MAKE))

KBUILD_ARGS := -C $(patsubst $(KROOT)/%,/%,$(KDIR)) M=$(FARM) W=1 $(if $(LLVM),LLVM=$(LLVM)) $(if $(SPARSE),C=2)
# Without the kernel's vmlinux no BTF can be made for modules, and kbuild says
# so once for each of them; nothing here needs it.
KBUILD_ARGS += $(if $(wildcard $(KDIR)/vmlinux),,CONFIG_DEBUG_INFO_BTF_MODULES=)

# One build at a time for each kernel: two at once would mix their objects.
modules: kdir
	@mkdir -p $(FARM) $(KOUT)
	@flock $(FARM) $(MAKE) KDIR=$(KDIR) modules-locked
	@echo 'built for $(RELEASE): out/modules/$(RELEASE)/'

.PHONY: modules-locked
modules-locked:
	@cp -rsf $(CURDIR)/Kbuild $(CURDIR)/modules $(FARM)/
	@find $(FARM) -xtype l -delete
	@$(KMAKE) $(KBUILD_ARGS) modules
	@cp -pu $(FARM)/modules/*.ko $(KOUT)/

.PHONY: kdir
kdir:
ifeq ($(RELEASE),)
	@echo 'make: no kernel headers in $(KDIR): install linux-headers-$(shell uname -r), or name others with KDIR=' >&2
	@exit 1
endif

# --- User-space tools ------------------------------------------------------

TOOL_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror
LDLIBS_plan := -lm
LDLIBS_sampler := -lmnl
LDLIBS_analyze := -ljansson -lm

TOOLS := $(patsubst bench/%.c,out/bin/weir-%,$(wildcard bench/*.c))

tools: $(TOOLS) out/bin/insn-count.so

# For bench/cost: code that QEMU loads.
out/bin/insn-count.so: bench/plugin/insn-count.c bench/plugin/qemu_plugin.h
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -fPIC -shared -fvisibility=hidden -o $@ $<

# A program is bench/NAME.c and, if it is long, what is in bench/NAME/.
.SECONDEXPANSION:
out/bin/weir-%: bench/%.c $(wildcard bench/*.h) $$(wildcard bench/%/*.[ch])
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -o $@ $(filter %.c,$^) $(LDLIBS_$*)

# --- Checks ----------------------------------------------------------------

lint:
	@tests/lint

# Modules for the kernel that the laboratory boots by default, not for this one.
conformance:
	@$(MAKE) KDIR="$$(scripts/lab/fetch --print kdir)" modules >/dev/null
	@tests/conformance/run

# --- Unit tests ------------------------------------------------------------
#
# tests/unit/test_NAME.c includes the source file it tests. Every test runs
# twice: against a shim of the newest kernel interface and of the oldest.

UNIT_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror -Wno-unused-parameter \
	-Wno-sign-compare -Wno-missing-field-initializers \
	-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
UNIT_CPPFLAGS := -Imodules/compat -Itests/unit/shim/include -Imodules \
	-Itests/unit/shim -Itests/unit
UNIT_DEPS := $(wildcard modules/*.[ch] modules/compat/*/*.h tests/unit/*.h \
	tests/unit/shim/*.h tests/unit/shim/include/*/*.h)
UNIT_TESTS := $(patsubst tests/unit/test_%.c,%,$(wildcard tests/unit/test_*.c))
UNIT_SHIM := $(patsubst tests/unit/shim/%.c,%,$(wildcard tests/unit/shim/*.c))
UNIT_BINS := $(UNIT_TESTS:%=out/unit/new/%) $(UNIT_TESTS:%=out/unit/old/%)

unit: $(UNIT_BINS)
	@tests/unit/run $(UNIT_BINS)

# unit_rules: directory under out/unit/, flags of that kernel
define unit_rules
out/unit/$(1)/%.o: tests/unit/shim/%.c $$(UNIT_DEPS)
	@mkdir -p $$(@D)
	$$(CC) $$(UNIT_CFLAGS) $$(UNIT_CPPFLAGS) $(2) -c -o $$@ $$<

$$(UNIT_TESTS:%=out/unit/$(1)/%): out/unit/$(1)/%: tests/unit/test_%.c $$(UNIT_SHIM:%=out/unit/$(1)/%.o) $$(UNIT_DEPS)
	$$(CC) $$(UNIT_CFLAGS) $$(UNIT_CPPFLAGS) $(2) -o $$@ $$< $$(filter %.o,$$^) -lcmocka -lm
endef
$(eval $(call unit_rules,new,))
$(eval $(call unit_rules,old,-DSHIM_KERNEL_6_1))

# --- Installing --------------------------------------------------------------

include scripts/install.mk
