package model

import (
	"context"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"edgeclr/model/arch"
	"edgeclr/model/weights"
)

func TestZZSpeed(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	th, _ := strconv.Atoi(os.Getenv("TH"))
	for _, name := range arch.Names() {
		if f := os.Getenv("ARCH"); f != "" && f != name {
			continue
		}
		a, _ := arch.Get(name)
		set := Random(a, 1)
		if name == "efficientnet_lite0" {
			set, _ = weights.ReadFile("../.deps/weights/efficientnet_lite0.pth", weights.Limits{})
		}
		begin := time.Now()
		tr, err := NewTrainer(State{Encoder: set, Head: NewHead(a.Features, 1)}, TrainerOptions{Arch: a, Size: 128, Loss: "nt_xent", Temperature: 0.5,
			Optimizer: OptimizerOptions{Name: "sgd", Momentum: 0.9, WeightDecay: 1e-4}, Runtime: Runtime{Threads: th}, TrainBatchNorm: os.Getenv("BN") != ""})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(name, "built", time.Since(begin))
		views := pairs(0, 32, 128)
		for i := range views {
			_ = i
		}
		var bestCPU time.Duration = 1e18
		var best time.Duration = 1e18
		for i := 0; i < 14; i++ {
			begin = time.Now()
			c0 := cpu()
			loss, err := tr.Step(context.Background(), views, Rates{Encoder: 0.0003, Head: 0.0003, HeadOnly: i < 2})
			d := time.Since(begin)
			c := cpu() - c0
			if i > 3 {
				bestCPU = min(bestCPU, c)
			}
			if i > 3 {
				best = min(best, d)
			}
			t.Log(i, loss, err, d, 64/d.Seconds(), "cpu", c)
		}
		t.Log(name, "best", best, 64/best.Seconds(), "cpu", bestCPU, "views/s on 2 cores by cpu", 128/bestCPU.Seconds())
		tr.Close()
	}
}

func cpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
