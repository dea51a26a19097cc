package main

import "context"

// start measures from the start of the program to the end of its first
// training step, with a warm file cache.
func (b *bench) start(ctx context.Context) ([]row, error) {
	r := row{what: "start to first training step", unit: "s", goal: "<= 3 s"}
	for range b.runs {
		ours, err := b.train(ctx, "efficientnet_lite0")
		if err != nil {
			return nil, err
		}
		r.ours = append(r.ours, ours.FirstStep)
	}
	return []row{r}, nil
}
