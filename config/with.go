package config

import (
	"fmt"
	"maps"
	"slices"
)

// With returns the configuration with other values of some keys, as text in the form of
// variables. A preset of the augmentation sets all its keys that are not among these. The
// result is checked. The error is an *Error; each problem names its key.
func (c Config) With(settings map[string]string) (Config, error) {
	l := newLoader(ownHistory())
	l.config, l.layer = c, layerEnvironment
	for _, path := range slices.Sorted(maps.Keys(settings)) {
		k, ok := find(l.keys, path)
		if !ok {
			l.fail(Problem{Key: path, Text: "no such key" + didYouMean(path, l.names())})
			continue
		}
		l.origins[path] = origin{l.layer, "", path}
		if text := settings[path]; k.isList() {
			l.readListVariable("", text, k)
		} else if err := k.set(text); err != nil {
			l.fail(Problem{Key: path, Text: err.Error()})
		}
	}
	if _, ok := settings["augment.preset"]; ok {
		l.applyPreset()
	}
	l.validate()
	if len(l.problems) > 0 {
		return Config{}, &Error{Problems: l.problems}
	}
	return l.config, nil
}

// Values returns the values of the named keys as text, for messages and comparisons.
func (c Config) Values(paths ...string) map[string]string {
	values := map[string]string{}
	for _, k := range keysOf(&c) {
		if slices.Contains(paths, k.path) {
			values[k.path] = fmt.Sprint(k.value.Interface())
		}
	}
	return values
}
