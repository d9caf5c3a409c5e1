package searchlog

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// A Recorder writes searches into a Log behind the customer's back: Record only puts them into a queue of limited
// length, Run takes them out and writes many at a time. While the log cannot be written they wait; those for which
// there is no room left are dropped and counted, as a search must never become slower or fail because of its record.
// Safe for concurrent use.
type Recorder struct {
	log    Log
	logger *slog.Logger
	keep   time.Duration
	queue  chan Search
	flush  chan chan struct{}
	done   chan struct{} // closed when Run has ended

	recorded, dropped atomic.Int64
	failing           atomic.Bool
}

// RecorderOptions configure a Recorder. The zero value is a good default.
type RecorderOptions struct {
	// Keep is how long entries are kept; forever when 0.
	Keep time.Duration
	// Logger is told when the log cannot be written, once, and when it can be again; nil discards.
	Logger *slog.Logger
	// Queue is how many searches may wait; 4096 when 0.
	Queue int
}

const (
	batchSize  = 256                    // searches written at once
	batchDelay = 300 * time.Millisecond // how long the first search of a batch waits for others
	// A log that cannot be written is tried again after firstPause, then after twice as long, and so on to lastPause.
	firstPause, lastPause = time.Second, 30 * time.Second
	// tidying is how often entries that are too old are deleted.
	tidying = time.Hour
)

// NewRecorder returns a recorder into log that writes nothing until Run is called.
func NewRecorder(log Log, opts RecorderOptions) *Recorder {
	if opts.Queue == 0 {
		opts.Queue = 4096
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	return &Recorder{
		log: log, logger: opts.Logger, keep: opts.Keep,
		queue: make(chan Search, opts.Queue), flush: make(chan chan struct{}), done: make(chan struct{}),
	}
}

// Record puts a search into the queue, or drops it when there is no room. It returns at once. The caller must not
// change what the search refers to afterwards.
func (r *Recorder) Record(s Search) {
	if r.Off() {
		return
	}
	select {
	case r.queue <- s:
	default:
		r.dropped.Add(1)
	}
}

// Off says that nothing is kept: the Log is None.
func (r *Recorder) Off() bool { return r.log == None{} }

// Write keeps what a person tells us before it returns. See [Log].
func (r *Recorder) Write(ctx context.Context, entries ...Entry) error {
	return r.log.Write(ctx, entries...)
}

// Find returns what is known about searches, those in the queue included, for which it needs Run. See [Log].
func (r *Recorder) Find(ctx context.Context, ids ...string) ([]Found, error) {
	if r.Off() {
		return nil, nil
	}
	written := make(chan struct{})
	select {
	case r.flush <- written:
		select {
		case <-written:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	case <-r.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return r.log.Find(ctx, ids...)
}

// Stats say how recording goes.
type Stats struct {
	Queued            int   // searches that wait
	Recorded, Dropped int64 // searches since the start
	Failing           bool  // the log could not be written when it was last tried
}

// Stats returns how recording goes at this moment.
func (r *Recorder) Stats() Stats {
	return Stats{Queued: len(r.queue), Recorded: r.recorded.Load(), Dropped: r.dropped.Load(), Failing: r.failing.Load()}
}

// Run writes what is recorded, and forgets what is too old, until ctx is done; then it writes what is left in the
// queue and returns. It may be called once. The log is still open afterwards. When the recorder is off there is nothing
// to do.
func (r *Recorder) Run(ctx context.Context) {
	defer close(r.done)
	if r.Off() {
		return
	}
	w := &writer{Recorder: r, timer: time.NewTimer(0), pause: firstPause}
	<-w.timer.C
	w.tidy(ctx) // also tells at the start when the log cannot be used
	tidy := time.NewTicker(tidying)
	defer tidy.Stop()
	for {
		queue := r.queue
		if len(w.batch) == batchSize { // it could not be written: the others wait in the queue
			queue = nil
		}
		select {
		case <-ctx.Done():
			w.finish()
			return
		case <-tidy.C:
			w.tidy(ctx)
		case s := <-queue:
			w.add(s)
		case <-w.timer.C:
			w.write()
		case written := <-r.flush:
			w.drain()
			close(written)
		}
	}
}

// A writer is the state of Run.
type writer struct {
	*Recorder
	batch    []Entry
	timer    *time.Timer // says when to write the batch
	pause    time.Duration
	reported int64 // of dropped
}

func (w *writer) add(s Search) {
	w.batch = append(w.batch, s)
	switch {
	case len(w.batch) == 1:
		w.timer.Reset(batchDelay)
	case len(w.batch) == batchSize && !w.failing.Load(): // else the timer says when to try again
		w.write()
	}
}

// drain writes everything that is in the queue, as long as the log takes it.
func (w *writer) drain() {
	for {
		for len(w.batch) < batchSize && len(w.queue) > 0 {
			w.batch = append(w.batch, <-w.queue)
		}
		if len(w.batch) == 0 || !w.write() {
			return
		}
	}
}

// write writes the batch, or keeps it for the next try.
func (w *writer) write() bool {
	const enough = 10 * time.Second // not the context of Run: what was begun is finished
	ctx, cancel := context.WithTimeout(context.Background(), enough)
	defer cancel()
	err := w.log.Write(ctx, w.batch...)
	w.judge(err)
	if err != nil {
		w.timer.Reset(w.pause)
		w.pause = min(2*w.pause, lastPause)
		return false
	}
	w.timer.Stop()
	w.pause = firstPause
	w.recorded.Add(int64(len(w.batch)))
	w.batch = w.batch[:0]
	if dropped := w.dropped.Load(); dropped > w.reported && len(w.queue) == 0 {
		w.logger.Warn("searches were not recorded, as the search log was too slow or could not be written; they were answered all the same",
			"dropped", dropped-w.reported)
		w.reported = dropped
	}
	return true
}

// judge notes whether the log can be used, and tells when that has changed.
func (w *writer) judge(err error) {
	if was := w.failing.Swap(err != nil); was == (err != nil) {
		return
	}
	if err != nil {
		w.logger.Error("the search log cannot be used; searches are answered, but not recorded until it can", "err", err)
		return
	}
	w.logger.Info("the search log can be used again")
}

// tidy forgets what is too old.
func (w *writer) tidy(ctx context.Context) {
	var before time.Time // nothing is older
	if w.keep > 0 {
		before = time.Now().Add(-w.keep)
	}
	n, err := w.log.DeleteBefore(ctx, before)
	if ctx.Err() != nil {
		return
	}
	w.judge(err)
	if n > 0 {
		w.logger.Info("the search log has forgotten what was too old", "entries", n)
	}
}

// finish writes what is left, in one try.
func (w *writer) finish() {
	w.drain()
	if lost := len(w.batch) + len(w.queue); lost > 0 {
		w.dropped.Add(int64(lost))
		w.logger.Error("searches could not be recorded before the end", "dropped", lost)
	}
	w.timer.Stop()
}
