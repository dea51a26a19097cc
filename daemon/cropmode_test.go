package daemon

import (
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/camera/synthetic"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// A store that squashes embeds wide pictures as a whole, however they come: as frames, as queries and
// after a resize. It keeps its crop mode, and so does what it learns.
func TestWholePicturesAreEmbedded(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Serve.CropMode = config.CropSquash
	s := open(t, cfg)
	var all []client.Picture
	for n := range 12 {
		m, _ := synthetic.New(synthetic.Options{Seed: 7}).Render(n)
		data, err := m.Crop(0, m.Height/4, m.Width, m.Height/2).JPEG(90)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, client.Picture{Data: data})
	}
	answer, err := s.Client().Embed(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	var ids []uint64
	for _, f := range answer.Frames {
		ids = append(ids, f.ID)
	}
	v := s.versions.Current()
	encoder := v.Encoder.Encoders()[0]
	for i, id := range ids {
		m, err := s.versions.Picture(t.Context(), storage.FrameID(id))
		if err != nil {
			t.Fatal(err)
		}
		if !m.Wide() {
			t.Fatal("the test needs wide pictures")
		}
		stored, err := s.store.Vector(v.Encoder.Encoders(), 0, storage.FrameID(id))
		if err != nil {
			t.Fatal(err)
		}
		vectors, err := v.Encoder.Embed(t.Context(), []*rgb.Image{m.Resize(32, 32), m.EvalSquare(32)})
		if err != nil {
			t.Fatal(err)
		}
		// A batch of another size rounds differently.
		if whole, center := cosine(vectors[0], stored), cosine(vectors[1], stored); whole < 0.99999 || center > 0.9999 {
			t.Errorf("frame %d: cosine %v to the whole picture, %v to its central square", id, whole, center)
		}
		findsItself(t, s.Client(), all[i].Data, id, "")
	}
	v.Done()
	if !encoder.Squash || status(t, s).Checkpoint.CropMode != config.CropSquash {
		t.Errorf("%v, %+v", encoder, status(t, s).Checkpoint)
	}
	s.Learn()
	wait(t, "a round", func() bool { return s.learner.Status().Verdict != "" })
	list, err := s.store.Checkpoints()
	if err != nil || len(list) < 2 {
		t.Fatalf("%d checkpoints, %v", len(list), err)
	}
	for _, cp := range list {
		if !cp.Squash {
			t.Errorf("%s does not squash", cp.ID)
		}
	}

	shut(t, s)
	cfg.Serve.CropMode, cfg.Learn.Enabled = config.CropCenter, false
	s = openWith(t, Options{Config: cfg, FitBudget: true})
	if _, err := s.Client().Resize(t.Context(), 48); err != nil {
		t.Fatal(err)
	}
	wantSize(t, s, storage.CheckpointID(status(t, s).Checkpoint.Serving), 48, all, ids)
	if got := status(t, s).Checkpoint.CropMode; got != config.CropSquash {
		t.Errorf("crop mode %s", got)
	}
}

// Cameras have things in every part of a picture, photographs in the middle.
func TestCropModeOfANewStore(t *testing.T) {
	for uri, want := range map[string]string{"synthetic:conveyor": config.CropSquash, "dir:" + t.TempDir(): config.CropCenter} {
		cfg := smallConfig(t)
		cfg.Serve.CropMode = config.CropAuto
		cfg.Sources = config.SourcesOf(uri)
		if got := status(t, open(t, cfg)).Checkpoint.CropMode; got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}

// The service of a fresh package watches nothing. The sources that come later decide what
// its store embeds, until it has a frame.
func TestCropModeOfAnUnusedStore(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Serve.CropMode = config.CropAuto
	mode := func(sources ...string) string {
		cfg.Sources = config.SourcesOf(sources...)
		s := open(t, cfg)
		defer shut(t, s)
		return status(t, s).Checkpoint.CropMode
	}
	if got := mode(); got != config.CropCenter {
		t.Errorf("without sources: %s", got)
	}
	if got := mode("synthetic:conveyor"); got != config.CropSquash {
		t.Errorf("of a camera: %s", got)
	}
	if got := mode(); got != config.CropSquash {
		t.Errorf("without the camera: %s", got)
	}
	cfg.Serve.CropMode = config.CropCenter
	s := open(t, cfg)
	embed(t, s, 0, 3)
	shut(t, s)
	cfg.Serve.CropMode = config.CropAuto
	if got := mode("synthetic:conveyor"); got != config.CropCenter {
		t.Errorf("of a camera, with frames: %s", got)
	}
}
