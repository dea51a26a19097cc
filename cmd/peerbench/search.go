package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"edgeclr/search"
)

const (
	searchVectors = 100_000
	searchDim     = 512
	searchQueries = 200
)

// search compares exact search for the 10 nearest vectors, with one thread and one query
// at a time.
func (b *bench) search(ctx context.Context) ([]row, error) {
	r := row{what: "exact top-10 of 100,000 x 512, one thread, p50", unit: "ms", goal: "<= 1.0x"}
	index, queries, err := searchSet()
	if err != nil {
		return nil, err
	}
	for range b.runs {
		ours, err := searchP50(index, queries)
		if err != nil {
			return nil, err
		}
		r.ours = append(r.ours, ours)
		if b.python == "" {
			continue
		}
		script := filepath.Join(b.shared, "bench", "faiss_flat.py")
		out, err := exec.CommandContext(ctx, b.python, script, fmt.Sprint(searchVectors), fmt.Sprint(searchDim), "1").Output()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", script, err)
		}
		var peer struct {
			P50 float64 `json:"p50_ms"`
		}
		if err := json.Unmarshal(out, &peer); err != nil {
			return nil, fmt.Errorf("%s printed %q: %w", script, out, err)
		}
		r.peers = append(r.peers, peer.P50)
	}
	return []row{r}, nil
}

// searchSet draws vectors as the peer's script does: normally distributed vectors, and
// queries near some of them.
func searchSet() (*search.Index, [][]float32, error) {
	rng := rand.New(rand.NewPCG(0, 1))
	index := search.New(searchDim)
	var some [][]float32
	for id := range uint64(searchVectors) {
		v := make([]float32, searchDim)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		if err := index.Add(id, v); err != nil {
			return nil, nil, err
		}
		if id%(searchVectors/searchQueries) == 0 {
			some = append(some, v)
		}
	}
	for _, q := range some {
		for i := range q {
			q[i] += 0.1 * float32(rng.NormFloat64())
		}
	}
	return index, some, nil
}

// searchP50 returns the median time of a query in milliseconds.
func searchP50(index *search.Index, queries [][]float32) (float64, error) {
	var times []time.Duration
	for _, q := range queries {
		begin := time.Now()
		if _, err := index.Search(q, 10); err != nil {
			return 0, err
		}
		times = append(times, time.Since(begin))
	}
	slices.Sort(times)
	return float64(times[len(times)/2].Microseconds()) / 1000, nil
}
