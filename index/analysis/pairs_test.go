package analysis

import (
	"math"
	"slices"
	"testing"
)

func TestFollowers(t *testing.T) {
	for _, c := range []struct {
		first, next rune
		low, high   float64
	}{
		{'什', '么', .8, 1}, {'敏', '感', .05, .3}, {'闻', '么', 0, 0}, {'a', '么', 0, 0}, {'么', 'a', 0, 0},
	} {
		if share := FollowersOf(c.first).Share(c.next); share < c.low || share > c.high {
			t.Errorf("%c is followed by %c in %.3f of its occurrences, want %.2f to %.2f", c.first, c.next, share, c.low, c.high)
		}
	}
	// Of all that can follow there is never more than what is followed, but for the rounding of both.
	for first, f := range pairs().followers {
		sum := 0.0
		for _, share := range f.shares {
			sum += float64(share)
		}
		if sum > 2 || !slices.IsSorted(f.chars) {
			t.Errorf("%c is followed in %.2f of its occurrences", first, sum)
		}
	}
}

func TestUsualChars(t *testing.T) {
	usual := UsualChars()
	sum := 0.0
	for _, u := range usual {
		sum += u.Share
		if len(Readings(u.Char)) == 0 && u.Char != '嗯' { // which is said without a vowel
			t.Errorf("nothing is known of how %c is read", u.Char)
		}
	}
	if n := len(usual); n < 3000 || n > 4000 || math.Abs(sum-1) > .02 {
		t.Errorf("%d characters are usual, %.4f of a text", n, sum)
	}
	if !slices.IsSortedFunc(usual, func(a, b UsualChar) int { return int(a.Char - b.Char) }) {
		t.Error("they are not in order")
	}
}

func TestDamagedPairs(t *testing.T) {
	if _, err := newPairTable(pairsData[:1000]); err == nil {
		t.Error("a table that is cut off was read")
	}
}
