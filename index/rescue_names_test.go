package index

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNearestName(t *testing.T) {
	names := []string{"iphone", "android", "phone", "wifi", "login", "logic"}
	s := &speller{names: names, nameLetters: letterMasks(names), namesBy: byFirst(names)}
	for _, c := range []struct{ typed, want string }{
		{"ipone", "iphone"}, // phone is as near, but less frequent
		{"ihpone", "iphone"}, {"iphnoe", "iphone"}, {"adnroid", "android"}, {"andriod", "android"}, {"androoiid", "android"},
		{"logim", "login"}, {"wifii", "wifi"}, {"wfi", ""}, {"wifixx", ""}, {"androixx", "android"}, {"fifi", ""}, {"iwfi", "wifi"},
		{"ipone15", ""}, {"oracle", ""}, {"", ""}, {"手机", ""}, {strings.Repeat("iphone", 10), ""},
	} {
		if got := s.nearestName(c.typed); got != c.want {
			t.Errorf("%s: %q, want %q", c.typed, got, c.want)
		}
	}
}

// TestEdits compares with the recursive definition of the optimal string alignment distance.
func TestEdits(t *testing.T) {
	var slow func(a, b string) int
	slow = func(a, b string) int {
		if a == "" || b == "" {
			return len(a) + len(b)
		}
		i, j := len(a)-1, len(b)-1
		d := slow(a[:i], b[:j])
		if a[i] != b[j] {
			d++
		}
		d = min(d, slow(a[:i], b)+1, slow(a, b[:j])+1)
		if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
			d = min(d, slow(a[:i-1], b[:j-1])+1)
		}
		return d
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringMatching("[ab]{0,6}").Draw(t, "a"), rapid.StringMatching("[abc]{0,6}").Draw(t, "b")
		limit := rapid.IntRange(0, 7).Draw(t, "limit")
		want, got := slow(a, b), edits(a, b, limit)
		if got != want && (got <= limit || want <= limit) {
			t.Fatalf("edits(%q, %q, %d) = %d, want %d", a, b, limit, got, want)
		}
	})
}
