// Package local is the index engine on this machine's disk, on bleve.
//
// bleve keeps the terms of every passage and tells which passages hold a term; its analysis, scoring, highlighting and
// query language are not used (index/DESIGN.md says why). What bleve need not know, vectors and stored records, lies in
// plain files beside it. Every generation is a folder of its own with a manifest of checksums:
//
//	data/
//	  lock                       held while an Engine is open
//	  CURRENT                    the name of the generation in use
//	  generations/<name>/
//	    manifest.json            format, counts, and size and SHA-256 of every other file
//	    bleve/                   root.bolt and one .zap segment; missing when nothing can be found
//	    documents                bleve's document numbers → ordinals and lengths
//	    vectors, stored, meta
//
// Begin with Engine, then writer.go and reader.go.
package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"jieda/index"
)

// ErrInUse is returned by Open when another process holds the data folder.
var ErrInUse = errors.New("another jieda process is using this data folder / 另一个 jieda 进程正在使用这个数据目录")

// Engine keeps generations below one data folder. It holds the folder's lock until Close.
type Engine struct {
	dir  string
	lock *os.File

	mu   sync.Mutex
	open map[string]int // readers of each generation
}

var _ index.Engine = (*Engine)(nil)

// Open makes the data folder if need be, takes its lock and removes what an interrupted build left behind. Errors:
// ErrInUse.
func Open(dir string) (*Engine, error) {
	generations := filepath.Join(dir, "generations")
	if err := os.MkdirAll(generations, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	// bleve waits for its own lock without limit (notes in index/DESIGN.md): ours is taken first and never waits.
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the data folder's lock: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
		}
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	partial, err := filepath.Glob(filepath.Join(generations, "*"+partialSuffix))
	if err != nil {
		partial = nil
	}
	for _, p := range partial {
		if err := os.RemoveAll(p); err != nil {
			lock.Close()
			return nil, fmt.Errorf("removing an interrupted build: %w", err)
		}
	}
	return &Engine{dir: dir, lock: lock, open: map[string]int{}}, nil
}

// Close releases the lock.
func (e *Engine) Close() error { return e.lock.Close() }

const partialSuffix = ".partial"

var validName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,63}$`)

func (e *Engine) path(name string) string { return filepath.Join(e.dir, "generations", name) }

// Current implements index.Engine.
func (e *Engine) Current(context.Context) (string, error) {
	b, err := os.ReadFile(filepath.Join(e.dir, "CURRENT"))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	name := strings.TrimSpace(string(b))
	if err == nil && !validName.MatchString(name) {
		return "", nil // garbage: as good as none, and the next Switch mends it
	}
	return name, err
}

// Switch implements index.Engine.
func (e *Engine) Switch(_ context.Context, name string) error {
	if !validName.MatchString(name) {
		return fmt.Errorf("%w: %q", index.ErrNoGeneration, name)
	}
	if _, err := os.Stat(filepath.Join(e.path(name), manifestName)); err != nil {
		return fmt.Errorf("%w: %s: %w", index.ErrNoGeneration, name, err)
	}
	current := filepath.Join(e.dir, "CURRENT")
	if err := writeSynced(current+".new", []byte(name+"\n")); err != nil {
		return fmt.Errorf("writing CURRENT: %w", err)
	}
	if err := os.Rename(current+".new", current); err != nil {
		return fmt.Errorf("writing CURRENT: %w", err)
	}
	if err := syncDir(e.dir); err != nil {
		return fmt.Errorf("writing CURRENT: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.removeUnused(name)
}

// removeUnused removes the generations that are neither current nor open. Called with mu held.
func (e *Engine) removeUnused(current string) error {
	folders, err := os.ReadDir(filepath.Join(e.dir, "generations"))
	if err != nil {
		return fmt.Errorf("listing generations: %w", err)
	}
	for _, f := range folders {
		name := f.Name()
		if name == current || e.open[name] > 0 || strings.HasSuffix(name, partialSuffix) {
			continue
		}
		if err := os.RemoveAll(e.path(name)); err != nil {
			return fmt.Errorf("removing generation %s: %w", name, err)
		}
	}
	return nil
}

// closed is called by a reader: the last one of a generation that is no longer current removes it. Others are left alone:
// one may be written and not yet open.
func (e *Engine) closed(name string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open[name]--; e.open[name] > 0 {
		return nil
	}
	delete(e.open, name)
	current, err := e.Current(context.Background())
	if err != nil || current == name || current == "" {
		return err
	}
	return os.RemoveAll(e.path(name))
}

func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes renames in a folder survive a power cut.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
