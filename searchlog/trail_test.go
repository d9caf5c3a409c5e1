package searchlog

import (
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	trailTime = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	urlSafe   = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
)

func newSigner(t testing.TB, secret string) *Signer {
	t.Helper()
	s, err := NewSigner([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// walked is a trail of n steps.
func walked(n int) (t Trail) {
	for i := range n {
		t = t.Next(Step{SearchID: fmt.Sprintf("%026d", i), Decision: decisions[i%len(decisions)]})
	}
	return t
}

func TestTrail(t *testing.T) {
	s := newSigner(t, "0123456789abcdef")
	for _, n := range []int{0, 1, 2, maxSteps, maxSteps + 1, 100} {
		trail := walked(n)
		token := s.Sign(trail, trailTime)
		got, err := s.Read(token, trailTime.Add(TrailLife))
		if err != nil || !reflect.DeepEqual(got, trail) {
			t.Errorf("%d steps: %+v, %v; want %+v", n, got, err, trail)
		}
		if len(got.Steps) != min(n, maxSteps) || n > 0 && got.Steps[len(got.Steps)-1].SearchID != fmt.Sprintf("%026d", n-1) {
			t.Errorf("%d steps: the last ones are %+v", n, got.Steps)
		}
		if !urlSafe.MatchString(token) || len(token) > 400 {
			t.Errorf("%d steps: %d bytes, %s", n, len(token), token)
		}
	}
	if a, b := walked(1), walked(1); a.Session == b.Session || len(a.Session) != 26 {
		t.Errorf("sessions %q, %q", a.Session, b.Session)
	}
	longest := Trail{Session: strings.Repeat("s", maxID)}
	for range maxSteps {
		longest = longest.Next(Step{SearchID: strings.Repeat("x", maxID)})
	}
	if token := s.Sign(longest, trailTime); len(token) != MaxToken-2 && len(token) != MaxToken {
		t.Errorf("the longest token has %d bytes, not %d", len(token), MaxToken)
	} else if got, err := s.Read(token, trailTime); err != nil || !reflect.DeepEqual(got, longest) {
		t.Errorf("the longest trail: %v", err)
	}
}

// A step added to a trail does not change another that was made of the same one.
func TestNextCopies(t *testing.T) {
	base := walked(3)
	a, b := base.Next(Step{SearchID: "a"}), base.Next(Step{SearchID: "b"})
	if a.Steps[3].SearchID != "a" || b.Steps[3].SearchID != "b" || len(base.Steps) != 3 {
		t.Errorf("%+v, %+v", a, b)
	}
}

func TestTrailRefuses(t *testing.T) {
	s := newSigner(t, "0123456789abcdef")
	token := s.Sign(walked(2), trailTime)
	// signed is a token that we have signed, whatever it holds.
	signed := func(b ...byte) string { return base64.RawURLEncoding.EncodeToString(append(b, s.mac(b)...)) }
	for name, tt := range map[string]struct {
		token string
		after time.Duration
		want  error
	}{
		"empty":               {"", 0, ErrTrailInvalid},
		"garbage":             {"退款", 0, ErrTrailInvalid},
		"another secret":      {newSigner(t, "0123456789abcdeg").Sign(walked(2), trailTime), 0, ErrTrailInvalid},
		"cut":                 {token[:len(token)-4], 0, ErrTrailInvalid},
		"longer":              {token + "AAAA", 0, ErrTrailInvalid},
		"very long":           {strings.Repeat("A", 1<<20), 0, ErrTrailInvalid},
		"padded":              {token + "=", 0, ErrTrailInvalid},
		"expired":             {token, TrailLife + time.Second, ErrTrailExpired},
		"next version":        {signed(2, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0, ErrTrailInvalid},
		"signed, but short":   {signed(1, 0), 0, ErrTrailInvalid},
		"signed, but empty":   {signed(), 0, ErrTrailInvalid},
		"id longer than rest": {signed(1, 0, 0, 0, 0, 0, 0, 0, 0, 9, 'a'), 0, ErrTrailInvalid},
		"unknown decision":    {signed(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 99, 0), 0, ErrTrailInvalid},
	} {
		if got, err := s.Read(tt.token, trailTime.Add(tt.after)); !errors.Is(err, tt.want) || !reflect.DeepEqual(got, Trail{}) {
			t.Errorf("%s: %+v, %v; want %v", name, got, err, tt.want)
		}
	}
	for i := range len(token) { // any one letter changed
		changed := []byte(token)
		changed[i] = map[bool]byte{true: 'B', false: 'A'}[token[i] == 'A']
		if _, err := s.Read(string(changed), trailTime); !errors.Is(err, ErrTrailInvalid) {
			t.Errorf("letter %d changed: %v", i, err)
		}
	}
	if _, err := NewSigner([]byte("short")); err == nil {
		t.Error("a short secret was accepted")
	}
}

// Nothing that somebody may send crashes the reader or passes for a trail.
func FuzzTrail(f *testing.F) {
	s := newSigner(f, "0123456789abcdef")
	f.Add([]byte(nil), false)
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'a', 1, 1, 'b'}, true)
	token := s.Sign(walked(3), trailTime)
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw[:len(raw)-macSize], true)
	f.Fuzz(func(t *testing.T, b []byte, sign bool) {
		if sign { // even what is signed may hold anything
			b = append(b, s.mac(b)...)
		}
		got, err := s.Read(base64.RawURLEncoding.EncodeToString(b), time.Unix(0, 0))
		if err != nil {
			return
		}
		if !sign {
			t.Fatalf("accepted without a signature: %+v", got)
		}
		if again, err := s.Read(s.Sign(got, trailTime), trailTime); err != nil || len(again.Steps) != len(got.Steps) {
			t.Errorf("%+v was signed again and is %+v, %v", got, again, err)
		}
	})
}

func BenchmarkTrail(b *testing.B) {
	s := newSigner(b, "0123456789abcdef")
	token := s.Sign(walked(maxSteps), trailTime)
	b.ReportAllocs()
	for b.Loop() {
		t, err := s.Read(token, trailTime)
		if err != nil {
			b.Fatal(err)
		}
		token = s.Sign(t.Next(Step{SearchID: "W6TRNHNTR7VCR5IK36IKY7F4KG", Decision: "answer"}), trailTime)
	}
}
