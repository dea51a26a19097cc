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
	return ingestVersion{v}, release
}

func (s ingestServing) Size() int {
	v := s.versions.Current()
	defer v.Done()
	return v.Encoder.Size()
}

type ingestVersion struct{ v *serving.Version }

func (i ingestVersion) Checkpoint() storage.CheckpointID      { return i.v.Checkpoint.ID }
func (i ingestVersion) Add(id uint64, vector []float32) error { return i.v.Index.Add(id, vector) }
func (i ingestVersion) Encoders() []storage.Encoder           { return i.v.Encoder.Encoders() }
func (i ingestVersion) Join(halves [][]float32) []float32     { return i.v.Encoder.Join(halves) }
func (i ingestVersion) EmbedHalves(ctx context.Context, pictures []*rgb.Image) ([][][]float32, error) {
	return i.v.Encoder.EmbedHalves(ctx, pictures)
}

// apiIngest implements api.Ingest: it adds Kept to the ingest.
type apiIngest struct{ *ingest.Ingest }

func (i apiIngest) Kept(ctx context.Context, file []byte) (*rgb.Image, error) {
	p, err := i.Keeper().Keep(ctx, camera.Frame{Data: file, File: &camera.FileState{}})
	return p.Pixels, err
}
