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
	"os"
	"strconv"

	"edgeclr/daemon/client"
)

// eachEmbedding streams the stored vectors of a checkpoint, in the order of frames.
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

// exportNDJSON writes a line of JSON a frame.
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

// exportCSV writes a table: id, path, time, label, then one column a value.
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

// exportNPY writes a NumPy array [frames, values] of float32 (NumPy's format
// 1.0). Its length stands at the front, so the rows pass through a temporary file.
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

// npyHeader is padded so that the data begins at a multiple of 64 bytes.
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
