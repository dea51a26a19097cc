package daemon

import (
	"slices"
	"testing"

	"edgeclr/config"
	"edgeclr/storage"
)

// Another precision is another encoder: its vectors are never compared with the others.
// The service opens with the vectors that it has, embeds all frames anew, and changes
// over. Going back to the precision before has nothing to embed.
func TestAnotherPrecision(t *testing.T) {
	cfg := liteRTConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 12)
	float := servingEncoders(t, s)
	shut(t, s)

	cfg.Serve.Precision = config.PrecisionInt8
	shut(t, open(t, cfg)) // a change that is interrupted goes on
	s = open(t, cfg)
	// Whatever serves by now, a query compares vectors of one encoder.
	for i := range all {
		findsItself(t, s.Client(), all[i].Data, ids[i], "")
	}
	wait(t, "int8 serves", func() bool { return encoder(t, s).Precision == config.PrecisionInt8 })
	int8 := servingEncoders(t, s)
	if len(int8) != 1 || int8[0].Precision != storage.PrecisionInt8 || int8[0].Weights == float[0].Weights {
		t.Fatalf("%v after %v", int8, float)
	}
	more, moreIDs := embed(t, s, 20, 2)
	all, ids = append(all, more...), append(ids, moreIDs...)
	for i := range all {
		findsItself(t, s.Client(), all[i].Data, ids[i], "")
	}
	if st := status(t, s); st.Embeddings != 14 || st.Checkpoint.Serving != "c1" {
		t.Errorf("%d embeddings, %+v", st.Embeddings, st.Checkpoint)
	}
	if n := countEvents(t, s, "c1 serves: the configuration asks for other encoders"); n != 1 {
		t.Errorf("%d events", n)
	}
	planted := plant(t, s, float[0], 12) // the vectors of float are still there
	shut(t, s)

	cfg.Serve.Precision = config.PrecisionFloat
	s = open(t, cfg)
	wait(t, "float serves", func() bool { return encoder(t, s).Precision == config.PrecisionFloat })
	if got := servingEncoders(t, s); !slices.Equal(got, float) {
		t.Errorf("%v serve, want %v", got, float)
	}
	wantPlanted(t, s, float[0], planted, true)
	for i := 12; i < len(all); i++ {
		findsItself(t, s.Client(), all[i].Data, ids[i], "")
	}
}

// servingEncoders returns the encoders of the version that serves.
func servingEncoders(t *testing.T, s *Service) []storage.Encoder {
	t.Helper()
	v := s.versions.Current()
	defer v.Done()
	return v.Encoder.Encoders()
}

// The encoders that are named without opening them are those that serve: otherwise a
// store of an older release would be embedded again.
func TestNamedEncodersServe(t *testing.T) {
	s := open(t, smallConfig(t))
	for _, how := range []string{config.BlendNone, config.BlendAverage, config.BlendJoin} {
		cp := adapt(t, s, "c1", how)
		v, err := s.versions.Named(t.Context(), string(cp.ID))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := encodersOf(t, s, cp.ID), v.Encoder.Encoders(); !slices.Equal(got, want) {
			t.Errorf("%s: named %v, %v serve", how, got, want)
		}
		v.Done()
	}
}
