package weights

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/internal/tensor"
)

func TestReadFileEqualsPyTorch(t *testing.T) {
	want := readExpected(t)
	// Batch norm's count of batches and all other tensors, without "module.".
	tests := map[string]Set{
		"zip.pth":               want.Every,
		"legacy.pth":            want.Every,
		"deflated.pth":          want.Every,
		"network.pth":           want.Network,
		"checkpoint.pth":        want.Network,
		"checkpoint-legacy.pth": want.Network,
	}
	for protocol := 1; protocol <= 5; protocol++ {
		tests[fmt.Sprintf("zip-protocol%d.pth", protocol)] = want.Few
		tests[fmt.Sprintf("legacy-protocol%d.pth", protocol)] = want.Few
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ReadFile(golden(name), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			diff(t, got, want)
		})
	}
}

func TestReadFileSharesNoMemory(t *testing.T) {
	set, err := ReadFile(golden("zip.pth"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	tied, _ := set.Find("tied")
	before := tied.Data[2*6]
	row, _ := set.Find("row") // a view of tied
	row.Data[0]++
	if tied.Data[2*6] != before {
		t.Error("changing a view changed the tensor that shares its storage in the file")
	}
}

// TestReadFileLite0 reads the weights that the product starts from: a legacy file of
// 2020.
func TestReadFileLite0(t *testing.T) {
	path := filepath.Join("..", "..", ".deps", "weights", "efficientnet_lite0.pth")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not there; `make deps` downloads it", path)
	}
	set, err := ReadFile(path, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(set) != 296 {
		t.Errorf("%d tensors, want 296", len(set))
	}
	values := 0
	for _, tensor := range set {
		values += len(tensor.Data)
	}
	if values != 4_694_073 {
		t.Errorf("%d values", values)
	}
	stem, ok := set.Find("_conv_stem.weight")
	if !ok || fmt.Sprint(stem.Shape) != "[32 3 3 3]" || stem.Data[0] != -1.1103361 {
		t.Errorf("stem %v %v", stem.Shape, stem.Data[:3])
	}
	for name, want := range map[string]string{"_fc.weight": "[1000 1280]", "_bn0.num_batches_tracked": "[]"} {
		tensor, ok := set.Find(name)
		if got := fmt.Sprint(tensor.Shape); !ok || got != want {
			t.Errorf("%s has shape %s, want %s", name, got, want)
		}
	}
}

func TestTrimPrefixes(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"none", "conv.weight fc.bias", "conv.weight fc.bias"},
		{"parallel", "module.conv.weight module.fc.bias", "conv.weight fc.bias"},
		{"compiled", "_orig_mod.a _orig_mod.b", "a b"},
		{"both", "module._orig_mod.a module._orig_mod.b", "a b"},
		{"both the other way", "_orig_mod.module.a _orig_mod.module.b", "a b"},
		{"not all", "module.a b", "module.a b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var set Set
			for name := range strings.FieldsSeq(tt.in) {
				set = append(set, tensor.Tensor{Name: name})
			}
			trimPrefixes(set)
			if got := strings.Join(set.Names(), " "); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
