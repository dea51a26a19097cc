package objective

import (
	"fmt"
	"strings"
)

// Default is the objective of an empty configuration.
const Default = "nt_xent"

// registry lists objectives.
type registry []*Objective

// all is the registry of this program, one line for each objective. The check of
// the configuration, help texts and messages take the names from it.
func all() registry {
	return registry{
		ntXent(),
		dcl(),
	}
}

// Get returns the objective of that name. The error lists those that exist.
func Get(name string) (*Objective, error) { return all().get(name) }

// Names lists the objectives, in the order of the registry.
func Names() []string { return all().names() }

// Help describes all objectives in one line, for flags and documentation.
func Help() string { return all().help() }

func (r registry) get(name string) (*Objective, error) {
	for _, o := range r {
		if o.Name == name {
			return o, nil
		}
	}
	return nil, fmt.Errorf("no loss %q: choose one of %s", name, strings.Join(r.names(), ", "))
}

func (r registry) names() []string {
	var names []string
	for _, o := range r {
		names = append(names, o.Name)
	}
	return names
}

func (r registry) help() string {
	var parts []string
	for _, o := range r {
		parts = append(parts, fmt.Sprintf("%s, %s (%s)", o.Name, o.Summary, o.Source))
	}
	return strings.Join(parts, "; ")
}
