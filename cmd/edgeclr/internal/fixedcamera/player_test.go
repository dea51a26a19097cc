package fixedcamera

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"edgeclr/camera/httpstream"
)

// A reader of the stream gets the frames of the loop in order.
func TestPlayer(t *testing.T) {
	const count = 3
	picture := func(i int) []byte { return fmt.Appendf(nil, "\xff\xd8\xff\xd9 %d", i) }
	p, err := play(count, 50, func(_ context.Context, i int) ([]byte, error) { return picture(i), nil })
	if err != nil {
		t.Fatal(err)
	}
	target, err := httpstream.ParseTarget(p.URI())
	if err != nil {
		t.Fatal(err)
	}
	target.Limit = 1 << 10
	s, err := httpstream.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for begin := time.Now(); len(seen) < count && time.Since(begin) < time.Minute; {
		data, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen[string(data)]++
	}
	for i := range count {
		if seen[string(picture(i))] == 0 {
			t.Errorf("frame %d never came: %v", i, seen)
		}
	}
	s.Close()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestPlayerFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	p, err := play(3, 50, func(context.Context, int) ([]byte, error) { return nil, broken })
	if err != nil {
		t.Fatal(err)
	}
	target, err := httpstream.ParseTarget(p.URI())
	if err != nil {
		t.Fatal(err)
	}
	target.Limit = 1 << 10
	if s, err := httpstream.Open(t.Context(), target); err == nil {
		if data, err := s.Next(t.Context()); err == nil {
			t.Errorf("%q came", bytes.TrimSpace(data))
		}
		s.Close()
	}
	if err := p.Close(); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
