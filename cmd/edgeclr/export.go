package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/internal/atomicfile"
)

// exportCommand writes the encoder or the embeddings to a file. The ending of its
// name chooses the format.
type exportCommand struct {
	cli.ModelFlags
	network tfliteFlags
}

// exportReport is the command's result.
type exportReport struct {
	Path       string `json:"path"`
	Bytes      int64  `json:"bytes"`
	SHA256     string `json:"sha256"`
	Checkpoint string `json:"checkpoint"`

	Network *networkReport `json:"network,omitempty"` // of a .tflite file
}

// exporter writes one format to w and notes in the report what it wrote, the id of the
// checkpoint at least.
type exporter func(ctx context.Context, c *client.Client, w io.Writer, report *exportReport) error

// exporters is the registry of formats by the ending of the file: one entry each.
func (c *exportCommand) exporters(a *cli.App) map[string]exporter {
	// A format whose writer takes the name of a checkpoint and returns its id.
	of := func(write func(ctx context.Context, c *client.Client, checkpoint string, w io.Writer) (string, error)) exporter {
		return func(ctx context.Context, api *client.Client, w io.Writer, report *exportReport) (err error) {
			report.Checkpoint, err = write(ctx, api, c.Checkpoint, w)
			return err
		}
	}
	return map[string]exporter{
		".safetensors": of(func(ctx context.Context, api *client.Client, checkpoint string, w io.Writer) (string, error) {
			return exportWeights(ctx, a.Log, api, checkpoint, w)
		}),
		tfliteEnding: func(ctx context.Context, api *client.Client, w io.Writer, report *exportReport) error {
			return c.exportTFLite(ctx, a, api, w, report)
		},
		".npy":    of(exportNPY),
		".csv":    of(exportCSV),
		".ndjson": of(exportNDJSON),
	}
}

func (c *exportCommand) Flags(fs *pflag.FlagSet) { c.network.declare(fs) }

func (c *exportCommand) Overrides() []cli.Override {
	return c.network.Overrides()
}

func (c *exportCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("export takes one file: edgeclr export FILE")
	}
	ending := strings.ToLower(filepath.Ext(args[0]))
	write, ok := c.exporters(a)[ending]
	if !ok {
		return cli.Usagef("%s: the ending chooses the format: .tflite or .safetensors (encoder), .npy, .csv or .ndjson (embeddings)", args[0])
	}
	if err := c.network.check(a, ending); err != nil {
		return err
	}
	// A .tflite file may have another size and blend than the store's checkpoint.
	return a.WithStore(ctx, cli.Need{Override: ending == tfliteEnding}, func(api *client.Client) error {
		report := exportReport{Path: args[0]}
		r, w := io.Pipe()
		written := make(chan struct{})
		go func() {
			w.CloseWithError(write(ctx, api, w, &report))
			close(written)
		}()
		var err error
		report.Bytes, report.SHA256, err = atomicfile.Write(args[0], 0o644, r)
		r.Close() // ends the exporter when the file could not be written
		<-written
		if err != nil {
			return err
		}
		return a.Result(report, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %d bytes, checkpoint %s\n", report.Path, report.Bytes, report.Checkpoint)
			report.Network.print(w)
		})
	})
}

// exportWeights writes the encoder with the tensor names of its origin
// (torchvision, efficientnet_lite_pytorch), ready for load_state_dict.
func exportWeights(ctx context.Context, log *slog.Logger, c *client.Client, checkpoint string, w io.Writer) (string, error) {
	r, err := c.Weights(ctx, checkpoint, client.PartServing)
	if err != nil {
		return "", err
	}
	defer r.Close()
	if r.Blend == config.BlendJoin {
		log.Warn("the file holds the adapted encoder alone; the vectors that this checkpoint serves also contain those of the encoder "+
			"that its training began from", "checkpoint", r.Checkpoint)
	}
	_, err = io.Copy(w, r)
	return r.Checkpoint, err
}

