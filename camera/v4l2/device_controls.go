package v4l2

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// Controls lists the controls of the device with their current values.
func (d *Device) Controls() ([]Control, error) {
	var all []Control
	for id := uint32(0); len(all) < maxEnumerated; {
		q, err := d.queryControl(id | ctrlFlagNext)
		if err != nil {
			if endOfList(err) {
				break
			}
			return nil, d.fail("listing controls", err)
		}
		if q.id <= id { // a driver that goes in circles
			break
		}
		id = q.id
		if q.typ == ctrlClass || q.flags&ctrlFlagDisabled != 0 {
			continue
		}
		all = append(all, d.describe(q))
	}
	return all, nil
}

// queryControl asks for a control. It falls back to the old request, which is the only one
// that old drivers know.
func (d *Device) queryControl(id uint32) (queryExtCtrl, error) {
	q := queryExtCtrl{id: id}
	err := ioctl(d.fd, vidiocQueryExtCtrl, &q)
	if !errors.Is(err, unix.ENOTTY) {
		return q, err
	}
	old := queryctrl{id: id}
	err = ioctl(d.fd, vidiocQueryctrl, &old)
	return queryExtCtrl{
		id: old.id, typ: old.typ, name: old.name, flags: old.flags,
		minimum: int64(old.minimum), maximum: int64(old.maximum), step: uint64(max(old.step, 0)), defaultValue: int64(old.defaultValue),
	}, err
}

func (d *Device) describe(q queryExtCtrl) Control {
	c := Control{
		ID: q.id, Name: normalized(text(q.name[:])), Type: cmp.Or(controlTypes[q.typ], "other"),
		Min: q.minimum, Max: q.maximum, Step: int64(q.step), Default: q.defaultValue,
		ReadOnly: q.flags&ctrlFlagReadOnly != 0, Inactive: q.flags&ctrlFlagInactive != 0,
	}
	if q.dimensions > 0 {
		c.Type = "other"
	}
	if q.flags&ctrlFlagWriteOnly == 0 {
		c.Value, _ = d.value(c) // 0 for a control that cannot be read now
	}
	if c.Type == "menu" || c.Type == "intmenu" {
		c.Items = d.items(c)
	}
	return c
}

// items lists a menu, without the numbers that the driver leaves out.
func (d *Device) items(c Control) []Item {
	var all []Item
	for i := max(c.Min, 0); i <= c.Max && len(all) < maxEnumerated; i++ {
		m := querymenu{id: c.ID, index: uint32(i)}
		if ioctl(d.fd, vidiocQuerymenu, &m) != nil {
			continue
		}
		name := text(m.item[:])
		if c.Type == "intmenu" {
			name = strconv.FormatInt(int64(binary.NativeEndian.Uint64(m.item[:])), 10)
		}
		all = append(all, Item{i, name})
	}
	return all
}

// value reads a control.
func (d *Device) value(c Control) (int64, error) {
	switch c.Type {
	case "int64":
		e := extControl{id: c.ID}
		err := ioctl(d.fd, vidiocGExtCtrls, &extControls{count: 1, controls: &e})
		return int64(uint64(e.value[1])<<32 | uint64(e.value[0])), err
	case "string", "other", "button":
		return 0, nil
	}
	v := control{id: c.ID}
	err := ioctl(d.fd, vidiocGCtrl, &v)
	if c.Type == "bitmask" {
		return int64(uint32(v.value)), err
	}
	return int64(v.value), err
}

// SetControls sets controls by their names. It sets menus and switches first, since
// they decide whether a number has an effect: the exposure time counts only after the
// exposure was set to manual. SetControls ends at the first error. The error matches
// [ErrSetting] when the camera has no such control or value.
func (d *Device) SetControls(values map[string]string) error {
	if len(values) == 0 {
		return nil
	}
	controls, err := d.Controls()
	if err != nil {
		return err
	}
	type wanted struct {
		Control
		value int64
	}
	var all []wanted
	for _, name := range slices.Sorted(maps.Keys(values)) {
		c, err := findControl(controls, name)
		if err != nil {
			return fmt.Errorf("%s: %w", d.path, err)
		}
		n, err := c.parse(values[name])
		if err != nil {
			return fmt.Errorf("%s: %w", d.path, err)
		}
		all = append(all, wanted{c, n})
	}
	slices.SortStableFunc(all, func(a, b wanted) int { return cmp.Compare(a.order(), b.order()) })
	for _, w := range all {
		if err := d.setValue(w.Control, w.value); err != nil {
			return err
		}
	}
	return nil
}

// order returns the place of a control in the order of setting.
func (c Control) order() int {
	switch c.Type {
	case "menu", "bool":
		return 0
	}
	return 1
}

func (d *Device) setValue(c Control, n int64) error {
	var err error
	if c.Type == "int64" {
		e := extControl{id: c.ID, value: [2]uint32{uint32(n), uint32(n >> 32)}}
		err = ioctl(d.fd, vidiocSExtCtrls, &extControls{count: 1, controls: &e})
	} else {
		err = ioctl(d.fd, vidiocSCtrl, &control{c.ID, int32(uint32(n))})
	}
	operation := fmt.Sprintf("setting %s to %d", c.Name, n)
	switch {
	case err == nil:
		return nil
	case c.Inactive && !errors.Is(err, unix.ENODEV):
		return fmt.Errorf("%s: %s: %w: it is inactive; switch the automatic control that governs it off too (%w)", d.path, operation, ErrSetting, err)
	case errors.Is(err, unix.ERANGE), errors.Is(err, unix.EINVAL), errors.Is(err, unix.EACCES):
		return fmt.Errorf("%s: %s: %w: %w", d.path, operation, ErrSetting, err)
	}
	return d.fail(operation, err)
}
