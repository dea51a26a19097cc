package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

// killedFrames is how many frames the store of TestKilledPromotion has.
const killedFrames = 40

// promotedCheckpoint is the n-th checkpoint that the child of TestKilledPromotion
// promotes.
func promotedCheckpoint(n int) CheckpointID { return checkpointID(uint32(n) + 10) }

func promotedVector(n int, id FrameID) []float32 { return unit(uint64(n)*1000+uint64(id), 8) }

// A process is killed while it computes the adapted halves of one checkpoint after
// another in a store of an older release, and deletes those that nobody needs. Every
// acknowledged vector is there, and no pretrained half is lost.
func TestKilledPromotion(t *testing.T) {
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	s := joinedStore(t, killedFrames, frames(1, 10), frames(5, killedFrames))
	dir := s.Dir()
	closeStore(t, s)
	begun := 0
	for range 4 {
		said := killChild(t, "promote", dir, time.Duration(100+rng.IntN(400))*time.Millisecond)
		s, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		wantVectors(t, s, by("c1"), frames(1, killedFrames), rootVector)
		var n int
		var id FrameID
		if len(said) > 0 {
			if _, err := fmt.Sscan(said[len(said)-1], &n, &id); err != nil {
				t.Fatalf("child says %q", said[len(said)-1])
			}
			begun = max(begun, n)
			for before := range id { // the child goes through the frames in order
				v, err := s.Vector(by(promotedCheckpoint(n)), 0, before+1)
				if err != nil || !slices.Equal(v, promotedVector(n, before+1)) {
					t.Errorf("checkpoint %d, frame %d: %v", n, before+1, err)
				}
			}
		}
		closeStore(t, s)
	}
	if begun < 1 {
		t.Error("the children promoted nothing: the test says nothing")
	}
}

// childPromote promotes one checkpoint after another, beginning with the one that the
// last child had begun. It reports each vector that is stored.
func childPromote(dir string) int {
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	begin := 1
	if _, err := s.LoadState(ctx, "promoted", &begin); err != nil {
		begin = 1
	}
	fmt.Println("ready")
	for n := begin; ; n++ {
		if err := s.SaveState(ctx, "promoted", n, nil); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		own := by(promotedCheckpoint(n))[0]
		for id := FrameID(1); id <= killedFrames; id++ {
			if err := s.PutVectors(ctx, own, []Vector{{id, promotedVector(n, id)}}); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			fmt.Println(n, id)
		}
		if err := s.KeepVectors(ctx, append(join(promotedCheckpoint(n)), by(promotedCheckpoint(n-1))...)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
}

// The roots' vectors stay, whatever is kept or deleted, until others are named.
func TestRootsStay(t *testing.T) {
	s := openNew(t)
	for range 3 {
		putCheckpoint(t, s, 1)
	}
	ids := addSamples(t, s, "c1", 5, 100) // c1 is the root; it never served
	for _, id := range ids {
		if err := s.PutVectors(t.Context(), by("c2")[0], []Vector{{id, unit(uint64(id), 8)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetServing(t.Context(), "c2", "test", join("c2")...); err != nil {
		t.Fatal(err)
	}
	if err := s.SetServing(t.Context(), "c3", "test", by("c3")...); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.SetRoots(t.Context(), by("c1")...); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	s = open(t, s.Dir(), Options{})
	if list, err := s.Roots(); err != nil || !slices.Equal(list, by("c1")) {
		t.Fatalf("%v, %v", list, err)
	}
	if err := s.DeleteCheckpoint(t.Context(), "c2"); err != nil {
		t.Fatal(err)
	}
	if root, adapted := countVectors(t, s, "c1"), countVectors(t, s, "c2"); root != 5 || adapted != 0 {
		t.Errorf("after c2 was deleted: %d vectors of the root, %d of c2", root, adapted)
	}
	if err := s.KeepVectors(t.Context(), by("c3")); err != nil {
		t.Fatal(err)
	}
	if n := countVectors(t, s, "c1"); n != 5 {
		t.Errorf("after KeepVectors: %d vectors of the root", n)
	}
	wantErr(t, s.SetRoots(t.Context(), Encoder{Weights: "no values"}), ErrInvalid)
	if err := s.SetRoots(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepVectors(t.Context(), by("c3")); err != nil {
		t.Fatal(err)
	}
	if n := countVectors(t, s, "c1"); n != 0 {
		t.Errorf("without a root: %d vectors", n)
	}
}

// A damaged list of roots is an error before anything is deleted, and is replaced.
func TestDamagedRoots(t *testing.T) {
	s := openNew(t)
	putCheckpoint(t, s, 1)
	addSamples(t, s, "c1", 3, 100)
	if err := s.SetRoots(t.Context(), by("c1")...); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	flipPayload(t, s.Dir(), []byte(`[{"weights":"c1"`))
	s = open(t, s.Dir(), Options{})
	wantErr(t, s.KeepVectors(t.Context(), nil), ErrCorrupt)
	if n := countVectors(t, s, "c1"); n != 3 {
		t.Errorf("%d vectors", n)
	}
	if err := s.SetRoots(t.Context(), by("c1")...); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepVectors(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// DropVectors deletes the vectors of one encoder and of no other, whatever serves.
func TestDropVectors(t *testing.T) {
	s := openNew(t)
	for range 2 {
		putCheckpoint(t, s, 1)
	}
	ids := addSamples(t, s, "c1", 5, 100)
	for _, id := range ids {
		if err := s.PutVectors(t.Context(), by("c2")[0], []Vector{{id, unit(uint64(id), 8)}}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := s.DropVectors(t.Context(), by("c2")[0]); err != nil {
			t.Fatal(err)
		}
		if one, other := countVectors(t, s, "c1"), countVectors(t, s, "c2"); one != 5 || other != 0 {
			t.Errorf("%d vectors by c1, %d by c2", one, other)
		}
	}
}
