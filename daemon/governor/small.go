package governor

import (
	"io"
	"os"
)

// smallFile bounds what is read of a file of the kernel, in bytes: more than
// any has that is of interest here.
const smallFile = 64 << 10

// readSmall reads the beginning of a file.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, smallFile))
}

// clip shortens what a message quotes.
func clip(data []byte) []byte { return data[:min(len(data), 40)] }
