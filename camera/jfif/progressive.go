package jfif

// progressiveBlock chooses what a scan of a progressive picture does with a block (T.81,
// section G.1).
func (d *decoder) progressiveBlock(b band) func(c *component, x, y int) {
	decode := d.refineAC
	switch {
	case b.start == 0 && b.high == 0:
		decode = d.firstDC
	case b.start == 0:
		decode = d.refineDC
	case b.high == 0:
		decode = d.firstAC
	}
	return func(c *component, x, y int) {
		decode(c, &c.coefficients[y*c.across+x], b)
	}
}

func (d *decoder) firstDC(c *component, block *[64]int16, b band) {
	if d.bits.starved {
		return
	}
	c.previous += d.bits.signed(int(d.bits.symbol(c.dc) & 15))
	block[0] = int16(c.previous << b.low)
}

func (d *decoder) refineDC(_ *component, block *[64]int16, b band) {
	if d.bits.value(1) != 0 {
		block[0] |= 1 << b.low
	}
}

func (d *decoder) firstAC(c *component, block *[64]int16, b band) {
	r := &d.bits
	if r.starved {
		return
	}
	if d.eobRun > 0 {
		d.eobRun--
		return
	}
	for k := b.start; k <= b.end; k++ {
		code := r.symbol(c.ac)
		run, size := int(code>>4), int(code&15)
		switch {
		case size != 0:
			k += run
			block[zigzag[k]] = int16(r.signed(size) << b.low)
		case run == 15:
			k += 15
		default:
			d.eobRun = 1<<run + int(r.value(run)) - 1
			return
		}
	}
}

func (d *decoder) refineAC(c *component, block *[64]int16, b band) {
	r := &d.bits
	if r.starved {
		return
	}
	k := b.start
	if d.eobRun == 0 {
		for ; k <= b.end; k++ {
			code := r.symbol(c.ac)
			run, size := int(code>>4), int(code&15)
			fresh := int16(0)
			if size != 0 {
				fresh = -1 << b.low
				if r.value(1) != 0 {
					fresh = 1 << b.low
				}
			} else if run != 15 {
				d.eobRun = 1<<run + int(r.value(run))
				break
			}
			k = d.correct(block, b, k, run)
			if fresh != 0 {
				block[zigzag[min(k, 63)]] = fresh
			}
		}
	}
	if d.eobRun > 0 {
		d.correct(block, b, k, 64)
		d.eobRun--
	}
}

// correct gives one more bit to the coefficients that are not zero, from k on, until it has
// passed that many zeros. It returns the index where it stopped.
func (d *decoder) correct(block *[64]int16, b band, k, zeros int) int {
	bit := int16(1) << b.low
	for ; k <= b.end; k++ {
		v := &block[zigzag[k]]
		if *v == 0 {
			if zeros == 0 {
				break
			}
			zeros--
			continue
		}
		if d.bits.value(1) != 0 && *v&bit == 0 {
			if *v >= 0 {
				*v += bit
			} else {
				*v -= bit
			}
		}
	}
	return k
}

// transformAll turns the coefficients of all scans into pixels.
func (d *decoder) transformAll() {
	for i := range d.components {
		c := &d.components[i]
		if c.quant == nil {
			c.quant = new([64]int32) // no scan had it: it is grey
		}
		var quant [64]int32
		for k, q := range c.quant {
			quant[zigzag[k]] = q
		}
		for at := range c.coefficients {
			var block [64]int32
			for k, v := range c.coefficients[at] {
				block[k] = int32(v) * quant[k]
			}
			idct(&block, c.pixels[8*(at/c.across*c.stride+at%c.across):], c.stride)
		}
		c.coefficients = nil
	}
}
