# SPDX-License-Identifier: GPL-2.0
#
# Installing: included by the Makefile, whose KDIR, RELEASE and KOUT it uses.
# DESTDIR is honoured everywhere. SIGN_KEY and SIGN_CERT, both given, sign the
# modules with the kernel's own sign-file; DKMS does so by itself.

PREFIX ?= /usr/local
SHARE := $(DESTDIR)$(PREFIX)/share
INSTALL_MODULES := $(DESTDIR)/lib/modules/$(RELEASE)/updates/weir

.PHONY: install install-modules install-tools uninstall uninstall-modules uninstall-tools
.PHONY: dkms-install dkms-remove deb

install: install-modules install-tools

uninstall: uninstall-tools uninstall-modules

install-modules: kdir
	@ls $(KOUT)/*.ko >/dev/null 2>&1 || { echo 'make: no modules for $(RELEASE): run make first' >&2; exit 1; }
	@install -d $(INSTALL_MODULES) || { echo 'make: cannot write $(INSTALL_MODULES): run as root (sudo make install), or set DESTDIR=' >&2; exit 1; }
	@install -m 644 $(KOUT)/*.ko $(INSTALL_MODULES)/
	@strip --strip-debug $(INSTALL_MODULES)/*.ko
ifneq ($(and $(SIGN_KEY),$(SIGN_CERT)),)
	@for ko in $(INSTALL_MODULES)/*.ko; do $(KDIR)/scripts/sign-file sha256 $(SIGN_KEY) $(SIGN_CERT) $$ko || exit; done
endif
	@$(depmod)
	@echo 'installed $(INSTALL_MODULES)/'

uninstall-modules: kdir
	@rm -rf $(INSTALL_MODULES)
	@rmdir $(dir $(INSTALL_MODULES)) 2>/dev/null || :
	@$(depmod)

# Where there is no kernel below DESTDIR there is nothing to index.
depmod = ! test -e $(DESTDIR)/lib/modules/$(RELEASE)/modules.order || PATH=$$PATH:/sbin:/usr/sbin depmod $(if $(DESTDIR),-b $(DESTDIR)) $(RELEASE)

install-tools:
	@install -d $(DESTDIR)$(PREFIX)/bin || { echo 'make: cannot write $(DESTDIR)$(PREFIX): run as root (sudo make install), or set PREFIX= or DESTDIR=' >&2; exit 1; }
	@install -m 755 scripts/weir $(DESTDIR)$(PREFIX)/bin/weir
	@install -d $(SHARE)/weir/weir.d/lib $(SHARE)/weir/tune $(SHARE)/man/man1 $(SHARE)/bash-completion/completions
	@install -m 644 scripts/weir.d/*.sh $(SHARE)/weir/weir.d/
	@install -m 644 scripts/weir.d/lib/* $(SHARE)/weir/weir.d/lib/
	@install -m 644 scripts/tune/* $(SHARE)/weir/tune/
	@test ! -d scripts/trace || { install -d $(SHARE)/weir/trace && install -m 644 scripts/trace/* $(SHARE)/weir/trace/; }
	@install -m 644 scripts/man/*.1 $(SHARE)/man/man1/
	@install -m 644 scripts/completion/weir $(SHARE)/bash-completion/completions/weir
	@echo '$(VERSION)' >$(SHARE)/weir/VERSION && chmod 644 $(SHARE)/weir/VERSION
	@echo 'installed $(DESTDIR)$(PREFIX)/bin/weir'

uninstall-tools:
	@rm -f $(DESTDIR)$(PREFIX)/bin/weir $(SHARE)/bash-completion/completions/weir
	@rm -f $(addprefix $(SHARE)/man/man1/,$(notdir $(wildcard scripts/man/*.1)))
	@rm -rf $(SHARE)/weir

dkms-install:
	@DESTDIR=$(DESTDIR) scripts/dkms/manage install

dkms-remove:
	@DESTDIR=$(DESTDIR) scripts/dkms/manage remove

deb:
	@scripts/debian/build
