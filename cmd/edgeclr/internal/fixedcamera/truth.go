package fixedcamera

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"edgeclr/camera/rgb"
)

// Truth is what is known about the evaluated frames. Learning never sees it.
type Truth struct {
	Grids   []Grid   // where the foreground of each frame is; nil: not known
	Columns []Column // numbers of each frame
	given   int      // so many columns, the first ones, come from a person
}

// Column is a number of each frame, like how many people are in it.
type Column struct {
	Name   string
	Values []float64
}

// pick keeps the frames with these numbers.
func (t *Truth) pick(chosen []int) *Truth {
	out := &Truth{given: t.given}
	for _, i := range chosen {
		if t.Grids != nil {
			out.Grids = append(out.Grids, t.Grids[i])
		}
	}
	for _, c := range t.Columns {
		picked := Column{Name: c.Name}
		for _, i := range chosen {
			picked.Values = append(picked.Values, c.Values[i])
		}
		out.Columns = append(out.Columns, picked)
	}
	return out
}

// add adds the foreground of the next frames.
func (t *Truth) add(b *Background, batch []*rgb.Image) error {
	for _, m := range batch {
		g, err := b.Grid(m)
		if err != nil {
			return err
		}
		t.Grids = append(t.Grids, g)
	}
	return nil
}

// Table is a file of true numbers: a row for each frame.
type Table struct {
	columns []string
	rows    map[string][]float64 // by the name of the frame, with and without its folder and ending
}

// maxTable is the largest file of true numbers, in bytes.
const maxTable = 64 << 20

// ReadTable reads a CSV file: the name of a frame and one or more numbers in each line.
// A first line without numbers names the columns.
func ReadTable(file string) (*Table, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := parseTable(io.LimitReader(f, maxTable))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}

func parseTable(r io.Reader) (*Table, error) {
	reader := csv.NewReader(r)
	reader.TrimLeadingSpace, reader.Comment = true, '#'
	t := &Table{rows: map[string][]float64{}}
	for first := true; ; first = false {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(row) < 2 {
			return nil, errors.New("a line needs the name of a frame and a number, like: frame_0001.jpg,3")
		}
		values := make([]float64, len(row)-1)
		var wrong error
		for i, text := range row[1:] {
			if values[i], err = strconv.ParseFloat(text, 64); err != nil || math.IsNaN(values[i]) || math.IsInf(values[i], 0) {
				wrong = fmt.Errorf("%q of frame %q is not a number", text, row[0])
			}
		}
		switch {
		case wrong != nil && first:
			t.columns = row[1:]
			continue
		case wrong != nil:
			return nil, wrong
		case t.columns == nil:
			for i := range values {
				t.columns = append(t.columns, fmt.Sprintf("number %d", i+1))
			}
			if len(values) == 1 {
				t.columns[0] = "number"
			}
		}
		t.rows[row[0]], t.rows[stem(row[0])] = values, values
	}
	if len(t.rows) == 0 {
		return nil, errors.New("there are no numbers in it")
	}
	return t, nil
}

// stem is the name of a frame without folder and ending.
func stem(name string) string {
	name = path.Base(name)
	return strings.TrimSuffix(name, path.Ext(name))
}

// of returns the numbers of a frame.
func (t *Table) of(name string) (values []float64, ok bool) {
	for _, n := range []string{name, path.Base(name), stem(name)} {
		if values, ok = t.rows[n]; ok {
			return values, true
		}
	}
	return nil, false
}

// known returns which of the frames the table knows, and the truth about those.
func (t *Table) known(c *Clip) (frames []int, truth []Column) {
	for _, name := range t.columns {
		truth = append(truth, Column{Name: name})
	}
	for i, f := range c.Frames {
		values, ok := t.of(f.Name)
		if !ok {
			continue
		}
		frames = append(frames, i)
		for k := range truth {
			truth[k].Values = append(truth[k].Values, values[k])
		}
	}
	return frames, truth
}
