package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"edgeclr/camera"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "edgeclr.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultIsValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
}

func TestLoadAcceptsFilesThatChangeNothing(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                  "",
		"blank":                  "\n\n",
		"comment":                "# nothing\n",
		"document marks":         "---\n...\n",
		"all keys commented out": "learn:\n  # batch: 64\nstore:\n",
		"keys without values":    "data:\nlearn:\n  batch:\nsources:\n",
		"byte order mark":        "\ufefflog:\n",
		"Windows line ends":      "learn:\r\n  batch: 32\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, text)
			got, err := Load(path, []string{"HOME=/home/ada"})
			if err != nil {
				t.Fatal(err)
			}
			if got.File != path || got.Data == "" {
				t.Errorf("File %q, Data %q", got.File, got.Data)
			}
			got.Data = ""
			if changed := Diff(Default(), got); changed != nil {
				t.Errorf("changed %v", changed)
			}
		})
	}
}

// A source is a URI or a mapping.
func TestLoadReadsSources(t *testing.T) {
	got, err := Load(write(t, `
sources:
  - dir:/srv/frames
  - uri: http://me:secret@cam/video
    fps: 0.5
    rotate: 90
    region: [0.1, 0, 8e-1, 1]
    mask: [[0, 0, 1, 0.25], [0.5, 0.5, 0.5, 0.5]]
    stall: 1m
  - {uri: "exec:cat", fps: , mask: []}
  - uri: http://cam/other
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := SourcesOf("dir:/srv/frames", "http://me:secret@cam/video", "exec:cat", "http://cam/other")
	want[1].LiveOptions = camera.LiveOptions{
		View: camera.View{
			Rotate: 90,
			Region: camera.Box{X: 0.1, Y: 0, Width: 0.8, Height: 1},
			Mask:   []camera.Box{{X: 0, Y: 0, Width: 1, Height: 0.25}, {X: 0.5, Y: 0.5, Width: 0.5, Height: 0.5}},
		},
		FPS: 0.5, Stall: time.Minute,
	}
	if !reflect.DeepEqual(got.Sources, want) {
		t.Errorf("got %+v, want %+v", got.Sources, want)
	}
	if text := fmt.Sprint(got.Sources[1]); strings.Contains(text, "secret") {
		t.Errorf("printed: %s", text)
	}
}

func TestLoadReadsEachType(t *testing.T) {
	got, err := Load(write(t, `
data: /srv/edgeclr
sources:
  - "dir:/srv/frames"
  - exec:rpicam-vid -t 0 --codec mjpeg -o -, with a comma
model: {device: "cpu", seed: 18446744073709551615}
learn:
  enabled: false
  batch: "16"
  lr: 1e-3
  checkpoint_every: 1h30m
store: {max_bytes: 1.5GiB, max_age: 2w, min_free: 0}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Data = "/srv/edgeclr"
	want.Sources = SourcesOf("dir:/srv/frames", "exec:rpicam-vid -t 0 --codec mjpeg -o -, with a comma")
	want.Model.Device, want.Model.Seed = "cpu", 1<<64-1
	want.Learn.Enabled, want.Learn.Batch, want.Learn.LR = false, 16, 0.001
	want.Learn.CheckpointEvery = Duration(90 * time.Minute)
	want.Store.MaxBytes, want.Store.MaxAge, want.Store.MinFree = 3*GiB/2, 14*Day, 0
	if changed := Diff(want, got); changed != nil {
		t.Errorf("differs in %v: %+v", changed, got)
	}
}

// The first lines of each file in testdata/refused state all of its problems.
func TestLoadRefuses(t *testing.T) {
	files, err := filepath.Glob("testdata/refused/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	want := regexp.MustCompile(`(?m)^# want (.*)$`)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, m := range want.FindAllStringSubmatch(string(text), -1) {
				lines = append(lines, file+":"+m[1])
			}
			var refused *Error
			cfg, err := Load(file, nil)
			if !errors.As(err, &refused) {
				t.Fatalf("Load: %v, want an *Error", err)
			}
			if cfg.File != "" || cfg.Learn.Batch != 0 {
				t.Errorf("a refused file gave %+v, want the zero value", cfg)
			}
			var got []string
			for _, p := range refused.Problems {
				got = append(got, p.String())
			}
			if g, w := strings.Join(got, "\n"), strings.Join(lines, "\n"); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
			for _, line := range lines {
				if !strings.Contains(err.Error(), line) {
					t.Errorf("Error() lacks %q", line)
				}
			}
		})
	}
}

