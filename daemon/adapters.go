package daemon

import (
	"context"

	"edgeclr/camera/rgb"
	"edgeclr/daemon/ingest"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// This file fits the parts to the interfaces that others declare.

// ingestServing lends the version that serves to the ingest.
type ingestServing struct{ versions *serving.Versions }

func (s ingestServing) Hold() (ingest.Version, func()) {
	v, release := s.versions.Hold()
	return ingestVersion{v}, release
}

type ingestVersion struct{ v *serving.Version }

func (i ingestVersion) Checkpoint() storage.CheckpointID      { return i.v.Checkpoint.ID }
func (i ingestVersion) Add(id uint64, vector []float32) error { return i.v.Index.Add(id, vector) }
func (i ingestVersion) Embed(ctx context.Context, pictures []*rgb.Image) ([][]float32, error) {
	return i.v.Encoder.Embed(ctx, pictures)
}
