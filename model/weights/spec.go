package weights

// Spec is a tensor that an architecture wants.
type Spec struct {
	Name  string
	Shape []int
}
