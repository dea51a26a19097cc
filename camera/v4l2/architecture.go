//go:build !(linux && (amd64 || arm64))

package v4l2

// This line does not compile. Its name says why: the kernel's structures (kernel.go)
// have another layout on other machines.
const _ = needs64BitLinuxOnAMD64OrARM64
