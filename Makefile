# EdgeCLR: build, test, install. `make help` lists the targets.

GO      ?= go
SOURCE  ?= synthetic:conveyor?fps=8
PREFIX  ?= /usr/local
DESTDIR ?=
SYSCONFDIR ?= /etc
BIN     ?= bin
VERSION ?=
PKG     ?= ./...
BENCH   ?= .
SHARED  ?= ../shared
RUNS    ?= 3
WORK    ?=
MINUTES ?= 30

# The architecture, as Go names it. For another one than this machine's, Debian's cross compiler is taken unless CC names one.
HOST := $(patsubst aarch64,arm64,$(patsubst x86_64,amd64,$(shell uname -m)))
ARCH ?= $(or $(shell $(GO) env GOARCH 2>/dev/null),$(HOST))
CROSS_arm64 := aarch64-linux-gnu-
CROSS_amd64 := x86_64-linux-gnu-
CROSS := $(if $(filter-out $(HOST),$(ARCH)),$(CROSS_$(ARCH)))
ifneq ($(CROSS),)
ifeq ($(origin CC),default)
export CC := $(CROSS)gcc
endif
endif
STRIP ?= $(CROSS)strip

# TensorFlow's C library: the pinned one in .deps, or TF_ROOT=/usr/local for one that is installed. The program loads it when it
# learns (model/tfload), so nothing links it. RPATHS tell the program where it is.
TF_PIN := $(shell awk '$$1 == "tensorflow" && $$2 == "$(ARCH)" {split($$3, v, "=="); print v[2] "-" $$2 "-" substr($$4, 1, 8)}' third_party/deps/wheels.txt)
ifdef TF_ROOT
TF_LIB := $(TF_ROOT)/lib
RPATHS := '-Wl,-rpath,$(TF_LIB)' '-Wl,-rpath,$$ORIGIN'
else
TF_LIB := $(CURDIR)/.deps/tensorflow-$(TF_PIN)/lib
# A program finds its libraries from where it lies: installed below PREFIX, or in this folder's bin. No path of this
# machine is in it, so it may be moved, and root never loads a library from somebody's home.
RPATHS := '-Wl,-rpath,$$ORIGIN' '-Wl,-rpath,$$ORIGIN/../.deps/tensorflow-$(TF_PIN)/lib'
endif

# LiteRT's library is loaded when a network is to be run.
LITERT_PIN := $(shell awk '$$1 == "litert" && $$2 == "$(ARCH)" {split($$3, v, "=="); print v[2] "-" $$2 "-" substr($$4, 1, 8)}' third_party/deps/wheels.txt)
LITERT_LIB := $(CURDIR)/.deps/litert-$(LITERT_PIN)/lib
RPATHS += '-Wl,-rpath,$$ORIGIN/../.deps/litert-$(LITERT_PIN)/lib'

# Vet, tests and programs are compiled alike, so that Go compiles each package once.
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS 2>/dev/null) -trimpath)
export CGO_ENABLED := 1
export GOARCH := $(ARCH)
# Tests and `go run` start programs in other folders, so these get the absolute path.
export CGO_LDFLAGS := '-Wl,-rpath,$(TF_LIB)' '-Wl,-rpath,$(LITERT_LIB)'
# TensorFlow's fast kernels; read when the library is loaded. The program itself sets it; tests and benchmarks do not.
export TF_ENABLE_ONEDNN_OPTS ?= 1
# TensorFlow's own log: 2 leaves errors only.
export TF_CPP_MIN_LOG_LEVEL ?= 2

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# Later releases need modules that the Go module proxy does not serve.
NFPM        := github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2
SHARE       := $(DESTDIR)$(PREFIX)/share/edgeclr
LIBDIR      := $(DESTDIR)$(PREFIX)/lib/edgeclr
DOCDIR      := $(DESTDIR)$(PREFIX)/share/doc/edgeclr
UNIT        := $(DESTDIR)$(PREFIX)/lib/systemd/system/edgeclr.service
SYSUSERS    := $(DESTDIR)$(PREFIX)/lib/sysusers.d/edgeclr.conf
TMPFILES    := $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/edgeclr.conf
UDEV        := $(DESTDIR)$(PREFIX)/lib/udev/rules.d/60-edgeclr.rules
CONFIG      := $(DESTDIR)$(SYSCONFDIR)/edgeclr/edgeclr.yaml

.DEFAULT_GOAL := build
.PHONY: help run build test test-arm64 test-deb test-vm soak idle bench readers deps lint generate env install uninstall deb clean distclean toolchain

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo
	@echo '  make run SOURCE=dir:~/Pictures    learn from a folder'
	@echo '  make deps WHEELS=folder           without a network; TF_ROOT=/usr/local for an installed TensorFlow'
	@echo '  make test PKG=./search/...        one package; make bench PKG=./search BENCH=TopK'
	@echo '  make install PREFIX=/usr/local    DESTDIR=folder for packages'

