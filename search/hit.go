package search

// Hit is one neighbour.
type Hit struct {
	ID         uint64
	Similarity float32 // cosine, -1 to 1
}

// before orders hits: larger similarity first, then smaller id.
func (h Hit) before(o Hit) bool {
	return h.Similarity > o.Similarity || h.Similarity == o.Similarity && h.ID < o.ID
}
