package fixedcamera

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"edgeclr/internal/atomicfile"
)

// dump writes what was measured into a folder, for other programs:
//
//	frames/000000.jpg...  the evaluated frames
//	frames.csv            number, name, time in seconds, area of the foreground, true numbers
//	truth.csv             256 shares of each frame, row by row of the grid
//	background.jpg        what the foreground is compared with
//	NAME.npy              the vectors of an encoder, float32, one row for each frame
//
// A nil dump writes nothing.
type dump struct{ folder string }

// dumpQuality is the JPEG quality of frames that are no JPEG already.
const dumpQuality = 95

func newDump(folder string) (*dump, error) {
	if folder == "" {
		return nil, nil
	}
	if err := os.MkdirAll(filepath.Join(folder, "frames"), 0o777); err != nil {
		return nil, atomicfile.Explain(folder, err)
	}
	return &dump{folder}, nil
}

func (d *dump) write(name string, data []byte) error {
	if d == nil {
		return nil
	}
	_, _, err := atomicfile.Write(filepath.Join(d.folder, name), 0o644, bytes.NewReader(data))
	return err
}

func (d *dump) background(b *Background) error {
	if d == nil {
		return nil
	}
	data, err := b.picture.JPEG(dumpQuality)
	if err != nil {
		return err
	}
	return d.write("background.jpg", data)
}

// truth writes the frames and what is known about them.
func (d *dump) truth(ctx context.Context, b *bench) error {
	if d == nil {
		return nil
	}
	var frames, grids bytes.Buffer
	table, shares := csv.NewWriter(&frames), csv.NewWriter(&grids)
	head := []string{"number", "name", "time", "area"}
	for _, c := range b.truth.Columns {
		head = append(head, c.Name)
	}
	_ = table.Write(head) // into memory
	for i, n := range b.chosen {
		data, err := jpegOf(ctx, b, n)
		if err != nil {
			return err
		}
		if err := d.write(fmt.Sprintf("frames/%06d.jpg", i), data); err != nil {
			return err
		}
		f := b.Clip.Frames[n]
		row := []string{strconv.Itoa(i), f.Name, fmt.Sprintf("%.3f", f.Time.Seconds()), ""}
		if b.truth.Grids != nil {
			row[3] = fmt.Sprintf("%.5f", b.truth.Grids[i].Area())
			var cells []string
			for _, v := range b.truth.Grids[i] {
				cells = append(cells, strconv.FormatFloat(float64(v), 'g', 4, 32))
			}
			_ = shares.Write(cells)
		}
		for _, c := range b.truth.Columns {
			row = append(row, strconv.FormatFloat(c.Values[i], 'g', -1, 64))
		}
		_ = table.Write(row)
	}
	table.Flush()
	shares.Flush()
	if err := d.write("frames.csv", frames.Bytes()); err != nil {
		return err
	}
	return d.write("truth.csv", grids.Bytes())
}

// jpegOf returns a frame as JPEG.
func jpegOf(ctx context.Context, b *bench, i int) ([]byte, error) {
	data, err := b.Clip.Data(i)
	if err != nil || bytes.HasPrefix(data, []byte("\xff\xd8\xff")) {
		return data, err
	}
	m, err := b.Clip.decoded(ctx, b.Decoder, i)
	if err != nil {
		return nil, err
	}
	return m.JPEG(dumpQuality)
}

// vectors writes rows of the same length as NAME.npy (numpy's format, version 1.0).
func (d *dump) vectors(name string, rows [][]float32) error {
	if d == nil || len(rows) == 0 {
		return nil
	}
	const fixed, align = 10, 64 // magic, version and length; the data begins at a multiple
	head := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", len(rows), len(rows[0]))
	head += strings.Repeat(" ", align-1-(fixed+len(head))%align) + "\n"
	data := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
	binary.LittleEndian.PutUint16(data[8:], uint16(len(head)))
	data = append(data, head...)
	for _, row := range rows {
		var err error
		if data, err = binary.Append(data, binary.LittleEndian, row); err != nil {
			return err
		}
	}
	return d.write(name+".npy", data)
}
