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

// EncoderFile is a .tflite file that a configuration names.
type EncoderFile struct {
	Path string // "" is none
	// Mean and Std are numbers in a configuration that is valid: see Encoder.
	Mean, Std []float32
	// Key, MeanKey and StdKey are the keys that say this, for messages.
	Key, MeanKey, StdKey string
	// Purpose is what the file is for, after "cannot", for messages.
	Purpose string
}

// ServingFile is the file of encoder.file.
func (c Config) ServingFile() EncoderFile {
	return encoderFile(c.Encoder.File, c.Encoder.Mean, c.Encoder.Std, EncoderFile{
		Key: "encoder.file", MeanKey: "encoder.mean", StdKey: "encoder.std", Purpose: "serve"})
}

// TeacherFile is the file of learn.teacher.
func (c Config) TeacherFile() EncoderFile {
	return encoderFile(c.Learn.Teacher, c.Learn.TeacherMean, c.Learn.TeacherStd, EncoderFile{
		Key: "learn.teacher", MeanKey: "learn.teacher_mean", StdKey: "learn.teacher_std", Purpose: "teach"})
}

func encoderFile(path string, mean, std []string, f EncoderFile) EncoderFile {
	f.Path = path
	f.Mean, _ = numbers(mean)
	f.Std, _ = numbers(std)
	return f
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

// fileProblems lists what is wrong with the keys of a file. Mean and std are their
// values. Whether the file can be used is found when it is opened.
func (c Config) fileProblems(f EncoderFile, meanTexts, stdTexts []string) []Problem {
	var problems []Problem
	add := func(key, text string) { problems = append(problems, Problem{Key: key, Text: text}) }
	mean, err := numbers(meanTexts)
	if err != nil {
		add(f.MeanKey, err.Error())
	}
	std, err := numbers(stdTexts)
	if err != nil {
		add(f.StdKey, err.Error())
	}
	for _, x := range std {
		if math.Abs(float64(x)) < 1e-6 {
			add(f.StdKey, fmt.Sprintf("%v is too near to 0: pixels are divided by it", x))
		}
	}
	if len(problems) == 0 && (len(mean) == 0) != (len(std) == 0) {
		add(f.StdKey, fmt.Sprintf("%s and %s belong together: give both, or none", f.MeanKey, f.StdKey))
	}
	if f.Path != "" && c.Model.Runtime == RuntimeTensorFlow {
		add(f.Key, "a .tflite file runs by LiteRT: give model.runtime: auto or litert")
	}
	return problems
}
