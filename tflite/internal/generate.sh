#!/usr/bin/env bash
# Makes the packages schema and metadata with flatc.
#
#   generate.sh [WHEEL]       write both packages; WHEEL is mediapipe's, else pip downloads it (43 MB)
#   generate.sh --check       tell whether the packages are what this script makes
#
# schema comes from the TensorFlow module that go.mod pins. metadata comes from the wheel that is pinned below. The check makes
# schema anew and compares it. It does not fetch the wheel: metadata/SHA256 holds the hash of the wheel that the code was made
# from, and that of the code.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
requirement=mediapipe==1.2.3
platform=manylinux_2_28_x86_64
wheel_sha256=1fcda646cc7b96f73453acc416ce31d0fba287d0f1fc095865272a7ea6986497
# Other releases write other code. The check must not depend on the machine.
flatc_version=2.0.8

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "generate.sh: $*" >&2
	exit 1
}

# flatc_to NAME SCHEMA... writes the package NAME into the working folder, formatted.
flatc_to() {
	local name=$1
	shift
	flatc --go --gen-onefile --go-namespace "$name" -o "$work/$name" "$@" || return
	gofmt -w "$work/$name"
}

make_schema() {
	go -C "$here/../.." mod download github.com/tensorflow/tensorflow
	flatc_to schema "$(go -C "$here/../.." list -m -f '{{.Dir}}' github.com/tensorflow/tensorflow)/tensorflow/lite/schema/schema.fbs"
}

# hashes prints what metadata/SHA256 should hold for the code in a folder.
hashes() {
	echo "$wheel_sha256  $requirement"
	(cd "$1" && sha256sum metadata_schema_generated.go)
}

command -v flatc >/dev/null || fail "flatc is missing; install it with: sudo apt-get install flatbuffers-compiler"
[[ $(flatc --version) == "flatc version $flatc_version" ]] || fail "$(flatc --version) is here; the code is made by $flatc_version, of Debian 12"

if [[ ${1:-} == --check ]]; then
	make_schema
	diff -r -x '*_test.go' -x doc.go "$work/schema" "$here/schema" || fail "schema is not what flatc makes; run: make generate"
	diff <(hashes "$here/metadata") "$here/metadata/SHA256" || fail "metadata is not what flatc made of the pinned wheel; run: make generate"
	exit
fi

wheel=${1:-}
if [[ -z $wheel ]]; then
	python3 -m pip download --quiet --no-deps --only-binary :all: --platform "$platform" --python-version 3.12 --dest "$work" "$requirement"
	wheel=$(echo "$work"/*.whl)
fi
echo "$wheel_sha256  $wheel" | sha256sum --check --quiet || fail "$wheel is not the wheel that this script pins"

make_schema
python3 -m zipfile --extract "$wheel" "$work/wheel"
# flatc warns of a field's name, which is mediapipe's to choose.
flatc_to metadata "$work/wheel/mediapipe/tasks/metadata/metadata_schema.fbs" 2>"$work/warnings" || { cat "$work/warnings" >&2; exit 1; }

cp "$work/schema/schema_generated.go" "$here/schema"
cp "$work/metadata/metadata_schema_generated.go" "$here/metadata"
hashes "$here/metadata" >"$here/metadata/SHA256"
