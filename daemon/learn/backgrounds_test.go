package learn

import (
	"context"
	"errors"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/replay"
)

// Only a live source with enough pictures has a background. Pictures that cannot be loaded do not matter.
func TestChanges(t *testing.T) {
	s := open(t, smallConfig(t))
	add := func(id uint64, source string, live bool) {
		s.corpus.entries[id] = replay.Entry{ID: id, Source: source, Live: live}
		s.corpus.buffer.Add(s.corpus.entries[id])
	}
	for id := range uint64(30) {
		add(100+id, "v4l2:/dev/video0", true)
		add(200+id, "dir:/x", false)
	}
	add(300, "v4l2:/dev/video1", true)
	// A grey wall with a bright block that is at another place in each picture.
	block := func(id uint64) *rgb.Image {
		m := rgb.New(48, 48)
		for i := range m.Pix {
			m.Pix[i] = 90
		}
		x, y := int(id*7%4)*12, int(id*5%3)*12
		for py := y; py < y+8; py++ {
			for i := 3 * (py*48 + x); i < 3*(py*48+x+8); i++ {
				m.Pix[i] = 240
			}
		}
		return m
	}
	changes, err := s.corpus.changes(t.Context(), func(_ context.Context, id uint64) (*rgb.Image, error) {
		if id%10 == 3 {
			return nil, errors.New("unreadable")
		}
		return block(id), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[uint64]bool{105: true, 103: true, 205: false, 300: false, 999: false} {
		if got := changes(id, block(id)) != nil; got != want {
			t.Errorf("frame %d: a change is known: %v", id, got)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.corpus.changes(ended, func(ctx context.Context, _ uint64) (*rgb.Image, error) { return nil, ctx.Err() }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
