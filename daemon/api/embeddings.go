package api

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// vectorStore describes frames and has their vectors.
type vectorStore interface {
	frameDescriber
	Encoders(cp storage.CheckpointID) ([]storage.Encoder, error)
	Vectors(ctx context.Context, encoders []storage.Encoder, share float64, each func(id storage.FrameID, vector []float32) error) error
}

// timeFormat is RFC 3339 with up to nine digits of a second.
const timeFormat = "2006-01-02T15:04:05.999999999Z07:00"

// getEmbeddings streams the stored vectors of ?checkpoint= in the order of the
// frames. For each it sends a line of JSON ([client.EmbeddingLine]), then the
// values as float32, little-endian. The header has the checkpoint and the number
// of values.
func getEmbeddings(checkpoints serving.Checkpoints, store vectorStore, seen sightings) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		cp, err := serving.Resolve(checkpoints, r.URL.Query().Get("checkpoint"))
		if err != nil {
			return err
		}
		encoders, err := store.Encoders(cp.ID)
		if err != nil {
			return err
		}
		for i := range encoders {
			// It may have served at another size last, before a resize. As everywhere, it has
			// the vectors of the size that serves now, of the frames that have one.
			if cp.Kind != storage.CheckpointFile {
				encoders[i].Size = cp.Size
			}
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set(client.HeaderCheckpoint, string(cp.ID))
		w.Header().Set(client.HeaderDim, strconv.Itoa(cp.Dim))
		out := bufio.NewWriterSize(w, 1<<16)
		err = store.Vectors(r.Context(), encoders, cp.Share, func(id storage.FrameID, vector []float32) error {
			return writeEmbedding(out, store, seen, id, vector)
		})
		if err == nil {
			err = out.Flush()
		}
		return broken("sending embeddings", err)
	}
}

// writeEmbedding writes one frame with its vector. It leaves out a frame that
// retention has deleted since the vector was read.
func writeEmbedding(out io.Writer, store frameDescriber, seen sightings, id storage.FrameID, vector []float32) error {
	f, err := store.Frame(id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	found, err := seen.of(id)
	if err != nil {
		return err
	}
	line := client.EmbeddingLine{ID: uint64(id), Path: f.Path, Time: f.Time.Format(timeFormat), Label: f.Label, Sightings: found[id]}
	if err := json.NewEncoder(out).Encode(line); err != nil {
		return err
	}
	return binary.Write(out, binary.LittleEndian, vector)
}
