package api

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// The pictures of frames arrive byte for byte, with their labels.
func TestSamples(t *testing.T) {
	p, _ := parts(t)
	var frames []storage.NewFrame
	for i := range 5 {
		f := storage.NewFrame{Frame: storage.Frame{Source: "test", Path: fmt.Sprint(i), Kept: storage.KeptFull},
			Data: []byte(strings.Repeat("\n{", i+1)), Replay: &storage.ReplayPicture{JPEG: []byte("small")}}
		f.SHA256[0] = byte(i)
		frames = append(frames, f)
	}
	if _, err := p.Store.AddFrames(t.Context(), nil, frames); err != nil {
		t.Fatal(err)
	}
	if err := p.Store.SetLabel(t.Context(), []storage.FrameID{2, 4}, "bolt"); err != nil {
		t.Fatal(err)
	}
	c := open(t, p).Client()
	for _, tt := range []struct {
		count    int
		labelled bool
		want     string
	}{
		{10, false, "1  2|2 bolt 4|3  6|4 bolt 8|5  10|"},
		{2, false, "1  2|3  6|"},
		{10, true, "2 bolt 4|4 bolt 8|"},
	} {
		got := ""
		err := c.Samples(t.Context(), tt.count, tt.labelled, func(line client.SampleLine, data []byte) error {
			if string(data) != strings.Repeat("\n{", int(line.ID)) {
				t.Errorf("frame %d has the picture %q", line.ID, data)
			}
			got += fmt.Sprintf("%d %s %d|", line.ID, line.Label, line.Bytes)
			return nil
		})
		if err != nil || got != tt.want {
			t.Errorf("count %d, labelled %v: %q, error %v; want %q", tt.count, tt.labelled, got, err, tt.want)
		}
	}
	stop := errors.New("stop")
	if err := c.Samples(t.Context(), 3, false, func(client.SampleLine, []byte) error { return stop }); err != stop {
		t.Errorf("error %v, want that of the callback", err)
	}
	if err := c.Samples(t.Context(), 0, false, nil); err == nil {
		t.Error("no pictures were asked for, and no error came")
	}
}
