package render

import (
	"bytes"
	"math"
	"testing"
)

// room is a place with a wall: a camera at the height of one metre looks at it from ten metres away.
func room(w, h int, build func(solid, foliage *Mesh)) *Stage {
	solid, foliage := NewMesh(), NewMesh()
	solid.Material = &Material{Colour: Grey(0.3)}
	solid.Grid(Vec{-30, 10, -20}, Vec{X: 60}, Vec{Z: 40}, 12, 8)
	if build != nil {
		build(solid, foliage)
	}
	return NewStage(Place{Width: w, Height: h, Eye: Vec{Z: 1}, Target: Vec{Y: 10, Z: 1}, FieldOfView: 1, Solid: solid, Foliage: foliage, Centre: Vec{Y: 8}, Radius: 12})
}

// bright is a frame in plain light with a block in front of the wall, five metres from the camera.
func bright(low, high Vec, owner Owner) *Frame {
	m := NewMesh()
	m.Material = &Material{Colour: Vec{0.8, 0.1, 0.1}}
	m.Box(low, high)
	return &Frame{Moving: m, Owners: []Owner{owner}, Ambient: Grey(0.8), Bounce: Grey(0.3), Sensor: Sensor{Exposure: 1, White: Grey(1)}}
}

func TestAreaIsThatOfTheProjection(t *testing.T) {
	s := room(160, 120, nil)
	// One metre at five metres spans this share of the height, which spans one radian.
	unit := 1 / (2 * 5 * math.Tan(0.5))
	for _, tc := range []struct {
		name      string
		low, high Vec
		want      float64
	}{
		{"square metre", Vec{-0.5, 5, 0.5}, Vec{0.5, 5.01, 1.5}, unit * unit * 0.75},
		{"thin pole", Vec{-0.02, 5, 0}, Vec{0.02, 5.01, 2}, 0.04 * 2 * unit * unit * 0.75},
		{"half outside", Vec{-0.5, 5, -20}, Vec{0.5, 5.01, 1}, 0.5 * unit * 0.75},
		{"behind the wall", Vec{-0.5, 11, 0.5}, Vec{0.5, 12, 1.5}, 0},
		{"behind the camera", Vec{-0.5, -3, 0.5}, Vec{0.5, -2, 1.5}, 0},
	} {
		_, truth := s.Render(bright(tc.low, tc.high, Owner{Kind: "box"}))
		if math.Abs(float64(truth.Area)-tc.want) > 0.001+0.02*tc.want {
			t.Errorf("%s: area %.4f, not %.4f", tc.name, truth.Area, tc.want)
		}
		if (truth.Counts["box"] == 1) != (tc.want > 0) {
			t.Errorf("%s: %v", tc.name, truth.Counts)
		}
		var sum float32
		for _, share := range truth.Foreground {
			if share < 0 || share > 1 {
				t.Errorf("%s: a share of %v", tc.name, share)
			}
			sum += share / (GridSide * GridSide)
		}
		if math.Abs(float64(sum-truth.Area)) > 1e-3 {
			t.Errorf("%s: the grid sums up to %v, not %v", tc.name, sum, truth.Area)
		}
	}
}

// TestGridShowsWhere checks the rows and columns of the grid.
func TestGridShowsWhere(t *testing.T) {
	s := room(160, 120, nil)
	// The upper right quarter of the picture.
	_, truth := s.Render(bright(Vec{0, 5, 1}, Vec{20, 5.01, 20}, Owner{Kind: "box"}))
	for i, share := range truth.Foreground {
		x, y := i%GridSide, i/GridSide
		want := float32(0)
		if x >= GridSide/2 && y < GridSide/2 {
			want = 1
		}
		if abs(share-want) > 0.01 {
			t.Errorf("cell %d, %d: %v", x, y, share)
		}
	}
}

func TestSolidThingsHide(t *testing.T) {
	screen := func(solid, _ *Mesh) { solid.Box(Vec{-9, 3, -9}, Vec{0, 3.1, 9}) } // the left half
	open, half := room(160, 120, nil), room(160, 120, screen)
	box := func() *Frame { return bright(Vec{-0.5, 5, 0.5}, Vec{0.5, 5.01, 1.5}, Owner{Kind: "box"}) }
	_, all := open.Render(box())
	_, part := half.Render(box())
	if r := part.Area / all.Area; abs(r-0.5) > 0.03 {
		t.Errorf("%.3f of the block is seen, not half", r)
	}
	if f := bright(Vec{-1.5, 5, 0.5}, Vec{-0.5, 5.01, 1.5}, Owner{Kind: "box"}); true {
		m, hidden := half.Render(f)
		f.Moving.Reset()
		without, _ := half.Render(f)
		if hidden.Area != 0 || hidden.Counts["box"] != 0 || !bytes.Equal(m.Pix, without.Pix) {
			t.Errorf("hidden: %v, %v", hidden.Area, hidden.Counts)
		}
	}
}

