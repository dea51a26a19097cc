package client

// Health answers GET /readyz.
type Health struct {
	Ready  bool    `json:"ready"` // all required checks are good
	Checks []Check `json:"checks"`
}

// Check is one thing that must be good.
type Check struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Required bool   `json:"required"`        // for the service to be ready
	Error    string `json:"error,omitempty"` // what is wrong
}
