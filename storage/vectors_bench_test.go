package storage

import (
	"testing"

	"edgeclr/storage/record"
)

// BenchmarkLoadVectors reads 5,000 vectors of 1280 values, as a start of the service
// does: whole, joined from two encoders, and joined by an older release.
func BenchmarkLoadVectors(b *testing.B) {
	const n, dim = 5_000, 1280
	half := func(name string) Encoder {
		return Encoder{Weights: name, Size: 96, Precision: PrecisionFloat, Accelerator: AcceleratorCPU, Dim: dim}
	}
	for _, bb := range []struct {
		name     string
		encoders []Encoder
		old      bool
	}{
		{"whole", []Encoder{half("a")}, false},
		{"joined", []Encoder{half("a"), half("b")}, false},
		{"old", []Encoder{half("a"), half("b")}, true},
	} {
		b.Run(bb.name, func(b *testing.B) {
			s, err := Open(b.Context(), b.TempDir(), Options{NoSync: true})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			fillVectors(b, s, bb.encoders, n, bb.old)
			for b.Loop() {
				seen := 0
				err := s.Vectors(b.Context(), bb.encoders, 0, func(FrameID, []float32) error { seen++; return nil })
				if err != nil || seen != n {
					b.Fatalf("%d vectors, %v", seen, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/vector")
		})
	}
}

// fillVectors stores n frames with vectors by the encoders, or by a checkpoint of an
// older release that joined them.
func fillVectors(b *testing.B, s *Store, encoders []Encoder, n int, old bool) {
	b.Helper()
	halves := make([][]float32, len(encoders))
	for i, e := range encoders {
		halves[i] = unit(uint64(i), e.Dim)
	}
	if old {
		if err := s.LinkVectors(b.Context(), "c1", encoders); err != nil {
			b.Fatal(err)
		}
	}
	for range n / 500 {
		fs := make([]NewFrame, 500)
		if !old {
			for i := range fs {
				fs[i].Vectors = halves
			}
		}
		ids, err := s.AddFrames(b.Context(), encoders, fs)
		if err != nil {
			b.Fatal(err)
		}
		if !old {
			continue
		}
		err = s.update(b.Context(), "benchmark", func(t txn) error {
			for _, id := range ids {
				if err := t.put(bucketVectors, vectorKey(1, id), record.AppendFloats(nil, Join(halves[0], halves[1], 0))); err != nil {
					return err
				}
			}
			t.st.addRows(bucketVectors, 1, len(ids))
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMissingVectors looks for missing vectors where each frame has one, half of
// them in rows of an older release.
func BenchmarkMissingVectors(b *testing.B) {
	const n = 20_000
	s, err := Open(b.Context(), b.TempDir(), Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	encoders := join("c2")
	fillVectors(b, s, encoders, n/2, true)
	fillVectors(b, s, encoders, n/2, false)
	for b.Loop() {
		if missing, err := s.MissingVectors(b.Context(), encoders, 0); err != nil || len(missing) > 0 {
			b.Fatalf("%d missing, %v", len(missing), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/frame")
}
