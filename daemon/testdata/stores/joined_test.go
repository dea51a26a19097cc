// This is not compiled: it made joined-v0.3.0.db.gz, with the last release whose rows
// hold both halves of a join (commit b8c95f9). To make the file again, check that
// commit out, copy this file to daemon/ and run
//
//	go test ./daemon -run MakeJoinedStore
package daemon

import (
	"compress/gzip"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/config"
	"edgeclr/internal/tensor"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// smallWeights are random weights of a ResNet-18 that take little room in a store: all
// kernels begin with the same numbers, which are stored once, and batch norm scales
// them. Some of them depend on the seed.
func smallWeights(t *testing.T, seed uint64) weights.Set {
	t.Helper()
	a, err := arch.Get("resnet18")
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, 32<<10)
	rng, own := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(seed, 3))
	for i := range values {
		values[i] = float32(math.Round(4*rng.NormFloat64()) / 4)
		if i%16 == 0 {
			values[i] += float32(math.Round(4*own.NormFloat64()) / 4)
		}
	}
	var set weights.Set
	inputs := 0
	for _, spec := range a.Specs() {
		n, _ := tensor.Elements(spec.Shape)
		data := make([]float32, n)
		for i := range data {
			switch {
			case len(spec.Shape) == 4:
				data[i] = values[i%len(values)]
			case strings.HasSuffix(spec.Name, ".weight"): // of batch norm
				data[i] = float32(math.Sqrt(1 / float64(inputs)))
			case strings.HasSuffix(spec.Name, ".running_var"):
				data[i] = 1
			}
		}
		if len(spec.Shape) == 4 {
			inputs = spec.Shape[1] * spec.Shape[2] * spec.Shape[3]
		}
		set = append(set, tensor.Tensor{Name: spec.Name, Shape: spec.Shape, Data: data})
	}
	return set
}

// TestMakeJoinedStore makes a store with eight frames. c1 is pretrained, c2 was trained
// from it and joins. c2 serves. Frames 1 to 6 have vectors of both, frames 7 and 8 of
// c2 alone.
func TestMakeJoinedStore(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "small.safetensors")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.WriteSafetensors(out, smallWeights(t, 1), nil); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := smallConfig(t)
	cfg.Model.Arch, cfg.Model.Weights = "resnet18", file
	s := open(t, cfg)
	embed(t, s, 0, 6)
	root, err := s.store.Checkpoint("c1")
	if err != nil {
		t.Fatal(err)
	}
	child := storage.Checkpoint{Kind: storage.CheckpointTrained, Arch: root.Arch, Size: root.Size, Blend: config.BlendJoin,
		Dim: 2 * root.Dim, Parent: root.ID, Root: root.ID}
	id, err := s.store.PutCheckpoint(t.Context(), child, smallWeights(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Client().Promote(t.Context(), string(id)); err != nil {
		t.Fatal(err)
	}
	embed(t, s, 6, 2)
	shut(t, s)
	if _, _, err := storage.Compact(t.Context(), cfg.Data); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(cfg.Data, "edgeclr.db"))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.Create("testdata/stores/joined-v0.3.0.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewWriterLevel(packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
}
