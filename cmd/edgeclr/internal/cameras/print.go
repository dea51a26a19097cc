package cameras

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Print writes a camera for people.
func (c Camera) Print(w io.Writer) {
	fmt.Fprintf(w, "%s\n", c.URI)
	if c.Error != "" {
		fmt.Fprintf(w, "  %s\n", c.Error)
		return
	}
	fmt.Fprintf(w, "  device   %s: %s (%s, %s)\n", c.Path, c.Card, c.Driver, c.Bus)
	var others []string
	for _, f := range c.Formats {
		if !f.Supported {
			others = append(others, f.Format)
			continue
		}
		fmt.Fprintf(w, "  format   %-6s %s\n", f.Format, f.Description)
		for _, s := range f.Sizes {
			fmt.Fprintf(w, "           %s\n", s)
		}
	}
	if len(others) > 0 {
		fmt.Fprintf(w, "  not read %s\n", strings.Join(others, " "))
	}
	for _, o := range c.Controls {
		fmt.Fprintf(w, "  control  %s\n", o)
	}
}

// String is "640x480 at 30 15 fps", or "16x16 to 1920x1080 at 60 fps".
func (s Size) String() string {
	text := fmt.Sprintf("%dx%d", s.Width, s.Height)
	if s.Least != nil {
		text = fmt.Sprintf("%dx%d to %s", s.Least.Width, s.Least.Height, text)
	}
	var rates []string
	for _, r := range s.FPS {
		rates = append(rates, strconv.FormatFloat(r, 'f', -1, 64))
	}
	if len(rates) > 0 {
		text += " at " + strings.Join(rates, " ") + " fps"
	}
	return text
}

// String is "brightness (int) 0 to 255, 128 by default, now 100".
func (o Control) String() string {
	text := fmt.Sprintf("%s (%s)", o.Name, o.Type)
	switch {
	case o.Type == "button" || o.Type == "string" || o.Type == "other":
		return text
	case len(o.Items) > 0:
		var items []string
		for _, i := range o.Items {
			items = append(items, fmt.Sprintf("%d %s", i.Index, i.Name))
		}
		text += " " + strings.Join(items, ", ") + ";"
	case o.Type != "bool":
		text += fmt.Sprintf(" %d to %d,", o.Least, o.Greatest)
	}
	text += fmt.Sprintf(" %d by default, now %d", o.Default, o.Value)
	if o.ReadOnly {
		text += ", read only"
	}
	if o.Inactive {
		text += ", without effect while another control is automatic"
	}
	return text
}
