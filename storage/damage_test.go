package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"edgeclr/internal/tensor"
	"edgeclr/storage/boltfile"
)

// content is what was stored. A damaged store may lose it, but not falsify it.
type content struct {
	frames  map[FrameID]NewFrame
	cp      CheckpointID
	tensors []tensor.Tensor
}

// makeStore makes a closed store with branch pages, several kinds of records and
// free pages. It returns the folder and what was stored.
func makeStore(t *testing.T) (dir string, c content) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, dir, Options{Now: newClock().time})
	c = content{frames: map[FrameID]NewFrame{}, cp: putCheckpoint(t, s, 500), tensors: tensors(500, 100, 40_000)}
	for i := range 6 {
		var fs []NewFrame
		for j := range 40 {
			f := sample(uint64(1000*i+j), 1500)
			f.Vectors = [][]float32{floats(uint64(1000*i+j), 8)}
			f.File = &FileState{Path: f.Path, Size: 1500}
			if j%4 == 0 {
				f.Replay = &ReplayPicture{Live: true, JPEG: noise(uint64(1000*i+j)+7, 900)}
			}
			fs = append(fs, f)
		}
		ids, err := s.AddFrames(t.Context(), by(c.cp), fs)
		if err != nil {
			t.Fatal(err)
		}
		for j, id := range ids {
			c.frames[id] = fs[j]
		}
	}
	if err := s.SetServing(t.Context(), c.cp, "test"); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveState(t.Context(), "l", 1, c.tensors); err != nil {
		t.Fatal(err)
	}
	for id := range c.frames {
		if err := s.AddSighting(id, c.frames[id].Time); err != nil {
			t.Fatal(err)
		}
	}
	// Free pages make the freelist worth damaging.
	res, err := s.Retain(t.Context(), Retention{MaxBytes: 600_000})
	if err != nil || res.Frames == 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	closeStore(t, s)
	return dir, c
}

// verify reads all of the damaged store in dir. Every answer must be right, or
// missing, or an error. verify returns whether the damage was noticed.
func (c content) verify(t *testing.T, dir string) (noticed bool) {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{NoSync: true})
	if err != nil {
		if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrLost) && !errors.Is(err, ErrNewerSchema) {
			t.Errorf("open: %v", err)
		}
		return true
	}
	defer s.Close()
	note := func(err error) {
		switch {
		case err == nil:
		case errors.Is(err, ErrCorrupt), errors.Is(err, ErrNotFound):
			noticed = true
		default:
			t.Errorf("unexpected error %v", err)
		}
	}
	note(s.Frames(t.Context(), 0, func(f Frame) error {
		want, ok := c.frames[f.ID]
		if !ok || f.Path != want.Path || f.SHA256 != want.SHA256 || !f.Time.Equal(want.Time) {
			t.Errorf("frame %d is wrong", f.ID)
			return nil
		}
		data, err := s.FrameData(f.ID)
		if note(err); err == nil && !bytes.Equal(data, want.Data) {
			t.Errorf("picture %d is wrong", f.ID)
		}
		return nil
	}))
	note(s.Vectors(t.Context(), by(c.cp), 0, func(id FrameID, v []float32) error {
		if want, ok := c.frames[id]; !ok || !equalFloats(v, want.Vectors[0]) {
			t.Errorf("vector %d is wrong", id)
		}
		return nil
	}))
	note(s.Replay(t.Context(), func(e ReplayEntry) error {
		want, ok := c.frames[e.ID]
		if !ok || want.Replay == nil || !e.Time.Equal(want.Time) || e.Source != want.Source || !e.Live {
			t.Errorf("replay entry %d is wrong", e.ID)
			return nil
		}
		data, err := s.ReplayPicture(e.ID)
		if note(err); err == nil && !bytes.Equal(data, want.Replay.JPEG) {
			t.Errorf("picture to learn from %d is wrong", e.ID)
		}
		return nil
	}))
	for id, f := range c.frames {
		found, err := s.Sightings(id)
		note(err)
		if all, ok := found[id]; ok && all != (Sightings{1, f.Time, f.Time}) {
			t.Errorf("sightings of %d are wrong", id)
		}
	}
	ts, err := s.Tensors(t.Context(), c.cp)
	if note(err); err == nil && !equalTensors(ts, c.tensors) {
		t.Error("tensors are wrong")
	}
	id, err := s.Serving()
	if note(err); err == nil && id != c.cp && id != "" {
		t.Errorf("%s serves", id)
	}
	r, err := s.Check(t.Context())
	note(err)
	// A store that opened must also take a write, or refuse it, not crash.
	_, err = s.AddFrames(t.Context(), by(c.cp), []NewFrame{sample(1, 10)})
	if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrUnsafe) {
		t.Errorf("write: %v", err)
	}
	return noticed || !r.OK()
}

// One bit is flipped in every part of the file. The damage is never taken for
// data and never ends the process. In a used page it is noticed.
func TestFlippedBits(t *testing.T) {
	dir, c := makeStore(t)
	original, meta := readStore(t, dir)
	rng := rand.New(rand.NewPCG(7, 7))
	pageSize := int64(meta.PageSize)
	var at []int64
	for page := int64(0); page < int64(meta.Pages); page++ {
		// Headers and element tables first: they hold the structure.
		at = append(at, page*pageSize+rng.Int64N(16), page*pageSize+16+rng.Int64N(64), page*pageSize+rng.Int64N(pageSize))
	}
	// Root, freelist and meta pages more closely.
	for _, page := range []int64{0, 1, int64(meta.Root), int64(meta.Freelist)} {
		for i := range int64(40) {
			at = append(at, page*pageSize+i*2+rng.Int64N(2))
		}
	}
	if testing.Short() {
		rng.Shuffle(len(at), func(i, j int) { at[i], at[j] = at[j], at[i] })
		at = at[:60]
	}
	noticed := 0
	work := t.TempDir()
	for _, pos := range at {
		broken := bytes.Clone(original)
		broken[pos] ^= 1 << rng.IntN(8)
		writeStore(t, work, dir, broken)
		if c.verify(t, work) {
			noticed++
		}
		if t.Failed() {
			t.Fatalf("page %d, byte %d of it", pos/pageSize, pos%pageSize)
		}
	}
	t.Logf("%d of %d flips noticed; the others are in free pages or unused bytes", noticed, len(at))
	if noticed < len(at)/4 {
		t.Errorf("only %d of %d noticed", noticed, len(at))
	}
}

