package render

// Frame is what differs from one picture to the next.
type Frame struct {
	Seed   uint64 // of the noise of the sensor and of drops and flakes
	Time   float32
	Moving *Mesh
	Owners []Owner // of the triangles of Moving, by Triangle.Owner
	Blots  []Blot

	Sky     Sky
	Ambient Vec   // light from all of the upper half of the sky
	Bounce  Vec   // light from below
	Sun     Sun   // a light that is far away
	Lamps   []Vec // light of each lamp of the place at a distance of one metre
	Spots   []Spot
	Glow    float32 // strength of what glows by itself in the place, as lit windows do

	Wet, Snow  float32 // how far water and snow cover the ground, 0 to 1
	Haze       float32 // share of the light that is lost on 100 metres, 0 to 1
	Rain, Fall float32 // strength of falling rain and snow, 0 to 1
	Wind       float32 // sway of the leaves, in pixels of a picture of 480 rows

	Sensor Sensor
}

// Owner is a thing that moves.
type Owner struct {
	Kind    string // counts in Truth.Counts; "" belongs to another thing and does not count by itself
	Scenery bool   // part of the place, as a door is: neither counts nor is foreground
}

// Blot is a place on the ground or on a table where a thing takes away the light of the sky: a rounded rectangle.
type Blot struct {
	At           Vec
	Yaw          float32
	Long, Wide   float32 // half sides, in metres
	Reach        float32 // how far it goes beyond, in metres
	Dark         float32 // 0 to 1
	HighestAbove float32 // how far above At a surface is still darkened, in metres
}

// Sky is what the camera sees above the horizon, and what wet and polished surfaces mirror.
type Sky struct {
	Zenith, Horizon Vec
	Cloud           Vec     // colour of clouds
	Cover           float32 // share of the sky that they cover, 0 to 1
	Drift           Vec     // how far they have come
}

// Sun is a light that is so far away that its rays are parallel. No Colour: no sun.
type Sun struct {
	Toward Vec // unit direction to it
	Colour Vec
	Soft   int // width of the edge of shadows, in pixels of the shadow map
}

// Spot is a headlight. It throws no shadows.
type Spot struct {
	At, Ahead Vec
	Colour    Vec     // at a distance of one metre
	Wide      float32 // cosine of the angle at which its cone ends
	Range     float32 // metres, beyond which it counts as dark
}

// in returns the colour of the sky in a direction.
func (s *Sky) in(d Vec) Vec {
	c := s.Horizon.Mix(s.Zenith, Smooth(0, 0.6, d.Z))
	if s.Cover <= 0 || d.Z < 0.005 {
		return c
	}
	p := Vec{d.X, d.Y, 0}.Scale(0.9 / (d.Z + 0.12)).Add(s.Drift)
	thick := Smooth(1-2*s.Cover, 1.4-2*s.Cover, 1.5*Cloudy(p, 3)) * Smooth(0, 0.12, d.Z)
	return c.Mix(s.Cloud, thick)
}

// mirror is in without single clouds, for reflections.
func (s *Sky) mirror(z float32) Vec {
	if z < 0 {
		return s.Horizon.Scale(0.35 + 0.65*max(1+4*z, 0))
	}
	return s.Horizon.Mix(s.Zenith, min(1.6*z, 1)).Mix(s.Cloud, 0.7*s.Cover)
}
