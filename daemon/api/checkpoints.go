package api

import (
	"context"
	"fmt"
	"net/http"

	"edgeclr/config"
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
	Promote(ctx context.Context, name, reason string, progress serving.Progress) (serving.Change, error)
	Rollback(ctx context.Context, progress serving.Progress) (serving.Change, error)
	Resize(ctx context.Context, size int, progress serving.Progress) (serving.Change, error)
}

// promote makes a checkpoint serve. It answers when the checkpoint serves. The
// promotion goes on when the client leaves, until lifetime ends.
func promote(lifetime context.Context, versions promoter) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		now, err := versions.Promote(lifetime, r.PathValue("id"), "promoted by hand", nil)
		return replyChange(w, now, err)
	}
}

// rollback makes the previous checkpoint serve again, in the same way.
func rollback(lifetime context.Context, versions promoter) endpoint {
	return func(w http.ResponseWriter, _ *http.Request) error {
		now, err := versions.Rollback(lifetime, nil)
		return replyChange(w, now, err)
	}
}

// resize makes the checkpoint that serves do so at another size, in the same way.
func resize(lifetime context.Context, versions promoter) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		size, err := intParam(r.URL.Query().Get("size"), 0, config.LeastSize, config.LargestSize)
		if err != nil {
			return fmt.Errorf("size: %w", err)
		}
		now, err := versions.Resize(lifetime, size, nil)
		return replyChange(w, now, err)
	}
}

func replyChange(w http.ResponseWriter, now serving.Change, err error) error {
	if err != nil {
		return err
	}
	return reply(w, client.PromoteReply{Checkpoint: string(now.Checkpoint), Size: now.Size, Embedded: now.Embedded})
}
