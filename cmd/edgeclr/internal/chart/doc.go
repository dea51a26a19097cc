// Package chart draws the charts of a report as PNG. It is the only package that
// imports gonum's plot, which adds 6 MB to a program, mostly fonts.
package chart
