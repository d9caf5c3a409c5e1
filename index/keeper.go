package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"jieda/content"
)

// KeeperOptions configure a Keeper; the zero value is good.
type KeeperOptions struct {
	Logger   *slog.Logger   // slog.Default() when nil
	Progress func(Progress) // called while building; calls do not overlap
}

// A Keeper keeps an index in step with a content folder: it reads the folder, builds a generation when something
// changed, and remembers what went wrong. A failed build changes nothing for those who search.
type Keeper struct {
	index    *Index
	folder   fs.FS
	log      *slog.Logger
	progress func(Progress)

	wake     chan struct{} // of capacity 1: triggers that come together are one
	checking sync.Mutex

	mu      sync.Mutex
	reason  string // of the next check
	force   bool   // build even if nothing changed
	status  Status
	changed chan struct{} // closed and replaced when status changes
}

// Status says what a Keeper is doing.
type Status struct {
	// State is "starting" until something can be searched, then "ready"; "building" while a build runs; "failed" when
	// the last one failed (the generation before it, if there is one, goes on serving).
	State      string    `json:"state"`
	Generation string    `json:"generation"`
	BuiltAt    time.Time `json:"built_at"`
	Articles   int       `json:"articles"`
	Passages   int       `json:"passages"`
	// Errors and Warnings count the problems found in the content that is being served.
	Errors      int        `json:"errors"`
	Warnings    int        `json:"warnings"`
	Build       *Progress  `json:"build,omitempty"`
	LastError   string     `json:"last_error,omitempty"`
	LastErrorAt *time.Time `json:"last_error_at,omitempty"`
	// Since the program started: builds that succeeded and failed, and how long the last good one took.
	Builds       int     `json:"builds"`
	Failures     int     `json:"failures"`
	BuildSeconds float64 `json:"build_seconds"`
}

// Progress of a build. Total is 0 when a phase cannot be measured.
type Progress struct {
	Reason  string    `json:"reason"` // what triggered it
	Phase   string    `json:"phase"`  // "read", "cut", "write", "verify"
	Done    int       `json:"done"`
	Total   int       `json:"total"`
	Started time.Time `json:"started"`
}

// NewKeeper returns a keeper that does nothing until Start.
func NewKeeper(x *Index, folder fs.FS, opts KeeperOptions) *Keeper {
	k := &Keeper{
		index: x, folder: folder, log: opts.Logger, progress: opts.Progress,
		wake: make(chan struct{}, 1), changed: make(chan struct{}), status: Status{State: "starting"},
	}
	if k.log == nil {
		k.log = slog.Default()
	}
	return k
}

// Start opens the current generation if it can be used and leaves checking the content to Run; otherwise it builds one.
// When it returns nil, something can be searched.
func (k *Keeper) Start(ctx context.Context) error {
	err := k.index.Open(ctx)
	switch {
	case err == nil:
		k.update(func(s *Status) { s.State = "ready" })
		k.Trigger("start", false)
		return nil
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrNoGeneration):
		if !errors.Is(err, ErrNoGeneration) {
			k.log.Warn("the index cannot be used and is built again from the content", "err", err)
		}
		return k.Check(ctx, "start", true)
	}
	return err
}

// Run serves triggers until ctx is done; it returns nil then.
func (k *Keeper) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-k.wake:
		}
		k.mu.Lock()
		reason, force := k.reason, k.force
		k.reason, k.force = "", false
		k.mu.Unlock()
		// A failure is in the status and the log; the next trigger tries again.
		_ = k.Check(ctx, reason, force)
	}
}

// Trigger asks for a check of the content and, if it changed or force is set, a build. It never blocks; triggers that
// come while a build runs are answered by one check after it.
func (k *Keeper) Trigger(reason string, force bool) {
	k.mu.Lock()
	k.reason = reason
	k.force = k.force || force
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Check builds a generation when the content is not what the current one was built from, or when force is set, and
// returns when searches see it. Of several calls at a time, each waits for the one before.
func (k *Keeper) Check(ctx context.Context, reason string, force bool) (err error) {
	k.checking.Lock()
	defer k.checking.Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
		if err != nil && ctx.Err() == nil {
			k.log.Error("building the index failed", "reason", reason, "err", err)
			now := time.Now()
			k.update(func(s *Status) {
				s.State, s.Build, s.LastError, s.LastErrorAt = "failed", nil, err.Error(), &now
				s.Failures++
			})
		}
	}()
	if !force {
		hash, err := content.Hash(ctx, k.folder)
		if err != nil {
			return fmt.Errorf("reading the content: %w", err)
		}
		if k.index.builtFrom(hash) {
			k.update(func(s *Status) { s.State, s.Build, s.LastError, s.LastErrorAt = "ready", nil, "", nil })
			return nil
		}
	}
	p := Progress{Reason: reason, Phase: "read", Started: time.Now()}
	report := func(phase string, done, total int) {
		p.Phase, p.Done, p.Total = phase, done, total
		shown := p
		k.update(func(s *Status) { s.State, s.Build = "building", &shown })
		if k.progress != nil {
			k.progress(shown)
		}
	}
	lib, err := content.Read(ctx, k.folder, func(done, total int) { report("read", done, total) })
	if err != nil {
		return fmt.Errorf("reading the content: %w", err)
	}
	if h := k.index.header(); len(lib.Articles) == 0 && h != nil && h.Articles > 0 && !force {
		return fmt.Errorf("the content folder holds no article any more, %d before: is it mounted? The index stays as it is; "+
			"to serve an empty one, reindex by force", h.Articles)
	}
	if force || !k.index.builtFrom(lib.Hash) { // it may have changed back meanwhile
		if err := k.index.Build(ctx, lib, report); err != nil {
			return err
		}
		k.update(func(s *Status) {
			s.Builds++
			s.BuildSeconds = time.Since(p.Started).Seconds()
		})
	}
	lib = nil
	debug.FreeOSMemory() // a build takes many times the memory that serving does, and the next may be weeks away
	k.update(func(s *Status) { s.State, s.Build, s.LastError, s.LastErrorAt = "ready", nil, "", nil })
	return nil
}

// update changes the status, completes it from the open generation, and tells the subscribers.
func (k *Keeper) update(change func(*Status)) {
	h, generation := k.index.header(), k.index.Generation()
	k.mu.Lock()
	defer k.mu.Unlock()
	change(&k.status)
	if h != nil {
		s := &k.status
		s.Generation, s.BuiltAt, s.Articles, s.Passages, s.Errors, s.Warnings =
			generation, h.BuiltAt, h.Articles, h.Passages, h.Errors, h.Warnings
	}
	close(k.changed)
	k.changed = make(chan struct{})
}

// Status returns what the keeper is doing now.
func (k *Keeper) Status() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.status
}

// Subscribe sends the present status at once and then every change, leaving out those for which the receiver was too
// slow, but never the last. The channel is closed when ctx is done.
func (k *Keeper) Subscribe(ctx context.Context) <-chan Status {
	c := make(chan Status)
	go func() {
		defer close(c)
		for {
			k.mu.Lock()
			status, changed := k.status, k.changed
			k.mu.Unlock()
			select {
			case c <- status:
			case <-ctx.Done():
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c
}

// Problems returns what is wrong with the content that is being served; nil while there is none. Do not change it.
func (k *Keeper) Problems(ctx context.Context) ([]content.Problem, error) {
	return k.index.problems(ctx)
}
