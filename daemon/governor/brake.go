package governor

// brake holds from a limit on until a reading is clearly below it.
type brake struct {
	limit  float64 // holds above; 0: never
	resume float64 // goes on below
	on     bool
}

// holds takes a reading, known when there is one, and tells whether to hold.
func (b *brake) holds(reading float64, known bool) bool {
	switch {
	case !known || b.limit == 0:
		b.on = false
	case reading > b.limit:
		b.on = true
	case reading < b.resume:
		b.on = false
	}
	return b.on
}
