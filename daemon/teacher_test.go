package daemon

import (
	"path/filepath"
	"strings"
	"testing"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
	"edgeclr/tflite/verify"
	"edgeclr/tflite/verify/verifytest"
)

// teacherConfig configures a service with a teacher of 48 px, whose learner waits for many
// frames.
func teacherConfig(t *testing.T) config.Config {
	t.Helper()
	cfg := fileConfig(t)
	cfg.Learn.Teacher = filepath.Join(t.TempDir(), "teacher.tflite")
	writeEncoder(t, cfg.Learn.Teacher, 48, verify.Uint8)
	cfg.Learn.MinFrames = 1000
	return cfg
}

// taught waits until the teacher has embedded all frames to learn from, and returns its
// encoder.
func taught(t *testing.T, s *Service, size int) storage.Encoder {
	t.Helper()
	wait(t, "the teacher", func() bool {
		st := status(t, s).Train
		return st.Teacher != nil && st.Teacher.Size == size && st.Teacher.Embedded >= st.Replay && st.Replay > 0
	})
	e, ok, err := s.versions.Teacher(t.Context())
	if err != nil || !ok || e.Size != size || e.Dim != verifytest.Dim {
		t.Fatalf("%v, %v, %v", e, ok, err)
	}
	return e
}

func countOf(t *testing.T, s *Service, e storage.Encoder) int {
	t.Helper()
	n, err := s.store.CountVectors([]storage.Encoder{e})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The teacher embeds the frames to learn from and those that come later. Its vectors
// outlive a promotion, and go with their frames, with another teacher and without the key.
// It never answers a query.
func TestTeacher(t *testing.T) {
	cfg := teacherConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 20)
	if st := status(t, s).Train.Teacher; st == nil || st.File != cfg.Learn.Teacher || st.Size != 0 || st.Error != "" {
		t.Errorf("before learning: %+v", st)
	}
	s.Learn()
	e := taught(t, s, 48)
	embed(t, s, 20, 10)
	taught(t, s, 48)
	if st := status(t, s); st.Checkpoint.Size != cfg.Serve.Size || st.Checkpoint.Arch == "file" {
		t.Errorf("serving %+v", st.Checkpoint)
	}
	findsItself(t, s.Client(), all[3].Data, ids[3], "")

	other := importOther(t, s, 99)
	if _, err := s.Promote(t.Context(), other, "test", nil); err != nil {
		t.Fatal(err)
	}
	if n, want := countOf(t, s, e), status(t, s).Train.Replay; n < want {
		t.Errorf("%d vectors of the teacher after a promotion, want %d", n, want)
	}

	// Another content of the file is another teacher.
	writeEncoder(t, cfg.Learn.Teacher, 64, verify.Int8)
	cfg = reload(t, s, cfg, func(*config.Config) {})
	next := taught(t, s, 64)
	if n := countOf(t, s, e); n != 0 {
		t.Errorf("%d vectors of the teacher before", n)
	}

	// Frames take their vectors along.
	s.learner.LearnFrom(1000)
	reconfigure(s, func(cfg *config.Config) { cfg.Store.MaxBytes, cfg.Learn.MinFrames = 1, 10 })
	if err := s.retainOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := countOf(t, s, next); n == 0 || n > 10 || s.store.CountFrames() != 10 {
		t.Errorf("%d vectors of %d frames", n, s.store.CountFrames())
	}
	reconfigure(s, func(now *config.Config) {
		now.Store.MaxBytes, now.Learn.MinFrames = cfg.Store.MaxBytes, cfg.Learn.MinFrames
	})

	cfg = reload(t, s, cfg, func(cfg *config.Config) { cfg.Learn.Teacher = "" })
	wait(t, "the vectors to go", func() bool { return countOf(t, s, next) == 0 })
	if st := status(t, s).Train; st.Teacher != nil || st.State != client.LearnWaiting {
		t.Errorf("learner %+v", st)
	}
	if _, ok, err := s.versions.Teacher(t.Context()); ok || err != nil {
		t.Errorf("there is a teacher, %v", err)
	}
	if n := status(t, s).Embeddings; n != 10 {
		t.Errorf("%d embeddings, want 10", n)
	}
}

