package storage

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFramesRoundTrip(t *testing.T) {
	ck := newClock()
	dir := t.TempDir()
	s := open(t, dir, Options{Now: ck.time})
	cp := putCheckpoint(t, s, 1)
	odd := sample(2, pictureChunk*30+17)
	odd.Path = "/belt/\xff\xfe\x00 not UTF-8"
	odd.Kept = KeptFull
	odd.Label = "bent bolt"
	odd.Vectors = [][]float32{floats(2, 8)}
	odd.File = &FileState{Path: odd.Path, Size: 9, ModTime: ck.now}
	bare := NewFrame{Frame: Frame{Source: "v4l2:/dev/video0"}}
	exact := sample(3, pictureChunk)
	exact.Kept = ""
	in := []NewFrame{sample(1, 1), odd, bare, exact}
	ids, err := s.AddFrames(t.Context(), by(cp), in)
	if err != nil {
		t.Fatal(err)
	}
	if want := []FrameID{1, 2, 3, 4}; !slices.Equal(ids, want) {
		t.Fatalf("ids %v, want %v", ids, want)
	}
	closeStore(t, s)

	s = open(t, dir, Options{Now: ck.time})
	for i, n := range in {
		want := n.Frame
		want.ID, want.Stored, want.KeptBytes = ids[i], ck.now, int64(len(n.Data))
		switch i {
		case 2:
			want.Kept, want.Time = KeptNone, time.Time{}
		case 3:
			want.Kept = KeptFull
		}
		got, err := s.Frame(ids[i])
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("frame %d:\n got %+v, %v\nwant %+v", ids[i], got, err, want)
		}
		data, err := s.FrameData(ids[i])
		if len(n.Data) == 0 {
			wantErr(t, err, ErrNotFound)
		} else if err != nil || !bytes.Equal(data, n.Data) {
			t.Errorf("frame %d: %d bytes of picture, %v; want %d", ids[i], len(data), err, len(n.Data))
		}
	}
	if kept := keptFrames(t, s); !slices.Equal(kept, []FrameID{1, 2, 4}) {
		t.Errorf("kept %v", kept)
	}
	if in[3].Kept != "" {
		t.Error("AddFrames changed its argument")
	}
	if v, err := s.Vector(by(cp), 0, 2); err != nil || !equalFloats(v, odd.Vectors[0]) {
		t.Errorf("vector %v, %v", v, err)
	}
	if seen, err := s.Seen(odd.Source, odd.Path, 9, ck.now); err != nil || !seen {
		t.Errorf("seen %v, %v", seen, err)
	}
	_, err = s.Frame(99)
	wantErr(t, err, ErrNotFound)
	_, err = s.FrameData(99)
	wantErr(t, err, ErrNotFound)
}

