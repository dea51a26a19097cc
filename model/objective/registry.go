package objective

import (
	"fmt"
	"strings"
)

// Default is the objective of an empty configuration.
const Default = "nt_xent"

// all is the registry: one line an objective.
func all() []*Objective {
	return []*Objective{
		ntXent(),
		dcl(),
	}
}

// Get returns the objective of that name. The error lists those there are.
func Get(name string) (*Objective, error) {
	for _, o := range all() {
		if o.Name == name {
			return o, nil
		}
	}
	return nil, fmt.Errorf("no loss %q: choose one of %s", name, strings.Join(Names(), ", "))
}

// Names lists the objectives, in the order of the registry.
func Names() []string {
	var names []string
	for _, o := range all() {
		names = append(names, o.Name)
	}
	return names
}

// Help describes all objectives in one line, for flags and documentation.
func Help() string {
	var parts []string
	for _, o := range all() {
		parts = append(parts, fmt.Sprintf("%s, %s (%s)", o.Name, o.Summary, o.Source))
	}
	return strings.Join(parts, "; ")
}
