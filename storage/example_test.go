package storage_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"edgeclr/storage"
)

// A frame is stored with its picture, and its embedding by a checkpoint later.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "store-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	store, err := storage.Open(ctx, dir, storage.Options{Command: "example"})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	checkpoint, err := store.PutCheckpoint(ctx, storage.Checkpoint{Kind: storage.CheckpointPretrained, Arch: "resnet18", Dim: 3}, nil)
	if err != nil {
		log.Fatal(err)
	}
	ids, err := store.AddFrames(ctx, "", []storage.NewFrame{
		{Frame: storage.Frame{Source: "dir:/belt", Path: "/belt/1.jpg"}, Data: []byte("a JPEG")},
		{Frame: storage.Frame{Source: "dir:/belt", Path: "/belt/2.jpg"}, Data: []byte("another JPEG")},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := store.PutVectors(ctx, checkpoint, []storage.Vector{{ID: ids[0], Values: []float32{0.6, 0, 0.8}}}); err != nil {
		log.Fatal(err)
	}

	missing, err := store.MissingVectors(ctx, checkpoint, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("stored:", ids, "still to embed:", missing)

	_, err = storage.Open(ctx, dir, storage.Options{Wait: time.Millisecond})
	fmt.Println("opened twice:", errors.Is(err, storage.ErrInUse))

	// Output:
	// stored: [1 2] still to embed: [2]
	// opened twice: true
}
