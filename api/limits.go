package api

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// A limiter gives every sender a bucket of tokens, of which each request takes one. It is safe for concurrent use.
//
// Buckets lie in two maps: what was used since the last turn, and what was used before that only. At a turn the latter
// are forgotten. By then they are full again, so forgetting changes nothing, unless so many senders came that the turn
// was early: then some get a full bucket too soon, which is better than running out of memory.
type limiter struct {
	mu          sync.Mutex
	now, before map[string]*bucket
	turned      time.Time
}

type bucket struct {
	*rate.Limiter
	perMinute int
}

const (
	// turnEvery is the time in which every empty bucket fills up.
	turnEvery = time.Minute
	// maxBuckets of about 200 bytes each are in either map.
	maxBuckets = 1 << 16
)

// burst is how many requests may come at once: those of ten seconds, but ten at least where a minute allows as many.
func burst(perMinute int) int { return max(perMinute/6, min(perMinute, 10)) }

// take takes a token from the sender's bucket. wait is how long until there is one, 0 when one was taken; left is how
// many there are after that, and full how long until the bucket is full.
func (l *limiter) take(sender string, perMinute int, at time.Time) (wait time.Duration, left int, full time.Duration) {
	b := l.bucket(sender, perMinute, at)
	ok := b.AllowN(at, 1)
	tokens, perSecond := b.TokensAt(at), float64(perMinute)/60
	if !ok {
		wait = max(time.Millisecond, time.Duration((1-tokens)/perSecond*float64(time.Second)))
	}
	full = time.Duration((float64(b.Burst()) - tokens) / perSecond * float64(time.Second))
	return wait, max(0, int(tokens)), full
}

func (l *limiter) bucket(sender string, perMinute int, at time.Time) *bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now == nil || len(l.now) >= maxBuckets || at.Sub(l.turned) >= turnEvery {
		l.now, l.before, l.turned = make(map[string]*bucket), l.now, at
	}
	b, ok := l.now[sender]
	if !ok {
		if b, ok = l.before[sender]; ok {
			l.now[sender] = b
		}
	}
	if !ok || b.perMinute != perMinute { // the limit of a key may be changed while we run
		b = &bucket{rate.NewLimiter(rate.Limit(float64(perMinute)/60), burst(perMinute)), perMinute}
		l.now[sender] = b
	}
	return b
}

// admit refuses a request when its sender has made too many. A key has a limit of its own, because a gateway is one
// address with many customers; everybody else shares that of the address.
func (s *Server) admit(c echo.Context, who caller) error {
	sender, perMinute := who.keyID, who.perMinute
	if who.isPublic() || who.keyID == adminKeyID {
		sender, perMinute = s.addressOf(c), s.opts.RateLimit
	}
	if sender == "" || perMinute == 0 || c.Path() == "/files/*" {
		return nil
	}
	wait, left, full := s.limiter.take(sender, perMinute, time.Now())
	h := c.Response().Header()
	h.Set("RateLimit-Limit", strconv.Itoa(perMinute))
	h.Set("RateLimit-Remaining", strconv.Itoa(left))
	h.Set("RateLimit-Reset", strconv.Itoa(int(math.Ceil(full.Seconds()))))
	if wait > 0 {
		retry := time.Duration(math.Ceil(wait.Seconds())) * time.Second
		return &refusal{status: http.StatusTooManyRequests, code: ProblemCodeRateLimited, retry: retry}
	}
	return nil
}

// addressOf is what stands for a client without a key: its address, or its network of 2⁶⁴ addresses, as IPv6 gives one
// to every household. It is "" when all clients have the same address because they come through a proxy that nobody told
// us of: limiting that would shut the site. Such a proxy is in our own network; a stranger cannot claim to be one.
func (s *Server) addressOf(c echo.Context) string {
	r := c.Request()
	address, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return ""
	}
	address = address.Unmap()
	if r.Header.Get(echo.HeaderXForwardedFor) != "" && (address.IsPrivate() || address.IsLoopback()) {
		if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil && host == c.RealIP() {
			s.unknownProxy.Do(func() {
				s.log.Warn("requests come through a proxy that is not in server.trusted_proxies: its clients cannot be told apart, so the rate limit does not count for them", "proxy", host)
			})
			return ""
		}
	}
	if address.Is6() {
		if network, err := address.Prefix(64); err == nil {
			return network.String()
		}
	}
	return address.String()
}

// checkOrigins refuses what a browser would never send as an origin.
func checkOrigins(origins []string) error {
	for _, o := range origins {
		if o == "*" {
			continue
		}
		if clean, err := origin(o); err != nil || clean != o || o == "" {
			return fmt.Errorf("api: CORSOrigins: write %q as https://www.example.com, without a path, or * for every site", o)
		}
	}
	return nil
}
