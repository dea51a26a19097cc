package yard

import (
	"strings"

	"edgeclr/camera/synthetic/render"
)

// nothing is the class of a picture without people and vehicles.
const nothing = "nothing"

// Classes returns the names of all classes.
func Classes() (names []string) {
	for k := range 8 {
		counts := map[string]int{}
		for i, kind := range [3]string{car, person, van} {
			if k>>i&1 != 0 {
				counts[kind] = 1
			}
		}
		names = append(names, className(counts))
	}
	return names
}

// Class names the kinds that a picture shows, such as "car+person". A truck counts as a van, and a bicycle by its rider.
func (y *Yard) Class(t render.Truth) string { return className(t.Counts) }

func className(counts map[string]int) string {
	var kinds []string
	if counts[car] > 0 {
		kinds = append(kinds, car)
	}
	if counts[person] > 0 {
		kinds = append(kinds, person)
	}
	if counts[van]+counts[truck] > 0 {
		kinds = append(kinds, van)
	}
	if kinds == nil {
		return nothing
	}
	return strings.Join(kinds, "+")
}
