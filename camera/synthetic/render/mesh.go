package render

// Material is the surface of a shape.
type Material struct {
	Colour Vec                 // share of the light that it throws back
	Gloss  float32             // 0 matt, 1 polished
	Metal  bool                // what it mirrors has its own colour
	Glow   Vec                 // light of its own
	Paint  func(local Vec) Vec // multiplies Colour at a point of the shape; nil: nothing
}

// Triangle is a part of a surface. Corners are in the world; Local are the same corners in the coordinates of the shape.
type Triangle struct {
	At, Normal, Local [3]Vec
	Material          *Material
	Owner             int // index of the thing that it belongs to
}

// Mesh is a set of triangles. Its methods add shapes (shapes.go) in the coordinates of Pose, with Material, for Owner.
type Mesh struct {
	Triangles []Triangle
	Pose      Pose
	Material  *Material
	Owner     int
}

// NewMesh returns an empty mesh whose shapes are in the coordinates of the world.
func NewMesh() *Mesh { return &Mesh{Pose: Stand(Vec{}, 0)} }

// Reset removes all triangles and keeps the memory.
func (m *Mesh) Reset() { m.Triangles = m.Triangles[:0] }

// Triangle adds a triangle with a normal at each corner, in the coordinates of Pose.
func (m *Mesh) Triangle(at, normal [3]Vec) {
	t := Triangle{Local: at, Material: m.Material, Owner: m.Owner}
	for i := range at {
		t.At[i], t.Normal[i] = m.Pose.Point(at[i]), m.Pose.Dir(normal[i])
	}
	m.Triangles = append(m.Triangles, t)
}

// Quad adds a flat face with the corners in order.
func (m *Mesh) Quad(a, b, c, d Vec) {
	n := b.Sub(a).Cross(c.Sub(a))
	if n.Dot(n) == 0 {
		n = c.Sub(a).Cross(d.Sub(a))
	}
	n = n.Unit()
	m.Triangle([3]Vec{a, b, c}, [3]Vec{n, n, n})
	m.Triangle([3]Vec{a, c, d}, [3]Vec{n, n, n})
}

// patch adds a curved face with a normal at each corner.
func (m *Mesh) patch(at, normal [4]Vec) {
	m.Triangle([3]Vec{at[0], at[1], at[2]}, [3]Vec{normal[0], normal[1], normal[2]})
	m.Triangle([3]Vec{at[0], at[2], at[3]}, [3]Vec{normal[0], normal[2], normal[3]})
}
