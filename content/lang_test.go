package content

import (
	"testing"
	"unicode"
)

func TestHanIsHan(t *testing.T) {
	for r := firstHan; r <= lastHan; r++ {
		if !unicode.Is(unicode.Han, r) {
			t.Fatalf("%U is not Han", r)
		}
	}
}
