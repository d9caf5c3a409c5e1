package keys

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestFind(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "keys.json")
	secrets := map[string]string{}
	add := func(name string, k Key) {
		k.Name, k.Scopes = name, []Scope{Search}
		secret, err := New(&k, now)
		if err != nil {
			t.Fatal(err)
		}
		secrets[name] = secret
		if err := Update(path, func(list []Key) ([]Key, error) { return append(list, k), nil }); err != nil {
			t.Fatal(err)
		}
	}
	add("good", Key{Audiences: []string{"staff"}})
	add("short", Key{Expires: now.Add(time.Hour)})
	add("expired", Key{Expires: now})
	add("revoked", Key{Revoked: now})
	ring, err := Open(Sources{Data: path})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		sent string
		want error
	}{
		{secrets["good"], nil},
		{secrets["short"], nil},
		{secrets["expired"], ErrExpired},
		{secrets["revoked"], ErrRevoked},
		{secrets["revoked"] + "X", ErrUnknown},
		{secrets["good"][:len(secrets["good"])-1], ErrUnknown},
		{strings.ToLower(secrets["good"]), ErrUnknown},
		{"jieda_" + IDOf(secrets["good"]) + "_" + strings.SplitN(secrets["short"], "_", 3)[2], ErrUnknown},
		{"", ErrUnknown}, {"jieda_", ErrUnknown}, {"jieda__", ErrUnknown}, {"jieda_a_", ErrUnknown}, {"_", ErrUnknown},
	} {
		k, err := ring.Find(tt.sent, now)
		if !errors.Is(err, tt.want) || (err == nil) != (k != nil) {
			t.Errorf("Find(%q) = %v, %v; want %v", tt.sent, k, err, tt.want)
		}
	}
	if k, _ := ring.Find(secrets["good"], now); k == nil || k.Name != "good" || k.Audiences[0] != "staff" {
		t.Errorf("found %+v", k)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range secrets {
		if random := secret[len(secret)-26:]; strings.Contains(string(written), random) {
			t.Errorf("the secret of %s is in the file", name)
		}
	}
	var none Ring
	if _, err := none.Find(secrets["good"], now); !errors.Is(err, ErrUnknown) || none.Any(Search, now) {
		t.Errorf("a ring without keys: %v", err)
	}
}

// TestDamaged: a server does not start with a file that it cannot trust, and says which and why.
func TestDamaged(t *testing.T) {
	sum := strings.Repeat("0", 64)
	key := func(more string) string {
		return `{"id":"abc","name":"a","scopes":["search"],"sha256":"` + sum + `"` + more + `}`
	}
	for _, tt := range []struct{ written, want string }{
		{`{"version":1,"keys":[` + key("") + `]}`, ""},
		{`{"version":1,"keys":[]}`, ""},
		{``, "not a file of keys"},
		{`{`, "not a file of keys"},
		{`[]`, "not a file of keys"},
		{`{"version":1,"keys":[]}{}`, "something follows"},
		{`{"version":2,"rings":[]}`, "version is 2"},
		{`{"keys":[]}`, "version is 0"},
		{`{"version":1,"keys":[` + key("") + `,` + key("") + `]}`, "twice"},
		{`{"version":1,"keys":[` + key(`,"expire":"2026-01-01T00:00:00Z"`) + `]}`, "expire"},
		{`{"version":1,"keys":[` + key(`,"per_minute":-1`) + `]}`, "per_minute"},
		{`{"version":1,"keys":[` + key(`,"audiences":[""]`) + `]}`, "audience"},
		{`{"version":1,"keys":[` + key(`,"audiences":["a\nb"]`) + `]}`, "audience"},
		{strings.Replace(`{"version":1,"keys":[`+key("")+`]}`, `"search"`, `"read"`, 1), `no scope "read"`},
		{strings.Replace(`{"version":1,"keys":[`+key("")+`]}`, `"search"`, ``, 1), "no scope"},
		{strings.Replace(`{"version":1,"keys":[`+key("")+`]}`, sum, "00", 1), "sha256"},
		{strings.Replace(`{"version":1,"keys":[`+key("")+`]}`, `"abc"`, `"a_c"`, 1), "its id"},
	} {
		path := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(path, []byte(tt.written), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(Sources{File: path})
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.written, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q and the file", tt.written, err, tt.want)
		}
		if err := Update(path, func(list []Key) ([]Key, error) { return list, nil }); err == nil {
			t.Errorf("%s: was written over", tt.written)
		}
	}
	if _, err := Open(Sources{File: filepath.Join(t.TempDir(), "none.json")}); err == nil {
		t.Error("a file that was asked for is missing, and Open says nothing")
	}
}

// TestSameIDTwice: of two sources with one id, nobody could say which is meant.
func TestSameIDTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	one := `{"version":1,"keys":[{"id":"abc","name":"a","scopes":["search"],"sha256":"` + strings.Repeat("0", 64) + `"}]}`
	if err := os.WriteFile(path, []byte(one), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Sources{Data: path, Text: one}); err == nil || !strings.Contains(err.Error(), `"abc"`) {
		t.Errorf("Open: %v", err)
	}
}

// TestUpdateTogether: of several programs that add keys at the same time, none loses another's.
func TestUpdateTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	const n = 20
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			k := Key{Name: fmt.Sprint(i), Scopes: []Scope{Search}}
			if _, err := New(&k, time.Now()); err != nil {
				t.Error(err)
			}
			if err := Update(path, func(list []Key) ([]Key, error) { return append(list, k), nil }); err != nil {
				t.Error(err)
			}
			if _, err := Read(path); err != nil { // never half a file
				t.Error(err)
			}
		})
	}
	wait.Wait()
	list, err := Read(path)
	if err != nil || len(list) != n {
		t.Errorf("%d keys, %v; want %d", len(list), err, n)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.new"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
