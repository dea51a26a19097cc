package pickle

// Besides the types below, values are nil, bool, int64, *big.Int (beyond 64
// bits), float64, string, []byte and whatever the Host returned.

// Tuple is a Python tuple. It must not be changed: several values may share it.
type Tuple []any

// List is a Python list.
type List struct{ Items []any }

// Item is one entry of a Dict.
type Item struct{ Key, Value any }

// Dict is a Python dict or collections.OrderedDict, in insertion order.
type Dict struct {
	Items []Item
	index map[string]int // of the text keys, all that weights have
}

// Get returns the value of a text key.
func (d *Dict) Get(key string) (any, bool) {
	i, ok := d.index[key]
	if !ok {
		return nil, false
	}
	return d.Items[i].Value, true
}

// set replaces the value of a text key in place, as Python does. Other keys
// are not compared: they keep every entry.
func (d *Dict) set(key, value any) {
	if text, ok := key.(string); ok {
		if i, ok := d.index[text]; ok {
			d.Items[i].Value = value
			return
		}
		if d.index == nil {
			d.index = make(map[string]int)
		}
		d.index[text] = len(d.Items)
	}
	d.Items = append(d.Items, Item{key, value})
}
