package model

import (
	"testing"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	"github.com/tensorflow/tensorflow/tensorflow/go/op"

	"edgeclr/model/arch"
)

// TestBackwardEqualsTensorFlow compares the gradients that backward builds node by
// node with those that TensorFlow builds for the whole graph at once.
func TestBackwardEqualsTensorFlow(t *testing.T) {
	t.Parallel()
	resnet := architecture(t, "resnet18")
	lite := architecture(t, "efficientnet_lite0")
	for _, a := range []*arch.Architecture{tiny(), resnet, lite} {
		for _, norm := range []bool{false, true} {
			opt := tinyOptions()
			opt.Arch, opt.TrainBatchNorm = a, norm
			state := State{Encoder: formulaEncoder(a), Head: formulaDense(simCLR().HeadSpecs(a.Features))}
			compareGradients(t, state, opt)
		}
	}
}

func compareGradients(t *testing.T, state State, opt TrainerOptions) {
	t.Helper()
	plan, err := newPlan(opt.Arch, opt.Size)
	if err != nil {
		t.Fatal(err)
	}
	trainer := &Trainer{opt: opt, plan: plan, byNode: map[string][]*variable{}, queue: queue{width: headOut}}
	s := op.NewScope()
	trainer.images = imagePlaceholder(s, plan)
	nodes, _ := trainer.lowerOnline(s)
	trainer.lowerLoss(s, features(nodes))
	ours := trainer.gradients(s, nodes, trainer.loss, trainer.heads())
	var reads, fetches []tf.Output
	var trained []*variable
	for _, v := range trainer.variables {
		if v.trained {
			trained, reads, fetches = append(trained, v), append(reads, v.read), append(fetches, ours[v])
		}
	}
	fetches = append(fetches, op.Gradients(at(s), []tf.Output{trainer.loss}, reads)...)
	graph, err := s.Finalize()
	if err != nil {
		t.Fatal(err)
	}
	if trainer.session, err = newSession(graph, Runtime{}); err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	if err := trainer.Restore(state); err != nil {
		t.Fatal(err)
	}
	images, err := imageTensor(pairs(0, 3, opt.Size), 6, opt.Size)
	if err != nil {
		t.Fatal(err)
	}
	feeds := map[tf.Output]*tf.Tensor{trainer.images: images}
	if feeds[trainer.queueRows], err = trainer.queue.tensor(); err != nil {
		t.Fatal(err)
	}
	if err := trainer.feedMasks(feeds, Batch{}, 3); err != nil {
		t.Fatal(err)
	}
	out, err := trainer.session.Run(feeds, fetches, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range trained {
		got, errGot := floats(out[i])
		want, errWant := floats(out[len(trained)+i])
		if errGot != nil || errWant != nil {
			t.Fatal(errGot, errWant)
		}
		if off := relativeError(got, want); off > 1e-5 {
			t.Errorf("%s, batch norm trained %v: %s is off by %.1e of its largest value", opt.Arch.Name, opt.TrainBatchNorm, v.name, off)
		}
	}
}