func TestLoadChoosesTheFile(t *testing.T) {
	named, byVariable, byDefault := write(t, "log: {level: debug}"), write(t, "log: {level: warn}"), write(t, "log: {level: error}")
	absent := filepath.Join(t.TempDir(), "absent.yaml")
	for _, c := range []struct{ name, path, fallback, variable, want string }{
		{"the argument wins", named, byDefault, byVariable, "debug"},
		{"then the variable", "", byDefault, byVariable, "warn"},
		{"then the default path", "", byDefault, "", "error"},
		{"then none", "", absent, "", "info"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := load(ownHistory(), c.path, c.fallback, []string{"EDGECLR_CONFIG=" + c.variable})
			if err != nil || got.Log.Level != c.want {
				t.Errorf("level %q, %v; want %q", got.Log.Level, err, c.want)
			}
		})
	}
	for name, path := range map[string]string{"absent": absent, "a folder": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			_, err := load(ownHistory(), path, absent, nil)
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "--config") {
				t.Errorf("error %v lacks the path or what to do", err)
			}
			if name == "absent" && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("error %v is not fs.ErrNotExist", err)
			}
		})
	}
	t.Run("unreadable", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may read every file")
		}
		if err := os.Chmod(byDefault, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := load(ownHistory(), "", byDefault, nil); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("error %v is not fs.ErrPermission: a file that is there must not be passed over", err)
		}
	})
	t.Run("too large", func(t *testing.T) {
		if _, err := load(ownHistory(), write(t, strings.Repeat("#\n", maxFileBytes)), absent, nil); err == nil || !strings.Contains(err.Error(), "64KiB") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("nested beyond what the parser bears", func(t *testing.T) {
		if _, err := load(ownHistory(), write(t, strings.Repeat("[", maxFileBytes)), absent, nil); err == nil || !strings.Contains(err.Error(), "brackets") {
			t.Errorf("error %v", err)
		}
	})
}

func TestDiffAndCopyKeys(t *testing.T) {
	a, b := Default(), Default()
	b.Sources, b.Learn.Batch, b.Augment.Blur, b.File = SourcesOf("dir:/a"), 8, 0, "elsewhere"
	if got := strings.Join(Diff(a, b), " "); got != "sources learn.batch augment.blur" {
		t.Errorf("Diff = %q", got)
	}
	before := a
	a.CopyKeys(b, "augment.blur", "learn.lr", "sources")
	if got := strings.Join(Diff(a, b), " "); got != "learn.batch" {
		t.Errorf("after CopyKeys, Diff = %q", got)
	}
	if Diff(before, Default()) != nil || a.File != "" {
		t.Error("CopyKeys changed more than its keys")
	}
}

// FuzzLoad reads a file and a list variable. Nothing may crash, and an accepted
// configuration is valid.
func FuzzLoad(f *testing.F) {
	example, err := os.ReadFile(examplePath)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example, `["a:b"]`)
	files, _ := filepath.Glob("testdata/refused/*.yaml")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(text, "dir:/a")
		}
	}
	f.Add([]byte("? [a]\n: {b: *c}"), "[&x")
	f.Add([]byte("a: !!binary |\n  AA\n--- !<x>\n"), "[]")
	f.Add([]byte(strings.Repeat("[", 5000)), strings.Repeat("[", 5000))
	f.Fuzz(func(t *testing.T, data []byte, list string) {
		if len(data) > maxFileBytes || len(list) > maxFileBytes {
			return
		}
		l := newLoader(ownHistory())
		l.readYAML("file", data)
		l.readEnvironment([]string{"EDGECLR_SOURCES=" + list})
		l.validate()
		_ = (&Error{Problems: l.problems}).Error()
		if err := l.config.Validate(); len(l.problems) == 0 && err != nil {
			t.Errorf("accepted, but %v", err)
		}
	})
}

// A preset gives values to the keys that neither the file nor a variable sets.
func TestPreset(t *testing.T) {
	path := filepath.Join(t.TempDir(), "edgeclr.yaml")
	if err := os.WriteFile(path, []byte("augment:\n  hue: 0.3\n  preset: aerial\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(ownHistory(), path, "", []string{"EDGECLR_AUGMENT_CONTRAST=0.7"})
	if err != nil {
		t.Fatal(err)
	}
	if a := c.Augment; a.Preset != "aerial" || a.VerticalFlip != 0.5 || a.Brightness != 0.2 || a.Hue != 0.3 || a.Contrast != 0.7 || a.Blur != 0.5 {
		t.Errorf("%+v", a)
	}
	if _, err := load(ownHistory(), "", "", []string{"EDGECLR_AUGMENT_PRESET=night"}); err == nil {
		t.Error("a preset that does not exist is taken")
	}
}

// Thumbnails that are smaller than the square that is embedded get a warning.
func TestSmallThumbnailsAreWarnedOf(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // the line that the warning names, and a part of it; "": none
	}{
		{"", ""},
		{"serve: {size: 320}\n", ""}, // nobody wrote a side
		{"store: {thumbnail_side: 128}\n", ":1: store.thumbnail_side: 128 is less than the serving size, which is 224"},
		{"store: {thumbnail_side: 128}\nserve: {size: 128}\n", ""},
		{"serve: {size: 96}\nstore:\n  thumbnail_side: 64\n  frames: thumbnail\n", ":3: store.thumbnail_side: 64 is less than the serving size, which is 96"},
		{"store: {thumbnail_side: 64, frames: full}\n", ""},
		{"store: {thumbnail_side: 64, frames: none}\n", ""},
	} {
		file := write(t, c.text)
		got, err := Load(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, w := range got.Warnings {
			texts = append(texts, w.String())
		}
		switch text := strings.Join(texts, "\n"); {
		case c.want == "" && text != "":
			t.Errorf("%q: %s", c.text, text)
		case !strings.HasPrefix(strings.TrimPrefix(text, file), c.want):
			t.Errorf("%q: %q, want %q", c.text, text, c.want)
		}
	}
}
