package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"edgeclr/daemon/client"
)

// testDaemon is a daemon with the folder that it watches and with its store. start starts it.
type testDaemon struct {
	t       *testing.T
	folder  string // folder that the daemon watches
	data    string // folder of the store
	environ []string
	client  *client.Client
	running *process
}

func newTestDaemon(t *testing.T, environ ...string) *testDaemon {
	t.Helper()
	root := t.TempDir()
	b := &testDaemon{t: t, folder: filepath.Join(root, "watched"), data: filepath.Join(root, "data")}
	b.environ = append(environment(root), environ...)
	b.client = client.New(b.data)
	if err := os.Mkdir(b.folder, 0o777); err != nil {
		t.Fatal(err)
	}
	return b
}

// start starts `edgeclr run` and waits for READY.
func (b *testDaemon) start() {
	b.t.Helper()
	p, err := startProcess(b.t.TempDir(), b.environ, true, "run", "--json", "--data", b.data, "--source", "dir:"+b.folder)
	if p != nil {
		b.t.Cleanup(func() { _, _, _ = p.end(syscall.SIGKILL) })
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.running = p
}

// render writes pictures into the watched folder.
func (b *testDaemon) render(first, n int) {
	b.t.Helper()
	if err := renderPictures(b.folder, first, n); err != nil {
		b.t.Fatal(err)
	}
}

func (b *testDaemon) status() client.Status {
	b.t.Helper()
	st, err := b.client.Status(b.t.Context())
	if err != nil {
		b.t.Fatalf("status: %v\n%s", err, b.running.stderr())
	}
	return st
}

// until polls the status until done returns true.
func (b *testDaemon) until(what string, waitLimit time.Duration, done func(client.Status) bool) client.Status {
	b.t.Helper()
	for deadline := time.Now().Add(waitLimit); ; time.Sleep(50 * time.Millisecond) {
		st := b.status()
		if done(st) {
			return st
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("not within %v: %s\n%+v\n%s", waitLimit, what, st, b.running.stderr())
		}
	}
}

// terminate ends the daemon.
func (b *testDaemon) terminate() {
	b.t.Helper()
	code, took, err := b.running.end(syscall.SIGTERM)
	if err != nil {
		b.t.Fatal(err)
	}
	if code != 0 || took > ending {
		b.t.Errorf("SIGTERM: code %d after %v, want 0 within %v\n%s", code, took, ending, b.running.stderr())
	}
	var last client.Status // the last line of standard output, as for every command with --json
	if err := json.Unmarshal(b.running.out.Bytes(), &last); err != nil || last.PID != b.running.cmd.Process.Pid {
		b.t.Errorf("standard output is not the last status: %v: %.200q", err, b.running.out.String())
	}
}

// stored maps the number of every frame that has a vector to its path. It fails if a
// frame appears twice.
func (b *testDaemon) stored() map[uint64]string {
	b.t.Helper()
	r, err := b.client.Embeddings(b.t.Context(), "")
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Close()
	paths, seen := map[uint64]string{}, map[string]bool{}
	for {
		line, _, err := r.Next()
		if err != nil {
			break // the count is compared with the status
		}
		if seen[line.Path] {
			b.t.Errorf("%s is stored twice", line.Path)
		}
		paths[line.ID], seen[line.Path] = line.Path, true
	}
	return paths
}

// files lists the watched folder.
func (b *testDaemon) files() []string {
	b.t.Helper()
	paths, err := listFiles(context.Background(), b.folder)
	if err != nil {
		b.t.Fatal(err)
	}
	return paths
}

// learning returns settings with which training begins at once and does not end.
func learning() []string {
	return []string{"EDGECLR_LEARN_MIN_FRAMES=8", "EDGECLR_LEARN_BATCH=4", "EDGECLR_LEARN_STEPS=1000000",
		"EDGECLR_LEARN_HEAD_STEPS=2", "EDGECLR_LEARN_CHECKPOINT_EVERY=5s"}
}

// Pictures that arrive during training are all embedded and found. SIGTERM ends the
// daemon during training, with everything committed.
func TestArriveWhileLearning(t *testing.T) {
	b := newTestDaemon(t, learning()...)
	b.start()
	b.render(0, 16)
	b.until("learning", time.Minute, func(st client.Status) bool { return st.Train.State == "learning" && st.Train.Step > 3 })
	b.render(16, 84)
	begin := time.Now()
	st := b.until("100 embeddings", time.Minute, func(st client.Status) bool { return st.Embeddings == 100 })
	t.Logf("84 pictures were embedded in %v beside training", time.Since(begin).Round(time.Millisecond))
	if st.Frames.Stored != 100 || st.Frames.Failed != 0 || st.Frames.Seen != 100 {
		t.Errorf("counters %+v, want 100 seen and stored", st.Frames)
	}
	for i, path := range b.files() {
		if i%10 != 0 {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := b.client.QueryImage(t.Context(), data, 1, "")
		if err != nil {
			t.Fatal(err)
		}
		if hit := answer.Results[0]; hit.Path != path || hit.Similarity < 0.999 {
			t.Errorf("%s finds %s with similarity %v first", path, hit.Path, hit.Similarity)
		}
	}
	before := b.until("another step", time.Minute, func(now client.Status) bool { return now.Train.Step > st.Train.Step })
	b.terminate()

	b.start()
	if after := b.status(); after.Train.Step < before.Train.Step || after.Embeddings != 100 {
		t.Errorf("it came back at step %d with %d embeddings, and was at %d with 100", after.Train.Step, after.Embeddings, before.Train.Step)
	}
	b.stored()
	b.until("training goes on", time.Minute, func(st client.Status) bool {
		return st.Train.State == "learning" && st.Train.Step > before.Train.Step
	})
	b.terminate()
}

// Frames that a daemon acknowledged are stored exactly once after any number of
// kills. The training continues from its last save.
func TestKill(t *testing.T) {
	b := newTestDaemon(t, learning()...)
	acknowledged := map[uint64]string{}
	saved, pictures := 0, 0
	lives := []time.Duration{100 * time.Millisecond, 700 * time.Millisecond, 1700 * time.Millisecond, 2900 * time.Millisecond, 10 * time.Second}
	for n := 0; ; n++ {
		b.start()
		step := b.status().Train.Step
		if step < saved {
			t.Errorf("life %d begins at step %d, and %d were saved", n, step, saved)
		}
		saved = step
		var life time.Duration
		if n < len(lives) {
			life = lives[n]
		} else if life = lives[len(lives)-1] << (n - len(lives) + 1); saved > 0 || life > 2*time.Minute {
			break // the state is saved, or this machine is too busy
		}
		death := time.AfterFunc(life, func() { _, _, _ = b.running.end(syscall.SIGKILL) })
		for alive := true; alive; pictures += 2 {
			b.render(pictures, 1)
			sent := filepath.Join(t.TempDir(), strconv.Itoa(pictures)+".jpg")
			answer, err := b.client.Embed(t.Context(), []client.Picture{{Path: sent, ModTime: time.Now(), Data: picture1(t, pictures+1)}})
			if alive = err == nil; alive {
				acknowledged[answer.Frames[0].ID] = sent
			}
		}
		death.Stop()
		<-b.running.ended
	}
	if saved == 0 {
		t.Error("the learner begins anew")
	}
	want := len(b.files())
	// A frame is in the index a moment after it is in the store.
	st := b.until("all files are stored and in the index", time.Minute, func(st client.Status) bool {
		return st.Store.Frames >= want+len(acknowledged) && st.Embeddings >= st.Store.Frames
	})
	paths := b.stored()
	if len(paths) != st.Embeddings || st.Embeddings != st.Store.Frames {
		t.Errorf("%d vectors, %d in the index, %d frames", len(paths), st.Embeddings, st.Store.Frames)
	}
	t.Logf("%d files, %d acknowledged, step %d after the last kill", want, len(acknowledged), saved)
	for id, path := range acknowledged {
		if paths[id] != path {
			t.Errorf("frame %d was acknowledged for %s and is %q", id, path, paths[id])
		}
	}
	for _, path := range b.files() {
		if !slices.Contains(values(paths), path) {
			t.Errorf("%s is not stored", path)
		}
	}
	b.until("training goes on", time.Minute, func(st client.Status) bool { return st.Train.Step > saved })
	b.terminate()
}

func values(m map[uint64]string) []string {
	var all []string
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// picture1 renders one picture.
func picture1(t *testing.T, n int) []byte {
	t.Helper()
	folder := t.TempDir()
	if err := renderPictures(folder, n, 1); err != nil {
		t.Fatal(err)
	}
	files, err := listFiles(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Every file of a difficult corpus becomes a frame or a failure with a reason,
// within bounds of memory and time. The daemon survives.
func TestAwkwardFiles(t *testing.T) {
	corpus := filepath.Join(sharedFolder(), "data", "awkward")
	manifest, err := os.ReadFile(filepath.Join(corpus, "MANIFEST.tsv"))
	if err != nil {
		t.Skipf("the shared data are not here: %v (set EDGECLR_SHARED)", err)
	}
	total := strings.Count(strings.TrimSpace(string(manifest)), "\n")
	b := newTestDaemon(t, "EDGECLR_LEARN_MIN_FRAMES=8", "EDGECLR_LEARN_BATCH=4")
	b.start()
	entries, err := os.ReadDir(corpus)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue // the manifest
		}
		if err := os.CopyFS(filepath.Join(b.folder, e.Name()), os.DirFS(filepath.Join(corpus, e.Name()))); err != nil {
			t.Fatal(err)
		}
	}
	begin := time.Now()
	st := b.until("all files are counted", 2*time.Minute, func(st client.Status) bool {
		return st.Frames.Stored+st.Frames.Failed >= uint64(total)
	})
	t.Logf("%d stored, %d failed %v in %v", st.Frames.Stored, st.Frames.Failed, st.Frames.Reasons, time.Since(begin).Round(time.Millisecond))
	if int(st.Frames.Stored+st.Frames.Failed) != total || st.Frames.Stored == 0 {
		t.Errorf("%d stored and %d failed of %d files", st.Frames.Stored, st.Frames.Failed, total)
	}
	var sum uint64
	for reason, n := range st.Frames.Reasons {
		sum += n
		if !slices.Contains([]string{"truncated", "too large", "unsupported", "empty", "corrupt"}, reason) {
			t.Errorf("%d files failed with reason %q", n, reason)
		}
	}
	if sum != st.Frames.Failed {
		t.Errorf("the reasons count %d files of %d", sum, st.Frames.Failed)
	}
	b.until("it learns from what was good", time.Minute, func(st client.Status) bool { return st.Train.Step > 5 || st.Train.State == "failed" })
	if peak := peakMemory(t, b.running.cmd.Process.Pid); peak > 1500<<20 {
		t.Errorf("peak memory %d MB, want at most 1500", peak>>20)
	} else {
		t.Logf("peak memory %d MB", peak>>20)
	}
	if st := b.status(); st.Train.State == "failed" {
		t.Errorf("the learner failed on these files: %s", st.Train.Error)
	}
	b.terminate()
	if problem := b.running.stderr(); strings.Contains(problem, "panic") || strings.Contains(problem, "level=ERROR") {
		t.Errorf("standard error:\n%s", problem)
	}
}

// peakMemory is the peak resident memory of a process, in bytes.
func peakMemory(t *testing.T, pid int) int64 {
	t.Helper()
	peak := procNumber(fmt.Sprintf("/proc/%d/status", pid), "VmHWM:") << 10
	if peak == 0 {
		t.Fatalf("process %d has no peak memory", pid)
	}
	return peak
}
