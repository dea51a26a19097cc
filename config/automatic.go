package config

// upperStages is how many stages of the encoder learn by default. What the lower ones know
// is general, and they take most of the memory and time of a step: see docs/learning.md, "At
// the serving size".
const upperStages = 2

// The automatic values of Learn.LR and Learn.Size depend on which stages learn.
const (
	rateOfUpperStages = 0.03
	rateOfMoreStages  = 0.003 // ten times this rate ruins a pretrained encoder
	smallLearningSize = 96    // pixels; the memory and time of a step of all stages rise with the square
)

// upperStagesAlone tells whether no more stages learn than do by default.
func (l Learn) upperStagesAlone() bool { return l.Stages > 0 && l.Stages <= upperStages }

// LearningRate is the rate of encoder and head once the encoder learns: Learn.LR. Where that
// is automatic, it is 0.03 if the upper stages learn alone, and 0.003 if more learn.
func (c Config) LearningRate() float64 {
	switch {
	case c.Learn.LR > 0:
		return c.Learn.LR
	case c.Learn.upperStagesAlone():
		return rateOfUpperStages
	}
	return rateOfMoreStages
}