func TestLeavesHide(t *testing.T) {
	leaves := func(y float32) *Stage {
		return room(160, 120, func(_, foliage *Mesh) {
			foliage.Material = &Material{Colour: Grey(0.1)}
			for k := range 40 { // stripes with gaps of the same width
				x := -4 + 0.2*float32(k)
				foliage.Quad(Vec{x, y, -5}, Vec{x + 0.1, y, -5}, Vec{x + 0.1, y, 7}, Vec{x, y, 7})
			}
		})
	}
	box := func() *Frame { return bright(Vec{-0.5, 5, 0.5}, Vec{0.5, 5.01, 1.5}, Owner{Kind: "box"}) }
	_, before := leaves(4).Render(box())
	_, behind := leaves(7).Render(box())
	if r := before.Area / behind.Area; abs(r-0.5) > 0.12 {
		t.Errorf("%.3f of the block is seen through the leaves, not half", r)
	}
}

func TestSceneryDoesNotCount(t *testing.T) {
	s := room(160, 120, nil)
	f := bright(Vec{-0.5, 5, 0.5}, Vec{0.5, 5.01, 1.5}, Owner{Kind: "door", Scenery: true})
	with, truth := s.Render(f)
	f.Moving.Reset()
	without, _ := s.Render(f)
	if truth.Area != 0 || len(truth.Counts) != 0 || bytes.Equal(with.Pix, without.Pix) {
		t.Errorf("area %v, %v", truth.Area, truth.Counts)
	}
}

// TestShadowsFollowTheSun checks that a block throws its shadow away from the sun, and none without a sun.
func TestShadowsFollowTheSun(t *testing.T) {
	s := room(160, 120, nil)
	box := func(sun Sun) *Frame {
		f := bright(Vec{-0.5, 9, 0.5}, Vec{0.5, 9.2, 1.5}, Owner{Kind: "box"})
		f.Sun = sun
		return f
	}
	light := func(f *Frame, x int) int {
		m, _ := s.Render(f)
		return int(m.Pix[3*(60*160+x)])
	}
	for _, side := range []float32{-1, 1} {
		f := box(Sun{Toward: Vec{X: -side, Y: -1}.Unit(), Colour: Grey(0.8)})
		left, right := light(f, 80-14), light(f, 80+14)
		if (right < left-8) != (side > 0) || (left < right-8) != (side < 0) {
			t.Errorf("shadow to %v: %d on the left and %d on the right", side, left, right)
		}
	}
	f := box(Sun{})
	if left, right := light(f, 80-14), light(f, 80+14); left != right {
		t.Errorf("without a sun: %d and %d", left, right)
	}
}

// TestNoiseComesFromTheSeed checks that the noise is the same for the same seed only, and has no bias.
func TestNoiseComesFromTheSeed(t *testing.T) {
	s := room(160, 120, nil)
	render := func(seed uint64, noise float32) []uint8 {
		f := bright(Vec{0, 11, 0}, Vec{1, 12, 1}, Owner{})
		f.Seed, f.Sensor.Noise = seed, noise
		m, _ := s.Render(f)
		return m.Pix
	}
	clean, one, again, two := render(1, 0), render(1, 2), render(1, 2), render(2, 2)
	if !bytes.Equal(one, again) || bytes.Equal(one, two) || bytes.Equal(one, clean) {
		t.Error("the noise does not follow from the seed")
	}
	sum := 0
	for i := range one {
		sum += int(one[i]) - int(clean[i])
	}
	if mean := float64(sum) / float64(len(one)); math.Abs(mean) > 0.5 {
		t.Errorf("noise shifts the picture by %.2f grey levels", mean)
	}
}

func TestShakeShifts(t *testing.T) {
	s := room(160, 120, nil)
	edge := func(shake float32) float64 {
		f := bright(Vec{0, 5, -20}, Vec{30, 5.01, 20}, Owner{})
		f.Sensor.Shake[0] = shake
		m, _ := s.Render(f)
		// The block has less green than the wall.
		green := func(x int) int { return int(m.Pix[3*(60*160+x)+1]) }
		wall := 0.0
		for x := 70; x < 90; x++ {
			if 2*green(x) > green(70)+green(89) {
				wall++
			}
		}
		return wall
	}
	if still, right := edge(0), edge(1); right != still+1 {
		t.Errorf("the edge moves from %v to %v", still, right)
	}
}
