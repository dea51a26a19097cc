package linters

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestRules(t *testing.T) {
	long := "package p\n" + strings.Repeat("\n", maxLines)
	tests := []struct {
		name string
		rule func([]Source) []string
		path string
		text string
		want string // the finding begins with it; empty: none
	}{
		{"bbolt in storage", Imports, "storage/a.go", `package p; import _ "go.etcd.io/bbolt"`, ""},
		{"bbolt below storage", Imports, "storage/x/a.go", `package p; import _ "go.etcd.io/bbolt"`, ""},
		{"bbolt's errors elsewhere", Imports, "daemon/a.go", `package p; import _ "go.etcd.io/bbolt/errors"`, "daemon/a.go:1: only storage"},
		{"bbolt in a test elsewhere", Imports, "daemon/a_test.go", `package p; import _ "go.etcd.io/bbolt"`, "daemon/a_test.go:1: only storage"},
		{"a module with a similar name", Imports, "daemon/a.go", `package p; import _ "go.etcd.io/bboltx"`, ""},
		{"a folder with a similar name", Imports, "storages/a.go", `package p; import _ "go.etcd.io/bbolt"`, "storages/a.go:1: only storage"},
		{"C in model", Imports, "model/a.go", `package p; import "C"`, ""},
		{"C elsewhere", Imports, "camera/a.go", "package p\nimport \"C\"", `camera/a.go:2: only model and tflite may import "C"`},
		{"TensorFlow elsewhere", Imports, "daemon/a.go", `package p; import _ "github.com/tensorflow/tensorflow/tensorflow/go"`, "daemon/a.go:1: only model"},

		{"400 lines", Length, "a.go", long[:len(long)-1], ""},
		{"401 lines", Length, "a.go", long, "a.go:400: the file has 401 lines"},

		{"init", State, "a.go", "package p\nfunc init() {}", "a.go:2: no init"},
		{"a method named init", State, "a.go", "package p; type t int; func (t) init() {}", ""},
		{"init in a test", State, "a_test.go", "package p; func init() {}", ""},
		{"a table", State, "a.go", `package p; var a = map[string]int{"x": 1}; func f() int { return a["x"] }`, ""},
		{"an error value", State, "a.go", `package p; import "errors"; var errA = errors.New("a")`, ""},
		{"set by the linker", State, "a.go", "package p; var release string", ""},
		{"assigned", State, "a.go", "package p\nvar a = 1\nfunc f() { a = 2 }", "a.go:3: the package-level variable a changes"},
		{"counted", State, "a.go", "package p\nvar a int\nfunc f() { a++ }", "a.go:3: "},
		{"an entry assigned", State, "a.go", "package p\nvar a = map[int]int{}\nfunc f() { a[1] = 2 }", "a.go:3: "},
		{"a field assigned", State, "a.go", "package p\nvar a struct{ b []int }\nfunc f() { (a.b)[0] = 2 }", "a.go:3: "},
		{"assigned by range", State, "a.go", "package p\nvar a int\nfunc f() { for a = range 3 {} }", "a.go:3: "},
		{"assigned in a closure", State, "a.go", "package p\nvar a int\nfunc f() { func() { a = 1 }() }", "a.go:3: "},
		{"a local of the same name", State, "a.go", "package p; var a = 1; func f() { a := 2; a = 3; _ = a }", ""},
		{"a field of another package's value", State, "a.go", `package p; import "flag"; func f() { flag.Usage = nil }`, ""},
		{"a lock", State, "a.go", "package p; import \"sync\"\nvar mu sync.Mutex", "a.go:2: mu is package-level state"},
		{"a pointer to a pool", State, "a.go", "package p; import \"sync\"\nvar a = &sync.Pool{}", "a.go:2: a is"},
		{"an atomic", State, "a.go", "package p; import \"sync/atomic\"\nvar a atomic.Pointer[int]", "a.go:2: a is"},
		{"a value computed once", State, "a.go", `package p; import "sync"; var a = sync.OnceValue(func() int { return 1 })`, ""},
		{"a channel", State, "a.go", "package p\nvar a = make(chan int)", "a.go:2: a is"},
		{"a map to be filled", State, "a.go", "package p\nvar a map[string]int", "a.go:2: a is"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sources, err := Load(fstest.MapFS{tt.path: {Data: []byte(tt.text)}})
			if err != nil {
				t.Fatal(err)
			}
			found := tt.rule(sources)
			switch {
			case tt.want == "" && len(found) > 0:
				t.Errorf("found %q, want nothing", found)
			case tt.want != "" && (len(found) != 1 || !strings.HasPrefix(found[0], tt.want)):
				t.Errorf("found %q, want one that begins with %q", found, tt.want)
			}
		})
	}
}

// A variable may be declared in one file and changed in another.
func TestStateAcrossFiles(t *testing.T) {
	sources, err := Load(fstest.MapFS{
		"p/a.go": {Data: []byte("package p; var a = 1")},
		"p/b.go": {Data: []byte("package p; import _ \"example.com/missing\"\nfunc f() { a = 2 }")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := State(sources); len(found) != 1 || !strings.HasPrefix(found[0], "p/b.go:2: ") {
		t.Errorf("found %q", found)
	}
}

func TestLoadLeavesOut(t *testing.T) {
	bad := &fstest.MapFile{Data: []byte("not Go")}
	sources, err := Load(fstest.MapFS{
		"a/testdata/x.go":  bad,
		".hidden/x.go":     bad,
		"_old/x.go":        bad,
		"nested/go.mod":    {Data: []byte("module nested")},
		"nested/deep/x.go": bad,
		"a/a.go":           {Data: []byte("package a")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) != 1 || sources[0].Path != "a/a.go" {
		t.Errorf("loaded %d files", len(sources))
	}
}

func TestCommitted(t *testing.T) {
	binary := []byte("\x89PNG\x00\x00")
	root := fstest.MapFS{
		"a.go":               {Data: []byte("package a")},
		"camera/testdata/a":  {Data: binary},
		"testdata/a.png":     {Data: binary},
		"docs/scene.png":     {Data: binary},
		"docs/tool":          {Data: binary},
		"icon.png":           {Data: binary},
		"testdata/tool":      {Data: []byte("\x7fELF\x02")},
		"testdata/huge.json": {Data: make([]byte, maxBytes+1)},
		"testdata/full.json": {Data: make([]byte, maxBytes)},
	}
	paths := []string{"deleted.go"}
	for p := range root {
		paths = append(paths, p)
	}
	var got []string
	for _, f := range Committed(root, paths) {
		name, _, _ := strings.Cut(f, ":")
		got = append(got, name)
	}
	slices.Sort(got)
	if want := []string{"docs/tool", "icon.png", "testdata/huge.json", "testdata/tool"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestListed(t *testing.T) {
	modules := Modules("module edgeclr\n\ngo 1.26.0\n\nrequire example.com/one v1.0.0\n\nrequire (\n\texample.com/two v0.2.0\n\texample.com/two/v3 v3.1.0 // indirect\n)\n\nreplace example.com/one => ./one\n")
	if want := []string{"example.com/one", "example.com/two", "example.com/two/v3"}; !slices.Equal(modules, want) {
		t.Fatalf("modules %q, want %q", modules, want)
	}
	found := Listed("d.md", "| module | for |\n|---|---|\n| `example.com/one` | x |\n| `example.com/two/v3` | x |\n| `example.com/gone` | y |\n", modules)
	want := []string{
		"d.md does not name example.com/two, which go.mod requires",
		"d.md names example.com/gone, which go.mod does not require",
	}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}
