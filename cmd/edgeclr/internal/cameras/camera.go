package cameras

// Camera is one device node.
type Camera struct {
	// URI names the camera as a source, by its link in /dev/v4l/by-id if it has
	// one.
	URI   string   `json:"uri"`
	Path  string   `json:"path"`
	Links []string `json:"links"`

	Card        string `json:"card"`
	Driver      string `json:"driver"`
	Bus         string `json:"bus"`
	Multiplanar bool   `json:"multiplanar"`

	Formats  []Format  `json:"formats"`
	Controls []Control `json:"controls"`

	// Error says why the camera did not describe itself, and what to do about it.
	Error string `json:"error,omitempty"`

	// Denied says that this user lacks permission.
	Denied bool `json:"denied"`
}

// Format is a pixel format.
type Format struct {
	Format      string `json:"format"`
	Description string `json:"description"`
	Compressed  bool   `json:"compressed"`

	// Supported says that EdgeCLR reads it. Other formats have no sizes here.
	Supported bool   `json:"supported"`
	Sizes     []Size `json:"sizes"`
}

// Size is a size in pixels with its frame rates. For a range of sizes, Width and Height
// are the greatest ones.
type Size struct {
	Width  int `json:"width"`
	Height int `json:"height"`

	// Least and Step describe a range. They are nil for a single size.
	Least *Pair `json:"least,omitempty"`
	Step  *Pair `json:"step,omitempty"`

	FPS []float64 `json:"fps"`
}

// Pair is a length in each direction.
type Pair struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Control is a setting of a camera.
type Control struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Least    int64  `json:"least"`
	Greatest int64  `json:"greatest"`
	Step     int64  `json:"step"`
	Default  int64  `json:"default"`
	Value    int64  `json:"value"`
	Items    []Item `json:"items,omitempty"`
	ReadOnly bool   `json:"read_only,omitempty"`
	Inactive bool   `json:"inactive,omitempty"`
}

// Item is one choice of a menu. Either its index or its name may be given as the
// value.
type Item struct {
	Index int64  `json:"index"`
	Name  string `json:"name"`
}
