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

// A frame is stored with its picture, and its vector by an encoder later.
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

	encoder := storage.Encoder{Weights: "5f70bf18", Size: 96, Precision: storage.PrecisionFloat, Accelerator: storage.AcceleratorCPU, Dim: 3}
	ids, err := store.AddFrames(ctx, nil, []storage.NewFrame{
		{Frame: storage.Frame{Source: "dir:/belt", Path: "/belt/1.jpg"}, Data: []byte("a JPEG")},
		{Frame: storage.Frame{Source: "dir:/belt", Path: "/belt/2.jpg"}, Data: []byte("another JPEG")},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := store.PutVectors(ctx, encoder, []storage.Vector{{ID: ids[0], Values: []float32{0.6, 0, 0.8}}}); err != nil {
		log.Fatal(err)
	}

	missing, err := store.MissingVectors(ctx, []storage.Encoder{encoder}, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("stored:", ids, "still to embed:", missing[0].ID)

	_, err = storage.Open(ctx, dir, storage.Options{Wait: time.Millisecond})
	fmt.Println("opened twice:", errors.Is(err, storage.ErrInUse))

	// Output:
	// stored: [1 2] still to embed: 2
	// opened twice: true
}
