package replay

// fifo lets the oldest entry leave: the buffer is a window of the newest.
type fifo struct {
	featureless
	m *memory
}

func newFIFO(m *memory, _ uint64) policy { return fifo{m: m} }

func (f fifo) victim(bool) int { return f.m.oldest() }
