package trials

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type result struct{ Top1 float64 }

func open(t *testing.T, folder string, settings map[string]string) *Table {
	t.Helper()
	table, err := Open(folder, "learn", settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { table.Close() })
	return table
}

func TestTableGoesOn(t *testing.T) {
	settings := map[string]string{"minutes": "15", "pictures": "abc"}
	for _, folder := range []string{"", t.TempDir()} {
		table := open(t, folder, settings)
		var got result
		if done, err := table.Load("recipe.0", &got); done || err != nil {
			t.Fatalf("%q: an empty table: %v, %v", folder, done, err)
		}
		for _, trial := range []string{"recipe.1", "recipe.0"} {
			if err := table.Save(trial, result{0.5}); err != nil {
				t.Fatal(err)
			}
		}
		if folder != "" {
			table.Close()
			table = open(t, folder, settings)
		}
		if done, err := table.Load("recipe.0", &got); !done || err != nil || got.Top1 != 0.5 {
			t.Errorf("%q: %v, %v, %+v", folder, done, err, got)
		}
		if list, err := table.Trials(); err != nil || !slices.Equal(list, []string{"recipe.0", "recipe.1"}) {
			t.Errorf("%q: trials %v, %v", folder, list, err)
		}
	}
}

func TestTableRefusesOtherSettings(t *testing.T) {
	folder := t.TempDir()
	open(t, folder, map[string]string{"minutes": "15", "size": "224"}).Close()
	_, err := Open(folder, "learn", map[string]string{"minutes": "3", "size": "224", "held": "yes"})
	if !errors.Is(err, ErrSettings) || !strings.Contains(err.Error(), "held was not set and is yes, minutes was 15 and is 3; give the same again") {
		t.Errorf("error %v", err)
	}
	open(t, folder, map[string]string{"minutes": "15", "size": "224"}) // the refusal has changed nothing
}

func TestTableHasOneProcess(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder, nil)
	if _, err := Open(folder, "learn", nil); !errors.Is(err, ErrInUse) {
		t.Errorf("error %v", err)
	}
	first.Close()
	open(t, folder, nil)
}

func TestTableNamesADamagedFile(t *testing.T) {
	folder := t.TempDir()
	table := open(t, folder, nil)
	path := filepath.Join(folder, "learn.trials", "recipe.0.json")
	if err := os.WriteFile(path, []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if done, err := table.Load("recipe.0", &result{}); done || err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "delete it") {
		t.Errorf("%v, error %v", done, err)
	}
}

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"crop4.0": true, "a": true, "learn+128_x-2": true,
		"": false, "../x": false, "a/b": false, ".hidden": false, "settings": false, "a b": false,
	} {
		if ValidName(name) != ok {
			t.Errorf("%q: %v", name, !ok)
		}
		if err := open(t, "", nil).Save(name, 1); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestOpenExplains(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, "learn", nil); err == nil || !strings.Contains(err.Error(), "cannot write "+file) {
		t.Errorf("error %v", err)
	}
}

func TestEstimates(t *testing.T) {
	hits := []float64{1, 1, 1, 0}
	if e := Mean(hits); e.Value != 0.75 || math.Abs(e.SE-math.Sqrt(0.75*0.25/3)) > 1e-15 {
		t.Errorf("%+v", e)
	}
	// Two pictures changed, in opposite directions: no gain, and an error.
	if e := Difference([]float64{1, 0, 1, 1}, []float64{1, 1, 1, 0}); e.Value != 0 || math.Abs(e.SE-math.Sqrt(2./3/4)) > 1e-15 {
		t.Errorf("%+v", e)
	}
	if e := Difference(hits, hits); e != (Estimate{}) {
		t.Errorf("%+v", e)
	}
	if e := Mean([]float64{0.5}); e != (Estimate{Value: 0.5}) {
		t.Errorf("%+v", e)
	}
	for want, values := range map[float64][]float64{2: {3, 1, 2}, 2.5: {4, 1, 3, 2}, 7: {7}} {
		if got := Median(values); got != want {
			t.Errorf("median of %v is %v", values, got)
		}
	}
	if !math.IsNaN(Median(nil)) {
		t.Error("a median of nothing")
	}
}
