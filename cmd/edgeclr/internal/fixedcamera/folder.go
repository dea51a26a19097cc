package fixedcamera

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"edgeclr/camera/decode"
	"edgeclr/camera/directory"
	"edgeclr/daemon/client"
)

// folderRate is the rate at which the daemon gets the pictures of a folder. It is that
// at which the daemon uses a camera's frames.
const folderRate = 5

// otherSize is the reason for a picture that has another size than the first one.
const otherSize = "other size"

// folder lists the pictures of one fixed camera at or below a folder. Their times
// are those of EXIF if all pictures have one, else those in their names
// (2026-11-30_17-05-00 and the like), else those of the files if they can be times of
// pictures (see fileTimes). Otherwise the order is that of the names, five a second.
// Clip.Clock tells which. Pictures that cannot be decoded or have another size are left
// out: see Clip.Skipped. The error matches client.ErrNothingFound when no picture is left.
func (r Reader) folder(ctx context.Context, folder string) (*Clip, error) {
	c := &Clip{Kind: KindFolder, Rate: folderRate, Skipped: map[string]int{}}
	var pictures []pictureFile
	width, height := 0, 0
	for file, err := range directory.Walk(ctx, folder) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var p pictureFile
		var w, h int
		if err == nil {
			p, w, h, err = readPicture(ctx, r.Decoder, file)
		}
		switch {
		case err != nil:
			c.Skipped[decode.Reason(err)]++
		case width > 0 && (w != width || h != height):
			c.Skipped[otherSize]++
		default:
			width, height = w, h
			pictures = append(pictures, p)
			r.progress(len(pictures))
		}
	}
	if len(pictures) == 0 {
		return nil, fmt.Errorf("%w: no pictures in %s", client.ErrNothingFound, folder)
	}
	slices.SortStableFunc(pictures, func(a, b pictureFile) int { return strings.Compare(a.name, b.name) })
	c.Clock = setTimes(pictures)
	slices.SortStableFunc(pictures, func(a, b pictureFile) int { return a.time.Compare(b.time) })
	for _, p := range pictures {
		c.Frames = append(c.Frames, Frame{Name: p.name, Time: p.time.Sub(pictures[0].time), path: p.path})
	}
	return c, nil
}

// pictureFile is a picture of a folder with what tells its time.
type pictureFile struct {
	name, path string
	taken      time.Time // of EXIF; zero: none
	modified   time.Time
	time       time.Time // the one of these that counts
}

func readPicture(ctx context.Context, d *decode.Decoder, file directory.File) (p pictureFile, w, h int, err error) {
	data, err := os.ReadFile(file.Path)
	if err != nil {
		return p, 0, 0, err
	}
	m, _, err := d.Decode(ctx, data)
	if err != nil {
		return p, 0, 0, err
	}
	info, err := os.Stat(file.Path)
	if err != nil {
		return p, 0, 0, err
	}
	p = pictureFile{name: filepath.ToSlash(file.Rel), path: file.Path, modified: info.ModTime()}
	p.taken, _ = decode.Taken(data)
	return p, m.Width, m.Height, nil
}

// setTimes sets the times of pictures that are sorted by name. It says where they come
// from.
func setTimes(pictures []pictureFile) string {
	set := func(of func(p pictureFile) time.Time) {
		for i, p := range pictures {
			pictures[i].time = of(p)
		}
	}
	if !slices.ContainsFunc(pictures, func(p pictureFile) bool { return p.taken.IsZero() }) {
		set(func(p pictureFile) time.Time { return p.taken })
		return "EXIF"
	}
	if named := nameTimes(pictures); named != nil {
		set(func(p pictureFile) time.Time { return named[p.name] })
		return "the names"
	}
	if fileTimes(pictures) {
		set(func(p pictureFile) time.Time { return p.modified })
		return "the files' modification"
	}
	for i := range pictures {
		pictures[i].time = time.Time{}.Add(time.Duration(i) * time.Second / folderRate)
	}
	return "the order of the names, five a second"
}

// timeInName is a date and a time to the minute or second, with or without marks between
// the numbers.
var timeInName = regexp.MustCompile(`(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[-_. T]?(\d\d)[-_.:h]?(\d\d)(?:[-_.:m]?(\d\d))?`)

// nameTimes reads the times in the names. It returns nil unless all names have one and
// nearly all are different.
func nameTimes(pictures []pictureFile) map[string]time.Time {
	times, distinct := map[string]time.Time{}, map[time.Time]bool{}
	for _, p := range pictures {
		found := timeInName.FindStringSubmatch(p.name)
		if found == nil {
			return nil
		}
		var n [6]int
		for i, digits := range found[1:] {
			n[i], _ = strconv.Atoi(digits) // no seconds are 0
		}
		if n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 23 || n[4] > 59 || n[5] > 60 {
			return nil
		}
		at := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
		times[p.name], distinct[at] = at, true
	}
	if 10*len(distinct) < 9*len(pictures) {
		return nil
	}
	return times
}

// fileTimes reports whether the modification times can be those of pictures. After a copy
// they follow each other too fast, or are not in the order of the names.
func fileTimes(pictures []pictureFile) bool {
	const shortest = time.Second
	var gaps []time.Duration
	for i := range pictures[1:] {
		gap := pictures[i+1].modified.Sub(pictures[i].modified)
		if gap < 0 {
			return false
		}
		gaps = append(gaps, gap)
	}
	slices.Sort(gaps)
	return len(gaps) > 0 && gaps[len(gaps)/2] >= shortest
}
