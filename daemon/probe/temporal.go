package probe

import "math"

// measureTemporal sets [Scores.Temporal] and what belongs to it.
func (s *Scores) measureTemporal(gram []float64, pairs [][2]int) {
	partners := make(map[int]map[int]bool, 2*len(pairs))
	add := func(i, j int) {
		if partners[i] == nil {
			partners[i] = map[int]bool{}
		}
		partners[i][j] = true
	}
	for _, p := range pairs {
		add(p[0], p[1])
		add(p[1], p[0])
	}
	for i := range s.Pictures {
		if partners[i] == nil {
			continue
		}
		partner, other := math.Inf(-1), math.Inf(-1)
		for j, similarity := range gram[i*s.Pictures:][:s.Pictures] {
			switch {
			case partners[i][j]:
				partner = max(partner, similarity)
			case j != i:
				other = max(other, similarity)
			}
		}
		hit := 0.0
		if partner > other {
			hit = 1
		}
		s.TemporalEach = append(s.TemporalEach, hit)
		s.Temporal += hit
	}
	s.TemporalPictures = len(s.TemporalEach)
	s.Temporal /= float64(max(1, s.TemporalPictures))
}
