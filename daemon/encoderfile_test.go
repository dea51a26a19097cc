package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/daemon/learn"
	"edgeclr/storage"
	"edgeclr/tflite/litert"
	"edgeclr/tflite/verify"
	"edgeclr/tflite/verify/verifytest"
)

// writeEncoder writes a small encoder of that size as a .tflite file.
func writeEncoder(t *testing.T, path string, size int32, typ verify.Type) {
	t.Helper()
	write(t, path, verifytest.Encoder(size, verifytest.Type(typ)).Bytes())
}

// fileConfig configures a service that can serve files.
func fileConfig(t *testing.T) config.Config {
	t.Helper()
	if _, err := litert.Load(""); errors.Is(err, litert.ErrMissing) {
		t.Skip(err)
	}
	cfg := smallConfig(t)
	cfg.Model.Runtime = config.RuntimeAuto
	return cfg
}

// waitForFile waits until a file serves, and returns its checkpoint.
func waitForFile(t *testing.T, s *Service, before string) client.CheckpointStatus {
	t.Helper()
	wait(t, "another encoder to serve", func() bool { return status(t, s).Checkpoint.Serving != before })
	return status(t, s).Checkpoint
}

// A reload puts a user's file in place of the encoder, and back. Frames are embedded
// anew, queries go on, and nothing is learned meanwhile.
func TestReloadEncoderFile(t *testing.T) {
	cfg := fileConfig(t)
	s := open(t, cfg)
	c := s.Client()
	own := status(t, s).Checkpoint.Serving
	pictures, ids := embed(t, s, 0, 6)
	stop := loop(t, 1, func(ctx context.Context, _ int) { // no query fails meanwhile
		reply, err := c.QueryImage(ctx, pictures[0].Data, 1, "")
		if ctx.Err() == nil && (err != nil || len(reply.Results) != 1 || reply.Results[0].ID != ids[0]) {
			t.Errorf("reply %+v, error %v", reply, err)
		}
	})

	path := filepath.Join(t.TempDir(), "my.tflite")
	writeEncoder(t, path, 48, verify.Uint8)
	s.Learn()
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = path })
	first := waitForFile(t, s, own)
	if first.Arch != "file" || first.Size != 48 || first.Encoder.Runtime != config.RuntimeLiteRT || first.Encoder.Precision != config.PrecisionInt8 {
		t.Errorf("status %+v", first)
	}
	st := status(t, s)
	if st.Embeddings != 6 || st.Train.State != client.LearnOff || !strings.Contains(st.Train.Holding, "cannot be trained") {
		t.Errorf("%d embeddings, learner %+v", st.Embeddings, st.Train)
	}
	findsItself(t, c, pictures[3].Data, ids[3], "")
	embed(t, s, 10, 2) // a new frame gets a vector of the file
	if n := status(t, s).Embeddings; n != 8 {
		t.Errorf("%d embeddings, want 8", n)
	}
	if _, err := s.Train(t.Context(), learn.TrainOptions{}); !errors.Is(err, learn.ErrFixed) {
		t.Errorf("training: %v, want %v", err, learn.ErrFixed)
	}

	// Another content of the same file is another encoder.
	writeEncoder(t, path, 64, verify.Int8)
	cfg = reload(t, s, cfg, func(*config.Config) {})
	second := waitForFile(t, s, first.Serving)
	if second.Size != 64 || status(t, s).Embeddings != 8 {
		t.Errorf("status %+v", second)
	}
	// The content before is known, and so are its vectors.
	writeEncoder(t, path, 48, verify.Uint8)
	cfg = reload(t, s, cfg, func(*config.Config) {})
	if again := waitForFile(t, s, second.Serving); again.Serving != first.Serving {
		t.Errorf("%s serves, want %s", again.Serving, first.Serving)
	}

	// Without the key the store's own encoder serves, and learning goes on.
	reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = "" })
	if back := waitForFile(t, s, first.Serving); back.Serving != own || back.Arch == "file" {
		t.Errorf("status %+v, want %s", back, own)
	}
	findsItself(t, c, pictures[3].Data, ids[3], "")
	if st := status(t, s).Train; st.State == client.LearnOff || st.Holding != "" {
		t.Errorf("learner %+v", st)
	}
	stop()
}

