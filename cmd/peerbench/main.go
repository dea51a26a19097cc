// Command peerbench compares edgeclr with the programs that people would use instead:
// lightly on PyTorch for training, faiss for search, PyTorch for embedding. It runs both
// alternately, several times, on the same pictures and cores, and prints the ratio of the medians.
// `make bench PEER=path/to/python` calls it.
//
// It needs a Python with torch, torchvision, lightly, faiss-cpu and
// efficientnet-lite-pytorch, and the peers' scripts and pictures in ../shared.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

func main() {
	var b bench
	flag.StringVar(&b.python, "peer", "", "Python with the peers; without it only edgeclr is measured")
	flag.StringVar(&b.shared, "shared", "../shared", "folder with bench/ and data/")
	flag.StringVar(&b.program, "edgeclr", "bin/edgeclr", "the program to measure")
	flag.IntVar(&b.runs, "runs", 3, "runs of each program")
	names := flag.String("work", "", "what to compare, divided by commas: training, search, start, embed (default all)")
	flag.Parse()
	b.works = strings.FieldsFunc(*names, func(r rune) bool { return r == ',' })
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "peerbench:", err)
		os.Exit(1)
	}
}
