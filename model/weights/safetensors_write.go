package weights

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// headerAlign is the alignment of the values in bytes, so that they can be mapped
// into memory.
const headerAlign = 8

// WriteSafetensors writes the tensors as float32, in the Set's order. It writes meta,
// which may be nil, as the format's "__metadata__". Equal input gives equal bytes.
// Names must be distinct UTF-8 text. WriteSafetensors returns ErrTensor, before it
// writes anything, if the format cannot hold the Set.
func WriteSafetensors(w io.Writer, s Set, meta map[string]string) error {
	header, err := formatHeader(s, meta)
	if err != nil {
		return err
	}
	length := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	for _, b := range [][]byte{length, header} {
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("write safetensors header: %w", err)
		}
	}
	buf := make([]byte, 0, decodeBytes)
	for _, t := range s {
		if err := writeValues(w, t.Data, buf); err != nil {
			return fmt.Errorf("write tensor %s: %w", quote(t.Name), err)
		}
	}
	return nil
}

// formatHeader builds the JSON object by hand. encoding/json would sort the keys of a
// map, and the Set's order would be lost.
func formatHeader(s Set, meta map[string]string) ([]byte, error) {
	var parts []string
	if len(meta) > 0 {
		text, err := json.Marshal(meta)
		if err != nil {
			return nil, err
		}
		parts = append(parts, fmt.Sprintf("%q:%s", metadataKey, text))
	}
	seen := make(map[string]bool, len(s))
	at := int64(0)
	for _, t := range s {
		if t.Name == metadataKey || !utf8.ValidString(t.Name) || seen[t.Name] {
			return nil, fmt.Errorf("%w: the name %s is taken, reserved or not UTF-8", ErrTensor, quote(t.Name))
		}
		seen[t.Name] = true
		if err := t.Check(); err != nil {
			return nil, fmt.Errorf("%w: %v", ErrTensor, err)
		}
		end := at + 4*int64(len(t.Data))
		e := entry{DType: "F32", Shape: append([]int{}, t.Shape...), Offsets: []int64{at, end}} // never null
		name, err := json.Marshal(t.Name)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		parts = append(parts, string(name)+":"+string(text))
		at = end
	}
	header := "{" + strings.Join(parts, ",") + "}"
	pad := (headerAlign - len(header)%headerAlign) % headerAlign
	return []byte(header + strings.Repeat(" ", pad)), nil
}

func writeValues(w io.Writer, values []float32, buf []byte) error {
	for len(values) > 0 {
		part := min(len(values), cap(buf)/4)
		buf = buf[:0]
		for _, v := range values[:part] {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
		values = values[part:]
	}
	return nil
}