// A file that cannot serve is refused, whatever is wrong with it, and what served goes on.
func TestReloadEncoderFileRefused(t *testing.T) {
	cfg := fileConfig(t)
	path := filepath.Join(t.TempDir(), "my.tflite")
	writeEncoder(t, path, 48, verify.Uint8)
	cfg.Encoder.File = path
	s := open(t, cfg)
	serving := status(t, s).Checkpoint
	if serving.Size != 48 {
		t.Fatalf("status %+v", serving)
	}
	pictures, ids := embed(t, s, 0, 3)
	whole := verifytest.Encoder(48, verifytest.Type(verify.Uint8)).Bytes()
	fifo := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(fifo, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		data []byte
		path string
		says string
	}{
		"missing":    {path: path + ".gone", says: "no such file"},
		"a folder":   {path: fifo, says: "no regular file"},
		"empty":      {data: []byte{}, says: "the file is empty"},
		"truncated":  {data: whole[:len(whole)/2], says: "copy the file again"},
		"a picture":  {data: scene(t, 1), says: "JPEG picture"},
		"float":      {data: verifytest.Encoder(48, verifytest.Type(verify.Float32)).Bytes(), says: "encoder.mean"},
		"dimensions": {data: verifytest.Encoder(2048, verifytest.Type(verify.Uint8)).Bytes(), says: "2048 pixels"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := cfg
			bad.Encoder.File = path
			if test.path != "" {
				bad.Encoder.File = test.path
			} else {
				write(t, path, test.data)
			}
			err := s.Reload(func() (config.Config, error) { return bad, nil })
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "encoder.file: "+bad.Encoder.File) {
				t.Fatalf("error %v, want one that says %q", err, test.says)
			}
			st := status(t, s)
			if st.Checkpoint.Serving != serving.Serving || !strings.Contains(st.Config.Error, test.says) {
				t.Errorf("serving %+v, configuration %+v", st.Checkpoint, st.Config)
			}
			findsItself(t, s.Client(), pictures[1].Data, ids[1], "")
		})
	}
	// The copy in the store serves after a restart, though the file is bad.
	shut(t, s)
	s = open(t, cfg)
	if st := status(t, s); st.Checkpoint.Serving != serving.Serving || st.Config.Error == "" || st.Embeddings != 3 {
		t.Errorf("serving %+v with %d embeddings, configuration %+v", st.Checkpoint, st.Embeddings, st.Config)
	}
	findsItself(t, s.Client(), pictures[1].Data, ids[1], "")
}

// A store that began with a file gets a pretrained encoder when the key is emptied, and a
// restart in between changes nothing.
func TestStoreBeginsWithEncoderFile(t *testing.T) {
	cfg := fileConfig(t)
	path := filepath.Join(t.TempDir(), "my.tflite")
	writeEncoder(t, path, 32, verify.Int8)
	cfg.Encoder.File = path
	s := open(t, cfg)
	first := status(t, s).Checkpoint.Serving
	cp, err := s.Store().Checkpoint(storage.CheckpointID(first))
	if err != nil || cp.Kind != storage.CheckpointFile || cp.SHA256 == "" || cp.Dim != verifytest.Dim || !strings.Contains(cp.Note, "my.tflite") {
		t.Errorf("checkpoint %+v, error %v", cp, err)
	}
	pictures, ids := embed(t, s, 0, 3)
	shut(t, s)
	cfg.Encoder.File = ""
	s = open(t, cfg)
	if st := waitForFile(t, s, first); st.Arch != cfg.Model.Arch || st.Size != cfg.Serve.Size {
		t.Errorf("status %+v", st)
	}
	findsItself(t, s.Client(), pictures[1].Data, ids[1], "")
}

