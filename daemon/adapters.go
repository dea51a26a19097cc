package daemon

import (
	"context"

	"edgeclr/camera"
	"edgeclr/camera/rgb"
	"edgeclr/daemon/ingest"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// This file adapts the parts to the interfaces that other parts declare.

// ingestServing implements ingest.Serving.
type ingestServing struct{ versions *serving.Versions }

func (s ingestServing) Hold() (ingest.Version, func()) {
	v, release := s.versions.Hold()
	root := s.versions.RootBeside(v)
	return ingestVersion{v, root}, func() {
		if root != nil {
			root.Done()
		}
		release()
	}
}

func (s ingestServing) Square() rgb.Square {
	v := s.versions.Current()
	defer v.Done()
	return v.Encoder.Square()
}

// ingestVersion is a version, and the root beside it: frames get the vectors of both.
type ingestVersion struct {
	v    *serving.Version
	root *serving.Version // nil: none beside it
}

func (i ingestVersion) Checkpoint() storage.CheckpointID      { return i.v.Checkpoint.ID }
func (i ingestVersion) Add(id uint64, vector []float32) error { return i.v.Index.Add(id, vector) }

func (i ingestVersion) Encoders() []storage.Encoder {
	list := i.v.Encoder.Encoders()
	if i.root != nil {
		list = append(list, i.root.Encoder.Encoders()...)
	}
	return list
}

func (i ingestVersion) EmbedHalves(ctx context.Context, pictures []*rgb.Image) ([][][]float32, error) {
	rows, err := i.v.Encoder.EmbedHalves(ctx, pictures)
	if i.root == nil || err != nil {
		return rows, err
	}
	roots, err := i.root.Encoder.Embed(ctx, pictures)
	if err != nil {
		return nil, err
	}
	for n := range rows {
		rows[n] = append(rows[n], roots[n])
	}
	return rows, nil
}

// Join makes the vector that answers queries. The root beside the version has no part in
// it.
func (i ingestVersion) Join(halves [][]float32) []float32 {
	return i.v.Encoder.Join(halves[:len(i.v.Encoder.Encoders())])
}

// apiIngest implements api.Ingest: it adds Kept to the ingest.
type apiIngest struct{ *ingest.Ingest }

func (i apiIngest) Kept(ctx context.Context, file []byte) (*rgb.Image, error) {
	p, err := i.Keeper().Keep(ctx, camera.Frame{Data: file, File: &camera.FileState{}})
	return p.Pixels, err
}
