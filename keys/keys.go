// Package keys is about who may call: API keys as an operator makes them, as they are stored, and as a server looks them
// up. It knows nothing of HTTP, nor what a scope opens or an audience may see: that is for packages api and index.
//
// A key is written jieda_<id>_<secret>. The id names it in lists and logs; the secret is 130 random bits, shown once and
// kept as a SHA-256 only, which for such a secret is as good as any slower hash. Begin with Key; file.go is the format on
// disk, ring.go what a running server asks.
package keys

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Scope is a group of routes that a key opens.
type Scope string

const (
	Search  Scope = "search"  // finding and reading
	Suggest Scope = "suggest" // answers for a gateway
	Admin   Scope = "admin"   // running the site
)

// Scopes returns all of them.
func Scopes() []Scope { return []Scope{Search, Suggest, Admin} }

// A Key is what is known of one key: everything but its secret. In JSON it is an element of a file of keys.
type Key struct {
	// ID is unique in a file: eight letters and digits.
	ID string `json:"id"`
	// Name says for people whose it is, "企业微信网关"; several keys may have the same.
	Name   string  `json:"name"`
	Scopes []Scope `json:"scopes"`
	// Audiences are those whose articles the key shows, besides the public ones.
	Audiences []string `json:"audiences,omitempty"`
	// PerMinute is how many requests a minute it may make on average; 0 means any number.
	PerMinute int       `json:"per_minute,omitempty"`
	Created   time.Time `json:"created"`
	// Expires is the first moment at which it opens nothing any more; zero for never.
	Expires time.Time `json:"expires,omitzero"`
	// Revoked is when it was revoked; zero while it was not. A revoked key stays in the file, so that who still uses it
	// is told why it fails.
	Revoked time.Time `json:"revoked,omitzero"`
	// SHA256 of the whole key as it was shown, in hexadecimal.
	SHA256 string `json:"sha256"`
}

// Why a key opens nothing. A wrong secret is ErrUnknown, whatever became of the key with that id.
var (
	ErrUnknown = errors.New("keys: no such key")
	ErrExpired = errors.New("keys: the key has expired")
	ErrRevoked = errors.New("keys: the key was revoked")
)

const prefix = "jieda_"

// New makes the key that k describes: it fills in ID, Created and SHA256 and returns what its holder must send, which
// cannot be had again. An error says what is wrong with k.
func New(k *Key, now time.Time) (secret string, err error) {
	const idLength = 8
	k.ID, k.Created = strings.ToLower(rand.Text()[:idLength]), now.UTC().Truncate(time.Second)
	secret = prefix + k.ID + "_" + rand.Text()
	sum := sha256.Sum256([]byte(secret))
	k.SHA256 = hex.EncodeToString(sum[:])
	if err := k.check(); err != nil {
		return "", err
	}
	return secret, nil
}

// IDOf returns the id in a key as its holder sends it, "" when it is not written like one of ours.
func IDOf(secret string) string {
	rest, ours := strings.CutPrefix(secret, prefix)
	id, random, whole := strings.Cut(rest, "_")
	if !ours || !whole || id == "" || random == "" {
		return ""
	}
	return id
}

// State is "active", "expired" or "revoked".
func (k *Key) State(now time.Time) string {
	switch {
	case !k.Revoked.IsZero():
		return "revoked"
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		return "expired"
	}
	return "active"
}

// Has says whether the key has the scope.
func (k *Key) Has(s Scope) bool { return slices.Contains(k.Scopes, s) }

// opens says whether secret is this key and may be used now.
func (k *Key) opens(secret string, now time.Time) error {
	sum := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(k.SHA256)) != 1 {
		return ErrUnknown
	}
	switch k.State(now) {
	case "revoked":
		return ErrRevoked
	case "expired":
		return ErrExpired
	}
	return nil
}

// maxName is how many characters a name or an audience may have.
const maxName = 100

// check says what a file must not hold. The text ends a sentence that names the file.
func (k *Key) check() error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("key %q: "+format, append([]any{k.ID}, args...)...)
	}
	if k.ID == "" || strings.Trim(k.ID, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return wrong("its id must be small letters and digits")
	}
	if sum, err := hex.DecodeString(k.SHA256); err != nil || len(sum) != sha256.Size || k.SHA256 != strings.ToLower(k.SHA256) {
		return wrong("sha256 must be 64 hexadecimal digits, small letters")
	}
	if !plain(k.Name) {
		return wrong("its name must be one line of up to %d characters", maxName)
	}
	if len(k.Scopes) == 0 {
		return wrong("it has no scope, so it would open nothing")
	}
	for _, s := range k.Scopes {
		if !slices.Contains(Scopes(), s) {
			return wrong("there is no scope %q", s)
		}
	}
	for _, a := range k.Audiences {
		if !plain(a) || a == "" || a != strings.TrimSpace(a) {
			return wrong("an audience must be one line of up to %d characters, not %q", maxName, a)
		}
	}
	if k.PerMinute < 0 {
		return wrong("per_minute must not be negative")
	}
	return nil
}

// plain says whether s is one line of text that a terminal shows as it is.
func plain(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxName && !strings.ContainsFunc(s, unicode.IsControl)
}
