package jfif

import "fmt"

// zigzag gives the natural index of a coefficient. Damaged data can name one beyond the
// 64th, which counts as the last, as in libjpeg.
var zigzag = [64 + 16]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
}

// band says which coefficients a scan codes, and which of their bits: from high (0: it is
// the first scan of them) to low.
type band struct{ start, end, high, low int }

// scan reads the header of a scan and then its data.
func (d *decoder) scan(segment []byte) error {
	if d.components == nil {
		return fmt.Errorf("%w: a scan before the frame header", ErrCorrupt)
	}
	if len(segment) < 1 || len(segment) != 4+2*int(segment[0]) || segment[0] < 1 || int(segment[0]) > len(d.components) {
		return fmt.Errorf("%w: scan header", ErrCorrupt)
	}
	n := int(segment[0])
	last := segment[1+2*n:]
	b := band{int(last[0]), int(last[1]), int(last[2] >> 4), int(last[2] & 15)}
	if !d.progressive {
		b = band{0, 63, 0, 0}
	} else if err := b.check(n); err != nil {
		return err
	}
	var chosen []*component
	for i := range n {
		c, err := d.choose(segment[1+2*i], segment[2+2*i], b)
		if err != nil {
			return err
		}
		for _, other := range chosen {
			if other == c {
				return fmt.Errorf("%w: a component twice in a scan", ErrCorrupt)
			}
		}
		chosen = append(chosen, c)
	}
	return d.intervals(chosen, b)
}

func (b band) check(components int) error {
	switch {
	case b.start > b.end, b.end > 63, b.start == 0 && b.end != 0, b.start != 0 && components != 1,
		b.high != 0 && b.high-1 != b.low, b.low > 13:
		return fmt.Errorf("%w: progressive scan of coefficients %d to %d, bits %d to %d", ErrCorrupt, b.start, b.end, b.high, b.low)
	}
	return nil
}

// choose finds a component of a scan, and its tables.
func (d *decoder) choose(id, tables byte, b band) (*component, error) {
	for i := range d.components {
		c := &d.components[i]
		if c.id != id {
			continue
		}
		if tables>>4 > 3 || tables&15 > 3 {
			return nil, fmt.Errorf("%w: Huffman table %#x", ErrCorrupt, tables)
		}
		if c.quant == nil {
			if c.quant = d.quant[c.table]; c.quant == nil {
				return nil, fmt.Errorf("%w: no quantisation table %d", ErrCorrupt, c.table)
			}
		}
		c.dc, c.ac = d.dc[tables>>4], d.ac[tables&15]
		if b.start == 0 && b.high == 0 && c.dc == nil || b.end > 0 && c.ac == nil {
			return nil, fmt.Errorf("%w: a Huffman table is missing", ErrCorrupt)
		}
		return c, nil
	}
	return nil, fmt.Errorf("%w: no component %d", ErrCorrupt, id)
}

// intervals decodes the data of a scan, from one restart marker to the next.
func (d *decoder) intervals(chosen []*component, b band) error {
	across, down := ceilDiv(d.width, 8*d.maxH), ceilDiv(d.height, 8*d.maxV)
	if len(chosen) == 1 { // a single component is not padded
		across, down = ceilDiv(chosen[0].width, 8), ceilDiv(chosen[0].height, 8)
	}
	decode := d.baseline
	if d.progressive {
		decode = d.progressiveBlock(b)
	}
	d.begin(chosen)
	for mcu, restart := 0, byte(0); mcu < across*down; mcu++ {
		if d.restart > 0 && mcu > 0 && mcu%d.restart == 0 {
			if !d.restarts(markerRST0 + restart) {
				return fmt.Errorf("%w: restart marker %d is missing", ErrCorrupt, restart)
			}
			restart = (restart + 1) % 8
			d.begin(chosen)
		}
		if len(chosen) == 1 {
			decode(chosen[0], mcu%across, mcu/across)
			continue
		}
		for _, c := range chosen {
			for i := range c.h * c.v {
				decode(c, mcu%across*c.h+i%c.h, mcu/across*c.v+i/c.h)
			}
		}
	}
	d.pos = d.bits.pos
	return nil
}

// begin resets what a restart marker resets.
func (d *decoder) begin(chosen []*component) {
	d.bits.reset(d.data, d.pos)
	d.eobRun = 0
	for _, c := range chosen {
		c.previous = 0
	}
}

// restarts goes past the next marker if it is the wanted one.
func (d *decoder) restarts(want byte) bool {
	d.pos = d.bits.pos
	got, ok := d.nextMarker()
	return ok && got == want
}

// baseline decodes a block to pixels. After the data have ended, blocks are grey, as in
// libjpeg.
func (d *decoder) baseline(c *component, x, y int) {
	var block [64]int32
	r, last := &d.bits, 0
	if !r.starved {
		c.previous += r.signed(int(r.symbol(c.dc) & 15))
		block[0] = c.previous * c.quant[0]
		for k := 1; k < 64; k++ {
			code := r.symbol(c.ac)
			run, size := int(code>>4), int(code&15)
			if size == 0 {
				if run != 15 {
					break
				}
				k += 15
				continue
			}
			k += run
			block[zigzag[k]] = r.signed(size) * c.quant[min(k, 63)]
			last = k
		}
	}
	if pixels := c.pixels[8*(y*c.stride+x):]; last == 0 {
		idctFlat(block[0], pixels, c.stride)
	} else {
		idct(&block, pixels, c.stride)
	}
}
