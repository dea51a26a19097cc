package directory

import (
	"io/fs"
	"maps"
	"slices"
	"time"
)

// maxSettling bounds how many files may settle at a time. More are not lost: the
// next scan finds them.
const maxSettling = 4096

// settling holds the files that changed and are not yet at rest. It measures rest
// with the monotonic clock, so that setting the time does not matter.
type settling struct {
	timer  *time.Timer // fires when due may have files
	rest   time.Duration
	files  map[string]observed
	missed bool // files were left out since the last scan
}

// observed is a file's state and when it was first seen in that state.
type observed struct {
	size    int64
	modTime time.Time
	since   time.Time
}

func newSettling(rest time.Duration) *settling {
	s := &settling{timer: time.NewTimer(rest), rest: rest, files: map[string]observed{}}
	s.timer.Stop()
	return s
}

func (s *settling) stop() { s.timer.Stop() }

// add notes a file, or its new state.
func (s *settling) add(path string, info fs.FileInfo) {
	o, known := s.files[path]
	if !known && len(s.files) >= maxSettling {
		s.missed = true
		return
	}
	if known && o.size == info.Size() && o.modTime.Equal(info.ModTime()) {
		return
	}
	if len(s.files) == 0 {
		s.timer.Reset(s.rest)
	}
	s.files[path] = observed{size: info.Size(), modTime: info.ModTime(), since: time.Now()}
}

func (s *settling) remove(path string) { delete(s.files, path) }

// due returns, sorted, the files whose state was noted long enough ago.
func (s *settling) due() []string {
	now := time.Now()
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(s.files)) {
		if now.Sub(s.files[path].since) >= s.rest {
			paths = append(paths, path)
		}
	}
	return paths
}

// rests reports whether a due file still has the state that was noted. If the state
// has changed, rests notes the new state, and the wait begins again.
func (s *settling) rests(path string, info fs.FileInfo) bool {
	o := s.files[path]
	if o.size == info.Size() && o.modTime.Equal(info.ModTime()) {
		return true
	}
	s.add(path, info)
	return false
}

// scheduleNext sets the timer to half a rest from now. It reports whether a scan
// is due because files were left out and there is room again.
func (s *settling) scheduleNext() (scan bool) {
	if len(s.files) > 0 {
		s.timer.Reset(max(s.rest/2, time.Millisecond))
	}
	if s.missed && len(s.files) < maxSettling/2 {
		s.missed = false
		return true
	}
	return false
}
