package stream

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// listOf returns that many pictures of each class, mixed.
func listOf(sizes map[string]int) []string {
	var list []string
	for class, n := range sizes {
		for range n {
			list = append(list, class)
		}
	}
	slices.Sort(list)
	rng := rand.New(rand.NewPCG(1, 2))
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func TestSplit(t *testing.T) {
	tests := []struct {
		name  string
		sizes map[string]int
		held  float64
		want  map[string]int // held out of each class that stays
		fails bool
	}{
		{name: "a third", sizes: map[string]int{"a": 30, "b": 9, "c": 60}, want: map[string]int{"a": 10, "b": 3, "c": 20}},
		{name: "at least two", sizes: map[string]int{"a": 3, "b": 4}, want: map[string]int{"a": 2, "b": 2}},
		{name: "at most all but one", sizes: map[string]int{"a": 10, "b": 3}, held: 0.99, want: map[string]int{"a": 9, "b": 2}},
		{name: "a small class is left out", sizes: map[string]int{"a": 6, "b": 2, "c": 6}, want: map[string]int{"a": 2, "c": 2}},
		{name: "one class", sizes: map[string]int{"a": 6, "b": 2}, fails: true},
		{name: "nothing", fails: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list := listOf(tt.sizes)
			s, err := NewSplit(list, SplitOptions{Seed: 3, Held: tt.held})
			if tt.fails {
				if !errors.Is(err, ErrTooFew) {
					t.Fatalf("error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			times := make([]int, len(list)) // that a picture occurs
			count := func(pictures []int, class string) {
				for _, p := range pictures {
					times[p]++
					if class != "" && list[p] != class {
						t.Errorf("picture %d of class %s is among %s", p, list[p], class)
					}
				}
			}
			for c, class := range s.Classes {
				count(s.Learn[c], class)
				count(s.Held[c], class)
				if got, want := len(s.Held[c]), tt.want[class]; got != want {
					t.Errorf("%d pictures of %s are held out, want %d", got, class, want)
				}
				if len(s.Learn[c]) == 0 {
					t.Errorf("nothing of %s to learn from", class)
				}
			}
			count(s.Left, "")
			for p, n := range times {
				if n != 1 {
					t.Errorf("picture %d occurs %d times", p, n)
				}
			}
			if len(s.Classes) != len(tt.want) {
				t.Errorf("classes %v", s.Classes)
			}
		})
	}
}

func TestSplitRefusesShares(t *testing.T) {
	for _, held := range []float64{-0.1, 1, 2} {
		if _, err := NewSplit(listOf(map[string]int{"a": 9, "b": 9}), SplitOptions{Held: held}); err == nil {
			t.Errorf("a share of %v was held out", held)
		}
	}
}

func TestSplitDependsOnTheSeed(t *testing.T) {
	list := listOf(map[string]int{"a": 30, "b": 30, "c": 30, "d": 30})
	orders, evalSets := map[string]bool{}, map[string]bool{}
	for seed := range uint64(20) {
		s, err := NewSplit(list, SplitOptions{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		again, _ := NewSplit(list, SplitOptions{Seed: seed})
		if !reflect.DeepEqual(s, again) {
			t.Fatalf("seed %d gave another split", seed)
		}
		orders[fmt.Sprint(s.Classes)] = true
		evalSet, _ := s.EvalSet()
		slices.Sort(evalSet)
		evalSets[fmt.Sprint(evalSet)] = true
	}
	if len(orders) < 8 || len(evalSets) != 20 {
		t.Errorf("%d orders of classes, %d evalSets of 20 seeds", len(orders), len(evalSets))
	}
}

func TestEvalSetAndEnds(t *testing.T) {
	s := Split{Classes: []string{"b", "a"}, Learn: [][]int{{5, 4}, {3}}, Held: [][]int{{0, 2}, {1, 6}}}
	pictures, classes := s.EvalSet()
	if !slices.Equal(pictures, []int{0, 2, 1, 6}) || !slices.Equal(classes, []int{0, 0, 1, 1}) {
		t.Errorf("evalSet %v of classes %v", pictures, classes)
	}
	if ends := s.Ends(4); !slices.Equal(ends, []int{8, 12}) {
		t.Errorf("ends %v", ends)
	}
}
