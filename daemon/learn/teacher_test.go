package learn

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
	"edgeclr/tflite/litert"
	"edgeclr/tflite/verify"
	"edgeclr/tflite/verify/verifytest"
)

// withTeacher opens a learner with a teacher of 48 px, which is open.
func withTeacher(t *testing.T) *fixture {
	t.Helper()
	if _, err := litert.Load(""); errors.Is(err, litert.ErrMissing) {
		t.Skip(err)
	}
	cfg := smallConfig(t)
	cfg.Learn.Teacher = filepath.Join(t.TempDir(), "teacher.tflite")
	data := verifytest.Encoder(48, verifytest.Type(verify.Uint8)).Bytes()
	if err := os.WriteFile(cfg.Learn.Teacher, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f := open(t, cfg)
	if err := f.learner.followTeacher(t.Context()); err != nil || f.learner.teacher.network == nil {
		t.Fatal(f.learner.Status().Teacher, err)
	}
	t.Cleanup(f.learner.closeTeacher)
	return f
}

// A folder is decoded once, and embedded by the encoder that serves and by the teacher. A
// limit that is over leaves pictures without neighbours.
func TestFolderNeighboursWithTeacher(t *testing.T) {
	f := withTeacher(t)
	cp, err := f.store.Checkpoint("c1")
	if err != nil {
		t.Fatal(err)
	}
	var ids []uint64
	for i := range uint64(60) {
		ids = append(ids, i)
	}
	loads := 0
	load := func(_ context.Context, id uint64) (*rgb.Image, error) {
		if loads++; id == 7 {
			return nil, errors.New("it cannot be read")
		}
		return scene(int(id)), nil
	}
	near, err := f.learner.folderNeighbours(t.Context(), cp, ids, 0, load)
	if err != nil || len(near.second) < 6 || len(near.second[7]) != 0 || loads != len(ids) {
		t.Errorf("%d pictures have neighbours, %d were decoded, %v", len(near.second), loads, err)
	}
	loads = 0
	if near, err := f.learner.folderNeighbours(t.Context(), cp, ids, time.Nanosecond, load); err != nil || len(near.second) != 0 || loads != 0 {
		t.Errorf("no time: %d pictures have neighbours, %d were decoded, %v", len(near.second), loads, err)
	}
	networks := f.learner.teacherNetworks()
	if len(networks) != 1 || networks[0].is.Size != 48 {
		t.Fatalf("teacher %+v", networks)
	}

	// Without time for the teacher the others go on.
	encoder, err := networks[0].open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sets, err := embedAll(t.Context(), []blend.Encoder{encoder, encoder}, ids[:20], load, func(e int) bool { return e == 1 })
	if err != nil || slices.ContainsFunc(sets[1], func(v []float32) bool { return v != nil }) || sets[0][3] == nil || sets[0][7] != nil {
		t.Errorf("%v, %v", sets, err)
	}
}

// The learner embeds the frames to learn from that the teacher does not know, and no
// others. A pause holds it. Without learn.neighbours nobody needs its vectors.
func TestTeach(t *testing.T) {
	f := withTeacher(t)
	embed(t, f, 20, true)
	count := func() int {
		n, err := f.store.CountVectors([]storage.Encoder{f.learner.teacher.is})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	teach := func(ctx context.Context) error { return f.learner.teach(ctx) }

	f.cfg.Learn.Neighbours = 0
	if err := teach(t.Context()); err != nil || count() != 0 {
		t.Fatalf("%d vectors that nobody needs, %v", count(), err)
	}
	f.cfg.Learn.Neighbours = 5
	f.learner.Pause()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := teach(ctx); !errors.Is(err, context.DeadlineExceeded) || count() != 0 {
		t.Fatalf("%d vectors in a pause, %v", count(), err)
	}
	f.learner.Resume()
	want := f.corpus.buffer.Len()
	if err := teach(t.Context()); err != nil || count() != want {
		t.Fatalf("%d vectors of %d frames, %v", count(), want, err)
	}
	if st := f.learner.Status().Teacher; st == nil || st.Embedded != want || st.Size != 48 || st.Error != "" {
		t.Errorf("status %+v", st)
	}
	written := f.store.BytesWritten()
	if err := teach(t.Context()); err != nil || f.store.BytesWritten() != written {
		t.Errorf("frames are embedded again, %v", err)
	}

	// The teacher's encoder is among those that neighbours are found by.
	encoders, err := f.learner.neighbourEncoders(t.Context(), resumePoint{Serving: "c1"})
	if err != nil || len(encoders) != 2 || encoders[1] != f.learner.teacher.is {
		t.Errorf("%v, %v", encoders, err)
	}

	// Vectors of a teacher that another one has replaced are not stored.
	other := f.learner.teacher.is
	other.Weights = strings.Repeat("0", 64)
	if err := f.versions.UseTeacher(t.Context(), &other); err != nil || count() != 0 {
		t.Fatalf("%d vectors of the teacher before, %v", count(), err)
	}
	f.learner.teacher.done = nil
	if err := teach(t.Context()); err != nil || count() != 0 {
		t.Errorf("%d vectors of the teacher before, %v", count(), err)
	}

	// The configuration names no teacher, and then the same one, before the learner looks.
	file, err := serving.ReadEncoderFile(f.cfg.TeacherFile())
	if err != nil {
		t.Fatal(err)
	}
	f.learner.SetTeacher(nil)
	if err := f.versions.UseTeacher(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	f.learner.SetTeacher(file)
	if err := f.learner.followTeacher(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := teach(t.Context()); err != nil || count() != want {
		t.Errorf("%d vectors of %d frames, %v", count(), want, err)
	}
}

// Training on a folder goes on without a teacher that cannot be used.
func TestTrainWithoutTeacher(t *testing.T) {
	cfg := smallConfig(t)
	cfg.Learn.Teacher = filepath.Join(t.TempDir(), "gone.tflite")
	cfg.Learn.Steps, cfg.Learn.HeadSteps = 2, 1
	f := open(t, cfg)
	var files []string
	for i := range 6 {
		data, err := scene(i).JPEG(90)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.Join(t.TempDir(), "picture.jpg"))
		if err := os.WriteFile(files[i], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.learner.opt.Decoder = &decode.Decoder{Limits: decode.Limits{MaxBytes: 1 << 20, MaxPixels: 1 << 20}}
	report, err := f.learner.Train(t.Context(), TrainOptions{Files: files})
	if err != nil || report.Steps != 2 || countEvents(f, "learning goes on without a teacher: learn.teacher") != 1 {
		t.Errorf("%+v, %v, events %v", report, err, f.events)
	}
}
