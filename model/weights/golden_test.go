package weights

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"edgeclr/internal/tensor"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenFolder holds the files that testdata/golden/weights_files.py made with PyTorch.
var goldenFolder = filepath.Join("..", "..", "testdata", "golden", "weights")

func golden(name string) string { return filepath.Join(goldenFolder, name) }

// expected are the tensors that PyTorch sees in the golden files.
type expected struct{ Every, Few, Network Set }

func readExpected(t testing.TB) expected {
	t.Helper()
	data, err := os.ReadFile(golden("values.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	set := func(key string) Set {
		var tensors []struct {
			Name, Hex string
			Shape     []int
		}
		if err := json.Unmarshal(file[key], &tensors); err != nil {
			t.Fatal(err)
		}
		var s Set
		for _, x := range tensors {
			raw, err := hex.DecodeString(x.Hex)
			if err != nil {
				t.Fatal(err)
			}
			values := make([]float32, len(raw)/4)
			float32Type.decode(values, raw)
			s = append(s, tensor.Tensor{Name: x.Name, Shape: x.Shape, Data: values})
		}
		return s
	}
	return expected{set("every"), set("few"), set("network")}
}

// diff compares names, order, shapes and bits. All NaN are equal.
func diff(t testing.TB, got, want Set) {
	t.Helper()
	if !slices.Equal(got.Names(), want.Names()) {
		t.Fatalf("names %q, want %q", got.Names(), want.Names())
	}
	same := func(a, b float32) bool {
		return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
	}
	for i, w := range want {
		if g := got[i]; !slices.Equal(g.Shape, w.Shape) || !slices.EqualFunc(g.Data, w.Data, same) {
			t.Errorf("%s: %v %v, want %v %v", w.Name, g.Shape, g.Data, w.Shape, w.Data)
		}
	}
}

// sorted returns the Set ordered by name, since the Python safetensors package writes
// its files in another order.
func sorted(s Set) Set {
	return slices.SortedFunc(slices.Values(s), func(a, b tensor.Tensor) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
}
