package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"edgeclr/internal/tensor"
)

// metadataKey is the only entry of a safetensors header that is no tensor.
const metadataKey = "__metadata__"

// entry is a tensor in the header of a safetensors file. The file is an unsigned
// 64-bit length, a JSON object of that length with an entry for each tensor, then the
// values. Offsets are the begin and end of the tensor's bytes after the header.
type entry struct {
	Name    string  `json:"-"`
	DType   string  `json:"dtype"`
	Shape   []int   `json:"shape"`
	Offsets []int64 `json:"data_offsets"`
}

// safetensorsType returns the type that the format calls name.
func safetensorsType(name string) (dtype, bool) {
	switch name {
	case "F32":
		return float32Type, true
	case "F64":
		return float64Type, true
	case "F16":
		return float16Type, true
	case "BF16":
		return bfloat16Type, true
	case "I64":
		return int64Type, true
	case "I32":
		return int32Type, true
	case "I16":
		return int16Type, true
	case "I8":
		return int8Type, true
	case "U64":
		return uint64Type, true
	case "U32":
		return uint32Type, true
	case "U16":
		return uint16Type, true
	case "U8":
		return uint8Type, true
	case "BOOL":
		return boolType, true
	}
	return 0, false
}

// parseHeader reads the JSON header key by key. Decoding it into a map would lose the
// order, and of two entries with one name would keep the last.
func parseHeader(header []byte, lim Limits) ([]entry, error) {
	if !utf8.Valid(header) {
		return nil, headerError("not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(header))
	dec.DisallowUnknownFields()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, headerError("not a JSON object")
	}
	var entries []entry
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, headerError("a name is missing")
		}
		if name == metadataKey {
			var metadata map[string]string
			if err := dec.Decode(&metadata); err != nil {
				return nil, headerError("%s: %v", metadataKey, err)
			}
			continue
		}
		if len(entries) == lim.Tensors {
			return nil, fmt.Errorf("%w: it holds more than %d tensors", ErrLimit, lim.Tensors)
		}
		e := entry{Name: name}
		if err := dec.Decode(&e); err != nil {
			return nil, headerError("tensor %s: %v", quote(name), err)
		}
		entries = append(entries, e)
	}
	if _, err := dec.Token(); err != nil {
		return nil, headerError("it is not closed")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, headerError("something follows it")
	}
	return entries, nil
}

func headerError(format string, args ...any) error {
	return fmt.Errorf("%w: its JSON header: %s; %s", ErrCorrupt, fmt.Sprintf(format, args...), downloadAgain)
}

// check returns the type and the number of the entry's values. It makes sure that the
// entry's bytes hold exactly these.
func (e entry) check() (dtype, int, error) {
	d, ok := safetensorsType(e.DType)
	if !ok {
		return 0, 0, fmt.Errorf("%w: tensor %s has the type %s; convert it to F32, F16 or BF16", ErrUnsupported, quote(e.Name), quote(e.DType))
	}
	n, ok := tensor.Elements(e.Shape)
	if !ok || e.Shape == nil || len(e.Offsets) != 2 || len(e.Shape) > maxDims {
		return 0, 0, headerError("tensor %s has no valid shape or offsets", quote(e.Name))
	}
	begin, end := e.Offsets[0], e.Offsets[1]
	if begin < 0 || end < begin || n > math.MaxInt/d.size() || end-begin != int64(n)*int64(d.size()) {
		return 0, 0, headerError("tensor %s of shape %v cannot lie in bytes %d to %d", quote(e.Name), e.Shape, begin, end)
	}
	return d, n, nil
}

// readSafetensors reads a safetensors file of size bytes.
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
		return nil, fmt.Errorf("%w: the header of the safetensors file lists none", ErrNoTensors)
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

// checkLayout makes sure that the tensors follow each other without gaps and overlaps
// and fill the file, as the format demands. So there are never more values than the
// file has bytes.
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
