package search

import "golang.org/x/sys/cpu"

func bestKernels() kernels {
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		return kernels{"avx2", dotsAMD64, dotCodesAMD64}
	}
	return portable()
}

func dotsAMD64(dst, rows, query []float32) {
	if len(dst) == 0 || len(query) == 0 {
		clear(dst)
		return
	}
	_ = rows[len(dst)*len(query)-1] // the assembly checks no bounds
	dotsAVX2(&dst[0], &rows[0], &query[0], len(dst), len(query))
}

func dotCodesAMD64(dst []int32, rows []int8, query []int16) {
	if len(dst) == 0 || len(query) == 0 {
		clear(dst)
		return
	}
	_ = rows[len(dst)*len(query)-1]
	dotCodesAVX2(&dst[0], &rows[0], &query[0], len(dst), len(query))
}

// dotsAVX2 needs dim > 0, a multiple of 32.
//
//go:noescape
func dotsAVX2(dst, rows, query *float32, n, dim int)

// dotCodesAVX2 needs dim > 0, a multiple of 32, and n > 0, a multiple of 4.
//
//go:noescape
func dotCodesAVX2(dst *int32, rows *int8, query *int16, n, dim int)
