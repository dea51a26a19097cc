package daemon

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"edgeclr/camera/rgb"
	"edgeclr/config"
	"edgeclr/daemon/blend"
	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/internal/tensor"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/weights"
	"edgeclr/search"
	"edgeclr/storage"
)

// adapt stores a checkpoint as training from parent would, with that blend and with
// weights that have changed a little.
func adapt(t testing.TB, s *Service, parent storage.CheckpointID, how string) storage.Checkpoint {
	t.Helper()
	return adaptBy(t, s, parent, how, 0.05)
}

// adaptBy is adapt with weights that change by a part of themselves. The part is
// normally distributed with that deviation.
func adaptBy(t testing.TB, s *Service, parent storage.CheckpointID, how string, deviation float64) storage.Checkpoint {
	t.Helper()
	return adaptTo(t, s, parent, how, 0, deviation)
}

// adaptTo is adaptBy where the judge chose that share.
func adaptTo(t testing.TB, s *Service, parent storage.CheckpointID, how string, share, deviation float64) storage.Checkpoint {
	t.Helper()
	from, err := s.store.Checkpoint(parent)
	if err != nil {
		t.Fatal(err)
	}
	set, err := s.store.Tensors(t.Context(), parent)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, tensor := range set {
		for i := range tensor.Data {
			tensor.Data[i] *= float32(1 + deviation*rng.NormFloat64())
		}
	}
	child, err := blend.Child(s.store, from, how, share, s.log)
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.store.PutCheckpoint(t.Context(), child, set)
	if err != nil {
		t.Fatal(err)
	}
	cp, err := s.store.Checkpoint(id)
	if err != nil {
		t.Fatal(err)
	}
	return cp
}

// samples are pictures of the scene and a grey one, for which all features of an
// encoder may be zero.
func samples(t *testing.T) []*rgb.Image {
	t.Helper()
	grey := rgb.New(40, 40)
	for i := range grey.Pix {
		grey.Pix[i] = 127
	}
	return []*rgb.Image{decoded(t, scene(t, 1)), decoded(t, scene(t, 2)), grey}
}