run: build ## build, then learn from SOURCE and show the result
	bin/edgeclr demo --source "$(SOURCE)"

# A release has its version in it, and no tables for debuggers.
RELEASE := $(if $(VERSION),-ldflags '-s -w -X main.release=$(VERSION)')

# minimal: of gonum's plot, what writes other formats than PNG stays out.
build: export CGO_LDFLAGS := $(RPATHS)
build: deps ## make bin/edgeclr
	$(GO) build -trimpath -tags minimal $(RELEASE) -o '$(BIN)/edgeclr-engine' ./cmd/edgeclr
	CGO_ENABLED=0 $(GO) build -trimpath $(RELEASE) -o '$(BIN)/edgeclr' ./cmd/launcher

# Linking the test of a package that uses TensorFlow takes ld 10 s of processor time, gold 2 s.
GOLD := $(if $(shell command -v ld.gold),-ldflags=-extldflags=-fuse-ld=gold)

test: deps ## run all Go tests
	$(GO) test -timeout 30m $(GOLD) $(TESTFLAGS) $(PKG)

ifdef PEER
bench: build ## run the benchmarks, or with PEER=path/to/python compare with lightly, faiss and PyTorch
	$(GO) run ./cmd/peerbench -peer '$(PEER)' -shared '$(SHARED)' -runs $(RUNS) -work '$(WORK)'
else
bench: deps
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem $(BENCHFLAGS) $(PKG)
endif

# Neither is part of CI: they take long, and want the machine for themselves.
soak: build ## run the daemon for MINUTES with all sources, break them, judge; SOAKFLAGS='-sources exec,http'
	CGO_ENABLED=0 $(GO) build -o '$(BIN)/soak' ./cmd/soak
	'$(BIN)/soak' -edgeclr '$(BIN)/edgeclr' -video '$(SHARED)/data/video/bottle-detection.mp4' -minutes '$(MINUTES)' $(SOAKFLAGS)

idle: build ## measure a live camera of 5 frames a second while learning is paused
	CGO_ENABLED=0 $(GO) build -o '$(BIN)/soak' ./cmd/soak
	'$(BIN)/soak' -idle -edgeclr '$(BIN)/edgeclr' -video '$(SHARED)/data/video/bottle-detection.mp4' -minutes 1.5 $(SOAKFLAGS)

# Three programs that open .tflite files, in a venv of their own that is never part of the product. The hash of their pins is
# in its name, so that changed pins never find old programs.
READERS = .deps/readers-$(shell sha256sum testdata/readers/requirements.txt | cut -c 1-8)

readers: build ## compare exported files by LiteRT's interpreter, MediaPipe and OpenVINO; READERSFLAGS=--help
	@test -e '$(READERS)/ready' || { python3 -m venv --clear '$(READERS)' && \
		'$(READERS)/bin/pip' install --quiet --only-binary=:all: --requirement testdata/readers/requirements.txt && touch '$(READERS)/ready'; }
	'$(READERS)/bin/python' -B testdata/readers/compare.py --edgeclr '$(BIN)/edgeclr' --shared '$(SHARED)' $(READERSFLAGS)

# The program that fetches is pure Go and runs on this machine, whatever ARCH is.
deps: toolchain ## fetch TensorFlow, LiteRT and the weights into .deps
	@GOARCH= CGO_ENABLED=0 $(GO) run ./third_party/deps -arch '$(ARCH)' -wheels '$(WHEELS)' -tf-root '$(TF_ROOT)' -strip '$(STRIP)' $(if $(filter deps,$(MAKECMDGOALS)),,-quiet)

lint: deps ## check format, code, generated code, scripts and the project's rules
	@.ci/lint $(STATICCHECK)

generate: toolchain ## make the generated code anew
	GOARCH= CGO_ENABLED=0 $(GO) -C third_party/tensorflow-core generate ./...
	GOARCH= $(GO) test ./model/tfload -run Symbols -update
	GOARCH= CGO_ENABLED=0 $(GO) generate ./tflite/internal/...

env: ## print what a shell or an editor needs to build: eval "$(make -s env)"
	@printf 'export CGO_ENABLED=1\n'
	@printf 'export CGO_LDFLAGS="%s"\n' "$$CGO_LDFLAGS"
	@printf 'export TF_ENABLE_ONEDNN_OPTS=%s\nexport TF_CPP_MIN_LOG_LEVEL=%s\n' "$$TF_ENABLE_ONEDNN_OPTS" "$$TF_CPP_MIN_LOG_LEVEL"
	@test -e '$(TF_LIB)' || echo 'make env: TensorFlow is not there yet; run: make deps' >&2

