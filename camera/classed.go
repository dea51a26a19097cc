package camera

import (
	"fmt"
	"iter"

	"edgeclr/camera/rgb"
)

// ClassedImage is a rendered picture with its true class, for eval alone.
type ClassedImage struct {
	Path  string // class/number.jpg
	Class string
	Image *rgb.Image
}

// heldOut is the number of the first picture that Classed renders. A source
// that began at 0 would get there after thirty years.
const heldOut = 5_000_000_000

// Classed renders n pictures of a synthetic source, as fast as they are
// taken: of the same camera, and none that the source itself delivers. It answers with [ErrBadURI] for a source that does not know the
// classes of its frames; folders of classes are for [Walk].
func Classed(uri string, n int) (iter.Seq[ClassedImage], error) {
	source, err := Open(uri, OpenOptions{})
	if err != nil {
		return nil, err
	}
	s, ok := source.(*syntheticSource)
	if !ok {
		return nil, fmt.Errorf("%w %q: only synthetic sources know their classes", ErrBadURI, uri)
	}
	return func(yield func(ClassedImage) bool) {
		for i := heldOut; i < heldOut+n; i++ {
			m, class := s.scene.Render(i)
			if !yield(ClassedImage{Path: syntheticPath(class, i), Class: class, Image: m}) {
				return
			}
		}
	}, nil
}
