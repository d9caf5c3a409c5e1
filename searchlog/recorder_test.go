package searchlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// memory is a Log that can be told to fail.
type memory struct {
	mu      sync.Mutex
	broken  bool
	writes  []int // sizes
	kept    []string
	deleted []time.Time
}

func (m *memory) Write(_ context.Context, entries ...Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return errors.New("disk full")
	}
	m.writes = append(m.writes, len(entries))
	for _, e := range entries {
		m.kept = append(m.kept, e.(Search).ID)
	}
	return nil
}

func (m *memory) Find(_ context.Context, ids ...string) (found []Found, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if slices.Contains(m.kept, id) {
			found = append(found, Found{Search: Search{ID: id}})
		}
	}
	return found, nil
}

func (m *memory) Since(context.Context, time.Time, func(Found) error) error { return nil }
func (m *memory) DeleteBefore(_ context.Context, t time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deleted = append(m.deleted, t)
	if m.broken {
		return 0, errors.New("disk full")
	}
	return 0, nil
}

func (m *memory) Close() error { return nil }

// sizes are those of the writes so far.
func (m *memory) sizes() []int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.writes)
}

// deletions are the times given to DeleteBefore so far.
func (m *memory) deletions() []time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.deleted)
}

func (m *memory) setBroken(b bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = b
}

// start runs a recorder into a memory until stop is called.
func start(opts RecorderOptions) (m *memory, r *Recorder, lines *bytes.Buffer, stop func()) {
	m, lines = &memory{}, &bytes.Buffer{}
	opts.Logger = slog.New(slog.NewTextHandler(lines, nil))
	r = NewRecorder(m, opts)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	return m, r, lines, func() { cancel(); running.Wait() }
}

func record(r *Recorder, from, to int) {
	for i := from; i < to; i++ {
		r.Record(Search{ID: fmt.Sprint(i)})
	}
}

// Many searches are written together, few after a moment, and those at the end before Run returns.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, r, _, stop := start(RecorderOptions{})
		record(r, 0, batchSize)
		synctest.Wait()
		if !slices.Equal(m.sizes(), []int{batchSize}) {
			t.Errorf("a full batch: written %v", m.sizes())
		}
		record(r, 0, 3)
		time.Sleep(batchDelay / 2)
		record(r, 3, 5)
		synctest.Wait()
		if len(m.sizes()) != 1 {
			t.Errorf("written at once: %v", m.sizes())
		}
		time.Sleep(batchDelay/2 + time.Millisecond)
		synctest.Wait()
		if !slices.Equal(m.sizes(), []int{batchSize, 5}) {
			t.Errorf("after a moment: written %v", m.sizes())
		}
		record(r, 0, 2*batchSize+7)
		stop()
		if got := r.Stats(); len(m.kept) != 3*batchSize+12 || got != (Stats{Recorded: 3*batchSize + 12}) {
			t.Errorf("at the end %d are kept, %+v", len(m.kept), got)
		}
	})
}

// What is in the queue is found as well.
func TestFindSeesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r, _, stop := start(RecorderOptions{})
		record(r, 0, 2*batchSize+1)
		found, err := r.Find(t.Context(), fmt.Sprint(2*batchSize), "0", "none")
		if err != nil || len(found) != 2 {
			t.Errorf("found %v, %v", found, err)
		}
		stop()
		if found, err := r.Find(t.Context(), "0"); err != nil || len(found) != 1 {
			t.Errorf("after the end: %v, %v", found, err)
		}
	})
}

