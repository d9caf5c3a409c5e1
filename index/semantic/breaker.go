package semantic

import (
	"errors"
	"log/slog"
	"sync"
	"time"
)

// A breaker leaves an endpoint alone that has failed several times in a row, so that not every search waits for it in
// vain, and says once that it does. Safe for concurrent use.
type breaker struct {
	what string // for the log
	log  *slog.Logger

	mu        sync.Mutex
	requests  uint64
	failures  map[string]uint64 // by reason
	streak    int               // failures since the last success
	until     time.Time         // nothing is asked before
	lastError string
}

const (
	// tolerated is how many failures in a row are no reason to pause.
	tolerated = 2
	// The pause doubles with each further failure.
	firstPause, longestPause = time.Second, 30 * time.Second
)

func newBreaker(what string, log *slog.Logger) *breaker {
	return &breaker{what: what, log: log, failures: map[string]uint64{}}
}

// wait is how long the endpoint should be left alone; 0 when it may be asked now. The first that may ask after a pause
// holds back the others for a second: one is enough to see whether it answers again.
func (b *breaker) wait() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.until.After(now) {
		return b.until.Sub(now)
	}
	if b.streak > tolerated {
		b.until = now.Add(firstPause)
	}
	return 0
}

// report counts a request that was answered with err. Who gave up by himself does not report.
func (b *breaker) report(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.requests++
	if err == nil {
		if b.streak > tolerated {
			b.log.Info("the embeddings endpoint answers again", "for", b.what, "failures", b.streak)
		}
		b.streak, b.until, b.lastError = 0, time.Time{}, ""
		return
	}
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Reason: Failed}
	}
	b.failures[e.Reason]++
	b.streak++
	b.lastError = err.Error()
	if b.streak == tolerated+1 {
		b.log.Warn("the embeddings endpoint fails; searches go on without it", "for", b.what, "err", err)
	}
	pause := e.After
	if over := b.streak - tolerated; over > 0 {
		pause = max(pause, min(longestPause, firstPause<<min(over-1, 10)))
	}
	if pause > 0 {
		b.until = time.Now().Add(pause)
	}
}

// Requests counts what was asked of the endpoint for one purpose.
type Requests struct {
	Total    uint64
	Failures map[string]uint64 // by reason, see Timeout and the others
	// Streak is how many failures there were since the last success; LastError is the last of them.
	Streak    int
	LastError string
}

func (b *breaker) stats() Requests {
	b.mu.Lock()
	defer b.mu.Unlock()
	failures := make(map[string]uint64, len(b.failures))
	for reason, n := range b.failures {
		failures[reason] = n
	}
	return Requests{b.requests, failures, b.streak, b.lastError}
}
