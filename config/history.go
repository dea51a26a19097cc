package config

import (
	"fmt"
	"slices"
	"strings"
)

// history holds the former names of keys and their former defaults. With it the
// configuration of an earlier release still starts this one, and warnings say what
// to change. testdata/releases holds such configurations.
type history struct {
	renames        []rename
	formerDefaults []formerDefault
}

// ownHistory is the history of this program. Tests use others.
func ownHistory() history { return history{renames(), formerDefaults()} }

// rename says that a key has another name now. The former name goes on working,
// in the file and in the environment, with a warning.
type rename struct {
	former  string   // "model.size"
	current []string // each takes the value of the former key
	since   string   // the release that renamed it
}

// renames is the registry of renamed keys: one line a key.
func renames() []rename {
	return []rename{
		{"model.size", []string{"learn.size", "serve.size"}, "0.0.0+491.gd0b9c0a"}, // one size was for both
	}
}

// formerDefault says that a key had another default. A file that still has the
// former default may be a full copy of an old example, and keep the value by
// accident.
type formerDefault struct {
	key   string
	value string // as it is written
	until string // the first release with another default
}

// formerDefaults is the registry of defaults that changed: one line a value.
// Releases before the first tag are called by what `edgeclr --version` says.
func formerDefaults() []formerDefault {
	return []formerDefault{
		{"learn.min_frames", "64", "0.0.0+17.g30d28b5"},
		{"replay.moment", "10s", "0.0.0+50.g727eae8"},
		{"serve.blend", "average", "0.0.0+204.g552a22d"},
		{"serve.blend", "join", "0.0.0+491.gd0b9c0a"},
		{"model.runtime", "tensorflow", "0.0.0+378.gb8c95f9"},
		{"learn.size", "96", "0.0.0+491.gd0b9c0a"},
		{"serve.size", "96", "0.0.0+491.gd0b9c0a"},
		{"learn.lr", "0.003", "0.0.0+585.gdc8b17e"},
		{"learn.stages", "0", "0.0.0+585.gdc8b17e"},
		{"learn.neighbours", "5", "0.0.0+585.gdc8b17e"},
		{"augment.preset", "natural", "0.0.0+588.g3799aca"},
	}
}

// Warning is something that a good configuration should change.
type Warning struct {
	Key   string // as it is written
	Where string // "FILE:LINE" or the name of the variable
	Text  string // what was found and what to do

	// Renamed is true for a key with a former name. Otherwise the key holds a
	// former default, which the user may have chosen on purpose.
	Renamed bool
}

// String is "FILE:LINE: key: text".
func (w Warning) String() string { return located(w.Where, w.Key, w.Text) }

// layer is a place that settings come from. A later layer wins over an earlier one.
type layer int

const (
	layerDefault layer = iota
	layerFile
	layerEnvironment
)

// origin says where the value of a key was written.
type origin struct {
	layer layer
	where string // as Problem.Where
	name  string // of the key, as it is written: its path or a former name
}

// write sets the keys at these paths to one value. The name is the one under which
// the value is written: the path of the key, or a former name of one or more keys.
// It is a problem if one layer sets a key under two names.
func (l *loader) write(name, where string, paths []string, set func(k key)) {
	bad := len(l.problems)
	for _, path := range paths {
		k, _ := find(l.keys, path)
		now := origin{l.layer, where, name}
		if before, ok := l.origins[path]; ok && before.layer == now.layer && before.name != now.name {
			l.failBothNames(path, before, now)
			continue
		}
		l.origins[path] = now
		if len(l.problems) == bad { // report a bad value once, not for every key
			set(key{name, k.value})
		}
	}
	if i := slices.IndexFunc(l.history.renames, func(r rename) bool { return r.former == name }); i >= 0 {
		l.warnRenamed(l.history.renames[i], where)
	}
}

// failBothNames reports a key that is set by its name and by a former name.
func (l *loader) failBothNames(path string, a, b origin) {
	former, other := a, b
	if former.name == path {
		former, other = b, a
	}
	by := ""
	if other.name != path {
		by = " by the name " + other.name
	}
	p := Problem{Key: former.name, Where: former.where, Text: fmt.Sprintf(
		"is a former name of %s, which %s sets as well%s; delete one of the two", path, other.where, by)}
	if !slices.Contains(l.problems, p) {
		l.fail(p)
	}
}

func (l *loader) warnRenamed(r rename, where string) {
	write := slices.Clone(r.current)
	if l.layer == layerEnvironment {
		for i, path := range write {
			write[i] = variable(path)
		}
	}
	l.config.Warnings = append(l.config.Warnings, Warning{Key: r.former, Where: where, Renamed: true, Text: fmt.Sprintf(
		"renamed to %s in release %s; the former name still works, but write %s",
		strings.Join(r.current, " and "), r.since, strings.Join(write, " and "))})
}

// warnThumbnails says that a written store.thumbnail_side is too small for the serving
// size. The service keeps larger thumbnails then, since vectors come from what is kept.
func (l *loader) warnThumbnails() {
	c, from := l.config, l.origins["store.thumbnail_side"]
	small := from.where != "" && c.Store.ThumbnailSide < c.ServingSize()
	if small && (c.Store.Frames == FramesBySource || c.Store.Frames == FramesThumbnail) {
		l.config.Warnings = append(l.config.Warnings, Warning{Key: from.name, Where: from.where, Text: fmt.Sprintf(
			"%d is less than the serving size, which is %d; thumbnails have a short side of %d px, since vectors come from them; give %d or more, or set serve.size",
			c.Store.ThumbnailSide, c.ServingSize(), c.ServingSize(), c.ServingSize())})
	}
}

// warnFormerDefaults names the keys of the file that hold a former default.
func (l *loader) warnFormerDefaults() {
	defaults := Default()
	former := Default()
	defaultKeys, formerKeys := keysOf(&defaults), keysOf(&former)
	for _, f := range l.history.formerDefaults {
		value, _ := find(l.keys, f.key)
		then, ok := find(formerKeys, f.key)
		from := l.origins[f.key]
		if !ok || from.layer != layerFile || then.set(f.value) != nil || !value.equal(then) {
			continue
		}
		// The name of today came with the default of today, so nobody copied the two.
		if from.name == f.key && slices.ContainsFunc(l.history.renames, func(r rename) bool {
			return r.since == f.until && slices.Contains(r.current, f.key)
		}) {
			continue
		}
		now, _ := find(defaultKeys, f.key)
		w := Warning{Key: from.name, Where: from.where, Text: fmt.Sprintf(
			"%s was the default before release %s; the default is now %v; delete the line to follow it", f.value, f.until, now.value.Interface())}
		if !slices.Contains(l.config.Warnings, w) { // a former name can stand for several keys
			l.config.Warnings = append(l.config.Warnings, w)
		}
	}
}
