// Package verifytest writes .tflite files for tests: good ones of any operator, and
// wrong ones that no converter writes. It uses the raw builder of flatbuffers, so that
// each field can hold anything.
package verifytest
