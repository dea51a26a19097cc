package config

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "add the example configuration to testdata/releases")

const examplePath = "../docs/edgeclr.yaml"

// uncomment sets every key that a file holds as a comment.
func uncomment(text []byte) []byte {
	return regexp.MustCompile(`(?m)^#((?:  )*[a-z_]+: )`).ReplaceAll(text, []byte("$1"))
}

// commentOut makes a comment of every key that a file sets.
func commentOut(text []byte) []byte {
	return regexp.MustCompile(`(?m)^(?:  )*[a-z_]+: +[^ #\n].*$`).ReplaceAll(text, []byte("#$0"))
}

// The configurations that earlier releases installed start this one, whether
// their defaults are written out or commented out. Where a default has changed
// since, a warning says so.
func TestReleasesStart(t *testing.T) {
	files, err := filepath.Glob("testdata/releases/*.yaml")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			full := write(t, string(uncomment(text)))
			got, err := Load(full, nil)
			if err != nil {
				t.Fatal(err)
			}
			var warned []string
			for _, w := range got.Warnings {
				if !strings.HasPrefix(w.Where, full+":") {
					t.Errorf("%s does not name a line of the file", w)
				}
				if !w.Renamed {
					warned = append(warned, currentNames(w.Key)...)
				}
			}
			got.Data = ""
			changed := Diff(Default(), got)
			slices.Sort(changed)
			slices.Sort(warned)
			if !slices.Equal(changed, warned) {
				t.Errorf("%v are not the defaults of this release, and the warnings name %v: history.go lacks a former default", changed, warned)
			}

			got, err = Load(write(t, string(commentOut(text))), nil)
			if err != nil {
				t.Fatal(err)
			}
			got.Data = ""
			if changed := Diff(Default(), got); changed != nil || len(got.Warnings) != 0 {
				t.Errorf("with its keys commented out: changed %v, warnings %v", changed, got.Warnings)
			}
		})
	}
}

// currentNames returns the names of today of a key.
func currentNames(name string) []string {
	for _, r := range renames() {
		if r.former == name {
			return r.current
		}
	}
	return []string{name}
}

