package weights

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"edgeclr/internal/tensor"
)

// readSafetensors reads a safetensors file.
func readSafetensors(r io.ReaderAt, size int64, lim Limits) (Set, error) {
	var length [8]byte
	if _, err := r.ReadAt(length[:], 0); err != nil && err != io.EOF {
		return nil, readError(err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > uint64(size-int64(len(length))) {
		return nil, fmt.Errorf("%w: its header should have %d bytes and the file has %d; %s", ErrTruncated, n, size, downloadAgain)
	}
	if n > uint64(lim.HeaderBytes) {
		return nil, fmt.Errorf("%w: its header has %d bytes, more than %d", ErrLimit, n, lim.HeaderBytes)
	}
	header := make([]byte, n)
	if _, err := r.ReadAt(header, int64(len(length))); err != nil && err != io.EOF {
		return nil, readError(err)
	}
	entries, err := parseHeader(header, lim)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%w: a safetensors file of none", ErrNoTensors)
	}
	values := int64(len(length)) + int64(n)
	if err := checkLayout(entries, size-values); err != nil {
		return nil, err
	}
	set := make(Set, len(entries))
	for i, e := range entries {
		if set[i], err = readEntry(io.NewSectionReader(r, values, size-values), e); err != nil {
			return nil, fmt.Errorf("tensor %s: %w", quote(e.Name), err)
		}
	}
	return set, nil
}

// checkLayout makes sure that the tensors follow one another without gaps and
// overlaps and fill the file, as the format demands. It also keeps the values
// from being more than the file has bytes.
func checkLayout(entries []entry, size int64) error {
	for _, e := range entries {
		if _, _, err := e.check(); err != nil {
			return err
		}
	}
	byOffset := slices.SortedStableFunc(slices.Values(entries), func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]))
	})
	at := int64(0)
	for _, e := range byOffset {
		if e.Offsets[0] != at {
			return headerError("tensor %s begins at byte %d and not %d, where the one before ends", quote(e.Name), e.Offsets[0], at)
		}
		at = e.Offsets[1]
	}
	switch {
	case at > size:
		return fmt.Errorf("%w: its tensors should have %d bytes and %d are left; %s", ErrTruncated, at, size, downloadAgain)
	case at < size:
		return fmt.Errorf("%w: its tensors have %d bytes and %d follow the header; %s", ErrCorrupt, at, size, downloadAgain)
	}
	return nil
}

func readEntry(r *io.SectionReader, e entry) (tensor.Tensor, error) {
	d, n, err := e.check()
	if err != nil {
		return tensor.Tensor{}, err
	}
	data, err := decodeFrom(io.NewSectionReader(r, e.Offsets[0], e.Offsets[1]-e.Offsets[0]), d, n)
	return tensor.Tensor{Name: e.Name, Shape: e.Shape, Data: data}, err
}
