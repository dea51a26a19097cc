package model

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"edgeclr/model/arch"
)

func TestSmoke(t *testing.T) {
	for _, name := range arch.Names() {
		for _, train := range []bool{false, true} {
			a, _ := arch.Get(name)
			set := Random(a, 1)
			begin := time.Now()
			tr, err := NewTrainer(State{Encoder: set, Head: NewHead(a.Features, 1)}, TrainerOptions{Arch: a, Size: 128, Loss: "nt_xent", Temperature: 0.5,
				Optimizer: OptimizerOptions{Name: "sgd", Momentum: 0.9, WeightDecay: 1e-4}, TrainBatchNorm: train})
			if err != nil {
				t.Fatal(err)
			}
			t.Log(name, train, "built", time.Since(begin))
			views := make([]uint8, 64*128*128*3)
			r := rand.New(rand.NewPCG(1, 2))
			for i := range views {
				views[i] = uint8(r.Uint32())
			}
			for i := 0; i < 8; i++ {
				begin = time.Now()
				loss, err := tr.Step(context.Background(), views, Rates{Encoder: 0.003, Head: 0.003, HeadOnly: i < 2})
				t.Log(i, loss, err, time.Since(begin), 64/time.Since(begin).Seconds())
			}
			st, err := tr.State()
			t.Log(len(st.Encoder), len(st.Head), len(st.Momentum), err)
			tr.Close()
		}
	}
}