// eachEmbedding calls use with each stored vector of a checkpoint, in the order of the
// frames. It returns the id of the checkpoint. Without a vector it returns ErrNothingFound.
func eachEmbedding(ctx context.Context, c *client.Client, checkpoint string, use func(line client.EmbeddingLine, vector []float32) error) (id string, err error) {
	r, err := c.Embeddings(ctx, checkpoint)
	if err != nil {
		return "", err
	}
	defer r.Close()
	for n := 0; ; n++ {
		line, vector, err := r.Next()
		if errors.Is(err, io.EOF) && n == 0 {
			return "", fmt.Errorf("%w: no frame has a vector of checkpoint %s", client.ErrNothingFound, r.Checkpoint)
		}
		if errors.Is(err, io.EOF) {
			return r.Checkpoint, nil
		}
		if err != nil {
			return "", err
		}
		if err := use(line, vector); err != nil {
			return "", err
		}
	}
}

// exportNDJSON writes one line of JSON per frame.
func exportNDJSON(ctx context.Context, c *client.Client, checkpoint string, w io.Writer) (string, error) {
	buffer := bufio.NewWriter(w)
	out := json.NewEncoder(buffer)
	id, err := eachEmbedding(ctx, c, checkpoint, func(line client.EmbeddingLine, vector []float32) error {
		return out.Encode(struct {
			client.EmbeddingLine
			Vector []float32 `json:"vector"`
		}{line, vector})
	})
	return id, errors.Join(err, buffer.Flush())
}

// exportCSV writes a table: id, path, time, label, then one column per value.
func exportCSV(ctx context.Context, c *client.Client, checkpoint string, w io.Writer) (string, error) {
	out := csv.NewWriter(w)
	head := true
	id, err := eachEmbedding(ctx, c, checkpoint, func(line client.EmbeddingLine, vector []float32) error {
		if head {
			head = false
			names := []string{"id", "path", "time", "label"}
			for i := range vector {
				names = append(names, "v"+strconv.Itoa(i))
			}
			if err := out.Write(names); err != nil {
				return err
			}
		}
		row := []string{strconv.FormatUint(line.ID, 10), line.Path, line.Time, line.Label}
		for _, v := range vector {
			row = append(row, strconv.FormatFloat(float64(v), 'g', -1, 32))
		}
		return out.Write(row)
	})
	out.Flush()
	return id, errors.Join(err, out.Error())
}

// exportNPY writes a NumPy array [frames, values] of float32 (NumPy's format 1.0).
// The header holds the number of rows, so the rows go through a temporary file.
func exportNPY(ctx context.Context, c *client.Client, checkpoint string, w io.Writer) (string, error) {
	rows, err := os.CreateTemp("", "edgeclr-npy-*")
	if err != nil {
		return "", err
	}
	defer func() {
		rows.Close()
		os.Remove(rows.Name())
	}()
	buffer := bufio.NewWriterSize(rows, 1<<16)
	n, dim := 0, 0
	id, err := eachEmbedding(ctx, c, checkpoint, func(_ client.EmbeddingLine, vector []float32) error {
		n, dim = n+1, len(vector)
		return binary.Write(buffer, binary.LittleEndian, vector)
	})
	if err = errors.Join(err, buffer.Flush()); err != nil {
		return "", err
	}
	if _, err := rows.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	if _, err := w.Write(npyHeader(n, dim)); err != nil {
		return "", err
	}
	_, err = io.Copy(w, rows)
	return id, err
}

// npyHeader pads the header so that the data begins at a multiple of 64 bytes.
func npyHeader(rows, columns int) []byte {
	const fixed = 10 // magic, version, length
	text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", rows, columns)
	for (fixed+len(text)+1)%64 != 0 {
		text += " "
	}
	text += "\n"
	header := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
	binary.LittleEndian.PutUint16(header[8:], uint16(len(text)))
	return append(header, text...)
}
