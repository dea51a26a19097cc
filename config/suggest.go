package config

import (
	"fmt"
	"strings"
)

// didYouMean ends a message with the nearest known name, if one is near.
func didYouMean(name string, known []string) string {
	// A third of the letters may be wrong, not counting what all names share.
	own := strings.TrimPrefix(name[strings.LastIndex(name, ".")+1:], envPrefix)
	best, distance := "", len(own)/3+1
	for _, k := range known {
		// "batch" at the top level most likely means "learn.batch".
		if strings.HasSuffix(k, "."+name) {
			return fmt.Sprintf("; did you mean %q?", k)
		}
		if d := editDistance(name, k); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// editDistance is Levenshtein's, over bytes.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64 // no key is that long
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
