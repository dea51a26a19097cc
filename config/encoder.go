package config

import (
	"fmt"
	"math"
	"strconv"
)

// Encoder names a user's own encoder, which serves in place of the store's.
type Encoder struct {
	File string `yaml:"file"` // a .tflite file: one picture in, one vector out; "" is none
	// Mean and Std make a float input of the file from pixels of 0 to 255. One number,
	// or one for each of R, G, B. None: the file's metadata say it.
	Mean []string `yaml:"mean"`
	Std  []string `yaml:"std"`
}

// Numbers are Mean and Std as numbers. They are valid in a configuration that is.
func (e Encoder) Numbers() (mean, std []float32) {
	mean, _ = numbers(e.Mean)
	std, _ = numbers(e.Std)
	return mean, std
}

func numbers(texts []string) (list []float32, err error) {
	for _, text := range texts {
		x, err := strconv.ParseFloat(text, 32)
		if err != nil || math.IsNaN(x) || math.Abs(x) > 1e6 {
			return nil, fmt.Errorf("%q is not a number of at most 1e6", text)
		}
		list = append(list, float32(x))
	}
	if n := len(list); n > 3 || n == 2 {
		return nil, fmt.Errorf("%d numbers are not allowed: give one, or one for each of R, G, B", n)
	}
	return list, nil
}

// encoderProblems lists what is wrong with the encoder's keys. Whether the file can be
// served is found when it is opened.
func (c Config) encoderProblems() []Problem {
	var problems []Problem
	add := func(key, text string) { problems = append(problems, Problem{Key: key, Text: text}) }
	mean, err := numbers(c.Encoder.Mean)
	if err != nil {
		add("encoder.mean", err.Error())
	}
	std, err := numbers(c.Encoder.Std)
	if err != nil {
		add("encoder.std", err.Error())
	}
	for _, x := range std {
		if math.Abs(float64(x)) < 1e-6 {
			add("encoder.std", fmt.Sprintf("%v is too near to 0: pixels are divided by it", x))
		}
	}
	if len(problems) == 0 && (len(mean) == 0) != (len(std) == 0) {
		add("encoder.std", "encoder.mean and encoder.std belong together: give both, or none")
	}
	if c.Encoder.File != "" && c.Model.Runtime == RuntimeTensorFlow {
		add("encoder.file", "a .tflite file runs by LiteRT: give model.runtime: auto or litert")
	}
	return problems
}
