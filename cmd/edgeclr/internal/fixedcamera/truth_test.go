package fixedcamera

import (
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	c := &Clip{Frames: []Frame{{Name: "day1/0001.jpg"}, {Name: "day1/0002.jpg"}, {Name: "day1/0003.jpg"}}}
	for _, tt := range []struct {
		name, text string
		columns    []string
		frames     []int
		first      []float64
	}{
		{"a head", "name,people\n0001.jpg,3\n0003.jpg,5\n", []string{"people"}, []int{0, 2}, []float64{3, 5}},
		{"no head", "0002,4.5\n", []string{"number"}, []int{1}, []float64{4.5}},
		{"whole paths, two numbers, a comment", "# counted\nday1/0001.jpg, 1, 2\n", []string{"number 1", "number 2"}, []int{0}, []float64{1}},
		{"other frames", "0009.jpg,1\n", []string{"number"}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := parseTable(strings.NewReader(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			frames, truth := table.known(c)
			var names []string
			for _, column := range truth {
				names = append(names, column.Name)
			}
			if !slices.Equal(names, tt.columns) || !slices.Equal(frames, tt.frames) || !slices.Equal(truth[0].Values, tt.first) {
				t.Errorf("%q, %v, %v", names, frames, truth)
			}
		})
	}
}

func TestTableRefuses(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "no numbers"},
		{"a head alone", "name,people\n", "no numbers"},
		{"one column", "0001.jpg\n", "needs the name of a frame and a number"},
		{"no number", "0001.jpg,3\n0002.jpg,many\n", `"many" of frame "0002.jpg" is not a number`},
		{"not finite", "name,n\n0001.jpg,NaN\n", `"NaN" of frame "0001.jpg"`},
		{"lines of different length", "0001.jpg,3\n0002.jpg,3,4\n", "wrong number of fields"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := parseTable(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
