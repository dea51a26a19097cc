package weights

import (
	"fmt"
	"io"
	"math"
)

// cappedReaderAt bounds how much of a zip archive its directory may be, since
// archive/zip keeps about 300 bytes for each entry of at least 46.
type cappedReaderAt struct {
	r    io.ReaderAt
	left int64
}

func (c *cappedReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if int64(len(p)) > c.left {
		return 0, fmt.Errorf("%w: the directory of the zip archive is too long", ErrLimit)
	}
	c.left -= int64(len(p))
	return c.r.ReadAt(p, off)
}

// lift ends the bound: the directory has been read.
func (c *cappedReaderAt) lift() { c.left = math.MaxInt64 }
