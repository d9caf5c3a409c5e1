package api

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"jieda/keys"
)

// newKeys makes a key of each description and the ring that knows them.
func newKeys(t testing.TB, described map[string]keys.Key) (ring *keys.Ring, secrets map[string]string) {
	t.Helper()
	var list []keys.Key
	secrets = map[string]string{}
	for name, k := range described {
		var err error
		if secrets[name], err = keys.New(&k, time.Now()); err != nil {
			t.Fatal(err)
		}
		list = append(list, k)
	}
	written, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	ring, err = keys.Open(keys.Sources{Text: fmt.Sprintf(`{"version":1,"keys":%s}`, written)})
	if err != nil {
		t.Fatal(err)
	}
	return ring, secrets
}

// TestKeysOpen: what a key opens, and what the refusal of one that cannot be used says.
func TestKeysOpen(t *testing.T) {
	hour := time.Hour
	ring, secrets := newKeys(t, map[string]keys.Key{
		"search":  {Scopes: []keys.Scope{keys.Search}},
		"suggest": {Scopes: []keys.Scope{keys.Suggest}},
		"admin":   {Scopes: []keys.Scope{keys.Admin}},
		"staff":   {Scopes: []keys.Scope{keys.Search, keys.Suggest}, Audiences: []string{"staff"}},
		"expired": {Scopes: keys.Scopes(), Expires: time.Now().Add(-hour)},
		"later":   {Scopes: []keys.Scope{keys.Search}, Expires: time.Now().Add(hour)},
		"revoked": {Scopes: keys.Scopes(), Revoked: time.Now()},
	})
	s := newServer(t, func(o *Options) { o.Keys = ring })
	bearer := func(name string) string { return "Bearer " + secrets[name] }
	const search, suggest, admin, page, health = "/api/v1/search?q=退货", "/api/v1/suggest", "/api/v1/admin/status", "/", "/healthz"
	const staffOnly = "/api/v1/articles/faq/内部/赔付"
	for _, tt := range []struct {
		header, target string
		status         int
		code           ProblemCode
	}{
		{"", search, 200, ""},
		{"", suggest, 200, ""},
		{"", admin, 401, ProblemCodeUnauthorized},
		{"", staffOnly, 404, ProblemCodeArticleNotFound},
		{bearer("search"), search, 200, ""},
		{bearer("search"), page, 200, ""},
		{bearer("search"), suggest, 403, ProblemCodeScopeMissing},
		{bearer("search"), admin, 403, ProblemCodeScopeMissing},
		{bearer("search"), staffOnly, 404, ProblemCodeArticleNotFound},
		{bearer("suggest"), suggest, 200, ""},
		{bearer("suggest"), search, 403, ProblemCodeScopeMissing},
		{bearer("suggest"), page, 403, ProblemCodeScopeMissing},
		{bearer("admin"), admin, 200, ""},
		{bearer("admin"), search, 403, ProblemCodeScopeMissing},
		{bearer("staff"), staffOnly, 200, ""},
		{bearer("staff"), "/articles/faq/内部/赔付", 200, ""},
		{bearer("staff"), admin, 403, ProblemCodeScopeMissing},
		{bearer("later"), search, 200, ""},
		{"Bearer " + testKey, search, 200, ""},
		{"Bearer " + testKey, suggest, 200, ""},
		{"Bearer " + testKey, admin, 200, ""},
		{"Bearer " + testKey, staffOnly, 404, ProblemCodeArticleNotFound},
		{bearer("expired"), search, 403, ProblemCodeKeyExpired},
		{bearer("expired"), page, 403, ProblemCodeKeyExpired},
		{bearer("expired"), admin, 403, ProblemCodeKeyExpired},
		{bearer("expired") + "X", search, 403, ProblemCodeKeyUnknown}, // who has not got the key learns nothing of it
		{bearer("revoked"), search, 403, ProblemCodeKeyRevoked},
		{bearer("revoked"), "/no/such/page", 403, ProblemCodeKeyRevoked},
		{bearer("revoked"), health, 200, ""}, // monitoring sends what it has
		{"Bearer jieda_abcdefgh_ABCDEFGHIJKLMNOPQRSTUVWXYZ", search, 403, ProblemCodeKeyUnknown},
		{"Bearer ", search, 401, ProblemCodeAuthorizationMalformed},
		{secrets["search"], search, 401, ProblemCodeAuthorizationMalformed},
		{"Basic dXNlcjpwYXNz", search, 401, ProblemCodeAuthorizationMalformed},
		{"Basic dXNlcjpwYXNz", page, 200, ""}, // a proxy that asks for a password
	} {
		method, body := "GET", ""
		if tt.target == suggest {
			method, body = "POST", `{"message":"怎么退货"}`
		}
		header := "X-Nothing: "
		if tt.header != "" {
			header = "Authorization: " + tt.header
		}
		got := do(t, s, method, tt.target, body, header)
		if tt.status == 200 {
			if got.StatusCode != 200 {
				t.Errorf("%s with %q: status %d: %s", tt.target, tt.header, got.StatusCode, text(t, got))
			}
			continue
		}
		if p := decoded[Problem](t, got, tt.status); p.Code != tt.code {
			t.Errorf("%s with %q: %s, want %s", tt.target, tt.header, p.Code, tt.code)
		}
	}
}
