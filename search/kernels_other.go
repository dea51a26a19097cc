//go:build !amd64 && !arm64

package search

func bestKernels() kernels { return portable() }
