package client

// Health answers GET /readyz.
type Health struct {
	Ready  bool    `json:"ready"` // every check that is required is good
	Checks []Check `json:"checks"`
}

// Check is one thing that has to be well.
type Check struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Required bool   `json:"required"`        // for the service to be ready
	Error    string `json:"error,omitempty"` // what is wrong
}
