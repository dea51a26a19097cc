package arch

import (
	"slices"
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

// TestMultiplyAdds holds the count against the published ones at 224 px: 1.814
// billion for ResNet-18 with its classifier of half a million, and 0.4 billion
// for EfficientNet-Lite0.
func TestMultiplyAdds(t *testing.T) {
	for name, want := range map[string]int64{"resnet18": 1_813_561_344, "efficientnet_lite0": 383_907_552} {
		a, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := NewPlan(a, 224)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.MultiplyAdds(); got != want {
			t.Errorf("%s: %d multiply-adds, want %d", name, got, want)
		}
	}
}
