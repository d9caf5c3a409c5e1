package api

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jieda/keys"
)

// TestBuckets: at most the burst at once, then the average, each sender for itself, and nothing is kept of the idle.
func TestBuckets(t *testing.T) {
	var l limiter
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	take := func(sender string, perMinute, times int) (taken int, wait time.Duration) {
		for range times {
			w, _, _ := l.take(sender, perMinute, at)
			if w == 0 {
				taken++
			} else {
				wait = w
			}
		}
		return taken, wait
	}
	for _, tt := range []struct{ perMinute, burst int }{{1, 1}, {6, 6}, {60, 10}, {600, 100}, {3000, 500}} {
		taken, wait := take(fmt.Sprint(tt.perMinute), tt.perMinute, tt.burst+5)
		if each := time.Minute / time.Duration(tt.perMinute); taken != tt.burst || wait <= 0 || wait > each+time.Millisecond {
			t.Errorf("%d a minute: %d at once, then wait %v", tt.perMinute, taken, wait)
		}
	}
	at = at.Add(time.Second)
	if taken, _ := take("600", 600, 20); taken != 10 {
		t.Errorf("a second later: %d, want 10", taken)
	}
	if taken, _ := take("600", 1200, 1000); taken != 200 {
		t.Errorf("with another limit: %d, want 200", taken)
	}
	at = at.Add(turnEvery)
	take("new", 60, 1)
	at = at.Add(turnEvery)
	if take("new", 60, 1); len(l.now)+len(l.before) > 2 {
		t.Errorf("%d buckets of the idle are kept", len(l.now)+len(l.before))
	}
	for i := range 3 * maxBuckets {
		take(strconv.Itoa(i), 60, 1)
	}
	if n := len(l.now) + len(l.before); n > 2*maxBuckets {
		t.Errorf("%d buckets", n)
	}
}

// TestRateLimit: an address without a key has its limit, a key has its own, and what it costs nothing to serve has none.
func TestRateLimit(t *testing.T) {
	ring, secrets := newKeys(t, map[string]keys.Key{
		"gateway": {Scopes: []keys.Scope{keys.Search}, PerMinute: 30},
		"free":    {Scopes: []keys.Scope{keys.Search}},
		"revoked": {Scopes: []keys.Scope{keys.Search}, Revoked: time.Now()},
	})
	const perMinute, atOnce = 20, 10
	limited := func(configure func(*Options)) *Server {
		return newServer(t, func(o *Options) {
			o.Keys, o.RateLimit = ring, perMinute
			if configure != nil {
				configure(o)
			}
		})
	}
	// spend sends n requests and returns how many were not refused, and the last refusal.
	spend := func(s *Server, n int, target string, headers ...string) (admitted int, refused *http.Response) {
		for range n {
			got := do(t, s, "GET", target, "", headers...)
			if got.StatusCode == http.StatusTooManyRequests {
				refused = got
			} else {
				admitted++
			}
		}
		return admitted, refused
	}
	s := limited(nil)
	n, refused := spend(s, 15, "/api/v1/categories")
	if n != atOnce {
		t.Fatalf("%d of 15 admitted, want %d", n, atOnce)
	}
	p := decoded[Problem](t, refused, 429)
	after, err := strconv.Atoi(refused.Header.Get("Retry-After"))
	if p.Code != ProblemCodeRateLimited || err != nil || after < 1 || after > 3 ||
		refused.Header.Get("RateLimit-Limit") != "20" || refused.Header.Get("RateLimit-Remaining") != "0" {
		t.Errorf("refused with %+v, header %v", p, refused.Header)
	}
	for _, target := range []string{"/healthz", "/readyz", "/metrics", "/openapi.json", "/files/faq/售后/步骤.png", "/assets/x"} {
		if n, _ := spend(s, 30, target); n != 30 {
			t.Errorf("%s: %d of 30 admitted", target, n)
		}
	}
	if n, _ := spend(s, 5, "/"); n != 0 {
		t.Errorf("a page after the limit: %d admitted", n)
	}
	if n, _ := spend(s, 15, "/api/v1/categories", "Authorization: Bearer "+secrets["gateway"]); n != 10 {
		t.Errorf("key with a limit: %d of 15 admitted, want 10", n)
	}
	if n, _ := spend(s, 50, "/api/v1/categories", "Authorization: Bearer "+secrets["free"]); n != 50 {
		t.Errorf("key without a limit: %d of 50 admitted", n)
	}
	if body := text(t, do(t, s, "GET", "/metrics", "")); !strings.Contains(body, `jieda_refusals_total{code="rate_limited"} 15`) {
		t.Errorf("the refusals are not counted:\n%s", body)
	}
	// Guessing keys uses up the address's limit too.
	for _, sent := range []string{"Bearer wrong", "Basic x", "Bearer " + secrets["revoked"]} {
		if n, _ := spend(limited(nil), 15, "/api/v1/categories", "Authorization: "+sent); n != atOnce {
			t.Errorf("%s: %d of 15 answered, want %d", sent, n, atOnce)
		}
	}
	if n, _ := spend(newServer(t, nil), 100, "/api/v1/categories"); n != 100 {
		t.Errorf("without a limit: %d of 100 admitted", n)
	}
}

