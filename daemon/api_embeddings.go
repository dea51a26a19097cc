package daemon

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"edgeclr/daemon/client"
	"edgeclr/daemon/serving"
	"edgeclr/storage"
)

// getEmbeddings streams the stored vectors of ?checkpoint= in the order of
// frames: for each a line of JSON (EmbeddingLine), then its values as float32,
// little-endian. The header tells the checkpoint and the number of values.
func (s *Service) getEmbeddings(w http.ResponseWriter, r *http.Request) {
	cp, err := serving.Resolve(s.store, r.URL.Query().Get("checkpoint"))
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set(client.HeaderCheckpoint, string(cp.ID))
	w.Header().Set(client.HeaderDim, strconv.Itoa(cp.Dim))
	out := bufio.NewWriterSize(w, 1<<16)
	lines := json.NewEncoder(out)
	err = s.store.Vectors(r.Context(), cp.ID, func(id storage.FrameID, vector []float32) error {
		f, err := s.store.Frame(id)
		if errors.Is(err, storage.ErrNotFound) {
			return nil // retention deleted it since the vector was read
		}
		if err != nil {
			return err
		}
		found, err := s.sightings(id)
		if err != nil {
			return err
		}
		line := client.EmbeddingLine{ID: uint64(id), Path: f.Path, Time: f.Time.Format(timeFormat), Label: f.Label, Sightings: found[id]}
		if err := lines.Encode(line); err != nil {
			return err
		}
		return binary.Write(out, binary.LittleEndian, vector)
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		s.log.Warn("sending embeddings", "error", err)
		// The head is sent, so only a broken connection tells the client.
		panic(http.ErrAbortHandler)
	}
}

// timeFormat is RFC 3339 with as many digits as the time has.
const timeFormat = "2006-01-02T15:04:05.999999999Z07:00"

// getBackup streams a consistent copy of the live store.
func (s *Service) getBackup(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	if _, err := s.store.Backup(r.Context(), w); err != nil {
		s.log.Warn("sending a backup", "error", err)
		panic(http.ErrAbortHandler)
	}
}
