package blend

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/blend/calibrate"
	"edgeclr/model/weights"
	"edgeclr/storage"
)

// pretrained reads the weights that `make deps` fetches.
func pretrained(t testing.TB) Halves {
	t.Helper()
	const path = "../../.deps/weights/efficientnet_lite0.pth"
	set, err := weights.ReadFile(path, weights.Limits{})
	if err != nil {
		t.Skip(err)
	}
	return Halves{Adapted: func() (weights.Set, error) { return set, nil }}
}

// renderedSource gives squares of rendered pictures to calibrate on.
func renderedSource(_ context.Context, n, size int) []*rgb.Image {
	squares := rendered(min(n, 60))
	for i, m := range squares {
		squares[i] = m.EvalSquare(size)
	}
	return squares
}

// An int8 encoder is calibrated once, has a name of its own, and agrees with float within
// its bound.
func TestInt8(t *testing.T) {
	needLiteRT(t)
	from := pretrained(t)
	kept := states{}
	id := Identity{Arch: "efficientnet_lite0", Size: 96, Runtime: config.RuntimeAuto, Precision: config.PrecisionInt8}
	o := &Opener{States: kept, Calibration: renderedSource}
	e := openAs(t, o, id, from)
	r := e.Report()
	if r.Runtime != config.RuntimeLiteRT || r.Precision != config.PrecisionInt8 || r.Instead != "" || r.Check.Worst < leastInt8 || r.Check.Worst > 0.99999 {
		t.Fatalf("%+v, check %+v", r, r.Check)
	}
	reference := openAs(t, &Opener{}, Identity{Arch: id.Arch, Size: id.Size}, from)
	want := reference.Encoders()[0]
	want.Precision = storage.PrecisionInt8
	is := e.Encoders()[0]
	if is.Weights == want.Weights {
		t.Error("the name does not depend on the ranges")
	}
	if want.Weights = is.Weights; is != want {
		t.Errorf("%+v, want %+v", is, want)
	}
	pictures := rendered(8)
	got, err := e.Embed(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	float, err := reference.Embed(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if c := calibrate.Cosine(got[i], float[i]); !(c > leastInt8) {
			t.Errorf("picture %d: cosine %v", i, c)
		}
	}

	// The next process takes the stored ranges, and gives the same vectors.
	before := maps.Clone(kept)
	again := openAs(t, &Opener{States: kept, checkTimeout: 1}, id, from)
	if again.Encoders()[0] != is {
		t.Errorf("after a restart it is %+v", again.Encoders()[0])
	}
	same, err := again.Embed(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	if again.Encoders()[0] != is {
		t.Errorf("%v after a restart, %v before", again.Encoders()[0], is)
	}
	for i := range got {
		if !slices.Equal(same[i], got[i]) {
			t.Errorf("picture %d has another vector after a restart", i)
		}
	}
	if len(kept) != len(before) {
		t.Errorf("states %v", slices.Sorted(maps.Keys(kept)))
	}

	// Halves in int8 are joined with a share as those in float.
	id.Blend, id.Share, from.Pretrained = config.BlendJoin, 0.75, from.Adapted
	joined, err := openAs(t, &Opener{States: kept, checkTimeout: 1}, id, from).Embed(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range JoinRows(float, float, id.Share) {
		if c := calibrate.Cosine(joined[i], row); !(c > leastInt8) {
			t.Errorf("picture %d, joined: cosine %v", i, c)
		}
	}
}

// Without pictures to calibrate on, LiteRT computes in float and says why.
func TestInt8WithoutPictures(t *testing.T) {
	needLiteRT(t)
	o := &Opener{States: states{}}
	events := told(o)
	e := openAs(t, o, Identity{Arch: "resnet18", Size: 32, Runtime: config.RuntimeAuto, Precision: config.PrecisionInt8}, random(t, "resnet18", 1))
	if r := e.Report(); r.Runtime != config.RuntimeLiteRT || r.Precision != config.PrecisionFloat || !strings.Contains(r.Instead, "too few pictures") {
		t.Errorf("%+v", r)
	}
	if len(*events) != 1 {
		t.Errorf("events %+v", *events)
	}
}

// An encoder that loses too much in int8 serves in float. A restart does not calibrate
// it again.
func TestInt8LosesTooMuch(t *testing.T) {
	needLiteRT(t)
	bad := func(_ context.Context, _, size int) []*rgb.Image { // black pictures make the ranges, others are held back
		list := rendered(30)
		for i, m := range list {
			if list[i] = rgb.New(size, size); i%5 == 4 {
				list[i] = m.EvalSquare(size)
			}
		}
		return list
	}
	from, kept := pretrained(t), states{}
	id := Identity{Arch: "efficientnet_lite0", Size: 32, Runtime: config.RuntimeAuto, Precision: config.PrecisionInt8}
	for range 2 {
		e := openAs(t, &Opener{States: kept, Calibration: bad}, id, from)
		bad = nil
		if r := e.Report(); r.Runtime != config.RuntimeLiteRT || r.Precision != config.PrecisionFloat || !strings.Contains(r.Instead, "int8 loses too much") {
			t.Errorf("%+v", r)
		}
		if _, listed := kept[rangesList]; !listed {
			t.Error("the ranges are in no list, so they stay forever")
		}
	}
}

// Ranges that are used stay. Those that were not used for longest go.
func TestRangesAreBounded(t *testing.T) {
	kept := states{}
	o := &Opener{States: kept}
	for i := range 3 * keptRanges {
		for _, name := range []string{"pretrained", string(rune('a' + i))} {
			if err := o.States.SaveState(t.Context(), name, "ranges", nil); err != nil {
				t.Fatal(err)
			}
			if err := o.useRanges(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, ok := kept["pretrained"]; !ok || len(kept) != keptRanges+1 {
		t.Errorf("states %v", slices.Sorted(maps.Keys(kept)))
	}

	// A network that stays open is opened once, and used all the time.
	float := storage.Encoder{Weights: strings.Repeat("0123456789abcdef", 4), Size: 224}
	open := rangesNameOf(float.Weights, float.Size)
	for i := range 3 * keptRanges {
		name := string(rune('A' + i))
		if err := errors.Join(o.States.SaveState(t.Context(), name, "ranges", nil), o.useRanges(t.Context(), name)); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := o.States.SaveState(t.Context(), open, "ranges", nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.UseRanges(t.Context(), float); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := kept[open]; !ok || len(kept) != keptRanges+1 {
		t.Errorf("states %v", slices.Sorted(maps.Keys(kept)))
	}
}
