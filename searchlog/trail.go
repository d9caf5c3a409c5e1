package searchlog

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"slices"
	"sync"
	"time"
)

// A Trail is the way of one visitor: a session, which is a random name for somebody unknown, and the last searches. It
// travels as a token through the hands of a gateway to the human who takes over; what was asked, shown and opened is
// looked up in the log by those who may. Its zero value is a visitor who comes for the first time.
type Trail struct {
	Session string // 26 letters and digits; empty before the first step
	Steps   []Step // oldest first, at most maxSteps
}

// A Step is one search. Its Decision stands in the token so that a human sees the way even when the log has forgotten.
type Step struct {
	SearchID string
	Decision string
}

const (
	maxSteps = 8
	// TrailLife is how long after its last step a trail can be read.
	TrailLife = 72 * time.Hour
	// MaxToken is the length of the longest token there can be.
	MaxToken = (1 + 8 + 1 + maxID + maxSteps*(1+1+maxID) + macSize + 2) / 3 * 4

	maxID   = 64 // bytes of a session's and a search's id
	macSize = 16 // bytes; half of SHA-256 is as hard to guess
	version = 1
)

// Next returns the trail with one more step, begun if it was not. The oldest step makes room.
func (t Trail) Next(s Step) Trail {
	if t.Session == "" {
		t.Session = rand.Text()
	}
	steps := t.Steps[max(0, len(t.Steps)+1-maxSteps):]
	return Trail{Session: t.Session, Steps: append(slices.Clone(steps), s)}
}

// Why a token cannot be read.
var (
	ErrTrailInvalid = errors.New("searchlog: not a trail that was signed here")
	ErrTrailExpired = errors.New("searchlog: the trail is too old")
)

// A Signer turns trails into tokens and back. Whoever has its secret can make trails. Safe for concurrent use.
type Signer struct{ macs sync.Pool } // of hash.Hash, which cost more to make than to use

// MinSecret is the number of bytes that a secret must have at least.
const MinSecret = 16

// NewSigner returns a signer with a secret of at least MinSecret bytes. Servers that share visitors share the secret.
func NewSigner(secret []byte) (*Signer, error) {
	if len(secret) < MinSecret {
		return nil, fmt.Errorf("searchlog: a secret of %d bytes is too short; it needs %d", len(secret), MinSecret)
	}
	secret = slices.Clone(secret)
	return &Signer{macs: sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }}}, nil
}

// decisions are written as their number; add at the end only.
var decisions = []string{"", "answer", "choose", "suggest", "none"}

// Sign returns the token of a trail, letters, digits, - and _ only, at most MaxToken bytes; about 350 with eight steps.
// Its ids must have at most 64 bytes each.
func (s *Signer) Sign(t Trail, now time.Time) string {
	b := make([]byte, 0, 300)
	b = append(b, version)
	b = binary.BigEndian.AppendUint64(b, uint64(now.Unix()))
	b = appendID(b, t.Session)
	for _, step := range t.Steps {
		b = append(b, byte(max(0, slices.Index(decisions, step.Decision))))
		b = appendID(b, step.SearchID)
	}
	return base64.RawURLEncoding.EncodeToString(append(b, s.mac(b)...))
}

func appendID(b []byte, id string) []byte {
	id = id[:min(len(id), maxID)]
	return append(append(b, byte(len(id))), id...)
}

func (s *Signer) mac(b []byte) []byte {
	h := s.macs.Get().(hash.Hash)
	defer s.macs.Put(h)
	h.Reset()
	h.Write([]byte("jieda trail\x00")) // whatever else may be signed with the secret one day is no trail
	h.Write(b)
	return h.Sum(nil)[:macSize]
}

// Read returns the trail of a token: ErrTrailInvalid when it was not signed with this secret, ErrTrailExpired when it
// was, but is older than TrailLife.
func (s *Signer) Read(token string, now time.Time) (Trail, error) {
	if len(token) > MaxToken {
		return Trail{}, ErrTrailInvalid
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) < macSize {
		return Trail{}, ErrTrailInvalid
	}
	b, mac := b[:len(b)-macSize], b[len(b)-macSize:]
	if !hmac.Equal(mac, s.mac(b)) {
		return Trail{}, ErrTrailInvalid
	}
	t, issued, ok := decode(b)
	switch {
	case !ok: // of another version of jieda
		return Trail{}, ErrTrailInvalid
	case now.Sub(issued) > TrailLife:
		return Trail{}, ErrTrailExpired
	}
	return t, nil
}

func decode(b []byte) (t Trail, issued time.Time, ok bool) {
	const head = 1 + 8
	if len(b) < head || b[0] != version {
		return Trail{}, time.Time{}, false
	}
	issued = time.Unix(int64(binary.BigEndian.Uint64(b[1:head])), 0).UTC()
	t.Session, b, ok = cutID(b[head:])
	if len(b) > 0 {
		t.Steps = make([]Step, 0, maxSteps)
	}
	for ok && len(b) > 0 {
		var step Step
		if int(b[0]) >= len(decisions) {
			return Trail{}, time.Time{}, false
		}
		step.Decision = decisions[b[0]]
		if step.SearchID, b, ok = cutID(b[1:]); ok {
			t.Steps = append(t.Steps, step)
		}
	}
	return t, issued, ok
}

func cutID(b []byte) (id string, rest []byte, ok bool) {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return "", nil, false
	}
	end := 1 + int(b[0])
	return string(b[1:end]), b[end:], true
}
