package keys

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Sources say where a server finds its keys. They are put together; an id may be in one of them only.
type Sources struct {
	// Data is the file that "jieda key" changes; none yet means no keys.
	Data string
	// File is one that somebody else provides, such as a mounted secret; "" for none. It must be there.
	File string
	// Text is a file of keys as text, from the environment; "" for none.
	Text string
}

// A Ring holds the keys of a server; the zero Ring has none. It is safe for concurrent use, and looking one up takes a
// microsecond.
type Ring struct {
	sources Sources
	keys    atomic.Pointer[map[string]*Key] // by id; nil for none

	mu    sync.Mutex // of what follows
	read  bool       // all of them once at least
	seen  [2]fs.FileInfo
	wrong string // what the last reload failed of, so that it is logged once
}

// Open reads all sources. An error names the one that cannot be used and says why.
func Open(sources Sources) (*Ring, error) {
	r := &Ring{sources: sources}
	if _, err := r.reload(); err != nil {
		return nil, err
	}
	return r, nil
}

// Find returns the key that its holder sent. Errors: ErrUnknown, ErrExpired, ErrRevoked. Do not change the key.
func (r *Ring) Find(secret string, now time.Time) (*Key, error) {
	k, ok := r.all()[IDOf(secret)]
	if !ok {
		return nil, ErrUnknown
	}
	if err := k.opens(secret, now); err != nil {
		return nil, err
	}
	return k, nil
}

func (r *Ring) all() map[string]*Key {
	if all := r.keys.Load(); all != nil {
		return *all
	}
	return nil
}

// Any says whether there is a key with the scope that is active now.
func (r *Ring) Any(s Scope, now time.Time) bool {
	for _, k := range r.all() {
		if k.Has(s) && k.State(now) == "active" {
			return true
		}
	}
	return false
}

// Watch looks at the files every second and takes over what has changed in them, until ctx is done. When they cannot be
// used any more, it keeps the keys it has and logs why, once.
func (r *Ring) Watch(ctx context.Context, log *slog.Logger) {
	const often = time.Second
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.refresh(log)
		}
	}
}

func (r *Ring) refresh(log *slog.Logger) {
	changed, err := r.reload()
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil && err.Error() != r.wrong:
		r.wrong = err.Error()
		log.Error("the API keys cannot be read again; those read before go on being used", "err", err)
	case err == nil && (changed || r.wrong != ""):
		r.wrong = ""
		log.Info("API keys read", "keys", len(r.all()))
	}
}

// reload reads the sources again if a file has changed since the last time.
func (r *Ring) reload() (changed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	paths := [2]string{r.sources.Data, r.sources.File}
	var now [2]fs.FileInfo
	for i, path := range paths {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		if err != nil && !(i == 0 && errors.Is(err, fs.ErrNotExist)) {
			return false, err
		}
		now[i] = info
		changed = changed || !sameFile(info, r.seen[i])
	}
	if r.read && !changed {
		return false, nil
	}
	all, err := r.sources.readAll()
	if err != nil {
		return false, err
	}
	r.keys.Store(&all)
	r.read, r.seen = true, now
	return changed, nil
}

// sameFile says whether nothing was written between two looks at a file. A file that is renamed over another is another
// one, even in the same second and of the same size.
func sameFile(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// readAll returns the keys of all sources by id.
func (s Sources) readAll() (map[string]*Key, error) {
	all, from := map[string]*Key{}, map[string]string{}
	add := func(source string, list []Key) error {
		for i := range list {
			id := list[i].ID
			if other, taken := from[id]; taken {
				return fmt.Errorf("key %q is in %s and in %s; remove it from one of them", id, other, source)
			}
			all[id], from[id] = &list[i], source
		}
		return nil
	}
	if s.Data != "" {
		list, err := Read(s.Data)
		if err = errors.Join(err, add(s.Data, list)); err != nil {
			return nil, err
		}
	}
	if s.File != "" {
		list, _, err := read(s.File)
		if err = errors.Join(err, add(s.File, list)); err != nil {
			return nil, err
		}
	}
	if s.Text != "" {
		list, err := parse([]byte(s.Text))
		if err != nil {
			return nil, fmt.Errorf("the keys in the settings: %w", err)
		}
		if err := add("the settings", list); err != nil {
			return nil, err
		}
	}
	return all, nil
}
