package storage

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A process is killed at a random moment while it writes. Every record that it
// reported as stored is there, and the rest of the store is sound. This does not
// cover a power cut, because SIGKILL leaves the page cache. The virtual machine
// does (systemd/vm/promises/powercut.go).
func TestKilledWriter(t *testing.T) {
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	dir := t.TempDir()
	total := 0
	for round := range rounds {
		said := killChild(t, "write", dir, time.Duration(20+rng.IntN(250))*time.Millisecond)
		s, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for _, line := range said {
			id, err := strconv.ParseUint(line, 10, 64)
			if err != nil {
				t.Fatalf("child says %q", line)
			}
			verifyChildFrame(t, s, FrameID(id))
		}
		verifyChildSightings(t, s, said)
		total += len(said)
		if s.CountFrames() < total {
			t.Errorf("round %d: %d frames, %d were acknowledged", round, s.CountFrames(), total)
		}
		if c := s.Counters(); c.Stored != uint64(s.CountFrames()) {
			t.Errorf("round %d: counters %+v with %d frames", round, c, s.CountFrames())
		}
		total = s.CountFrames()
		closeStore(t, s)
	}
	if total == 0 {
		t.Error("the children stored nothing: the test says nothing")
	}
}

func verifyChildFrame(t *testing.T, s *Store, id FrameID) {
	t.Helper()
	f, err := s.Frame(id)
	if err != nil {
		t.Errorf("acknowledged frame: %v", err)
		return
	}
	seed, err := strconv.ParseUint(f.Label, 10, 64)
	if err != nil {
		t.Fatalf("label %q", f.Label)
	}
	want := childFrame(seed)
	data, err := s.FrameData(id)
	if err != nil || !bytes.Equal(data, want.Data) {
		t.Errorf("frame %d: picture differs, %v", id, err)
	}
	if v, err := s.Vector(by("c1"), 0, id); err != nil || !equalFloats(v, want.Vectors[0]) {
		t.Errorf("frame %d: vector differs, %v", id, err)
	}
	if data, err := s.ReplayPicture(id); err != nil || !bytes.Equal(data, want.Replay.JPEG) {
		t.Errorf("frame %d: picture to learn from differs, %v", id, err)
	}
	if seen, err := s.Seen(want.Source, want.Path, 7, time.Time{}); err != nil || !seen {
		t.Errorf("frame %d: its file is not known, %v", id, err)
	}
}

// verifyChildSightings expects the sightings that an acknowledged write stored:
// those of the first frame of each pair, except for the last pair.
func verifyChildSightings(t *testing.T, s *Store, said []string) {
	t.Helper()
	for i := 0; i+2 < len(said); i += 2 {
		id, err := strconv.ParseUint(said[i], 10, 64)
		if err != nil {
			t.Fatalf("child says %q", said[i])
		}
		found, err := s.Sightings(FrameID(id))
		if want := (Sightings{2, time.Unix(1, 0).UTC(), time.Unix(2, 0).UTC()}); err != nil || found[FrameID(id)] != want {
			t.Errorf("frame %d was seen again: %+v, %v", id, found, err)
		}
	}
}

// A learner is killed while it replaces its state. The state is a whole one, at
// most one step older than the last one that it acknowledged.
func TestKilledLearner(t *testing.T) {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for round := range 4 {
		said := killChild(t, "learn", dir, time.Duration(50+rng.IntN(300))*time.Millisecond)
		s, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		step := 0
		ts, err := s.LoadState(t.Context(), "learner", &step)
		if err != nil && len(said) > 0 {
			t.Fatalf("round %d: %v after %s", round, err, said[len(said)-1])
		}
		if err == nil && !equalTensors(ts, tensors(uint64(step), 300_000, 10)) {
			t.Errorf("round %d: the tensors are not those of step %d", round, step)
		}
		if len(said) > 0 {
			if last, _ := strconv.Atoi(said[len(said)-1]); step < last {
				t.Errorf("round %d: step %d, %d was acknowledged", round, step, last)
			}
		}
		closeStore(t, s)
	}
}

// killChild runs a child for a while, kills it and returns the whole lines that
// it wrote.
func killChild(t *testing.T, role, dir string, after time.Duration) []string {
	t.Helper()
	cmd := childCommand(t, role, dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	first, err := in.ReadString('\n') // the store is open: the clock starts
	if err != nil || first != "ready\n" {
		t.Fatalf("child says %q, %v", first, err)
	}
	kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	lines := strings.Split(string(text), "\n")
	return lines[:len(lines)-1]
}

func childFrame(seed uint64) NewFrame {
	f := sample(seed, int(seed*7919%300_000)+1)
	f.Label = strconv.FormatUint(seed, 10)
	f.Vectors = [][]float32{floats(seed, 8)}
	f.File = &FileState{Path: f.Path, Size: 7}
	f.Replay = &ReplayPicture{Live: seed%2 == 0, JPEG: noise(seed+1, int(seed*7907%9000)+1)}
	return f
}

func childWrite(dir string) int {
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	cp := CheckpointID("c1")
	if list, _ := s.Checkpoints(); len(list) == 0 {
		if cp, err = s.PutCheckpoint(ctx, Checkpoint{Kind: CheckpointPretrained, Dim: 8}, tensors(1, 10)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	fmt.Println("ready")
	for n := uint64(s.CountFrames()); ; n += 2 {
		ids, err := s.AddFrames(ctx, by(cp), []NewFrame{childFrame(n), childFrame(n + 1)})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Printf("%d\n%d\n", ids[0], ids[1])
		for i := range int64(2) {
			if err := s.AddSighting(ids[0], time.Unix(1+i, 0)); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
		}
	}
}

func childLearn(dir string) int {
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	step := 0
	if _, err := s.LoadState(ctx, "learner", &step); err != nil {
		step = 0
	}
	fmt.Println("ready")
	for {
		step++
		if err := s.SaveState(ctx, "learner", step, tensors(uint64(step), 300_000, 10)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println(step)
	}
}
