package daemon

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/api"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

func TestTheStoreDecides(t *testing.T) {
	cfg := smallConfig(t)
	shut(t, open(t, cfg))
	other := map[string]string{"efficientnet_lite0": "resnet18", "resnet18": "efficientnet_lite0"}[cfg.Model.Arch]
	for _, tt := range []struct {
		name     string
		explicit string
		says     string // "": opens, with what the store has
	}{
		{"from a configuration file", "", ""},
		{"--arch", "arch", "--arch " + other},
		{"--size", "size", "--size 64"},
		{"--weights", "weights", "edgeclr import"},
		{"--blend", "blend", "serve.blend"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := cfg
			asked.Model.Arch, asked.Serve.Size = other, 64
			s, err := Open(t.Context(), Options{Config: asked, Explicit: map[string]bool{tt.explicit: true}})
			if tt.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				defer shut(t, s)
				if st := status(t, s).Checkpoint; st.Arch != cfg.Model.Arch || st.Size != 32 {
					t.Errorf("%+v", st)
				}
				return
			}
			if !errors.Is(err, client.ErrContradiction) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "--data") {
				t.Errorf("%v", err)
			}
		})
	}
}

// A process that ended before its first checkpoint served leaves a store that opens.
func TestHalfMadeStore(t *testing.T) {
	cfg := smallConfig(t)
	set, _, err := serving.Pretrained(cfg)
	if err != nil {
		t.Fatal(err)
	}
	st, err := storage.Open(t.Context(), cfg.Data, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.PutCheckpoint(t.Context(), storage.Checkpoint{Kind: storage.CheckpointPretrained, Arch: cfg.Model.Arch, Size: 32}, set); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, cfg)
	list, err := s.Client().Checkpoints(t.Context())
	if err != nil || list.Serving != "c1" || len(list.Checkpoints) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWeightsThatDoNotFit(t *testing.T) {
	cfg := smallConfig(t)
	wrong := filepath.Join(t.TempDir(), "wrong.safetensors")
	var file bytes.Buffer
	if err := weights.WriteSafetensors(&file, weights.Set{{Name: "conv1.weight", Shape: []int{1}, Data: []float32{1}}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(wrong, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"other tensors": wrong, "no file": filepath.Join(t.TempDir(), "gone.pth")} {
		cfg.Model.Weights = path
		if s, err := Open(t.Context(), Options{Config: cfg}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	s := open(t, smallConfig(t))
	if _, err := s.Import(t.Context(), bytes.NewReader(file.Bytes()), int64(file.Len()), "wrong"); err == nil {
		t.Error("imported")
	}
}

func TestSecondProcess(t *testing.T) {
	cfg := smallConfig(t)
	open(t, cfg)
	_, err := Open(t.Context(), Options{Config: cfg, Command: "second"})
	if !errors.Is(err, storage.ErrInUse) || !strings.Contains(err.Error(), "daemon test") {
		t.Errorf("%v", err)
	}
}

func TestEmbedFiles(t *testing.T) {
	s := open(t, smallConfig(t))
	v := s.versions.Current()
	defer v.Done()
	got, err := api.EmbedFiles(t.Context(), s.decoder, v.Encoder, []api.File{{Data: scene(t, 1)}, {Data: []byte("x")}, {Err: decode.ErrTooLarge}})
	if err != nil {
		t.Fatal(err)
	}
	pixels, err := v.Encoder.Embed(t.Context(), []*rgb.Image{decoded(t, scene(t, 1))})
	if err != nil {
		t.Fatal(err)
	}
	if cosine(got[0].Vector, pixels[0]) < 0.99 || got[1].Reason != "unsupported" || got[2].Reason != "too large" {
		t.Errorf("%+v %+v", got[1], got[2])
	}
}