// Without LiteRT a file cannot be opened. The error says what mends it, and the store's
// own encoder serves at once when the key is emptied.
func TestEncoderFileWithoutLibrary(t *testing.T) {
	cfg := fileConfig(t)
	path := filepath.Join(t.TempDir(), "my.tflite")
	writeEncoder(t, path, 32, verify.Int8)
	s := open(t, cfg)
	own := status(t, s).Checkpoint.Serving
	pictures, ids := embed(t, s, 0, 3)
	cfg.Encoder.File = path
	reload(t, s, cfg, func(*config.Config) {})
	waitForFile(t, s, own)
	shut(t, s)
	t.Setenv(litert.Variable, filepath.Join(t.TempDir(), "gone.so"))
	if _, err := Open(t.Context(), Options{Config: cfg}); !errors.Is(err, litert.ErrMissing) || !strings.Contains(err.Error(), "make deps") {
		t.Errorf("error %v, want one that says how to get LiteRT", err)
	}
	cfg.Encoder.File = ""
	s = open(t, cfg)
	if st := status(t, s).Checkpoint; st.Serving != own {
		t.Errorf("status %+v, want %s", st, own)
	}
	findsItself(t, s.Client(), pictures[1].Data, ids[1], "")
}

// The last of several reloads counts, however far the work for the one before has come.
// A promotion that a restart interrupted is given up when nobody wants the file any more.
func TestReloadEncoderFileAgain(t *testing.T) {
	cfg := fileConfig(t)
	s := open(t, cfg)
	own := status(t, s).Checkpoint.Serving
	embed(t, s, 0, 40)
	folder := t.TempDir()
	for i, name := range []string{"a.tflite", "b.tflite"} {
		writeEncoder(t, filepath.Join(folder, name), int32(48+16*i), verify.Uint8)
	}
	for _, name := range []string{"a.tflite", "b.tflite", "a.tflite", "b.tflite"} {
		cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = filepath.Join(folder, name) })
	}
	wait(t, "the last file to serve", func() bool { return status(t, s).Checkpoint.Size == 64 })
	if n := status(t, s).Embeddings; n != 40 {
		t.Errorf("%d embeddings, want 40", n)
	}
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = "" })
	wait(t, "the store's own encoder to serve", func() bool { return status(t, s).Checkpoint.Serving == own })

	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = filepath.Join(folder, "a.tflite") })
	shut(t, s) // mostly in the middle of the work
	cfg.Encoder.File = ""
	s = open(t, cfg)
	wait(t, "the store's own encoder to serve", func() bool { return status(t, s).Checkpoint.Serving == own })
	if n := status(t, s).Embeddings; n != 40 {
		t.Errorf("%d embeddings, want 40", n)
	}
}

// A restart does not go on with the promotion of a file when the configuration names the
// one that serves again.
func TestPendingEncoderFile(t *testing.T) {
	cfg := fileConfig(t)
	folder := t.TempDir()
	for i, name := range []string{"a.tflite", "b.tflite"} {
		writeEncoder(t, filepath.Join(folder, name), int32(48+16*i), verify.Uint8)
	}
	cfg.Encoder.File = filepath.Join(folder, "a.tflite")
	s := open(t, cfg)
	first := status(t, s).Checkpoint.Serving
	embed(t, s, 0, 3)
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = filepath.Join(folder, "b.tflite") })
	second := waitForFile(t, s, first).Serving
	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Encoder.File = filepath.Join(folder, "a.tflite") })
	waitForFile(t, s, second)
	pending := struct{ Checkpoint, Reason string }{second, "it is pending"} // as a kill leaves it
	if err := s.Store().SaveState(t.Context(), "promotion", pending, nil); err != nil {
		t.Fatal(err)
	}
	shut(t, s)

	s = open(t, cfg)
	wait(t, "the end of the promotion", func() bool {
		_, err := s.Store().LoadState(t.Context(), "promotion", &pending)
		return errors.Is(err, storage.ErrNotFound)
	})
	if now := status(t, s).Checkpoint.Serving; now != first {
		t.Errorf("%s serves, want %s", now, first)
	}
}