// A reload that names a file that cannot teach is refused, whatever is wrong with it, and
// the teacher before goes on.
func TestReloadTeacherRefused(t *testing.T) {
	cfg := teacherConfig(t)
	s := open(t, cfg)
	embed(t, s, 0, 4)
	s.Learn()
	taught(t, s, 48)
	whole := verifytest.Encoder(48, verifytest.Type(verify.Uint8)).Bytes()
	for _, test := range []struct {
		name string
		data []byte
		says string
	}{
		{"missing", nil, "no such file"},
		{"truncated", whole[:len(whole)/2], "copy the file again"},
		{"picture", scene(t, 1), "JPEG picture"},
		{"float", verifytest.Encoder(48, verifytest.Type(verify.Float32)).Bytes(), "learn.teacher_mean"},
	} {
		bad := cfg
		bad.Learn.Teacher += test.name
		if test.data != nil {
			write(t, bad.Learn.Teacher, test.data)
		}
		err := s.Reload(func() (config.Config, error) { return bad, nil })
		if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "learn.teacher: "+bad.Learn.Teacher+" cannot teach") {
			t.Errorf("%s: error %v, want one that says %q", test.name, err, test.says)
		}
		if st := status(t, s); !strings.Contains(st.Config.Error, test.says) {
			t.Errorf("%s: configuration %+v", test.name, st.Config)
		}
	}
	embed(t, s, 10, 4)
	taught(t, s, 48)
}

// A file that crashes LiteRT ends its child process alone. Learning goes on without it.
func TestTeacherCrashes(t *testing.T) {
	cfg := teacherConfig(t)
	cfg.Learn.MinFrames = 8
	s := open(t, cfg)
	t.Setenv(childDies, "1")
	embed(t, s, 0, 12)
	s.Learn()
	if end := <-s.learner.Rounds(); end.Err != nil || end.Progress.Step == 0 {
		t.Errorf("round %+v", end)
	}
	st := status(t, s)
	if is := st.Train.Teacher; is == nil || !strings.Contains(is.Error, "learn.teacher: "+cfg.Learn.Teacher+" cannot teach: LiteRT crashed while loading the file") {
		t.Errorf("teacher %+v", is)
	}
	told := 0
	for _, e := range st.Events {
		if strings.Contains(e.Text, "learning goes on without a teacher: learn.teacher") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d events say it", told)
	}
}

// After a restart the teacher goes on with the frames that it has not embedded. What it has
// embedded stays, also while its file is gone.
func TestTeacherGoesOn(t *testing.T) {
	cfg := teacherConfig(t)
	s := open(t, cfg)
	embed(t, s, 0, 60)
	s.Learn()
	wait(t, "some vectors", func() bool { return status(t, s).Train.Teacher.Embedded > 0 })
	e, _, _ := s.versions.Teacher(t.Context())
	var first storage.FrameID
	marker := make([]float32, e.Dim)
	marker[0] = 1
	err := s.store.Vectors(t.Context(), []storage.Encoder{e}, 0, func(id storage.FrameID, _ []float32) error { first = id; return nil })
	if err == nil {
		err = s.versions.PutTeacherVectors(t.Context(), e, []storage.Vector{{ID: first, Values: marker}})
	}
	if err != nil {
		t.Fatal(err)
	}
	shut(t, s)

	data := verifytest.Encoder(48, verifytest.Type(verify.Uint8)).Bytes()
	write(t, cfg.Learn.Teacher, data[:100])
	s = open(t, cfg)
	s.Learn()
	wait(t, "the refusal", func() bool { return status(t, s).Train.Teacher.Error != "" })
	if n := countOf(t, s, e); n == 0 {
		t.Error("the vectors are gone with the file")
	}
	shut(t, s)

	write(t, cfg.Learn.Teacher, data)
	s = open(t, cfg)
	s.Learn()
	if again := taught(t, s, 48); again != e {
		t.Errorf("the same file is %v and %v", e, again)
	}
	if kept, err := s.store.Vector([]storage.Encoder{e}, 0, first); err != nil || kept[0] != 1 {
		t.Errorf("the vector of frame %d was computed again: %v, %v", first, kept, err)
	}
	shut(t, s)

	// The vectors go also when learning is off.
	cfg.Learn.Teacher, cfg.Learn.Enabled = "", false
	s = open(t, cfg)
	wait(t, "the vectors to go", func() bool { return countOf(t, s, e) == 0 })
}