// vectorsOf computes vectors with one network that has these weights.
func vectorsOf(t *testing.T, s *Service, set weights.Set) [][]float32 {
	t.Helper()
	a, err := arch.Get(s.config().Model.Arch)
	if err != nil {
		t.Fatal(err)
	}
	e, err := model.NewEncoder(set, model.EncoderOptions{Arch: a, Size: s.config().Serve.Size, Runtime: s.runtime()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	vectors, err := e.Embed(t.Context(), samples(t))
	if err != nil {
		t.Fatal(err)
	}
	return vectors
}

// served computes vectors as the checkpoint does when it serves.
func served(t *testing.T, s *Service, cp storage.Checkpoint) [][]float32 {
	t.Helper()
	e, err := s.opener.OpenCheckpoint(t.Context(), s.store, cp, blend.IdentityOf(cp))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.Size() != cp.Size || e.Dim() != cp.Dim {
		t.Errorf("an encoder of %d px and %d values; %+v", e.Size(), e.Dim(), cp)
	}
	vectors, err := e.Embed(t.Context(), samples(t))
	if err != nil {
		t.Fatal(err)
	}
	return vectors
}

// gap is the largest difference between values of two lists of vectors.
func gap(t *testing.T, a, b [][]float32) (most float64) {
	t.Helper()
	if len(a) != len(b) {
		t.Fatalf("%d and %d vectors", len(a), len(b))
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			t.Fatalf("vectors of %d and %d values", len(a[i]), len(b[i]))
		}
		for j := range a[i] {
			most = max(most, math.Abs(float64(a[i][j]-b[i][j])))
		}
	}
	return most
}

func TestBlends(t *testing.T) {
	s := open(t, smallConfig(t))
	parent := storage.CheckpointID("c1")
	pretrained := vectorsOf(t, s, tensors(t, s, parent))
	for _, name := range []string{config.BlendNone, config.BlendAverage, config.BlendJoin} {
		t.Run(name, func(t *testing.T) {
			cp := adapt(t, s, "c1", name)
			if cp.Blend != name || (cp.Share == storage.EvenShare) != (name == config.BlendJoin) || cp.Root != "c1" || cp.Parent != "c1" {
				t.Errorf("%+v", cp)
			}
			own := tensors(t, s, cp.ID)
			adapted := vectorsOf(t, s, own)
			if gap(t, adapted, pretrained) < 0.01 {
				t.Fatal("the adapted encoder is the pretrained one")
			}
			want := adapted
			switch name {
			case config.BlendAverage:
				want = vectorsOf(t, s, mixed(t, own, tensors(t, s, "c1")))
				if gap(t, want, adapted) < 1e-3 || gap(t, want, pretrained) < 1e-3 {
					t.Fatal("the average is one of its ends")
				}
			case config.BlendJoin:
				want = nil
				for i := range adapted {
					row := slices.Concat(pretrained[i], adapted[i])
					for j := range row {
						row[j] = float32(float64(row[j]) / math.Sqrt(2))
					}
					want = append(want, row)
				}
			}
			got := served(t, s, cp)
			v, err := s.versions.Named(t.Context(), string(cp.ID))
			if err != nil {
				t.Fatal(err)
			}
			defer v.Done()
			if v.Encoder.Identity() != (blend.Identity{Arch: cp.Arch, Size: cp.Size, Blend: name, Share: cp.Share, Runtime: config.RuntimeTensorFlow,
				Precision: config.PrecisionFloat, Accelerator: config.AcceleratorCPU}) || v.Index.Dim() != cp.Dim {
				t.Errorf("%+v, an index of %d; %+v", v.Encoder.Identity(), v.Index.Dim(), cp)
			}
			if d := gap(t, got, want); d > 1e-5 {
				t.Errorf("differs by %g from its formula", d)
			}
			for i, v := range got {
				if length := cosine(v, v); math.Abs(length-1) > 1e-5 {
					t.Errorf("vector %d has the squared length %v", i, length)
				}
			}
			if mean := (cosine(pretrained[0], pretrained[1]) + cosine(adapted[0], adapted[1])) / 2; name == config.BlendJoin &&
				math.Abs(cosine(got[0], got[1])-mean) > 1e-5 {
				t.Errorf("cosine %v, want the mean %v", cosine(got[0], got[1]), mean)
			}
		})
	}
}

// mixed is 3/4 of the first set and 1/4 of the second.
func mixed(t *testing.T, own, base weights.Set) weights.Set {
	t.Helper()
	var set weights.Set
	for _, x := range base {
		y, ok := own.Find(x.Name)
		if !ok {
			t.Fatalf("no %s", x.Name)
		}
		values := make([]float32, len(x.Data))
		for i := range values {
			values[i] = float32(0.75*float64(y.Data[i]) + 0.25*float64(x.Data[i]))
		}
		set = append(set, tensor.Tensor{Name: x.Name, Shape: x.Shape, Data: values})
	}
	return set
}

// A pretrained or imported checkpoint is its own root: averaging changes no bit.
func TestBlendOfARoot(t *testing.T) {
	s := open(t, smallConfig(t))
	for _, name := range []string{"c1", importOther(t, s, 99)} {
		cp, err := serving.Resolve(s.store, name)
		if err != nil || cp.Blend != config.BlendNone {
			t.Fatalf("%+v, %v", cp, err)
		}
		plain := served(t, s, cp)
		cp.Blend = config.BlendAverage
		if d := gap(t, served(t, s, cp), plain); d != 0 {
			t.Errorf("%s averaged with itself differs by %g", name, d)
		}
	}
}

// While a join is promoted and rolled back, every answer comes from one blend.
func TestPromoteToAJoin(t *testing.T) {
	cfg := smallConfig(t)
	s := open(t, cfg)
	all, ids := embed(t, s, 0, 12)
	cp := adapt(t, s, "c1", config.BlendJoin)
	promote := func(want storage.Checkpoint, do func() (serving.Change, error)) {
		t.Helper()
		if now, err := do(); err != nil || now.Checkpoint != want.ID {
			t.Fatalf("%+v, %v", now, err)
		}
		st := status(t, s)
		if st.Embeddings != len(all) || st.Checkpoint.Serving != string(want.ID) || st.Checkpoint.Blend != want.Blend {
			t.Fatalf("%d embeddings, %+v", st.Embeddings, st.Checkpoint)
		}
		for i := range all {
			findsItself(t, s.Client(), all[i].Data, ids[i], "")
			if v := storedVector(t, s, want.ID, ids[i]); len(v) != want.Dim {
				t.Errorf("frame %d has %d values, want %d", ids[i], len(v), want.Dim)
			}
		}
	}
	first, err := s.store.Checkpoint("c1")
	if err != nil {
		t.Fatal(err)
	}
	if cp.Dim != 2*first.Dim {
		t.Fatalf("%d and %d values", cp.Dim, first.Dim)
	}
	promote(cp, func() (serving.Change, error) {
		return s.versions.Promote(t.Context(), string(cp.ID), "test", nil)
	})
	more, moreIDs := embed(t, s, 20, 3) // ingest embeds these, not the promotion
	all, ids = append(all, more...), append(ids, moreIDs...)
	shut(t, s)
	s = open(t, cfg)
	findsItself(t, s.Client(), all[13].Data, ids[13], "")

	// Neither the store nor an index takes a vector of the other blend.
	long := storedVector(t, s, cp.ID, 1)
	if err := s.store.PutVectors(t.Context(), encodersOf(t, s, "c1")[0], []storage.Vector{{ID: 1, Values: long}}); !errors.Is(err, storage.ErrInvalid) {
		t.Errorf("a vector of the join among others: %v", err)
	}
	v, err := s.versions.Named(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	defer v.Done()
	if _, err := v.Index.Search(long, 1); !errors.Is(err, search.ErrDimension) {
		t.Errorf("asking with a vector of the join: %v", err)
	}
	findsItself(t, s.Client(), all[4].Data, ids[4], "c1")
	promote(first, func() (serving.Change, error) { return s.versions.Rollback(t.Context(), nil) })
	promote(cp, func() (serving.Change, error) {
		return s.versions.Promote(t.Context(), string(cp.ID), "test", nil)
	})
}

func TestBlendsOverTheAPI(t *testing.T) {
	eachTransport(t, func(t *testing.T, s *Service, c *client.Client) {
		cp := adapt(t, s, "c1", config.BlendAverage)
		own, base := tensors(t, s, cp.ID), tensors(t, s, "c1")
		for part, want := range map[string]weights.Set{client.PartServing: mixed(t, own, base), client.PartAdapted: own, client.PartPretrained: base} {
			r, err := c.Weights(t.Context(), string(cp.ID), part)
			if err != nil {
				t.Fatal(err)
			}
			var file bytes.Buffer
			_, err = file.ReadFrom(r)
			set, readErr := weights.Read(bytes.NewReader(file.Bytes()), int64(file.Len()), weights.Limits{})
			if err = errors.Join(err, readErr, r.Close()); err != nil || r.Checkpoint != string(cp.ID) || r.Blend != config.BlendAverage {
				t.Errorf("%q: %s %s, %v", part, r.Checkpoint, r.Blend, err)
			}
			if len(set) != len(base) || distance(set, want) > 1e-5 {
				t.Errorf("%q: %d tensors, %g away", part, len(set), distance(set, want))
			}
		}
		pictures := pictures(t, 1, 2)
		for how, values := range map[string]int{"": cp.Dim, config.BlendNone: cp.Dim, config.BlendJoin: 2 * cp.Dim} {
			answer, err := c.Vectors(t.Context(), pictures, client.VectorOptions{Checkpoint: string(cp.ID), Blend: how})
			if err != nil || len(answer.Vectors[1].Vector) != values {
				t.Errorf("blend %q: %+v, %v", how, answer.Vectors, err)
			}
		}
		for _, ask := range []func() error{
			func() error {
				_, err := c.Vectors(t.Context(), pictures, client.VectorOptions{Blend: "soup"})
				return err
			},
			func() error { _, err := c.Weights(t.Context(), "", "soup"); return err },
		} {
			var remote *client.RemoteError
			if err := ask(); !errors.As(err, &remote) || remote.Code != "bad_request" || !strings.Contains(remote.Message, "soup") {
				t.Errorf("%v", err)
			}
		}
	})
}
