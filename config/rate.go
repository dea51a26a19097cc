package config

// upperStages is how many stages of the encoder learn by default. What the lower ones know
// is general, and they take most of a step's time: see docs/learning.md, "At the serving
// size".
const upperStages = 2

// Learning rates where nobody sets one.
const (
	rateOfUpperStages = 0.03
	rateOfMoreStages  = 0.003 // ten times this rate ruins a pretrained encoder whose lower stages learn too
)

// LearningRate is the rate of encoder and head once the encoder learns: Learn.LR. Where that
// is automatic, it is 0.03 if one or two stages learn, and 0.003 if more do.
func (c Config) LearningRate() float64 {
	switch {
	case c.Learn.LR > 0:
		return c.Learn.LR
	case c.Learn.Stages > 0 && c.Learn.Stages <= upperStages:
		return rateOfUpperStages
	}
	return rateOfMoreStages
}
