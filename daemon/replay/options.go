package replay

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// DefaultCapacity is where a larger memory stops to pay: with 5,000 pictures
// CLIMB (CoLLAs 2026) gained 0.3 points over 2,500.
const DefaultCapacity = 4000

// Options say how much is remembered, and what. The zero value is a buffer of
// DefaultCapacity frames that keeps the least redundant ones.
type Options struct {
	Capacity int    // frames; 0: DefaultCapacity
	Policy   string // a name of Policies; "": "minred"
	Seed     uint64 // of the draws, and of what leaves by chance
}

// policies are the ways to choose who leaves, by name. A new one is a file and a
// line here.
func policies() map[string]func(*memory, uint64) policy {
	return map[string]func(*memory, uint64) policy{
		"fifo":      newFIFO,
		"minred":    newMinRed,
		"reservoir": newReservoir,
	}
}

// Policies returns the names of all policies, in alphabetical order.
func Policies() []string { return slices.Sorted(maps.Keys(policies())) }

func (o Options) withDefaults() (Options, error) {
	if o.Capacity == 0 {
		o.Capacity = DefaultCapacity
	}
	if o.Policy == "" {
		o.Policy = "minred"
	}
	if o.Capacity < 0 {
		return o, fmt.Errorf("replay: a capacity of %d frames; 0 means %d", o.Capacity, DefaultCapacity)
	}
	if _, ok := policies()[o.Policy]; !ok {
		return o, fmt.Errorf("replay: policy %q; known are %s", o.Policy, strings.Join(Policies(), ", "))
	}
	return o, nil
}
