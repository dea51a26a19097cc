package daemon

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/config"
	"edgeclr/storage"
)

// The service never stores, shows or sends the masked part of a picture or the camera's
// password. Changes of the camera's state are events.
func TestLiveSource(t *testing.T) {
	pictures := make(chan []byte)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "secret" {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=b")
		for {
			select {
			case p := <-pictures:
				if p == nil {
					return
				}
				fmt.Fprintf(w, "--b\r\n\r\n%s\r\n", p)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	defer server.Close()
	cfg := smallConfig(t)
	cfg.Store.Frames = config.FramesFull
	s := open(t, cfg)
	host := strings.TrimPrefix(server.URL, "http://")
	watched := config.Source{URI: "http://me:secret@" + host + "/v", LiveOptions: camera.LiveOptions{
		FPS: camera.MaxFPS, View: camera.View{Mask: []camera.Box{{X: 0.5, Y: 0, Width: 0.5, Height: 1}}},
	}}
	if err := s.Ingest([]config.Source{watched}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		pictures <- scene(t, i)
		wait(t, "the frame", func() bool {
			c := s.store.Counters()
			return c.Stored+c.Gated == uint64(i+1)
		})
	}
	var ids []storage.FrameID
	err := s.store.Frames(t.Context(), 0, func(f storage.Frame) error { ids = append(ids, f.ID); return nil })
	if err != nil || len(ids) == 0 {
		t.Fatalf("%d frames, %v", len(ids), err)
	}
	for _, id := range ids {
		data, err := s.store.FrameData(id)
		if err != nil {
			t.Fatal(err)
		}
		wantMasked(t, data)
		if f, err := s.store.Frame(id); err != nil || f.Source != "http://"+host+"/v" || f.Kept != storage.KeptFull {
			t.Errorf("%+v, %v", f, err)
		}
	}
	shown := make(chan []byte)
	go func() {
		data, err := s.Client().SourceImage(t.Context(), "http://"+host+"/v", longTime)
		if err != nil {
			t.Error(err)
		}
		shown <- data
	}()
	for data := []byte(nil); data == nil; {
		select {
		case pictures <- scene(t, 3):
		case data = <-shown:
			wantMasked(t, data)
		}
	}

	pictures <- scene(t, 4)[:100] // cut, which is noticed when the next part begins
	pictures <- scene(t, 5)
	pictures <- nil // the camera ends its stream
	wait(t, "the failure", func() bool { return status(t, s).Sources[0].State == camera.StateFailed })
	st := status(t, s).Sources[0]
	if st.SourceCounters == nil || st.Damaged != 1 || st.SourceCounters.Frames < 4 || st.LastFrame == nil || !strings.Contains(st.Error, "ended its stream") {
		t.Errorf("%+v, %+v", st, st.SourceCounters)
	}
	wait(t, "the reconnect", func() bool { pictures <- scene(t, 6); return status(t, s).Sources[0].State == camera.StateLive })
	wait(t, "the events", func() bool {
		return countEvents(t, s, "/v is live") == 2 && countEvents(t, s, "/v is failed: the camera ended its stream") == 1
	})
	shut(t, s)
	if where := filesWith(t, cfg.Data, "secret"); len(where) > 0 {
		t.Errorf("the password is in %q", where)
	}
}

// wantMasked checks that the right half of a picture is black and the left is
// not.
func wantMasked(t *testing.T, data []byte) {
	t.Helper()
	m := decoded(t, data)
	var left, right int
	for y := range m.Height {
		for x := range m.Width {
			level := int(m.Pix[3*(y*m.Width+x)])
			switch {
			case x < m.Width/2-8:
				left += level
			case x >= m.Width/2+8: // 8: the JPEG blocks at the edge mix both sides
				right = max(right, level)
			}
		}
	}
	if left == 0 || right > 8 {
		t.Errorf("left sums up to %d, the right reaches %d", left, right)
	}
}

// filesWith lists the files of a folder that hold a text.
func filesWith(t *testing.T, folder, text string) (names []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if data, err := os.ReadFile(name); err == nil && bytes.Contains(data, []byte(text)) {
			names = append(names, name)
		}
	}
	return names
}

// When a request for a picture of a source fails, the error says whether there is such
// a source, and why it gave no picture.
func TestSourceImageFails(t *testing.T) {
	s := open(t, smallConfig(t))
	if err := s.Ingest(config.SourcesOf("exec:echo no camera here >&2; sleep 1000", "dir:"+t.TempDir())); err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]string{
		"exec:echo no camera here >&2; sleep 1000": "no picture of exec:echo no camera here >&2; sleep 1000 within 100ms; it is connecting",
		"http://elsewhere/":                        `this service has no source "http://elsewhere/"`,
		"":                                         `this service has no source ""`,
	} {
		_, err := s.Client().SourceImage(t.Context(), uri, 100*time.Millisecond)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", uri, err, want)
		}
	}
}
