package verify

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// kind is what a field of a table holds.
type kind uint8

const (
	scalar  kind = iota // width bytes in the table itself
	text                // offset to a string
	vector              // offset to a vector of scalars of width bytes
	texts               // offset to a vector of offsets to strings
	one                 // offset to a table
	many                // offset to a vector of offsets to tables
	union               // offset to a table; the field before it says of which type
	ignored             // offset that nobody follows
	refused             // must not be there
)

// field describes a field of a table. Its place in the table's list is its id.
type field struct {
	name  string
	kind  kind
	width int            // scalar, vector
	table *table         // one, many
	union map[byte]table // union; a type that is not listed is not followed
}

// table describes a table of a schema. A field with an id beyond the list comes from a
// newer schema. It is refused, since the library may follow it.
type table struct {
	name   string
	fields []field
}

// maxTables is the largest number of tables in a vector. Offsets can share a target, so
// without a limit a file of some MB could ask for as many GB of Go values.
const maxTables = 100_000

// structure walks a flatbuffer along the tables of a schema.
type structure struct {
	data  []byte
	newer bool // fields that the schema does not list are ignored: nobody follows them
	left  int  // tables, strings and bytes of vectors that may still be visited; bounds files whose offsets share targets
	where []string
}

// check verifies the flatbuffer, whose root is a table of type root. The recursion is as
// deep as the schema, which has no cycle.
func (s *structure) check(root table) error {
	s.left = 4*len(s.data) + 1<<10
	return s.reference(0, root)
}

// identified tells whether a flatbuffer has an identifier.
func identified(data []byte, identifier string) bool {
	return len(data) >= 8 && string(data[4:8]) == identifier
}

// fail reports a wrong place.
func (s *structure) fail(format string, args ...any) error {
	return damaged(strings.Join(s.where, "."), format, args...)
}

// room checks that n bytes from pos on are in the file, and that pos is a multiple of
// align.
func (s *structure) room(pos, n, align int) error {
	switch {
	case pos < 0 || n < 0 || pos > len(s.data) || n > len(s.data)-pos:
		return s.fail("%d bytes at %d lie outside the file of %d bytes", n, pos, len(s.data))
	case pos%align != 0:
		return s.fail("byte %d is not aligned to %d", pos, align)
	}
	return nil
}

// spend counts work. Offsets that share a target could otherwise make a small file take
// hours.
func (s *structure) spend(n int) error {
	if s.left -= n; s.left < 0 {
		return s.fail("the file refers to the same bytes too often")
	}
	return nil
}

// follow reads the offset at pos and returns its target.
func (s *structure) follow(pos int) (int, error) {
	if err := s.room(pos, 4, 4); err != nil {
		return 0, err
	}
	offset := binary.LittleEndian.Uint32(s.data[pos:])
	if offset == 0 || uint64(offset) >= uint64(len(s.data)-pos) {
		return 0, s.fail("the offset %d at byte %d points out of the file", offset, pos)
	}
	return pos + int(offset), nil
}

// reference verifies the table that the offset at pos refers to.
func (s *structure) reference(pos int, t table) error {
	s.where = append(s.where, t.name)
	defer func() { s.where = s.where[:len(s.where)-1] }()
	start, err := s.follow(pos)
	if err != nil {
		return err
	}
	return s.table(start, t)
}

// table verifies the table at start.
func (s *structure) table(start int, t table) error {
	if err := s.spend(8); err != nil {
		return err
	}
	if err := s.room(start, 4, 4); err != nil {
		return err
	}
	vtable := start - int(int32(binary.LittleEndian.Uint32(s.data[start:])))
	if err := s.room(vtable, 4, 2); err != nil {
		return err
	}
	length := int(binary.LittleEndian.Uint16(s.data[vtable:]))
	inline := int(binary.LittleEndian.Uint16(s.data[vtable+2:]))
	if length < 4 || length%2 != 0 || inline < 4 {
		return s.fail("the table at byte %d has a vtable of %d bytes and a body of %d", start, length, inline)
	}
	if err := s.room(vtable, length, 2); err != nil {
		return err
	}
	if err := s.room(start, inline, 4); err != nil {
		return err
	}
	at := func(id int) int { // of the field, within the body; 0: absent
		if 4+2*id >= length {
			return 0
		}
		return int(binary.LittleEndian.Uint16(s.data[vtable+4+2*id:]))
	}
	for id := range (length - 4) / 2 {
		offset := at(id)
		if offset == 0 {
			continue
		}
		if id >= len(t.fields) && s.newer {
			continue
		}
		if id >= len(t.fields) {
			return unsupported(strings.Join(s.where, "."), mendOperator, "the table has a field %d, which comes from a newer converter", id)
		}
		f := t.fields[id]
		width := 4
		if f.kind == scalar {
			width = f.width
		}
		if offset < 4 || offset+width > inline {
			return s.fail("the field %s lies outside its table", f.name)
		}
		var of byte
		if f.kind == union {
			if before := at(id - 1); before != 0 {
				of = s.data[start+before] // in the body: the field before was checked
			}
		}
		if err := s.field(start+offset, f, of); err != nil {
			return err
		}
	}
	return nil
}

// field verifies the field at pos. Of is the type of a union.
func (s *structure) field(pos int, f field, of byte) error {
	s.where = append(s.where, f.name)
	defer func() { s.where = s.where[:len(s.where)-1] }()
	switch f.kind {
	case scalar:
		return s.room(pos, f.width, f.width)
	case refused:
		return unsupported(strings.Join(s.where, "."), mendOperator, "the field is not supported")
	case ignored:
		return s.room(pos, 4, 4)
	case one:
		return s.reference(pos, *f.table)
	case union:
		if t, ok := f.union[of]; ok {
			return s.reference(pos, t)
		}
		_, err := s.follow(pos) // the rules refuse an operator with options that are not its own
		return err
	}
	start, err := s.follow(pos)
	if err != nil {
		return err
	}
	return s.vector(start, f)
}

// vector verifies a vector or string whose length stands at start.
func (s *structure) vector(start int, f field) error {
	if err := s.room(start, 4, 4); err != nil {
		return err
	}
	n := int(binary.LittleEndian.Uint32(s.data[start:]))
	width := 4
	switch f.kind {
	case vector:
		width = f.width
	case text:
		width = 1
	}
	if n > len(s.data)/width {
		return s.fail("a length of %d does not fit into the file of %d bytes", n, len(s.data))
	}
	if f.kind == many && n > maxTables {
		return unsupported(strings.Join(s.where, "."), "give a smaller encoder", "it has %d entries, and the limit is %d", n, maxTables)
	}
	if err := s.spend(8 + n*width); err != nil {
		return err
	}
	elements := start + 4
	if err := s.room(elements, n*width, width); err != nil {
		return err
	}
	for i := range n {
		var err error
		switch f.kind {
		case many:
			s.where[len(s.where)-1] = fmt.Sprintf("%s[%d]", f.name, i)
			err = s.reference(elements+4*i, *f.table)
		case texts:
			var at int
			if at, err = s.follow(elements + 4*i); err == nil {
				err = s.vector(at, field{name: f.name, kind: text})
			}
		}
		if err != nil {
			return err
		}
	}
	if f.kind == text {
		if elements+n >= len(s.data) || s.data[elements+n] != 0 {
			return s.fail("the text at byte %d does not end with a zero", start)
		}
	}
	return nil
}
