package search

// bestKernels needs no detection: every arm64 processor that Linux runs on has
// NEON.
func bestKernels() kernels { return kernels{"neon", dotsARM64, dotCodesARM64} }

func dotsARM64(dst, rows, query []float32) {
	if len(dst) == 0 || len(query) == 0 {
		clear(dst)
		return
	}
	_ = rows[len(dst)*len(query)-1] // the assembly checks no bounds
	dotsNEON(&dst[0], &rows[0], &query[0], len(dst), len(query))
}

func dotCodesARM64(dst []int32, rows []int8, query []int16) {
	if len(dst) == 0 || len(query) == 0 {
		clear(dst)
		return
	}
	_ = rows[len(dst)*len(query)-1]
	dotCodesNEON(&dst[0], &rows[0], &query[0], len(dst), len(query))
}

// dotsNEON needs dim > 0, a multiple of 32.
//
//go:noescape
func dotsNEON(dst, rows, query *float32, n, dim int)

// dotCodesNEON needs dim > 0, a multiple of 32, and n > 0, a multiple of 4.
//
//go:noescape
func dotCodesNEON(dst *int32, rows *int8, query *int16, n, dim int)
