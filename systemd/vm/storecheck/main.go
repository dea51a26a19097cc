// Command storecheck verifies every value of the store in a folder. It exits with 1 when
// something is wrong. In the test machine it runs before each start of the service after
// a power cut.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"edgeclr/storage"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: storecheck FOLDER")
		os.Exit(2)
	}
	if err := check(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "storecheck:", err)
		os.Exit(1)
	}
}

func check(ctx context.Context, folder string) error {
	store, err := storage.Open(ctx, folder, storage.Options{})
	if err != nil {
		return err
	}
	report, err := store.Check(ctx)
	err = errors.Join(err, store.Close())
	switch {
	case err != nil:
		return err
	case !report.OK():
		return fmt.Errorf("%d problems: %q", report.Problems, report.Examples)
	}
	fmt.Printf("the store is good: %d frames, %d checkpoints, %d values\n", report.Frames, report.Checkpoints, report.Values)
	return nil
}
