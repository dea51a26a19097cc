package weights

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// fuzzLimits keeps each run short.
var fuzzLimits = Limits{FileBytes: 1 << 20, Tensors: 100, HeaderBytes: 64 << 10}

// checkRead checks what Read guarantees for every input.
func checkRead(t *testing.T, data []byte) {
	set, err := Read(bytes.NewReader(data), int64(len(data)), fuzzLimits)
	if err != nil {
		if set != nil {
			t.Error("tensors beside an error")
		}
		return
	}
	values := 0
	for _, tensor := range set {
		if err := tensor.Check(); err != nil {
			t.Error(err)
		}
		values += len(tensor.Data)
	}
	if values > len(data) {
		t.Errorf("%d values from %d bytes", values, len(data))
	}
	var file bytes.Buffer
	if err := WriteSafetensors(&file, set, nil); err != nil {
		return // a name that safetensors reserves
	}
	again, err := Read(bytes.NewReader(file.Bytes()), int64(file.Len()), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	diff(t, again, set)
}

// FuzzRead gives Read whole files.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob(golden("*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(checkRead)
}

// FuzzReadPickle gives Read zip archives and legacy files of any pickle. FuzzRead cannot
// produce these because of the checksums.
func FuzzReadPickle(f *testing.F) {
	f.Add(claim{"FloatStorage", 4, 0, []int64{2, 2}, []int64{1, 2}}.pickled(), "0123456789abcdef")
	f.Add(claim{"HalfStorage", 8, 1, []int64{3}, []int64{2}}.pickled(), "0123456789abcdef")
	f.Add(claim{"ByteStorage", 16, 0, []int64{}, []int64{}}.pickled(), "0123456789abcdef")
	f.Fuzz(func(t *testing.T, pickle, values string) {
		checkRead(t, zipped(t, zip.Store, pickle, values))
		checkRead(t, legacyOf(pickle, uint64(len(values)/4), values))
	})
}

// FuzzReadSafetensors gives Read safetensors files of any header.
func FuzzReadSafetensors(f *testing.F) {
	f.Add(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8)
	f.Add(`{"__metadata__":{"k":"v"},"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]},"b":{"dtype":"I64","shape":[1],"data_offsets":[2,10]}}`, 10)
	f.Fuzz(func(t *testing.T, header string, values int) {
		checkRead(t, safetensorsFile(header, max(0, values%1000)))
	})
}
