package api

import (
	"context"
	"net/http"

	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// checkpointLister lists the checkpoints of a store.
type checkpointLister interface {
	Checkpoints() ([]storage.Checkpoint, error)
	Serving() (storage.CheckpointID, error)
}

// getCheckpoints lists the checkpoints.
func getCheckpoints(store checkpointLister) endpoint {
	return func(w http.ResponseWriter, _ *http.Request) error {
		all, err := store.Checkpoints()
		if err != nil {
			return err
		}
		id, err := store.Serving()
		if err != nil {
			return err
		}
		return reply(w, client.CheckpointsReply{Serving: string(id), Checkpoints: all})
	}
}

// promoter changes which checkpoint serves.
type promoter interface {
	Promote(ctx context.Context, name, reason string, progress serving.Progress) (storage.CheckpointID, error)
	Rollback(ctx context.Context, progress serving.Progress) (storage.CheckpointID, error)
}

// promote makes a checkpoint serve. It answers when the checkpoint serves. The
// promotion goes on when the client leaves, until lifetime ends.
func promote(lifetime context.Context, versions promoter) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := versions.Promote(lifetime, r.PathValue("id"), "promoted by hand", nil)
		if err != nil {
			return err
		}
		return reply(w, client.PromoteReply{Checkpoint: string(id)})
	}
}

// rollback makes the previous checkpoint serve again, in the same way.
func rollback(lifetime context.Context, versions promoter) endpoint {
	return func(w http.ResponseWriter, _ *http.Request) error {
		id, err := versions.Rollback(lifetime, nil)
		if err != nil {
			return err
		}
		return reply(w, client.PromoteReply{Checkpoint: string(id)})
	}
}
