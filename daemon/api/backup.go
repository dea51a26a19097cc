package api

import (
	"context"
	"io"
	"net/http"
)

// backupStore writes a copy of itself while it is in use.
type backupStore interface {
	// Backup returns how many bytes it wrote.
	Backup(ctx context.Context, w io.Writer) (int64, error)
}

// getBackup streams a consistent copy of the live store.
func getBackup(store backupStore) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, err := store.Backup(r.Context(), w)
		return broken("sending a backup", err)
	}
}