# No prerequisite: `sudo make install` must neither build as root nor need Go in root's path.
install: ## install below PREFIX what `make build` made, with the service
	@test -x '$(BIN)/edgeclr' -a -x '$(BIN)/edgeclr-engine' || { echo 'make install: $(BIN)/edgeclr is missing; run first, as yourself: make build' >&2; exit 1; }
	install -D -m 755 '$(BIN)/edgeclr' '$(DESTDIR)$(PREFIX)/bin/edgeclr'
	install -D -m 755 '$(BIN)/edgeclr-engine' '$(LIBDIR)/edgeclr-engine'
	install -d -m 755 '$(LIBDIR)'
	install -m 644 '$(LITERT_LIB)/libLiteRt.so' '$(LIBDIR)'
	install -D -m 644 '$(LITERT_LIB)/../LICENSE' '$(DOCDIR)/litert/LICENSE'
ifndef TF_ROOT
	install -m 644 '$(TF_LIB)/libtensorflow_cc.so.2' '$(TF_LIB)/libtensorflow_framework.so.2' '$(LIBDIR)'
	install -D -m 644 '$(TF_LIB)/../LICENSE' '$(DOCDIR)/tensorflow/LICENSE'
	install -m 644 '$(TF_LIB)/../THIRD_PARTY_NOTICES.txt' '$(DOCDIR)/tensorflow'
endif
	install -D -m 644 .deps/weights/efficientnet_lite0.pth '$(SHARE)/efficientnet_lite0.pth'
	install -d -m 755 '$(DOCDIR)'
	install -m 644 LICENSE NOTICE README.md docs/*.md docs/edgeclr.yaml '$(DOCDIR)'
	install -d -m 755 '$(dir $(UNIT))'
	sed 's|/usr/bin/|$(PREFIX)/bin/|; s|/usr/share/|$(PREFIX)/share/|' systemd/edgeclr.service >'$(UNIT)'
	chmod 644 '$(UNIT)'
	install -D -m 644 systemd/edgeclr.sysusers '$(SYSUSERS)'
	install -D -m 644 systemd/edgeclr.tmpfiles '$(TMPFILES)'
	install -D -m 644 systemd/edgeclr.rules '$(UDEV)'
	test -e '$(CONFIG)' || install -D -m 644 docs/edgeclr.yaml '$(CONFIG)'
ifeq ($(DESTDIR),)
	@printf '%s\n' '' 'Installed. Name a source in $(CONFIG), then:' \
		'  sudo systemd-sysusers edgeclr.conf && sudo systemd-tmpfiles --create edgeclr.conf' \
		'  sudo udevadm control --reload && sudo udevadm trigger' \
		'  sudo systemctl daemon-reload && sudo systemctl enable --now edgeclr' \
		'It runs already: sudo systemctl daemon-reload && sudo systemctl restart edgeclr'
endif

# A running service would go on without its files.
uninstall: ## stop the service, remove what install put below PREFIX; store and configuration stay
ifeq ($(DESTDIR),)
	if test -d /run/systemd/system && test -e '$(UNIT)'; then systemctl disable --now edgeclr.service; fi
endif
	rm -f '$(DESTDIR)$(PREFIX)/bin/edgeclr' '$(UNIT)' '$(SYSUSERS)' '$(TMPFILES)' '$(UDEV)'
	rm -rf '$(LIBDIR)' '$(SHARE)' '$(DOCDIR)'
ifeq ($(DESTDIR),)
	if test -d /run/systemd/system; then systemctl daemon-reload; fi
	@echo 'Kept: $(dir $(CONFIG)), /var/lib/edgeclr, and the user and group edgeclr.'
endif

deb: deps ## make bin/deb/edgeclr_VERSION_ARCH.deb; ARCH=arm64 for the other one
	@test -z '$(TF_ROOT)' || { echo 'make deb: a package brings its own TensorFlow; run it without TF_ROOT' >&2; exit 1; }
	@ARCH='$(ARCH)' STRIP='$(STRIP)' VERSION='$(VERSION)' MAKE='$(MAKE)' packaging/deb $(NFPM)

# By qemu, on a machine of another architecture.
test-arm64: ## run the arm64 package by emulation: it starts, trains, answers
	@$(MAKE) --no-print-directory deb ARCH=arm64
	@packaging/test-arm64 "$$(ls -t bin/deb/edgeclr_*_arm64.deb | head -n 1)"

# In a clean Debian, as root: sudo make test-deb.
test-deb: deb ## install, upgrade, remove and purge the package in a chroot, as root
	@packaging/test-deb "$$(ls -t bin/deb/edgeclr_*_$(ARCH).deb | head -n 1)"

# On an amd64 machine. DEB: a package that is built already. VMFLAGS: -run REGEXP, -machines 1, -accel tcg, -seed N, -v.
test-vm: $(if $(DEB),,deb) ## prove in virtual machines what docs/reliability.md promises
	@GO='$(GO)' systemd/vm/test "$(or $(DEB),$$(ls -t bin/deb/edgeclr_*_amd64.deb | head -n 1))" $(VMFLAGS)

clean: ## remove what was built
	rm -rf bin

distclean: clean ## remove the dependencies too
	rm -rf .deps/* .deps

toolchain:
	@GO='$(GO)' sh third_party/toolchain.sh
