package objective

import (
	"os"
	"slices"
	"strings"
	"testing"

	"edgeclr/model/weights"
)

// A mistake in the description of an objective shows here and not in training.
func TestRegistry(t *testing.T) {
	if _, err := Get(Default); err != nil {
		t.Error(err)
	}
	names := Names()
	for _, name := range names {
		o, err := Get(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range problems(o) {
			t.Errorf("%s: %s", name, problem)
		}
		if n := len(slices.DeleteFunc(slices.Clone(names), func(other string) bool { return other != name })); n != 1 {
			t.Errorf("%s is in the registry %d times", name, n)
		}
	}
}

// problems lists what is wrong with the description of an objective.
func problems(o *Objective) (list []string) {
	if o.Name == "" || o.Summary == "" || o.Source == "" || o.Build == nil {
		list = append(list, "name, summary, source and Build must be set")
	}
	if len(o.Projector.Widths) == 0 || o.Projector.Name == "" || len(o.Predictor.Widths) > 0 && o.Predictor.Name == "" {
		list = append(list, "every head needs widths and a name")
	}
	if o.Cut == CutAtProjections && o.Projector.Norm != NoNorm {
		list = append(list, "batch normalisation in the projector needs the whole batch: the cut is too high")
	}
	seen := map[string]bool{}
	for _, spec := range o.HeadSpecs(7) {
		if seen[spec.Name] {
			list = append(list, spec.Name+" is the name of two tensors")
		}
		seen[spec.Name] = true
	}
	return list
}

func TestProblems(t *testing.T) {
	head := Head{Name: "head", Widths: []int{3}, Norm: EveryNorm}
	if list := problems(&Objective{Projector: head, Predictor: Head{Name: "head", Widths: []int{2}}, Cut: CutAtProjections}); len(list) != 4 {
		t.Errorf("%d problems: %q", len(list), list)
	}
}

// One line in the registry makes an objective known by name, in messages and in help.
func TestOneMoreLine(t *testing.T) {
	more := append(all(), &Objective{Name: "byol", Summary: "a prediction of the target network", Source: "Grill et al. 2020"})
	if o, err := more.get("byol"); err != nil || o.Name != "byol" {
		t.Errorf("%v, %v", o, err)
	}
	if _, err := more.get("triplet"); err == nil || !strings.HasSuffix(err.Error(), ", byol") {
		t.Errorf("error %v", err)
	}
	if help := more.help(); !strings.HasSuffix(help, "; byol, a prediction of the target network (Grill et al. 2020)") {
		t.Errorf("help %q", help)
	}
}

func TestGetUnknown(t *testing.T) {
	_, err := Get("triplet")
	if err == nil || !strings.Contains(err.Error(), `no loss "triplet"`) || !strings.Contains(err.Error(), "nt_xent, dcl") {
		t.Errorf("error %v", err)
	}
}

// A head's tensors have PyTorch's shapes, and its normalised layers two more.
func TestHeadSpecs(t *testing.T) {
	spec := func(name string, shape ...int) weights.Spec { return weights.Spec{Name: name, Shape: shape} }
	o := &Objective{
		Projector: Head{Name: "p", Widths: []int{5, 4}, Norm: HiddenNorm},
		Predictor: Head{Name: "q", Widths: []int{3}, Norm: EveryNorm},
	}
	want := []weights.Spec{
		spec("p.layer1.weight", 5, 7), spec("p.layer1.bias", 5), spec("p.norm1.weight", 5), spec("p.norm1.bias", 5),
		spec("p.layer2.weight", 4, 5), spec("p.layer2.bias", 4),
		spec("q.layer1.weight", 3, 4), spec("q.layer1.bias", 3), spec("q.norm1.weight", 3), spec("q.norm1.bias", 3),
	}
	equal := func(a, b weights.Spec) bool { return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) }
	if got := o.HeadSpecs(7); !slices.EqualFunc(got, want, equal) {
		t.Errorf("%v, want %v", got, want)
	}
	if len(ntXent().HeadSpecs(7)) != 4 {
		t.Errorf("SimCLR's head has %v", ntXent().HeadSpecs(7))
	}
}

// A setting that the objective does not read is refused by its key.
func TestConflicts(t *testing.T) {
	settings := Settings{Queue: 64, Chunk: 8}
	if list := ntXent().Conflicts(settings); list != nil {
		t.Errorf("nt_xent refuses %v", list)
	}
	list := (&Objective{Name: "byol"}).Conflicts(settings)
	if len(list) != 2 || list[0].Key != "learn.queue" || list[1].Key != "learn.chunk" || !strings.Contains(list[0].Text, "64 has no meaning with byol") {
		t.Errorf("%v", list)
	}
	if list := (&Objective{Name: "byol"}).Conflicts(Settings{}); list != nil {
		t.Errorf("%v", list)
	}
}

// Help names every objective, and so does the reference of the configuration.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, row, _ := strings.Cut(string(text), "| `learn.loss` |")
	row, _, _ = strings.Cut(row, "\n")
	for _, name := range Names() {
		if !strings.Contains(Help(), name+", ") || !strings.Contains(row, name) {
			t.Errorf("%s is not in the help (%s) or in the row of learn.loss (%s)", name, Help(), row)
		}
	}
}
