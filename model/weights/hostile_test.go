package weights

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// claim is a tensor as a pickle describes it, true or not.
type claim struct {
	class         string // of the storage
	length        int64  // of the storage
	offset        int64
	shape, stride []int64
}

func integerOp(n int64) string {
	return "\x8a\x08" + string(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func textOp(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func tupleOp(numbers []int64) string {
	ops := "("
	for _, n := range numbers {
		ops += integerOp(n)
	}
	return ops + "t"
}

// pickled makes the pickle of a state_dict with one tensor "w" in storage "0".
func (c claim) pickled() string {
	storage := "(" + textOp("storage") + "ctorch\n" + c.class + "\n" + textOp("0") + textOp("cpu") + integerOp(c.length) + "tQ"
	return "\x80\x02}" + textOp("w") + "ctorch._utils\n_rebuild_tensor_v2\n(" + storage +
		integerOp(c.offset) + tupleOp(c.shape) + tupleOp(c.stride) + "\x89}tRs."
}

// zipped makes a zip .pth of a pickle, the bytes of storage "0" and more records,
// each a name and its contents.
func zipped(t testing.TB, method uint16, pickle, values string, more ...[2]string) []byte {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, record := range append([][2]string{{"x/data.pkl", pickle}, {"x/data/0", values}}, more...) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: record[0], Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, record[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// legacyOf makes a legacy .pth that claims count values.
func legacyOf(pickle string, count uint64, values string) []byte {
	file := "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + "\x80\x02M\xe9\x03." +
		"\x80\x02}" + textOp("little_endian") + "\x88s." + pickle + "\x80\x02]" + textOp("0") + "a."
	return append([]byte(file), string(binary.LittleEndian.AppendUint64(nil, count))+values...)
}

func read(data []byte) (Set, error) { return Read(bytes.NewReader(data), int64(len(data)), Limits{}) }

func TestReadClaims(t *testing.T) {
	const float = "FloatStorage"
	row := []int64{1}
	tests := []struct {
		name  string
		claim claim
		kind  error // nil for a good file
	}{
		{"true", claim{float, 4, 0, []int64{4}, row}, nil},
		{"repeated a little", claim{float, 4, 0, []int64{3, 4}, []int64{0, 1}}, nil},
		{"repeated without end", claim{float, 4, 0, []int64{1 << 40, 4}, []int64{0, 1}}, ErrLimit},
		{"long storage", claim{float, 1 << 40, 0, []int64{4}, row}, ErrLimit},
		{"longer storage than record", claim{float, 5, 0, []int64{4}, row}, ErrCorrupt},
		{"shorter storage than record", claim{float, 3, 0, []int64{3}, row}, ErrCorrupt},
		{"shape beyond storage", claim{float, 4, 0, []int64{5}, row}, ErrCorrupt},
		{"offset beyond storage", claim{float, 4, 4, []int64{1}, row}, ErrCorrupt},
		{"negative offset", claim{float, 4, -1, []int64{1}, row}, ErrCorrupt},
		{"negative length", claim{float, -4, 0, []int64{4}, row}, ErrCorrupt},
		{"negative shape", claim{float, 4, 0, []int64{-4}, row}, ErrCorrupt},
		{"negative stride", claim{float, 4, 3, []int64{4}, []int64{-1}}, ErrCorrupt},
		{"overflowing shape", claim{float, 4, 0, []int64{1 << 32, 1 << 32}, []int64{1, 1}}, ErrLimit},
		{"fewer strides than dimensions", claim{float, 4, 0, []int64{2, 2}, row}, ErrCorrupt},
		{"65 dimensions", claim{float, 4, 0, make([]int64, 65), make([]int64, 65)}, ErrCorrupt},
		{"empty tensor far away", claim{float, 4, 1 << 60, []int64{0}, row}, nil},
		{"unknown storage", claim{"QInt8Storage", 4, 0, []int64{4}, row}, ErrUnsupported},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := read(zipped(t, zip.Store, tt.claim.pickled(), strings.Repeat("\x00", 16))); !errors.Is(err, tt.kind) {
				t.Errorf("zip: error %v, want %v", err, tt.kind)
			}
			if tt.claim.length != 4 {
				return // a legacy file states the length again, and the second one counts
			}
			if _, err := read(legacyOf(tt.claim.pickled(), 4, strings.Repeat("\x00", 16))); !errors.Is(err, tt.kind) {
				t.Errorf("legacy: error %v, want %v", err, tt.kind)
			}
		})
	}
}

func TestReadLegacyClaims(t *testing.T) {
	good := claim{"FloatStorage", 4, 0, []int64{4}, []int64{1}}.pickled()
	const values = "0123456789abcdef"
	tests := []struct {
		name string
		file []byte
		kind error
	}{
		{"true", legacyOf(good, 4, values), nil},
		{"more values than bytes", legacyOf(good, 5, values), ErrTruncated},
		{"overflowing values", legacyOf(good, 1<<62+4, values), ErrTruncated},
		{"fewer values than the tensor", legacyOf(good, 3, values), ErrCorrupt},
		{"storage listed twice", bytes.Replace(legacyOf(good, 4, values), []byte("]"+textOp("0")+"a"), []byte("]"+textOp("0")+"a"+textOp("0")+"a"), 1), ErrCorrupt},
		{"storage not listed", bytes.Replace(legacyOf(good, 4, values), []byte("]"+textOp("0")+"a"), []byte("]"), 1), ErrCorrupt},
		{"storage unknown", bytes.Replace(legacyOf(good, 4, values), []byte("]"+textOp("0")), []byte("]"+textOp("7")), 1), ErrCorrupt},
		{"big-endian", bytes.Replace(legacyOf(good, 4, values), []byte("\x88s."), []byte("\x89s."), 1), ErrUnsupported},
		{"another version", bytes.Replace(legacyOf(good, 4, values), []byte("M\xe9\x03"), []byte("M\xea\x03"), 1), ErrUnsupported},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := read(tt.file); !errors.Is(err, tt.kind) {
				t.Errorf("error %v, want %v", err, tt.kind)
			}
		})
	}
}

func TestReadArchiveContents(t *testing.T) {
	good := claim{"FloatStorage", 4, 0, []int64{4}, []int64{1}}.pickled()
	const values = "0123456789abcdef"
	file := zipped(t, zip.Store, good, values)
	renamed := func(from, to string) []byte { return bytes.ReplaceAll(file, []byte(from), []byte(to)) }
	tests := []struct {
		name string
		file []byte
		kind error
	}{
		{"true", file, nil},
		{"little-endian", zipped(t, zip.Store, good, values, [2]string{"x/byteorder", "little"}), nil},
		{"big-endian", zipped(t, zip.Store, good, values, [2]string{"x/byteorder", "big"}), ErrUnsupported},
		{"long byte order", zipped(t, zip.Store, good, values, [2]string{"x/byteorder", strings.Repeat("x", 17)}), ErrLimit},
		{"two records of one name", zipped(t, zip.Store, good, values, [2]string{"x/data/0", values}), ErrCorrupt},
		{"values damaged", renamed("789a", "789b"), ErrCorrupt},
		{"pickle damaged", renamed("storage", "stowage"), ErrCorrupt},
		{"values missing", renamed("x/data/0", "x/data/1"), ErrCorrupt},
		{"no pickle", renamed("x/data.pkl", "x/data.xyz"), ErrFormat},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := read(tt.file); !errors.Is(err, tt.kind) {
				t.Errorf("error %v, want %v", err, tt.kind)
			}
		})
	}
}

