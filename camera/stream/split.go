package stream

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Every class needs two pictures that can find each other, and one to learn from.
const (
	leastHeld    = 2
	leastOfClass = leastHeld + 1
)

// ErrTooFew is returned when the list has too few pictures or classes to be split.
var ErrTooFew = errors.New("a benchmark needs two classes or more, with three pictures or more in each")

// SplitOptions say how pictures are divided. The zero value is valid.
type SplitOptions struct {
	Seed uint64

	// Held is the share of each class that is held out, above 0 and below 1;
	// 0 means a third. At least two pictures of each class are held out.
	Held float64
}

// Split divides labelled pictures into those to learn from and those to evaluate on. It
// identifies a picture by its index in the list that was split.
type Split struct {
	// Classes are the names in the order of the stream.
	Classes []string

	// Learn and Held are the pictures of each class of Classes. Learn is in the
	// order of the stream.
	Learn, Held [][]int

	// Left are the pictures of classes with too few pictures to be divided, in the
	// order of the list.
	Left []int
}

// NewSplit divides a list of pictures; classes[i] is the class of picture i. It draws the
// order of the classes from the seed. It leaves out classes of fewer than three pictures,
// and returns ErrTooFew if fewer than two classes remain.
func NewSplit(classes []string, opt SplitOptions) (Split, error) {
	if opt.Held == 0 {
		opt.Held = 1. / 3
	}
	if !(opt.Held > 0 && opt.Held < 1) {
		return Split{}, fmt.Errorf("a share of %v cannot be held out: it must be above 0 and below 1", opt.Held)
	}
	members := map[string][]int{}
	for i, c := range classes {
		members[c] = append(members[c], i)
	}
	names := slices.Sorted(maps.Keys(members))
	rng := generator(opt.Seed, useClasses, 0)
	rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })

	var s Split
	for _, name := range names {
		all := members[name]
		if len(all) < leastOfClass {
			s.Left = append(s.Left, all...)
			continue
		}
		rng := generator(opt.Seed, usePictures, len(s.Classes))
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		held := min(max(int(math.Round(opt.Held*float64(len(all)))), leastHeld), len(all)-1)
		s.Classes = append(s.Classes, name)
		s.Held = append(s.Held, slices.Sorted(slices.Values(all[:held])))
		s.Learn = append(s.Learn, all[held:])
	}
	slices.Sort(s.Left)
	if len(s.Classes) < 2 {
		return s, fmt.Errorf("%w; there are %d pictures in %d classes, and %d classes with enough",
			ErrTooFew, len(classes), len(names), len(s.Classes))
	}
	return s, nil
}

// EvalSet returns the held-out pictures and, for each, the index of its class in Classes.
func (s Split) EvalSet() (pictures, classes []int) {
	for c, held := range s.Held {
		for _, picture := range held {
			pictures, classes = append(pictures, picture), append(classes, c)
		}
	}
	return pictures, classes
}

// Ends returns for each class the number of frames after which the stream, in order, shows
// it no more. repeats is the number of frames of each picture.
func (s Split) Ends(repeats int) []int {
	ends := make([]int, len(s.Learn))
	frames := 0
	for c, learn := range s.Learn {
		frames += len(learn) * repeats
		ends[c] = frames
	}
	return ends
}