// The newest file of testdata/releases has the keys and defaults of this release.
func TestReleasesAreComplete(t *testing.T) {
	example, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		count, err := exec.Command("git", "rev-list", "--count", "HEAD").Output()
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(count)))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(fmt.Sprintf("testdata/releases/%04d.yaml", n+1), example, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob("testdata/releases/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	newest := files[len(files)-1]
	text, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	settings := func(text []byte) []string {
		l := newLoader(ownHistory())
		l.readYAML("file", uncomment(text))
		var lines []string
		for _, k := range l.keys {
			if from, ok := l.origins[k.path]; ok {
				lines = append(lines, fmt.Sprintf("%s: %v", from.name, k.value.Interface()))
			}
		}
		return lines
	}
	if was, is := settings(text), settings(example); !slices.Equal(was, is) {
		t.Errorf("%s is not as %s: `go test ./config -run Releases -update` adds the file of this release\nwas %v\nis  %v", examplePath, newest, was, is)
	}
}

// Each line of the registries says something that is true and needed.
func TestHistoryIsConsistent(t *testing.T) {
	reference, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	c := Default()
	keys := keysOf(&c)
	for _, r := range renames() {
		if _, ok := find(keys, r.former); ok || r.since == "" || len(r.current) == 0 {
			t.Errorf("%+v: a former name must not be a key, and needs a release and names of today", r)
		}
		for _, path := range r.current {
			if _, ok := find(keys, path); !ok {
				t.Errorf("%s was renamed to %s, which is no key", r.former, path)
			}
		}
		if !strings.Contains(string(reference), "`"+r.former+"`") {
			t.Errorf("docs/configuration.md does not name the former key %s", r.former)
		}
	}
	for _, f := range formerDefaults() {
		then, now := Default(), Default()
		before, ok := find(keysOf(&then), f.key)
		if !ok {
			t.Errorf("%+v: no such key; a renamed key has its former defaults under its name of today", f)
			continue
		}
		after, _ := find(keysOf(&now), f.key)
		if err := before.set(f.value); err != nil || before.equal(after) || f.until == "" {
			t.Errorf("%+v: %v; it must be a value, differ from the default of today, and name a release", f, err)
		}
	}
}

// invented is a history with every form of renaming.
func invented() history {
	return history{
		renames: []rename{
			{"learn.pictures", []string{"learn.batch"}, "0.8.0"},
			{"learn.images", []string{"learn.batch"}, "0.6.0"},
			{"model.side", []string{"serve.size", "store.thumbnail_side"}, "0.9.0"},
			{"watch", []string{"sources"}, "0.9.0"},
			{"answers.blend", []string{"serve.blend"}, "0.9.0"},
		},
		formerDefaults: []formerDefault{
			{"learn.batch", "16", "0.7.0"},
			{"serve.size", "64", "0.9.0"},
			{"replay.moment", "10s", "0.9.0"},
		},
	}
}

func TestFormerNamesWork(t *testing.T) {
	for _, c := range []struct {
		name     string
		text     string
		environ  []string
		want     func(*Config)
		warnings []string // FILE stands for the file
	}{
		{"in the file", "learn:\n  pictures: 8\n", nil,
			func(c *Config) { c.Learn.Batch = 8 },
			[]string{"FILE:2: learn.pictures: renamed to learn.batch in release 0.8.0; the former name still works, but write learn.batch"}},
		{"one key that became two", "model: {side: 128}\n", nil,
			func(c *Config) { c.Serve.Size, c.Store.ThumbnailSide = 128, 128 },
			[]string{"FILE:1: model.side: renamed to serve.size and store.thumbnail_side in release 0.9.0; the former name still works, but write serve.size and store.thumbnail_side"}},
		{"in a section that is gone", "answers:\n  blend: none\n", nil,
			func(c *Config) { c.Serve.Blend = BlendNone },
			[]string{"FILE:2: answers.blend: renamed to serve.blend in release 0.9.0; the former name still works, but write serve.blend"}},
		{"a section that is gone and empty", "answers:\n# blend: none\n", nil, func(*Config) {}, nil},
		{"a list", "log: {level: warn}\nwatch:\n  - dir:/a\n", nil,
			func(c *Config) { c.Log.Level, c.Sources = "warn", SourcesOf("dir:/a") },
			[]string{"FILE:2: watch: renamed to sources in release 0.9.0; the former name still works, but write sources"}},
		{"without a value", "learn:\n  pictures:\n  batch: 4\n", nil, func(c *Config) { c.Learn.Batch = 4 }, nil},
		{"in the environment", "", []string{"EDGECLR_LEARN_PICTURES=8", "EDGECLR_WATCH=dir:/a"},
			func(c *Config) { c.Learn.Batch, c.Sources = 8, SourcesOf("dir:/a") },
			[]string{"EDGECLR_LEARN_PICTURES: learn.pictures: renamed to learn.batch in release 0.8.0; the former name still works, but write EDGECLR_LEARN_BATCH",
				"EDGECLR_WATCH: watch: renamed to sources in release 0.9.0; the former name still works, but write EDGECLR_SOURCES"}},
		{"the environment wins over the file, whatever the names", "learn: {pictures: 8}\nserve: {size: 128}\n", []string{"EDGECLR_LEARN_BATCH=4", "EDGECLR_MODEL_SIDE=160"},
			func(c *Config) { c.Learn.Batch, c.Serve.Size, c.Store.ThumbnailSide = 4, 160, 160 },
			[]string{"FILE:1: learn.pictures: renamed to learn.batch in release 0.8.0; the former name still works, but write learn.batch",
				"EDGECLR_MODEL_SIDE: model.side: renamed to serve.size and store.thumbnail_side in release 0.9.0; the former name still works, but write EDGECLR_SERVE_SIZE and EDGECLR_STORE_THUMBNAIL_SIDE"}},
		{"former defaults", "replay:\n  moment: 10s\nlearn:\n  batch: 16\n", nil,
			func(c *Config) { c.Replay.Moment, c.Learn.Batch = Duration(10e9), 16 },
			[]string{"FILE:2: replay.moment: 10s was the default before release 0.9.0; the default is now 1s; delete the line to follow it",
				"FILE:4: learn.batch: 16 was the default before release 0.7.0; the default is now 32; delete the line to follow it"}},
		{"a former default by a former name", "model: {side: 64}\n", nil,
			func(c *Config) { c.Serve.Size, c.Store.ThumbnailSide = 64, 64 },
			[]string{"FILE:1: model.side: renamed to serve.size and store.thumbnail_side in release 0.9.0; the former name still works, but write serve.size and store.thumbnail_side",
				"FILE:1: model.side: 64 was the default before release 0.9.0; the default is now 0; delete the line to follow it"}},
		{"a former default that had another name then", "serve: {size: 64}\n", nil, func(c *Config) { c.Serve.Size = 64 }, nil},
		{"other values, and former defaults elsewhere than in the file", "replay: {moment: 9s}\n", []string{"EDGECLR_LEARN_BATCH=16"},
			func(c *Config) { c.Replay.Moment, c.Learn.Batch = Duration(9e9), 16 }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := write(t, c.text)
			got, err := load(invented(), file, "", c.environ)
			if err != nil {
				t.Fatal(err)
			}
			want := Default()
			want.Data = got.Data
			c.want(&want)
			if changed := Diff(want, got); changed != nil {
				t.Errorf("differs in %v: %+v", changed, got)
			}
			var warnings []string
			for _, w := range got.Warnings {
				warnings = append(warnings, strings.ReplaceAll(w.String(), file, "FILE"))
			}
			if !slices.Equal(warnings, c.warnings) {
				t.Errorf("warnings\n%s\nwant\n%s", strings.Join(warnings, "\n"), strings.Join(c.warnings, "\n"))
			}
		})
	}
}

func TestFormerNamesRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		text    string
		environ []string
		want    []string
	}{
		{"both names, the former first", "learn:\n  pictures: 8\n  batch: 8\n", nil,
			[]string{"FILE:2: learn.pictures: is a former name of learn.batch, which FILE:3 sets as well; delete one of the two"}},
		{"both names, the former last", "learn:\n  batch: 8\n  pictures: 4\n", nil,
			[]string{"FILE:3: learn.pictures: is a former name of learn.batch, which FILE:2 sets as well; delete one of the two"}},
		{"one of two names of today", "model: {side: 64}\nstore: {thumbnail_side: 64}\n", nil,
			[]string{"FILE:1: model.side: is a former name of store.thumbnail_side, which FILE:2 sets as well; delete one of the two"}},
		{"two former names", "learn:\n  images: 8\n  pictures: 4\n", nil,
			[]string{"FILE:2: learn.images: is a former name of learn.batch, which FILE:3 sets as well by the name learn.pictures; delete one of the two"}},
		{"both variables", "", []string{"EDGECLR_LEARN_PICTURES=8", "EDGECLR_LEARN_BATCH=8"},
			[]string{"EDGECLR_LEARN_PICTURES: learn.pictures: is a former name of learn.batch, which EDGECLR_LEARN_BATCH sets as well; delete one of the two"}},
		{"a value of another type, told once", "model: {side: many}\n", nil, []string{`FILE:1: model.side: "many" must be a whole number`}},
		{"a value out of range", "learn: {pictures: 1}\n", nil, []string{"FILE:1: learn.pictures: 1 is not allowed: give 2 to 4096"}},
		{"a variable out of range", "", []string{"EDGECLR_LEARN_PICTURES=1"},
			[]string{"EDGECLR_LEARN_PICTURES: learn.pictures: 1 is not allowed: give 2 to 4096"}},
		{"another key of a section that is gone", "answers: {blend: none, more: 1}\n", nil, []string{"FILE:1: answers.more: no such key"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := write(t, c.text)
			_, err := load(invented(), file, "", c.environ)
			var got []string
			if bad := (*Error)(nil); errors.As(err, &bad) {
				for _, p := range bad.Problems {
					got = append(got, strings.ReplaceAll(p.String(), file, "FILE"))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// The former model.size goes on meaning both sizes, so a store that a copy of an old file
// makes is as it was.
func TestFormerModelSize(t *testing.T) {
	for _, c := range []struct {
		text         string
		environ      []string
		serve, learn int
		warnings     int
	}{
		{"model: {size: 160}\n", nil, 160, 160, 1},
		{"model: {size: 96}\n", nil, 96, 96, 2}, // the name and the former default
		{"", []string{"EDGECLR_MODEL_SIZE=64"}, 64, 64, 1},
		{"serve: {size: 64}\n", nil, 64, 64, 0},
		{"serve: {size: 320}\n", nil, 320, 224, 0},
		{"learn: {size: 128}\n", nil, 224, 128, 0},
		{"", nil, 224, 224, 0},
	} {
		got, err := Load(write(t, c.text), c.environ)
		if err != nil || got.ServingSize() != c.serve || got.LearningSize() != c.learn || len(got.Warnings) != c.warnings {
			t.Errorf("%q %v: %d and %d px, %v, %v", c.text, c.environ, got.ServingSize(), got.LearningSize(), got.Warnings, err)
		}
	}
	file := write(t, "model: {size: 64}\nserve: {size: 64}\n")
	if _, err := Load(file, nil); err == nil || !strings.Contains(err.Error(), "model.size: is a former name of serve.size") {
		t.Errorf("both names: %v", err)
	}
}
