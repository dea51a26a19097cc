package v4l2

import (
	"errors"
	"math"

	"golang.org/x/sys/unix"
)

// maxEnumerated bounds every enumeration, for drivers that never report the end.
const maxEnumerated = 1024

// Format is one pixel format that a device offers.
type Format struct {
	FourCC FourCC

	// Description is the driver's: "Motion-JPEG".
	Description string

	// Compressed says that the number of bytes varies from picture to picture.
	Compressed bool
}

// Size is a range of sizes. For a discrete size, minimum and maximum are equal.
type Size struct {
	Width, Height Extent
}

// Extent is a range of lengths, in steps from the minimum.
type Extent struct {
	Min, Max, Step int
}

// nearest returns the length in the range that is closest to n.
func (e Extent) nearest(n int) int {
	n = min(max(n, e.Min), e.Max)
	step := max(e.Step, 1)
	below := e.Min + (n-e.Min)/step*step
	if above := below + step; above <= e.Max && above-n < n-below {
		return above
	}
	return below
}

// Formats lists all pixel formats, including those that this package does not read.
func (d *Device) Formats() ([]Format, error) {
	var all []Format
	for i := range uint32(maxEnumerated) {
		f := fmtdesc{index: i, typ: d.bufType()}
		if err := ioctl(d.fd, vidiocEnumFmt, &f); err != nil {
			if endOfList(err) {
				break
			}
			return nil, d.fail("listing formats", err)
		}
		if f.flags&fmtFlagEmulated != 0 {
			continue
		}
		all = append(all, Format{FourCC(f.pixelformat), text(f.description[:]), f.flags&fmtFlagCompressed != 0})
	}
	return all, nil
}

// Sizes lists the sizes of a format, in pixels. The list is empty when the driver names
// none.
func (d *Device) Sizes(format FourCC) ([]Size, error) {
	var all []Size
	for i := range uint32(maxEnumerated) {
		s := frmsizeenum{index: i, pixelformat: uint32(format)}
		if err := ioctl(d.fd, vidiocEnumFramesizes, &s); err != nil {
			if endOfList(err) {
				break
			}
			return nil, d.fail("listing sizes", err)
		}
		l := s.limits
		switch s.typ {
		case kindDiscrete:
			w, h := int(l[0]), int(l[1])
			all = append(all, Size{Extent{w, w, 1}, Extent{h, h, 1}})
		case kindContinuous, kindStepwise:
			return []Size{{Extent{int(l[0]), int(l[1]), int(l[2])}, Extent{int(l[3]), int(l[4]), int(l[5])}}}, nil
		}
	}
	return all, nil
}

// Rates lists the frame rates of a format and size, in frames a second. For a range it
// lists the highest and the lowest rate. The list is empty when the driver names none.
func (d *Device) Rates(format FourCC, width, height int) ([]float64, error) {
	var all []float64
	for i := range uint32(maxEnumerated) {
		v := frmivalenum{index: i, pixelformat: uint32(format), width: uint32(width), height: uint32(height)}
		if err := ioctl(d.fd, vidiocEnumFrameintervals, &v); err != nil {
			if endOfList(err) {
				break
			}
			return nil, d.fail("listing rates", err)
		}
		all = append(all, v.limits[0].rate())
		if v.typ != kindDiscrete {
			return append(all, v.limits[1].rate()), nil
		}
	}
	return all, nil
}

// rate returns the reciprocal of the interval, rounded to four decimals; 0 when there
// is none.
func (f fract) rate() float64 {
	if f.numerator == 0 || f.denominator == 0 {
		return 0
	}
	return math.Round(1e4*float64(f.denominator)/float64(f.numerator)) / 1e4
}

// setRate asks for a frame rate and returns the one that the driver chose. It returns 0
// for a driver whose rate cannot be set.
func (d *Device) setRate(fps float64) (float64, error) {
	p := streamparm{typ: d.bufType()}
	err := ioctl(d.fd, vidiocGParm, &p)
	if errors.Is(err, unix.ENOTTY) || err == nil && p.capability&capTimePerFrame == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, d.fail("asking for the frame rate", err)
	}
	if fps > 0 {
		p.timeperframe = fract{1000, max(uint32(math.Round(fps*1000)), 1)}
		if err := ioctl(d.fd, vidiocSParm, &p); err != nil {
			return 0, d.fail("setting the frame rate", err)
		}
	}
	return p.timeperframe.rate(), nil
}
