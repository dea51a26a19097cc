package decode

import "fmt"

// Limits bound what one picture may cost. The zero value means the defaults.
type Limits struct {
	// MaxBytes is the largest encoded picture; 0 means 64 MiB.
	MaxBytes int64

	// MaxPixels is the largest width times height; 0 means 50 million. Memory
	// during decoding is 6 bytes a pixel for an ordinary JPEG, 11 for 16-bit RGBA
	// and at most 18 for a progressive JPEG in Go's decoder.
	MaxPixels int
}

const (
	defaultMaxBytes  = 64 << 20
	defaultMaxPixels = 50_000_000
)

// WithDefaults returns l with its zeros replaced.
func (l Limits) WithDefaults() Limits {
	if l.MaxBytes <= 0 {
		l.MaxBytes = defaultMaxBytes
	}
	if l.MaxPixels <= 0 {
		l.MaxPixels = defaultMaxPixels
	}
	return l
}

// CheckBytes refuses more encoded bytes than the limit.
func (l Limits) CheckBytes(n int64) error {
	if n <= l.MaxBytes {
		return nil
	}
	return fmt.Errorf("%w: %d bytes, the limit is %d (limits.file_bytes)", ErrTooLarge, n, l.MaxBytes)
}

// checkPixels refuses a width and height when their product is too large.
func (l Limits) checkPixels(w, h int) error {
	if w <= 0 || h <= 0 {
		return fmt.Errorf("%w: %d x %d pixels", ErrCorrupt, w, h)
	}
	if w <= l.MaxPixels/h {
		return nil
	}
	return fmt.Errorf("%w: %d x %d pixels, the limit is %d in all (limits.pixels)", ErrTooLarge, w, h, l.MaxPixels)
}
