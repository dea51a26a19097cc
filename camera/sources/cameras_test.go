package sources

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/camera/rgb"
)

// longTime is the timeout of waits that normally take a moment.
const longTime = 60 * time.Second

// openLive opens a camera with short pauses, so that a test sees many. It uses every frame,
// however fast they come.
func openLive(t *testing.T, uri string, opt Options) *liveSource {
	t.Helper()
	s, err := Open(uri, opt)
	if err != nil {
		t.Fatal(err)
	}
	live := s.(*liveSource)
	live.backoff = backoff{first: time.Millisecond, longest: time.Millisecond}
	live.opt.Live.FPS = 1e9
	return live
}

// runUntil runs a source until last returns true for a frame, or for longTime.
func runUntil(t *testing.T, s camera.Source, last func(camera.Frame) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longTime)
	defer cancel()
	errEnough := errors.New("enough")
	err := s.Run(ctx, func(_ context.Context, f camera.Frame) error {
		if last(f) {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		state, problem := s.State()
		t.Fatalf("not enough frames: %v; %s, %v", err, state, problem)
	}
}

// still is a JPEG picture of the synthetic scene.
func still(t testing.TB) []byte {
	t.Helper()
	for c, err := Classed("synthetic:conveyor", 1); err == nil; {
		for m := range c {
			data, err := m.Image.JPEG(90)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	t.Fatal("no picture")
	return nil
}

// mjpegServer sends n pictures on each connection and closes it.
func mjpegServer(t testing.TB, data []byte, n int) (address string, connections *atomic.Int32) {
	t.Helper()
	connections = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k := connections.Add(1)
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=--b")
		for range n {
			if k%2 == 0 { // half of the connections state no length
				fmt.Fprintf(w, "--b\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n", data)
				continue
			}
			fmt.Fprintf(w, "--b\r\nContent-Length: %d\r\n\r\n%s\r\n", len(data), data)
		}
		if k%3 == 0 { // cut within a picture
			fmt.Fprintf(w, "--b\r\nContent-Length: %d\r\n\r\n%s", len(data), data[:len(data)/2])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/stream?user=me&pwd=secret", connections
}

// openFiles counts this process's descriptors.
func openFiles(t testing.TB) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// Many reconnects leave no descriptors, goroutines or processes.
func TestLiveNoLeak(t *testing.T) {
	data := still(t)
	file := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(file, append(bytes.Clone(data), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	address, _ := mjpegServer(t, data, 2)
	address = strings.Replace(address, "://", "://me:secret@", 1)
	for _, tc := range []struct {
		name, uri string
		times     uint64 // that it is opened again
	}{
		{"http", address, 200},
		{"exec", "exec:cat " + file, 100},
		{"exec of what stays behind", "exec:sleep 1000 & cat " + file + "; head -c 100 " + file, 50},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := openLive(t, tc.uri, Options{})
			if strings.Contains(s.URI(), "secret") {
				t.Errorf("the URI %s holds the password", s.URI())
			}
			var files, routines [2]int // largest numbers in the first tenth, and after it
			runUntil(t, s, func(f camera.Frame) bool {
				if f.Source != s.URI() || !bytes.Equal(f.Data, data) {
					t.Errorf("a frame of %s with %d bytes", f.Source, len(f.Data))
				}
				n, late := s.Counters().Reconnects, 0
				if n > tc.times/10 {
					late = 1
				}
				files[late] = max(files[late], openFiles(t))
				routines[late] = max(routines[late], runtime.NumGoroutine())
				return n >= tc.times
			})
			t.Logf("%+v; at most %d descriptors, %d goroutines", s.Counters(), files, routines)
			const slack = 12 // of connections that are about to end
			if files[1] > files[0]+slack || routines[1] > routines[0]+slack {
				t.Errorf("descriptors %d, goroutines %d", files, routines)
			}
		})
	}
}

// A missing camera leaves nothing open either.
func TestLiveMissingCamera(t *testing.T) {
	s := openLive(t, "http://127.0.0.1:1/", Options{})
	before := openFiles(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := s.Run(ctx, nil); err != nil {
		t.Fatal(err)
	}
	state, err := s.State()
	if n := s.Counters().Reconnects; n < 10 || state != camera.StateFailed || err == nil || openFiles(t) > before+2 {
		t.Errorf("%d times, %s, %v; %d descriptors, then %d", n, state, err, before, openFiles(t))
	}
}

// The source leaves out damaged pictures in a stream.
func TestLiveDamagedStream(t *testing.T) {
	data := still(t)
	var stream []byte
	for range 5 {
		stream = append(stream, data...)
		stream = append(stream, data[:len(data)/2]...) // cut
		stream = append(stream, "junk"...)
	}
	stream = append(stream, data...)
	file := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(file, stream, 0o600); err != nil {
		t.Fatal(err)
	}
	n := 0
	s := openLive(t, "exec:cat "+file+"; sleep 1000", Options{})
	runUntil(t, s, func(camera.Frame) bool { n++; return n == 6 })
	if c := s.Counters(); c.Damaged != 5 || c.Reconnects != 0 {
		t.Errorf("%+v", c)
	}
}

// A camera that hangs counts as stalled, and comes back.
func TestLiveStalledStream(t *testing.T) {
	data := still(t)
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=b")
		fmt.Fprintf(w, "--b\r\n\r\n%s\r\n", data)
		w.(http.Flusher).Flush()
		if asked.Add(1) < 3 {
			<-r.Context().Done() // hangs; a cut connection ends it
			return
		}
		fmt.Fprintf(w, "--b\r\n\r\n%s\r\n--b\r\n\r\n", data)
	}))
	defer server.Close()
	var states []string
	s := openLive(t, server.URL, Options{
		Live:    camera.LiveOptions{Stall: time.Second},
		Changed: func(state string, _ error) { states = append(states, state) },
	})
	n := 0
	runUntil(t, s, func(camera.Frame) bool { n++; return n == 4 })
	if got := strings.Join(states, " "); got != "live stalled live stalled live" {
		t.Errorf("states %s", got)
	}
}

// The error contains the standard error of a command that failed.
func TestLiveCommandFails(t *testing.T) {
	s := openLive(t, "exec:echo 'no cameras available' >&2; exit 255", Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.Changed = func(string, error) { cancel() }
	if err := s.Run(ctx, nil); err != nil {
		t.Fatal(err)
	}
	state, err := s.State()
	if state != camera.StateFailed || err == nil || !strings.Contains(err.Error(), "the command ended (exit status 255): EOF; it said: no cameras available") {
		t.Errorf("%s, %v", state, err)
	}
}

// Frames of a video that rely on the standard Huffman tables are delivered with the tables.
func TestLiveWithoutTables(t *testing.T) {
	whole := still(t)
	at := bytes.Index(whole, []byte{0xff, 0xc4})
	length := 2 + int(binary.BigEndian.Uint16(whole[at+2:]))
	bare := append(bytes.Clone(whole[:at]), whole[at+length:]...)
	var d decode.Decoder
	if _, _, err := d.Decode(t.Context(), bare); err == nil {
		t.Fatal("the tables are still there")
	}
	file := filepath.Join(t.TempDir(), "bare.jpg")
	if err := os.WriteFile(file, bare, 0o600); err != nil {
		t.Fatal(err)
	}
	runUntil(t, openLive(t, "exec:cat "+file, Options{}), func(f camera.Frame) bool {
		got, _, err := d.Decode(t.Context(), f.Data)
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := d.Decode(t.Context(), whole)
		if err != nil || !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("other pixels, %v", err)
		}
		return true
	})
}

// A frame does not contain what is masked, neither in its bytes nor in its pixels.
func TestLiveMask(t *testing.T) {
	data := still(t)
	file := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s := openLive(t, "exec:cat "+file+"; sleep 1000", Options{Live: camera.LiveOptions{View: camera.View{Mask: []camera.Box{{X: 0.5, Y: 0, Width: 0.5, Height: 1}}}}})
	runUntil(t, s, func(f camera.Frame) bool {
		whole, _, err := (&decode.Decoder{}).Decode(context.Background(), data)
		if err != nil || f.Data != nil || f.Image.Width != whole.Width {
			t.Fatalf("%v, %d bytes", err, len(f.Data))
		}
		for y := range f.Image.Height {
			for x := range f.Image.Width {
				want := at(whole, x, y)
				if x >= f.Image.Width/2 {
					want = [3]uint8{}
				}
				if at(f.Image, x, y) != want {
					t.Fatalf("pixel %d, %d is %v", x, y, at(f.Image, x, y))
				}
			}
		}
		return true
	})
}

// at returns a pixel.
func at(m *rgb.Image, x, y int) [3]uint8 { return [3]uint8(m.Pix[3*(y*m.Width+x):]) }
