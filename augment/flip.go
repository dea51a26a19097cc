package augment

// flipRows mirrors a view left to right.
func flipRows(pix []uint8, size int) {
	for y := range size {
		row := pix[3*size*y : 3*size*(y+1)]
		for i, j := 0, len(row)-3; i < j; i, j = i+3, j-3 {
			left, right := row[i:i+3:i+3], row[j:j+3:j+3]
			left[0], right[0] = right[0], left[0]
			left[1], right[1] = right[1], left[1]
			left[2], right[2] = right[2], left[2]
		}
	}
}

// flipColumns mirrors a view top to bottom.
func flipColumns(pix []uint8, size int) {
	stride := 3 * size
	for i, j := 0, len(pix)-stride; i < j; i, j = i+stride, j-stride {
		upper, lower := pix[i:i+stride], pix[j:j+stride]
		for k := range upper {
			upper[k], lower[k] = lower[k], upper[k]
		}
	}
}