func TestAddFramesAllOrNothing(t *testing.T) {
	s := openNew(t)
	cp := putCheckpoint(t, s, 1)
	good := func() NewFrame { return sample(1, 1000) }
	tests := []struct {
		name string
		cp   CheckpointID
		bad  func(*NewFrame)
		want error
	}{
		{"no encoder", "", func(f *NewFrame) { f.Vectors = [][]float32{floats(1, 8)} }, ErrInvalid},
		{"a vector too many", cp, func(f *NewFrame) { f.Vectors = [][]float32{floats(1, 8), floats(2, 8)} }, ErrInvalid},
		{"vector too long", cp, func(f *NewFrame) { f.Vectors = [][]float32{floats(1, 9)} }, ErrInvalid},
		{"empty vector", cp, func(f *NewFrame) { f.Vectors = [][]float32{{}} }, ErrInvalid},
		{"NaN", cp, func(f *NewFrame) { f.Vectors = [][]float32{nan(8)} }, ErrInvalid},
		{"not kept, with bytes", cp, func(f *NewFrame) { f.Kept = KeptNone }, ErrInvalid},
		{"kept, no bytes", cp, func(f *NewFrame) { f.Data = nil }, ErrInvalid},
		{"unknown kept", cp, func(f *NewFrame) { f.Kept = "half" }, ErrInvalid},
		{"too many bytes", cp, func(f *NewFrame) { f.Data = make([]byte, MaxFrameBytes+1) }, ErrInvalid},
		{"negative width", cp, func(f *NewFrame) { f.Width = -1 }, ErrInvalid},
		{"long path", cp, func(f *NewFrame) { f.Path = strings.Repeat("x", maxName+1) }, ErrInvalid},
		{"NUL in source", cp, func(f *NewFrame) { f.Source, f.File = "a\x00b", &FileState{Path: "x"} }, ErrInvalid},
		{"label with newline", cp, func(f *NewFrame) { f.Label = "a\nb" }, ErrInvalid},
		{"label not UTF-8", cp, func(f *NewFrame) { f.Label = "\xff" }, ErrInvalid},
		{"long label", cp, func(f *NewFrame) { f.Label = strings.Repeat("x", 201) }, ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := good()
			tt.bad(&bad)
			ids, err := s.AddFrames(t.Context(), by(tt.cp), []NewFrame{good(), bad})
			wantErr(t, err, tt.want)
			var e *Error
			if !errors.As(err, &e) || e.Op != "store frames" {
				t.Errorf("error %#v", err)
			}
			if ids != nil || s.CountFrames() != 0 || s.Counters().Stored != 0 {
				t.Errorf("ids %v, %d frames, counters %+v", ids, s.CountFrames(), s.Counters())
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.AddFrames(ctx, by(cp), []NewFrame{good()})
	wantErr(t, err, context.Canceled)
	if ids := addSamples(t, s, cp, 1, 10); ids[0] != 1 {
		t.Errorf("after failures the first frame is %d", ids[0])
	}
}

func nan(n int) []float32 {
	v := make([]float32, n)
	v[n-1] /= v[0]
	return v
}

func TestFramesPages(t *testing.T) {
	s := openNew(t)
	all := addSamples(t, s, "", pageRows*2+5, 20)
	for _, tt := range []struct {
		name  string
		after FrameID
		want  []FrameID
	}{
		{"all", 0, all}, {"from the middle", 100, all[100:]}, {"from a page's end", pageRows, all[pageRows:]},
		{"from the last", all[len(all)-1], nil}, {"beyond", 1 << 40, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []FrameID
			err := s.Frames(t.Context(), tt.after, func(f Frame) error {
				got = append(got, f.ID)
				return nil
			})
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%d frames, %v; want %d", len(got), err, len(tt.want))
			}
		})
	}
	if ids := frameIDs(t, s); !slices.Equal(ids, all) {
		t.Errorf("%d ids", len(ids))
	}
	stop := errors.New("stop")
	n := 0
	err := s.Frames(t.Context(), 0, func(Frame) error { n++; return stop })
	if err != stop || n != 1 {
		t.Errorf("error %v after %d calls", err, n)
	}
	// fn is called outside of transactions: it may write.
	n = 0
	err = s.Frames(t.Context(), 200, func(f Frame) error {
		n++
		return s.SetLabel(t.Context(), []FrameID{f.ID}, "seen")
	})
	if err != nil || n != 5 {
		t.Errorf("%d calls, %v", n, err)
	}
}

func TestFindContent(t *testing.T) {
	s := openNew(t)
	f := sample(1, 100)
	first, err := s.AddFrames(t.Context(), nil, []NewFrame{f, sample(2, 100)})
	if err != nil {
		t.Fatal(err)
	}
	other := f
	other.Path = "/elsewhere.jpg"
	for _, tt := range []struct {
		name string
		f    NewFrame
		want FrameID
	}{
		{"same", f, first[0]}, {"same bytes elsewhere", other, 0}, {"other bytes", sample(3, 100), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id, ok, err := s.FindContent(tt.f.SHA256, tt.f.Path)
			if err != nil || id != tt.want || ok != (tt.want != 0) {
				t.Errorf("frame %d, %v, %v; want %d", id, ok, err, tt.want)
			}
		})
	}
	again, err := s.AddFrames(t.Context(), nil, []NewFrame{f})
	if err != nil {
		t.Fatal(err)
	}
	if id, _, err := s.FindContent(f.SHA256, f.Path); err != nil || id != again[0] {
		t.Errorf("frame %d, %v; want the newer one, %d", id, err, again[0])
	}
}

func TestDamagedFrames(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	fs := []NewFrame{sample(1, 4000), sample(2, 4000), sample(3, 4000)}
	if _, err := s.AddFrames(t.Context(), nil, fs); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	flipPayload(t, dir, fs[1].Data)
	flipPayload(t, dir, []byte(fs[2].Path))

	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.FrameData(2)
	wantErr(t, err, ErrCorrupt)
	var c *CorruptError
	if !errors.As(err, &c) || c.Bucket != "data" || c.Key != "2/0" {
		t.Errorf("damage %+v", c)
	}
	_, err = s.Frame(3)
	wantErr(t, err, ErrCorrupt)
	if data, err := s.FrameData(1); err != nil || !bytes.Equal(data, fs[0].Data) {
		t.Errorf("the undamaged picture: %v", err)
	}
	var got []FrameID
	err = s.Frames(t.Context(), 0, func(f Frame) error { got = append(got, f.ID); return nil })
	wantErr(t, err, ErrCorrupt)
	if !slices.Equal(got, []FrameID{1, 2}) {
		t.Errorf("frames %v, want 1 and 2", got)
	}
	if kept := keptFrames(t, s); !slices.Equal(kept, got) {
		t.Errorf("kept %v", kept)
	}
	r, err := s.Check(t.Context())
	if err != nil || r.Problems != 2 || len(r.Examples) != 2 {
		t.Errorf("check %+v, %v", r, err)
	}
}