// TestRateLimitAddress: who shares a limit.
func TestRateLimitAddress(t *testing.T) {
	trusting := []string{"10.0.0.1"}
	for _, tt := range []struct {
		name    string
		trusted []string
		a, b    string // peer and X-Forwarded-For of two clients
		shared  bool
	}{
		{"two addresses", nil, "192.0.2.1", "192.0.2.2", false},
		{"one address", nil, "192.0.2.1", "192.0.2.1", true},
		{"one household", nil, "[2001:db8:1:1::1]", "[2001:db8:1:1:ffff::2]", true},
		{"two households", nil, "[2001:db8:1:1::1]", "[2001:db8:1:2::1]", false},
		{"behind a proxy", trusting, "10.0.0.1 203.0.113.1", "10.0.0.1 203.0.113.2", false},
		{"one client behind a proxy", trusting, "10.0.0.1 203.0.113.1", "10.0.0.1 203.0.113.1", true},
		{"behind a proxy that nobody told us of", nil, "10.0.0.9 203.0.113.1", "10.0.0.9 203.0.113.2", false},
		{"who claims to be a proxy", nil, "192.0.2.1 203.0.113.1", "192.0.2.1 203.0.113.2", true},
	} {
		var log bytes.Buffer
		s := newEmptyServer(t, func(o *Options) {
			o.TrustedProxies, o.RateLimit = tt.trusted, 1
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		})
		send := func(from string) int {
			peer, forwarded, _ := strings.Cut(from, " ")
			r := httptest.NewRequest("GET", "/api/v1/categories", nil)
			r.RemoteAddr = peer + ":1234"
			if forwarded != "" {
				r.Header.Set("X-Forwarded-For", forwarded)
			}
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			return w.Code
		}
		if got := send(tt.a); got == 429 {
			t.Errorf("%s: the first request is refused", tt.name)
		}
		if shared := send(tt.b) == 429; shared != tt.shared {
			t.Errorf("%s: share a limit: %v", tt.name, shared)
		}
		send(tt.b)
		warned := strings.Count(log.String(), "server.trusted_proxies")
		if want := strings.Contains(tt.name, "nobody told us"); warned > 1 || (warned == 1) != want {
			t.Errorf("%s: %d warnings", tt.name, warned)
		}
	}
}

