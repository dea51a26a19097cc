#!/bin/sh
# Checks that this machine has Go in the version that go.mod names, and a C compiler with its headers. If not, it says how to
# install them. It is plain sh, because it runs before anything else is known to be there.
set -eu

fail() {
	printf 'make: %s\n' "$@" >&2
	exit 1
}

go=${GO:-go}
need=$(sed -n 's/^go //p' go.mod)
where=https://go.dev/dl/
if ! command -v "$go" >/dev/null; then
	fail "Go is missing. EdgeCLR needs Go $need or newer: $where" \
		"(if it is already unpacked: export PATH=\$PATH:/usr/local/go/bin)"
fi
# Go 1.21 and later fetch the version that go.mod names, unless GOTOOLCHAIN=local; then, and before 1.21, this fails.
have=$("$go" env GOVERSION 2>/dev/null) || have=
if [ "$(printf '%s\n' "go$need" "${have:-go0}" | sort -V | head -n 1)" != "go$need" ]; then
	fail "EdgeCLR needs Go $need or newer, and $(command -v "$go") is $(cd / && GOTOOLCHAIN=local "$go" env GOVERSION). Get it from $where"
fi

cc=$("$go" env CC)
if ! command -v "${cc%% *}" >/dev/null; then
	fail "the C compiler $cc is missing. It links Go with TensorFlow. Install it with:" "  sudo apt-get install gcc libc6-dev"
fi
if ! echo '#include <stdlib.h>' | $cc -E - >/dev/null 2>&1; then
	fail "$cc does not find the headers of C. Install them with:" "  sudo apt-get install libc6-dev"
fi
