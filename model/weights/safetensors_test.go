package weights

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
)

// safetensorsFile builds a file by hand.
func safetensorsFile(header string, values int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, values)...)
}

func TestReadSafetensorsOfPython(t *testing.T) {
	got, err := ReadFile(golden("python.safetensors"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, sorted(got), sorted(readExpected(t).Every))
}

func TestReadSafetensorsHeaders(t *testing.T) {
	tests := []struct {
		name, header string
		values       int
		kind         error // nil for a good file
	}{
		{"good", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8, nil},
		{"padded", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   `, 8, nil},
		{"metadata", `{"__metadata__":{"k":"v"},"a":{"dtype":"I8","shape":[],"data_offsets":[0,1]}}`, 1, nil},
		{"not in order of bytes", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 2, nil},
		{"empty tensor between", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F64","shape":[0],"data_offsets":[0,0]}}`, 1, nil},
		{"no tensors", `{}`, 0, ErrNoTensors},
		{"no tensors and bytes", `{}`, 5, ErrNoTensors},
		{"bytes left over", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 9, ErrCorrupt},
		{"bytes missing", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 7, ErrTruncated},
		{"claimed and not there", `{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}`, 8, ErrTruncated},
		{"gap", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2, ErrCorrupt},
		{"overlap", `{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`, 3, ErrCorrupt},
		{"same bytes", `{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, 2, ErrCorrupt},
		{"same name", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2, ErrCorrupt},
		{"shape and bytes differ", `{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8, ErrCorrupt},
		{"offsets the wrong way", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`, 8, ErrCorrupt},
		{"negative offset", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`, 8, ErrCorrupt},
		{"overflowing offsets", `{"a":{"dtype":"U8","shape":[0],"data_offsets":[9223372036854775808,9223372036854775808]}}`, 0, ErrCorrupt},
		{"overflowing shape", `{"a":{"dtype":"F64","shape":[2305843009213693953],"data_offsets":[0,8]}}`, 8, ErrCorrupt},
		{"negative shape", `{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, 8, ErrCorrupt},
		{"no shape", `{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 4, ErrCorrupt},
		{"three offsets", `{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4,8]}}`, 4, ErrCorrupt},
		{"unknown field", `{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}`, 4, ErrCorrupt},
		{"unknown type", `{"a":{"dtype":"C64","shape":[],"data_offsets":[0,8]}}`, 8, ErrUnsupported},
		{"metadata is no text", `{"__metadata__":{"k":1}}`, 0, ErrCorrupt},
		{"entry is no object", `{"a":7}`, 0, ErrCorrupt},
		{"not closed", `{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}`, 4, ErrCorrupt},
		{"something follows", `{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}} {}`, 4, ErrCorrupt},
		{"not UTF-8", "{\"\xff\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4, ErrCorrupt},
		{"nested deep", `{"a":` + strings.Repeat("[", 100_000), 0, ErrCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := safetensorsFile(tt.header, tt.values)
			_, err := Read(bytes.NewReader(file), int64(len(file)), Limits{})
			if !errors.Is(err, tt.kind) {
				t.Errorf("error %v, want %v", err, tt.kind)
			}
		})
	}
}

// awkward returns Sets of which a format could lose something.
func awkward() Set {
	big := zeros("values beyond one buffer", 3, decodeBytes/4+1)
	for i := range big.Data {
		big.Data[i] = float32(i)
	}
	return Set{
		{Name: "z last by name", Shape: []int{2, 2}, Data: []float32{1, -2, float32(math.Inf(1)), 0x1p-149}},
		{Name: "NaN", Shape: []int{1}, Data: []float32{float32(math.NaN())}},
		{Name: "scalar", Shape: []int{}, Data: []float32{2.5}},
		{Name: "empty", Shape: []int{0, 3}, Data: []float32{}},
		{Name: `quote " backslash \ <tag> & ünïcode`, Shape: []int{1}, Data: []float32{7}},
		big,
	}
}

func TestSafetensorsRoundTrip(t *testing.T) {
	for _, meta := range []map[string]string{nil, {"arch": "resnet18", `"`: "<&>"}} {
		var file, again bytes.Buffer
		if err := WriteSafetensors(&file, awkward(), meta); err != nil {
			t.Fatal(err)
		}
		if n := binary.LittleEndian.Uint64(file.Bytes()); n%headerAlign != 0 {
			t.Errorf("the header's length %d is no multiple of %d", n, headerAlign)
		}
		got, err := Read(bytes.NewReader(file.Bytes()), int64(file.Len()), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		diff(t, got, awkward())
		if err := WriteSafetensors(&again, got, meta); err != nil || !bytes.Equal(file.Bytes(), again.Bytes()) {
			t.Errorf("written again: %v, or other bytes", err)
		}
	}
}

// TestWrittenSafetensors compares the writer's bytes with a file that the Python package
// has read (see weights_files.py).
func TestWrittenSafetensors(t *testing.T) {
	var file bytes.Buffer
	if err := WriteSafetensors(&file, readExpected(t).Every, map[string]string{"made_by": "a test"}); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden("written.safetensors"), file.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden("written.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file.Bytes(), want) {
		t.Error("the bytes differ from written.safetensors; if that is meant, run with -update and weights_files.py")
	}
}

func TestWriteSafetensorsRefuses(t *testing.T) {
	tests := []struct {
		name string
		set  Set
	}{
		{"same name", Set{zeros("a", 1), zeros("a", 1)}},
		{"reserved name", Set{zeros("__metadata__", 1)}},
		{"not UTF-8", Set{zeros("\xff", 1)}},
		{"too few values", Set{{Name: "a", Shape: []int{2}, Data: []float32{1}}}},
		{"negative shape", Set{{Name: "a", Shape: []int{-1}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var file bytes.Buffer
			if err := WriteSafetensors(&file, tt.set, nil); !errors.Is(err, ErrTensor) || file.Len() > 0 {
				t.Errorf("error %v after %d bytes", err, file.Len())
			}
		})
	}
}

// fullWriter fails as a full disk does.
type fullWriter struct{ room int }

var errFull = errors.New("no space left on device")

func (w *fullWriter) Write(p []byte) (int, error) {
	if w.room -= len(p); w.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteSafetensorsFullDisk(t *testing.T) {
	for _, room := range []int{0, 10, 1000, 100_000} {
		if err := WriteSafetensors(&fullWriter{room}, awkward(), nil); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}
