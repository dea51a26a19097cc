//go:build !(linux && (amd64 || arm64))

package v4l2

// This line does not compile, and its name says why: on other machines the
// kernel's structures (kernel.go) have another layout.
const _ = needs64BitLinuxOnAMD64OrARM64