// A whole page is overwritten: with zeros, noise or another page of the file.
func TestOverwrittenPages(t *testing.T) {
	dir, c := makeStore(t)
	original, meta := readStore(t, dir)
	size := int(meta.PageSize)
	rng := rand.New(rand.NewPCG(8, 8))
	work := t.TempDir()
	for page := range int(meta.Pages) {
		if testing.Short() && page%10 != 0 {
			continue
		}
		broken := bytes.Clone(original)
		target := broken[page*size : (page+1)*size]
		switch page % 3 {
		case 0:
			clear(target)
		case 1:
			copy(target, noise(uint64(page), size))
		case 2:
			other := rng.IntN(int(meta.Pages))
			copy(target, original[other*size:(other+1)*size])
		}
		writeStore(t, work, dir, broken)
		c.verify(t, work)
		if t.Failed() {
			t.Fatalf("page %d", page)
		}
	}
}

func TestTruncatedFile(t *testing.T) {
	dir, c := makeStore(t)
	original, meta := readStore(t, dir)
	work := t.TempDir()
	need := int(meta.Pages) * int(meta.PageSize)
	for size := 0; size < need; size += 4096 - size%3 {
		writeStore(t, work, dir, original[:size])
		s, err := Open(t.Context(), work, Options{})
		if err == nil {
			s.Close()
			t.Fatalf("%d of %d bytes open", size, need)
		}
		if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrLost) {
			t.Fatalf("%d of %d bytes: %v", size, need, err)
		}
	}
	writeStore(t, work, dir, original[:need]) // without the preallocated tail
	if c.verify(t, work) {
		t.Error("the whole of the used file is refused")
	}
}

// The file is cut while the store is open. Reading faults, and the process lives.
func TestTruncatedWhileOpen(t *testing.T) {
	dir, _ := makeStore(t)
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(s.Path(), 3*4096); err != nil {
		t.Fatal(err)
	}
	var last error
	for id := FrameID(1); id <= 240; id++ {
		if _, err := s.FrameData(id); err != nil {
			last = err
		}
	}
	wantErr(t, last, ErrCorrupt)
	_, err = s.AddFrames(t.Context(), nil, []NewFrame{sample(1, 10)})
	wantErr(t, err, ErrCorrupt)
	err = s.AddEvent(t.Context(), Event{Kind: "x"})
	if !errors.Is(err, ErrUnsafe) {
		t.Errorf("the next write: %v, want ErrUnsafe", err)
	}
	_ = s.Close() // it must return; its error does not matter
}

// bbolt would follow a cycle of pages until the stack overflows.
func TestCycle(t *testing.T) {
	dir, c := makeStore(t)
	file, meta := readStore(t, dir)
	size := int(meta.PageSize)
	const header, element, branch = 16, 16, 0x01 // see package boltfile
	cycles := 0
	for page := 2; page < int(meta.Pages); page++ {
		b := file[page*size:]
		le := binary.LittleEndian
		if le.Uint64(b) != uint64(page) || le.Uint16(b[8:]) != branch {
			continue
		}
		broken := bytes.Clone(file)
		for i := range int(le.Uint16(b[10:])) {
			le.PutUint64(broken[page*size+header+i*element+8:], uint64(page))
		}
		work := t.TempDir()
		writeStore(t, work, dir, broken)
		if c.verify(t, work) {
			cycles++
		}
	}
	if cycles == 0 {
		t.Error("no branch page was found: the test says nothing")
	}
}

func TestTornMetaPage(t *testing.T) {
	dir, c := makeStore(t)
	original, meta := readStore(t, dir)
	for page := range 2 {
		broken := bytes.Clone(original)
		clear(broken[page*int(meta.PageSize)+20 : page*int(meta.PageSize)+40])
		work := t.TempDir()
		writeStore(t, work, dir, broken)
		if c.verify(t, work) {
			t.Errorf("meta page %d torn: the store must be as before or after the last commit", page)
		}
	}
}

func readStore(t *testing.T, dir string) ([]byte, boltfile.Meta) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, fileDB))
	if err != nil {
		t.Fatal(err)
	}
	meta, _, err := boltfile.ReadMeta(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return b, meta
}

// writeStore puts a database beside a copy of dir's id file. It leaves out the
// zeros at the end, which are most of a small store, and gives the file its size.
func writeStore(t *testing.T, to, dir string, db []byte) {
	t.Helper()
	id, err := os.ReadFile(filepath.Join(dir, fileID))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, fileID), id, 0o600); err != nil {
		t.Fatal(err)
	}
	used, zeros := len(db), make([]byte, pageBytes)
	for used >= pageBytes && bytes.Equal(db[used-pageBytes:used], zeros) {
		used -= pageBytes
	}
	path := filepath.Join(to, fileDB)
	if err := os.WriteFile(path, db[:used], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(db))); err != nil {
		t.Fatal(err)
	}
}