// TestReadPickleObjects reads pickles with calls and identifiers that PyTorch does not
// write.
func TestReadPickleObjects(t *testing.T) {
	const rebuild, call = "ctorch._utils\n_rebuild_tensor_v2\n", "tR."
	storage := func(kind, class, key, length string) string {
		return "(" + kind + "ctorch\n" + class + "\n" + key + textOp("cpu") + length + "tQ"
	}
	float := storage(textOp("storage"), "FloatStorage", textOp("0"), "K\x04")
	whole := "K\x00K\x04\x85K\x01\x85" // offset, shape, strides
	tests := []struct {
		name, tail string
		kind       error
		says       string
	}{
		{"plain", rebuild + "(" + float + whole + "tRs.", nil, ""},
		{"parameter", "ctorch._utils\n_rebuild_parameter\n" + rebuild + "(" + float + whole + "tR\x88N\x87Rs.", nil, ""},
		{"parameter of nothing", "ctorch._utils\n_rebuild_parameter\n)Rs.", ErrCorrupt, "call"},
		{"parameter of a number", "ctorch._utils\n_rebuild_parameter\nK\x01\x85Rs.", ErrCorrupt, "call"},
		{"size of a number", "ctorch\nSize\nK\x01\x85Rs.", ErrCorrupt, "call"},
		{"tensor of nothing", rebuild + ")Rs.", ErrCorrupt, "tensor"},
		{"tensor of a number", rebuild + "(K\x01" + whole + call, ErrCorrupt, "tensor"},
		{"call of a storage class", "ctorch\nFloatStorage\n)Rs.", ErrCorrupt, "call"},
		{"identifier is text", textOp("storage") + "Qs.", ErrCorrupt, "identifier"},
		{"identifier of a module", storage(textOp("module"), "FloatStorage", textOp("0"), "K\x04") + "s.", ErrCorrupt, "identifier"},
		{"key is a number", storage(textOp("storage"), "FloatStorage", "K\x00", "K\x04") + "s.", ErrCorrupt, "identifier"},
		{"type is a function", storage(textOp("storage"), "Size", textOp("0"), "K\x04") + "s.", ErrCorrupt, "identifier"},
		{"storage of two types", float + "0" + storage(textOp("storage"), "HalfStorage", textOp("0"), "K\x04") + "s.", ErrCorrupt, "two types"},
		{"part of a storage", "(" + textOp("storage") + "ctorch\nFloatStorage\n" + textOp("0") + textOp("cpu") + "K\x04)tQs.", ErrUnsupported, "0.3"},
		{"name is no text", "0K\x07" + rebuild + "(" + float + whole + "tRs.", ErrCorrupt, "name"},
		{"unknown function of torch", "ctorch.hub\nload\n.", ErrClass, `"load"`},
		{"very long name", "ctorch.hub\n" + strings.Repeat("x", 1000) + "\n.", ErrClass, `x"...`},
		{"malformed", "\xff", ErrCorrupt, "opcode"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := read(zipped(t, zip.Store, "\x80\x02}"+textOp("w")+tt.tail, "0123456789abcdef"))
			if tt.kind == nil {
				if w, ok := set.Find("w"); err != nil || !ok || len(w.Data) != 4 {
					t.Errorf("%v, error %v", set, err)
				}
				return
			}
			refused(t, err, tt.kind, tt.says)
		})
	}
}