// While the log is broken nobody waits; searches do, as many as there is room for, and are written when it is mended.
// The operator reads one line about each.
func TestBrokenLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const room = 100
		m, r, lines, stop := start(RecorderOptions{Queue: room})
		defer stop()
		synctest.Wait()
		m.setBroken(true)
		for i := range batchSize + room + 40 {
			r.Record(Search{ID: fmt.Sprint(i)})
			synctest.Wait() // the batch takes what it can
		}
		time.Sleep(10 * time.Minute)
		want := Stats{Queued: room, Dropped: 40, Failing: true}
		if got := r.Stats(); got != want {
			t.Errorf("broken: %+v, want %+v", got, want)
		}
		if n := strings.Count(lines.String(), "level=ERROR"); n != 1 || !strings.Contains(lines.String(), "disk full") {
			t.Errorf("%d lines: %s", n, lines)
		}
		m.setBroken(false)
		time.Sleep(lastPause + batchDelay)
		synctest.Wait()
		if got := r.Stats(); got != (Stats{Recorded: batchSize + room, Dropped: 40}) {
			t.Errorf("mended: %+v", got)
		}
		if n := strings.Count(lines.String(), "dropped=40"); n != 1 {
			t.Errorf("the drops were logged %d times: %s", n, lines)
		}
		lines.Reset()
		record(r, 0, 10)
		time.Sleep(time.Second)
		synctest.Wait()
		if lines.Len() > 0 {
			t.Errorf("said again: %s", lines)
		}
	})
}

// A log that is broken from the start, so that nothing could be forgotten, is written as soon as it can be.
func TestBrokenAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{broken: true}
		var lines bytes.Buffer
		r := NewRecorder(m, RecorderOptions{Logger: slog.New(slog.NewTextHandler(&lines, nil))})
		ctx, cancel := context.WithCancel(t.Context())
		go r.Run(ctx)
		synctest.Wait()
		if !r.Stats().Failing || strings.Count(lines.String(), "\n") != 1 {
			t.Errorf("%+v: %s", r.Stats(), &lines)
		}
		m.setBroken(false)
		record(r, 0, 3)
		time.Sleep(time.Second)
		synctest.Wait()
		if got := r.Stats(); got != (Stats{Recorded: 3}) {
			t.Errorf("mended: %+v", got)
		}
		cancel()
	})
}

// A log that is broken at the end does not keep the program from ending, and what is lost is said.
func TestBrokenAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, r, lines, stop := start(RecorderOptions{})
		synctest.Wait()
		m.setBroken(true)
		record(r, 0, 7)
		stop()
		if got := r.Stats(); got.Dropped != 7 || !strings.Contains(lines.String(), "dropped=7") {
			t.Errorf("%+v: %s", got, lines)
		}
	})
}

// What is too old is forgotten at the start and then every hour; without a limit nothing is.
func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		const keep = 24 * time.Hour
		m, _, _, stop := start(RecorderOptions{Keep: keep})
		forever, _, _, stopForever := start(RecorderOptions{})
		time.Sleep(tidying + time.Minute)
		stop()
		stopForever()
		if want := []time.Time{begin.Add(-keep), begin.Add(tidying - keep)}; !slices.EqualFunc(m.deletions(), want, time.Time.Equal) {
			t.Errorf("deleted before %v, want %v", m.deletions(), want)
		}
		if !slices.Equal(forever.deletions(), []time.Time{{}, {}}) {
			t.Errorf("without a limit deleted before %v", forever.deletions())
		}
	})
}

// A recorder without a log does nothing, and says so.
func TestOff(t *testing.T) {
	r := NewRecorder(None{}, RecorderOptions{Queue: 1})
	record(r, 0, 10)
	r.Run(t.Context())
	if got := r.Stats(); !r.Off() || got != (Stats{}) {
		t.Errorf("off %v, %+v", r.Off(), got)
	}
	if found, err := r.Find(t.Context(), "0"); err != nil || len(found) != 0 {
		t.Errorf("found %v, %v", found, err)
	}
	if err := r.Write(t.Context(), Question{Text: "q"}); !errors.Is(err, ErrOff) {
		t.Errorf("Write: %v, want ErrOff", err)
	}
}

// A search pays less than a few microseconds for its record, whether or not there is room.
func BenchmarkRecord(b *testing.B) {
	r := NewRecorder(&memory{}, RecorderOptions{})
	b.ReportAllocs()
	for b.Loop() {
		r.Record(Search{ID: "a", Query: "怎么退款"})
	}
}
