package model

import (
	"fmt"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"

	"edgeclr/model/arch"
)

// trunk is the part of the encoder below the trained stages. Nothing in it learns, so
// its map of a view is the same whatever else is in the batch. A step computes the maps
// of few views at a time and feeds them to the trained stages. So the memory of a step
// does not grow with the maps of the trunk, which are the largest of a network.
type trunk struct {
	out   tf.Output // [B,H,W,C]; can be fed instead of images. Not set: there is no trunk
	shape arch.Shape
	views int // computed at a time
}

// trunkMaps is how many values of the trunk's two largest maps are in memory at a time.
const trunkMaps = 16 << 20

// trunkOf finds the trunk of a network, of which stages below first are not trained. There
// is none when all are trained, when more than one map reaches the trained stages, or when
// the features themselves are not trained.
func trunkOf(plan *arch.Plan, first int) (last string, ok bool) {
	stage := map[string]int{}
	for _, s := range plan.Steps {
		stage[s.Name] = s.Stage
	}
	for _, s := range plan.Steps {
		if s.Stage < first {
			continue
		}
		for _, source := range s.Sources {
			below, known := stage[source]
			switch {
			case known && below >= first:
			case !known || last != "" && last != source: // the image, or a second map
				return "", false
			default:
				last = source
			}
		}
	}
	return last, last != ""
}

// largestMaps is the number of values of the two largest maps that are in memory at once
// while one view passes the steps up to last.
func largestMaps(plan *arch.Plan, last string) int {
	most, before := 0, plan.Input.Values()
	for _, s := range plan.Steps {
		now := s.PaddedOutput().Values()
		most, before = max(most, before+now), now
		if s.Name == last {
			break
		}
	}
	return most
}

// findTrunk looks for the trunk among the nodes of the graph. A target network reads the
// pictures by itself, so with one there is no trunk.
func (t *Trainer) findTrunk(nodes []lowered) {
	last, ok := trunkOf(t.plan, t.opt.Arch.Stages()-t.opt.Stages)
	if t.opt.Stages == 0 || !ok || t.hasTarget() {
		return
	}
	for _, n := range nodes {
		if n.step.Name == last {
			t.trunk = trunk{out: n.out, shape: n.step.PaddedOutput(), views: max(trunkMaps/largestMaps(t.plan, last), 1)}
		}
	}
}

// input is what the encoder reads of a batch: the views themselves, or their maps behind
// the trunk.
type input struct {
	to    tf.Output // what is fed
	views []uint8   // [B,Size,Size,3]
	size  int
	maps  []float32 // [B,H,W,C]; nil: the views are fed
	shape arch.Shape
}

// input computes the maps of n views behind the trunk, if there is one. The caller holds
// the lock.
func (t *Trainer) input(views []uint8, n int) (input, error) {
	in := input{to: t.images, views: views, size: t.opt.Size}
	if t.trunk.out.Op == nil {
		return in, nil
	}
	maps := make([]float32, 0, n*t.trunk.shape.Values())
	for from := 0; from < n; from += t.trunk.views {
		images, err := in.tensor(from, min(from+t.trunk.views, n))
		if err != nil {
			return in, err
		}
		out, err := t.run(map[tf.Output]*tf.Tensor{t.images: images}, []tf.Output{t.trunk.out}, nil)
		if err != nil {
			return in, fmt.Errorf("the stages that are not trained: %w", err)
		}
		values, err := floats(out[0])
		if err != nil {
			return in, err
		}
		maps = append(maps, values...)
	}
	in.to, in.maps, in.shape = t.trunk.out, maps, t.trunk.shape
	return in, nil
}

// tensor holds the rows from to to-1 of the input.
func (in input) tensor(from, to int) (*tf.Tensor, error) {
	if in.maps == nil {
		one := in.size * in.size * 3
		return imageTensor(in.views[from*one:to*one], to-from, in.size)
	}
	one := in.shape.Values()
	return floatTensor(in.maps[from*one:to*one], int64(to-from), int64(in.shape.Height), int64(in.shape.Width), int64(in.shape.Channels))
}