// failing is a disk that fails beyond some byte.
type failing struct {
	data  []byte
	after int64
}

var errDisk = errors.New("input/output error")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.after {
		return 0, errDisk
	}
	return bytes.NewReader(f.data).ReadAt(p, off)
}

// TestReadFailingDisk checks that the error of a disk is returned as it is, and is not
// reported as a damaged file.
func TestReadFailingDisk(t *testing.T) {
	header := `{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}`
	good := claim{"FloatStorage", 4, 0, []int64{4}, []int64{1}}.pickled()
	for name, data := range map[string][]byte{
		"safetensors": safetensorsFile(header, 16),
		"legacy":      legacyOf(good, 4, "0123456789abcdef"),
		"zip":         zipped(t, zip.Store, good, "0123456789abcdef"),
	} {
		for after := range int64(len(data)) {
			_, err := Read(failing{data, after}, int64(len(data)), Limits{})
			if !errors.Is(err, errDisk) || errors.Is(err, ErrTruncated) || errors.Is(err, ErrCorrupt) {
				t.Fatalf("%s fails after byte %d: %v", name, after, err)
			}
		}
	}
}

// TestReadMemory measures the memory that Read allocates for hostile files of a few
// kilobytes.
func TestReadMemory(t *testing.T) {
	bomb := strings.Repeat("\x00", 16<<20)
	tests := map[string][]byte{
		"long text":         zipped(t, zip.Store, "\x80\x02X\xff\xff\xff\x7f", ""),
		"exabyte of bytes":  zipped(t, zip.Store, "\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x0f", ""),
		"exabyte of frame":  zipped(t, zip.Store, "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x0f", ""),
		"deflated values":   zipped(t, zip.Deflate, claim{"FloatStorage", 4 << 20, 0, []int64{4 << 20}, []int64{1}}.pickled(), bomb),
		"deflated pickle":   zipped(t, zip.Deflate, bomb, ""),
		"long legacy count": legacyOf(claim{"ByteStorage", 1 << 50, 0, []int64{1 << 50}, []int64{1}}.pickled(), 1<<50, ""),
		"long JSON header":  append(binary.LittleEndian.AppendUint64(nil, 1<<29), "{"...),
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			if len(file) > 100_000 {
				t.Fatalf("the file has %d bytes", len(file))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := read(file)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Error("no error")
			}
			// Reading the deflated pickle grows its buffer up to Limits.HeaderBytes.
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("%d MiB allocated", used>>20)
			}
		})
	}
}
