package learn

import (
	"os"
	"testing"

	"edgeclr/config"
	"edgeclr/internal/process"
	"edgeclr/storage"
)

// BenchmarkExam measures what it costs to judge a candidate that would serve as a join, on
// 32 pictures at 224 px: as before vectors were kept, for the first time, and when root
// and serving encoder are known. Runs are networks for one picture or view.
func BenchmarkExam(b *testing.B) {
	if _, err := os.Stat(knownWeights); err != nil {
		b.Skip("needs the pretrained weights: make deps")
	}
	cfg := smallConfig(b)
	cfg.Serve.Size, cfg.Model.Threads = 224, 0
	s := open(b, cfg)
	served, _ := adapt(b, s, "c1", config.BlendJoin, 0.02)
	_, state := adapt(b, s, "c1", config.BlendJoin, 0.03)
	if _, err := s.versions.Promote(b.Context(), string(served.ID), "benchmark", nil); err != nil {
		b.Fatal(err)
	}
	v := s.versions.Current()
	defer v.Done()
	serving, err := s.learner.servingNetworks(b.Context(), v)
	if err != nil {
		b.Fatal(err)
	}
	cp, err := s.learner.child(served, s.cfg.Serve.Blend, 0)
	if err != nil {
		b.Fatal(err)
	}
	candidate, err := s.learner.candidateNetworks(b.Context(), cp, state)
	if err != nil {
		b.Fatal(err)
	}
	set, kept := sceneSet(32), &examStore{s.store, s.learner.opt.Log}
	exam := func(b *testing.B, kept *examStore, networks ...network) (x *exam) {
		b.Helper()
		if x, err = hold(b.Context(), set, kept, networks...); err != nil {
			b.Fatal(err)
		}
		return x
	}
	for _, bb := range []struct {
		name string
		hold func(b *testing.B) (runs int)
	}{
		{"as before", func(b *testing.B) int { // each of the joins by itself
			return exam(b, nil, serving...).runs + exam(b, nil, candidate...).runs
		}},
		{"first", func(b *testing.B) int { return exam(b, nil, append(serving, candidate...)...).runs }},
		{"next", func(b *testing.B) int { return exam(b, kept, append(serving, candidate...)...).runs }},
	} {
		if bb.name == "next" {
			x := exam(b, nil, serving...)
			x.kept = kept
			if err := x.save(b.Context(), serving[0].is, serving[1].is); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(bb.name, func(b *testing.B) {
			runs, before := 0, process.CPUTime()
			for b.Loop() {
				runs += bb.hold(b)
			}
			b.ReportMetric(float64(runs)/float64(b.N), "runs/op")
			b.ReportMetric((process.CPUTime()-before).Seconds()*1000/float64(b.N), "cpu-ms/op")
		})
	}
	b.Run("verdict", func(b *testing.B) {
		x := exam(b, kept, append(serving, candidate...)...)
		before := process.CPUTime()
		for b.Loop() {
			if _, err := x.verdict(b.Context(), examined{serving: serving, candidate: candidate, from: serving, root: serving[:1]}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric((process.CPUTime()-before).Seconds()*1000/float64(b.N), "cpu-ms/op")
	})
	b.Run("bytes kept", func(b *testing.B) {
		x := exam(b, kept, append(serving, candidate...)...)
		before := s.store.BytesWritten()
		turns := []storage.Encoder{candidate[1].is, serving[1].is}
		n := 0
		for b.Loop() {
			if err := x.save(b.Context(), serving[0].is, turns[n%2]); err != nil {
				b.Fatal(err)
			}
			n++
		}
		b.ReportMetric(float64(s.store.BytesWritten()-before)/float64(b.N)/1e6, "MB/op")
	})
}
