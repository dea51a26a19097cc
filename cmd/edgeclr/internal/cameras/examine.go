package cameras

import (
	"errors"
	"io/fs"

	"edgeclr/camera/v4l2"
)

// Examine describes every camera in the folder dev, which is "/dev" except in tests. A
// camera that cannot be opened or described has its Error set. A machine without cameras
// has an empty list.
func Examine(dev string) []Camera {
	all := []Camera{}
	for _, f := range v4l2.List(dev) {
		c := Camera{
			URI: "v4l2:" + f.Stable(), Path: f.Path, Links: append([]string{}, f.Links...),
			Card: f.Info.Card, Driver: f.Info.Driver, Bus: f.Info.Bus, Multiplanar: f.Info.Multiplanar,
			Formats: []Format{}, Controls: []Control{},
		}
		err := f.Err
		if err == nil {
			err = c.ask()
		}
		if err != nil {
			c.Error, c.Denied = err.Error(), errors.Is(err, fs.ErrPermission)
		}
		all = append(all, c)
	}
	return all
}

// ask fills in formats and controls.
func (c *Camera) ask() error {
	d, err := v4l2.Open(c.Path)
	if err != nil {
		return err
	}
	err = errors.Join(c.askFormats(d), c.askControls(d))
	return errors.Join(err, d.Close())
}

func (c *Camera) askFormats(d *v4l2.Device) error {
	formats, err := d.Formats()
	if err != nil {
		return err
	}
	for _, f := range formats {
		described := Format{f.FourCC.String(), f.Description, f.Compressed, f.FourCC.Supported(), []Size{}}
		if described.Supported {
			if described.Sizes, err = askSizes(d, f.FourCC); err != nil {
				return err
			}
		}
		c.Formats = append(c.Formats, described)
	}
	return nil
}

func askSizes(d *v4l2.Device, format v4l2.FourCC) ([]Size, error) {
	sizes, err := d.Sizes(format)
	if err != nil {
		return nil, err
	}
	all := []Size{}
	for _, s := range sizes {
		size := Size{Width: s.Width.Max, Height: s.Height.Max}
		if s.Width.Min != s.Width.Max || s.Height.Min != s.Height.Max {
			size.Least = &Pair{s.Width.Min, s.Height.Min}
			size.Step = &Pair{s.Width.Step, s.Height.Step}
		}
		rates, err := d.Rates(format, size.Width, size.Height)
		if err != nil {
			return nil, err
		}
		size.FPS = append([]float64{}, rates...)
		all = append(all, size)
	}
	return all, nil
}

func (c *Camera) askControls(d *v4l2.Device) error {
	controls, err := d.Controls()
	if err != nil {
		return err
	}
	for _, o := range controls {
		control := Control{
			Name: o.Name, Type: o.Type, Least: o.Min, Greatest: o.Max, Step: o.Step,
			Default: o.Default, Value: o.Value, ReadOnly: o.ReadOnly, Inactive: o.Inactive,
		}
		for _, item := range o.Items {
			control.Items = append(control.Items, Item(item))
		}
		c.Controls = append(c.Controls, control)
	}
	return nil
}

// Usable reports whether the camera offers a format that EdgeCLR reads.
func (c Camera) Usable() bool {
	for _, f := range c.Formats {
		if f.Supported {
			return true
		}
	}
	return false
}
