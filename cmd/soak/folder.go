package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"edgeclr/camera/synthetic"
	"edgeclr/camera/wait"
)

// folder is a dir: source into which a new picture is written now and then.
type folder struct {
	path string
	seed uint64
}

// run writes until ctx ends.
func (f folder) run(ctx context.Context) error {
	random := rand.New(rand.NewPCG(f.seed, 'd'))
	scene := synthetic.New(synthetic.Options{Seed: f.seed + 1, Width: 320, Height: 240})
	for n := 0; ; n++ {
		m, _ := scene.Render(n)
		data, err := m.JPEG(quality)
		if err != nil {
			return err
		}
		if err := f.write(fmt.Sprintf("%06d.jpg", n), data); err != nil {
			return err
		}
		if !wait.For(ctx, time.Duration((2+8*random.Float64())*float64(time.Second))) {
			return nil
		}
	}
}

// write puts a whole file there at once, as a careful program does.
func (f folder) write(name string, data []byte) error {
	temporary := filepath.Join(f.path, "."+name)
	if err := os.WriteFile(temporary, data, 0o666); err != nil {
		return fmt.Errorf("writing a picture for the dir: source: %w", err)
	}
	return os.Rename(temporary, filepath.Join(f.path, name))
}
