package fixedcamera

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgeclr/camera"
	"edgeclr/camera/decode"
	"edgeclr/daemon/client"
)

// folderOf writes JPEGs of a moving square into a folder, with these names. It returns
// the folder.
func folderOf(t *testing.T, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for i, name := range names {
		s := scene{light: 1, x: (i * 20) % 240, y: (i * 60) % 240}
		if i%3 == 0 {
			s.x = -1
		}
		data, err := s.draw(uint64(i)).JPEG(90)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil { // as a copy may leave it
			t.Fatal(err)
		}
	}
	return folder
}

// numbered are names of n frames.
func numbered(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("frame_%04d.jpg", i))
	}
	return names
}

func readFolder(t *testing.T, folder string) *Clip {
	t.Helper()
	c, err := Reader{Decoder: &decode.Decoder{}}.Read(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestReadFolder(t *testing.T) {
	folder := folderOf(t, numbered(6)...)
	if err := os.WriteFile(filepath.Join(folder, "README.txt"), []byte("a camera"), 0o666); err != nil {
		t.Fatal(err)
	}
	small, err := scene{light: 1}.draw(1).Resize(40, 40).JPEG(90)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "z.jpg"), small, 0o666); err != nil {
		t.Fatal(err)
	}
	c := readFolder(t, folder)
	if len(c.Frames) != 6 || c.Rate != folderRate || c.Span() != time.Second || c.Frames[2].Name != "frame_0002.jpg" {
		t.Errorf("%+v", c)
	}
	if c.Skipped[otherSize] != 1 || len(c.Skipped) != 2 {
		t.Errorf("skipped: %v", c.Skipped)
	}
	want, err := os.ReadFile(filepath.Join(folder, "frame_0002.jpg"))
	if got, err2 := c.Data(2); err != nil || err2 != nil || !slices.Equal(got, want) {
		t.Errorf("%d bytes, %v, %v", len(got), err, err2)
	}
	for _, path := range []string{t.TempDir(), filepath.Join(folder, "none")} {
		if _, err := (Reader{Decoder: &decode.Decoder{}}).Read(t.Context(), path); !errors.Is(err, client.ErrNothingFound) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestFolderTimes(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	written := at("2026-11-30 12:00:00")
	for _, tt := range []struct {
		name  string
		files []string
		every time.Duration // between the modification times
		clock string
		times []time.Duration
	}{
		{"names with marks", []string{"cam/2026-11-30_17-05-00.jpg", "cam/2026-11-30_17-05-10.jpg"}, 0, "the names", []time.Duration{0, 10 * time.Second}},
		{"names without marks", []string{"20261130170500.jpg", "20261130T171500.jpg"}, 0, "the names", []time.Duration{0, 10 * time.Minute}},
		{"names to the minute", []string{"20261130_1705.jpg", "20261201_1705.jpg"}, 0, "the names", []time.Duration{0, 24 * time.Hour}},
		{"times of the files", []string{"a.jpg", "b.jpg", "c.jpg"}, 7 * time.Second, "the files' modification", []time.Duration{0, 7 * time.Second, 14 * time.Second}},
		{"a quick copy", []string{"a.jpg", "b.jpg", "c.jpg"}, 3 * time.Millisecond, "the order of the names, five a second", []time.Duration{0, 200 * time.Millisecond, 400 * time.Millisecond}},
		{"another order than the names", []string{"c.jpg", "b.jpg", "a.jpg"}, 7 * time.Second, "the order of the names, five a second", []time.Duration{0, 200 * time.Millisecond, 400 * time.Millisecond}},
		{"numbers that are no times", []string{"20269930170500.jpg", "20269930170501.jpg"}, 0, "the order of the names, five a second", []time.Duration{0, 200 * time.Millisecond}},
		{"one day in all names", []string{"20261130_1705_a.jpg", "20261130_1705_b.jpg"}, 0, "the order of the names, five a second", []time.Duration{0, 200 * time.Millisecond}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := folderOf(t, tt.files...)
			for i, name := range tt.files {
				modified := written.Add(time.Duration(i) * tt.every)
				if err := os.Chtimes(filepath.Join(folder, name), modified, modified); err != nil {
					t.Fatal(err)
				}
			}
			c := readFolder(t, folder)
			var times []time.Duration
			for _, f := range c.Frames {
				times = append(times, f.Time)
			}
			if c.Clock != tt.clock || !slices.Equal(times, tt.times) {
				t.Errorf("%q, %v", c.Clock, times)
			}
		})
	}
}

// video makes a clip of two seconds with ffmpeg.
func video(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	path := filepath.Join(t.TempDir(), "clip.mp4")
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=duration=2:size=64x48:rate=12.5", "-pix_fmt", "yuv420p", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func TestReadVideo(t *testing.T) {
	read := 0
	c, err := Reader{OnFrame: func(n int) { read = n }}.Read(t.Context(), video(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Kind != KindVideo || c.Rate != 12.5 || read != 25 || len(c.Frames) != 25 || c.Span() != 1920*time.Millisecond {
		t.Fatalf("%s, %v frames a second, %d frames, %v", c.Kind, c.Rate, len(c.Frames), c.Span())
	}
	for i := range c.Frames {
		m, err := c.decoded(t.Context(), &decode.Decoder{}, i)
		if err != nil || m.Width != 64 || m.Height != 48 {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
}

func TestReadVideoRefuses(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	path := filepath.Join(t.TempDir(), "-clip.mp4") // looks like a flag
	if err := os.WriteFile(path, []byte("no video"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := (Reader{}).Read(t.Context(), path); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "ffprobe cannot read it: ") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Reader{}).Read(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestReadVideoWithoutFFmpeg(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	path := filepath.Join(t.TempDir(), "clip.mp4")
	if err := os.WriteFile(path, []byte("a video"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := (Reader{}).Read(t.Context(), path); !errors.Is(err, ErrNoFFmpeg) || !strings.Contains(err.Error(), "apt install ffmpeg") {
		t.Errorf("%v", err)
	}
}

func TestParseRatio(t *testing.T) {
	for text, want := range map[string]float64{"25/2": 12.5, "30000/1001": 30000.0 / 1001, "0/0": 0, "": 0, "25": 0, "-1/2": 0, "a/b": 0} {
		r, ok := parseRatio(text)
		if ok != (want > 0) || ok && r.value() != want {
			t.Errorf("%q: %v, %v", text, r, ok)
		}
	}
}

func TestReadScene(t *testing.T) {
	c, err := Reader{Most: 30}.Read(t.Context(), "synthetic:yard?size=64x48&fps=2")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Kind != KindScene || len(c.Frames) != 30 || c.Rate != 2 || c.Frames[1].Time != 30*time.Second || len(c.Truth.Grids) != 30 || len(c.Truth.Columns[0].Values) != 30 {
		t.Errorf("%s, %d frames, %v a second, the second at %v", c.Kind, len(c.Frames), c.Rate, c.Frames[1].Time)
	}
	if !strings.Contains(c.source, "seed=0") {
		t.Errorf("the daemon watches %s, whose seed differs from run to run", c.source)
	}
	if _, err := (Reader{Most: 30}).Read(t.Context(), "synthetic:conveyor"); !errors.Is(err, camera.ErrBadURI) {
		t.Errorf("%v", err)
	}
}

func TestSeeded(t *testing.T) {
	for uri, want := range map[string]string{"synthetic:yard": "synthetic:yard?seed=0", "synthetic:yard?seed=5": "synthetic:yard?seed=5", "synthetic:yard?fps=1": "synthetic:yard?fps=1&seed=0"} {
		if got := seeded(uri); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}

func TestEvenly(t *testing.T) {
	for _, tt := range []struct {
		n, most int
		want    []int
	}{{3, 10, []int{0, 1, 2}}, {10, 3, []int{0, 3, 6}}, {0, 3, []int{}}} {
		if got := evenly(tt.n, tt.most); !slices.Equal(got, tt.want) {
			t.Errorf("%d of %d: %v", tt.most, tt.n, got)
		}
	}
}