// TestCORS: pages of the configured sites may call, send JSON and a key, and read what a refusal says; others not.
func TestCORS(t *testing.T) {
	const site, other = "https://www.example.com", "https://evil.example"
	preflight := []string{"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type"}
	for _, tt := range []struct {
		origins []string
		origin  string
		want    string
	}{
		{nil, site, ""},
		{[]string{site}, site, site},
		{[]string{"http://localhost:3000", site}, site, site},
		{[]string{site}, other, ""},
		{[]string{site}, site + ".evil.example", ""},
		{[]string{site}, "null", ""},
		{[]string{"*"}, other, "*"},
	} {
		s := newServer(t, func(o *Options) { o.CORSOrigins = tt.origins })
		asked := do(t, s, "OPTIONS", "/api/v1/suggest", "", append(preflight, "Origin: "+tt.origin)...)
		real := do(t, s, "POST", "/api/v1/suggest", `{"message":"怎么退货"}`, "Origin: "+tt.origin)
		refused := do(t, s, "POST", "/api/v1/suggest", `{"message":"怎么退货"}`, "Origin: "+tt.origin, "Authorization: Bearer wrong")
		for _, got := range []*http.Response{asked, real, refused} {
			if allowed := got.Header.Get("Access-Control-Allow-Origin"); allowed != tt.want {
				t.Errorf("%v, from %s: status %d allows %q, want %q", tt.origins, tt.origin, got.StatusCode, allowed, tt.want)
			}
			if got.Header.Get("Access-Control-Allow-Credentials") != "" || got.Header.Get("Set-Cookie") != "" {
				t.Errorf("credentials are allowed: %v", got.Header)
			}
		}
		if real.StatusCode != 200 || refused.StatusCode != 403 {
			t.Errorf("status %d and %d", real.StatusCode, refused.StatusCode)
		}
		if tt.want == "" {
			continue
		}
		h := asked.Header
		if asked.StatusCode != 204 || !strings.Contains(h.Get("Access-Control-Allow-Methods"), "POST") ||
			!strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") ||
			!strings.Contains(h.Get("Access-Control-Allow-Headers"), "Content-Type") {
			t.Errorf("preflight: %d %v", asked.StatusCode, h)
		}
		if !strings.Contains(real.Header.Get("Access-Control-Expose-Headers"), "Retry-After") {
			t.Errorf("a page cannot read Retry-After: %v", real.Header)
		}
	}
	x, keeper := newIndex(t, sampleSite())
	for _, bad := range []string{"www.example.com", "https://www.example.com/", "https://*.example.com/a", "ftp://a", "", "null"} {
		if _, err := New(Options{Index: x, Keeper: keeper, CORSOrigins: []string{bad}}); err == nil || !strings.Contains(err.Error(), "CORSOrigins") {
			t.Errorf("origin %q: %v", bad, err)
		}
	}
}

// TestSlowBodiesHoldNothing: clients that send a body drop by drop keep nobody from searching.
func TestSlowBodiesHoldNothing(t *testing.T) {
	s := newServer(t, func(o *Options) { o.MaxConcurrent = 2 })
	hs := httptest.NewServer(s.Handler())
	defer hs.Close()
	for range 20 {
		conn, err := net.Dial("tcp", hs.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "POST /api/v1/suggest HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	}
	for range 50 { // until all of them wait in the server
		got, err := http.Get(hs.URL + "/api/v1/search?q=%E9%80%80%E8%B4%A7")
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != 200 {
			t.Fatalf("a search beside slow senders: %d", got.StatusCode)
		}
	}
}

// TestManyMore: with many times the requests that are served at once, each is either answered or refused at once with
// when to come back, no more run together than may, and afterwards all is as before.
func TestManyMore(t *testing.T) {
	const together, clients, each = 2, 40, 10
	s := newServer(t, func(o *Options) { o.MaxConcurrent = together })
	hs := httptest.NewServer(s.Handler())
	defer hs.Close()
	var answered, refused, slowest atomic.Int64
	var wait sync.WaitGroup
	for range clients {
		wait.Go(func() {
			for range each {
				began := time.Now()
				got, err := http.Post(hs.URL+"/api/v1/suggest", "application/json", strings.NewReader(`{"message":"怎么退货"}`))
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, got.Body)
				got.Body.Close()
				if took := time.Since(began).Milliseconds(); took > slowest.Load() {
					slowest.Store(took)
				}
				switch {
				case got.StatusCode == 200:
					answered.Add(1)
				case got.StatusCode == 503 && got.Header.Get("Retry-After") != "":
					refused.Add(1)
				default:
					t.Errorf("status %d, Retry-After %q", got.StatusCode, got.Header.Get("Retry-After"))
				}
				if n := len(s.running); n > together {
					t.Errorf("%d run together", n)
				}
			}
		})
	}
	wait.Wait()
	t.Logf("%d answered, %d refused, the slowest after %d ms", answered.Load(), refused.Load(), slowest.Load())
	if answered.Load() == 0 || answered.Load()+refused.Load() != clients*each {
		t.Errorf("%d answered, %d refused of %d", answered.Load(), refused.Load(), clients*each)
	}
	if limit := s.timeout.Milliseconds(); slowest.Load() > limit {
		t.Errorf("the slowest took %d ms, longer than a search may: %d ms", slowest.Load(), limit)
	}
	if got := do(t, s, "GET", "/api/v1/search?q=退货", ""); got.StatusCode != 200 || len(s.running) != 0 {
		t.Errorf("afterwards: %d, %d run", got.StatusCode, len(s.running))
	}
}
