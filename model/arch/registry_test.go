package arch

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestRegistry(t *testing.T) {
	want := map[string]struct{ features, tensors, parameters, stages int }{
		// Parameters and statistics without the classifier: torchvision's
		// resnet18 has 11,689,512 with it (513,000) and no running statistics (9,600).
		"resnet18":           {512, 100, 11_689_512 - 513_000 + 9_600, 5},
		"efficientnet_lite0": {1280, 245, 0, 9},
	}
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			a, err := Get(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.validate(); err != nil {
				t.Fatal(err)
			}
			specs, parameters := a.Specs(), 0
			var names []string
			for _, s := range specs {
				size := 1
				for _, d := range s.Shape {
					size *= d
				}
				parameters += size
				names = append(names, s.Name)
			}
			slices.Sort(names)
			if got := len(slices.Compact(names)); got != len(specs) {
				t.Errorf("%d of %d tensor names are distinct", got, len(specs))
			}
			w, ok := want[name]
			if !ok {
				t.Fatalf("add %s to this table", name)
			}
			if a.Features != w.features || len(specs) != w.tensors || a.Stages() != w.stages {
				t.Errorf("features %d, tensors %d, stages %d; want %+v", a.Features, len(specs), a.Stages(), w)
			}
			if w.parameters != 0 && parameters != w.parameters {
				t.Errorf("%d parameters, want %d", parameters, w.parameters)
			}
		})
	}
}

func TestGetUnknown(t *testing.T) {
	if _, err := Get("vgg"); err == nil || err.Error() != `no architecture "vgg": choose one of efficientnet_lite0, resnet18` {
		t.Errorf("error %v", err)
	}
}

// A new architecture is one file and one line: what the registry offers is derived
// from them.
func TestNewArchitecture(t *testing.T) {
	r := all()
	r["newcomer"] = newcomer // the line
	a, err := r.get("newcomer")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"efficientnet_lite0", "newcomer", "resnet18"}; !slices.Equal(r.names(), want) {
		t.Errorf("names %v, want %v", r.names(), want)
	}
	if _, err := r.get("vgg"); err == nil || !strings.Contains(err.Error(), "efficientnet_lite0, newcomer, resnet18") {
		t.Errorf("error %v", err)
	}
	if got := len(a.Specs()); got != 15 || a.Stages() != 3 {
		t.Errorf("%d tensors and %d stages, want 15 and 3", got, a.Stages())
	}
	plan, err := NewPlan(a, 33)
	if err != nil {
		t.Fatal(err)
	}
	var outputs []Shape
	for _, s := range plan.Steps {
		outputs = append(outputs, s.Output)
	}
	want := []Shape{{33, 33, 8}, {17, 17, 8}, {17, 17, 16}, {9, 9, 16}, {9, 9, 32}, {5, 5, 32}, {1, 1, 32}}
	if !slices.Equal(outputs, want) {
		t.Errorf("outputs %v, want %v", outputs, want)
	}
}

// The lines of the registry and the functions that build an architecture are the
// same, each function in a file of its own.
func TestArchitectureFiles(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var builders []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`(?m)^func (\w+)\(\) \*Architecture`).FindAllSubmatch(source, -1)
		if len(found) > 1 {
			t.Errorf("%s builds %d architectures; give each a file", name, len(found))
		}
		for _, f := range found {
			builders = append(builders, string(f[1]))
		}
	}
	source, err := os.ReadFile("registry.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range builders {
		if !bytes.Contains(source, []byte(" "+b+",\n")) {
			t.Errorf("%s has no line in the registry", b)
		}
	}
	if len(builders) != len(all()) {
		t.Errorf("%d functions build an architecture and the registry has %d", len(builders), len(all()))
	}
}
