package config

import (
	"reflect"
	"slices"
)

// Diff lists the keys in which two configurations differ, in the order of the
// file. A reload uses it to say what changed.
func Diff(a, b Config) []string {
	var changed []string
	other := keysOf(&b)
	for i, k := range keysOf(&a) {
		if !reflect.DeepEqual(k.value.Interface(), other[i].value.Interface()) {
			changed = append(changed, k.path)
		}
	}
	return changed
}

// Take copies the values of some keys from another configuration: what a reload
// can change of one that is in force.
func (c *Config) Take(from Config, keys ...string) {
	other := keysOf(&from)
	for i, k := range keysOf(c) {
		if slices.Contains(keys, k.path) {
			k.value.Set(other[i].value)
		}
	}
}
