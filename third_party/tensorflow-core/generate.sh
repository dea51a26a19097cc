#!/usr/bin/env bash
# Makes the protocol buffer packages of this module with protoc.
#
#   generate.sh [DIR]     write below DIR (default: this folder)
#
# The sources are the .proto files in the TensorFlow module that EdgeCLR's go.mod pins; protoc-gen-go is the tool that
# this folder's go.mod pins.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(mkdir -p "${1:-$here}" && cd "${1:-$here}" && pwd)
module=github.com/tensorflow/tensorflow/tensorflow/go/core

# What TensorFlow's Go package reads (MetaGraphDef), and the options of a session (ConfigProto).
roots=(tensorflow/core/protobuf/meta_graph.proto tensorflow/core/protobuf/config.proto)

if ! command -v protoc >/dev/null; then
	echo "generate.sh: protoc is missing; install it with: sudo apt-get install protobuf-compiler" >&2
	exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

go -C "$here/../.." mod download github.com/tensorflow/tensorflow
tensorflow=$(go -C "$here/../.." list -m -f '{{.Dir}}' github.com/tensorflow/tensorflow)
CGO_ENABLED=0 go -C "$here" build -o "$work/protoc-gen-go" google.golang.org/protobuf/cmd/protoc-gen-go

# protoc generates only the files it is given, so the imports of the roots are collected first.
files=("${roots[@]}")
for ((i = 0; i < ${#files[@]}; i++)); do
	while read -r import; do
		[[ " ${files[*]} " == *" $import "* ]] || files+=("$import")
	done < <(sed -n 's/^import .*"\(tensorflow\/.*\.proto\)";.*/\1/p' "$tensorflow/${files[i]}")
done

mkdir "$work/out"
protoc --plugin="$work/protoc-gen-go" --proto_path="$tensorflow" \
	--go_out="$work/out" --go_opt=module="$module" "${files[@]}"

# The whole folder is replaced only now, when every file was made; packages that are no longer reached disappear.
rm -rf "$out/framework" "$out/protobuf"
cp -R "$work/out/." "$out/"
