package content

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// WatchOptions say how often to look. The zero value is a good default.
type WatchOptions struct {
	Debounce time.Duration // how long the folder must be quiet after a change; 300 ms when 0
	Rescan   time.Duration // how often to look in any case; a minute when 0, never when negative
	Logger   *slog.Logger  // slog.Default() when nil
}

// maxDelay is how many Debounces a change is reported after at the latest, when the folder never becomes quiet.
const maxDelay = 20

// Watch calls changed whenever something in the folder may have changed, until ctx is done; then it returns nil. Reason
// is "watch" after the operating system reported a change, and "rescan" at regular intervals. Calls do not overlap.
//
// It says only that it is time to compare the folder's Hash: a report may be about nothing, and there are changes that
// only the rescan finds, as on network file systems, or files made in a folder a moment after the folder itself. When
// the folder cannot be watched at all Watch logs a warning and goes on with rescans alone. It never waits for dir to
// exist: a missing folder is looked for at each rescan.
func Watch(ctx context.Context, dir string, opts WatchOptions, changed func(reason string)) error {
	if opts.Debounce <= 0 {
		opts.Debounce = 300 * time.Millisecond
	}
	if opts.Rescan == 0 {
		opts.Rescan = time.Minute
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	w := &watcher{dir: filepath.Clean(dir), log: opts.Logger, watched: make(map[string]bool)}
	var events chan fsnotify.Event // never ready when nil
	var failures chan error
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		w.warn(err)
	} else {
		defer notify.Close()
		w.notify, events, failures = notify, notify.Events, notify.Errors
		w.refresh()
	}
	var rescan <-chan time.Time
	if opts.Rescan > 0 {
		ticker := time.NewTicker(opts.Rescan)
		defer ticker.Stop()
		rescan = ticker.C
	}
	quiet := time.NewTimer(opts.Debounce)
	quiet.Stop()
	var first time.Time // of the changes that are not reported yet
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-events:
			if !w.concerns(event) {
				continue
			}
			now := time.Now()
			if first.IsZero() {
				first = now
			}
			if now.Sub(first) < maxDelay*opts.Debounce {
				quiet.Reset(opts.Debounce)
			}
		case err := <-failures: // such as an overflow: events were lost
			w.log.Debug("watching the content folder", "error", err)
			quiet.Reset(opts.Debounce)
		case <-quiet.C:
			first = time.Time{}
			w.refresh()
			changed("watch")
		case <-rescan:
			w.refresh()
			changed("rescan")
		}
	}
}

// A watcher keeps the watches of a folder and of all folders in it.
type watcher struct {
	dir    string
	notify *fsnotify.Watcher // nil when there is none
	log    *slog.Logger
	// real is dir without symbolic links; watched are the folders below it that are watched.
	real    string
	watched map[string]bool
	warned  bool
}

// refresh watches the folders that are there now. When dir is a symbolic link, as git-sync makes it, the folder that
// holds the link is watched too, and all watches move when the link is switched.
func (w *watcher) refresh() {
	if w.notify == nil {
		return
	}
	real, err := filepath.EvalSymlinks(w.dir)
	if err != nil {
		real = ""
	}
	if real != w.real {
		for name := range w.watched {
			_ = w.notify.Remove(name)
		}
		clear(w.watched)
		w.real = real
	}
	found := make(map[string]bool)
	if info, err := os.Lstat(w.dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		found[filepath.Dir(w.dir)] = true
	}
	if real != "" {
		_ = filepath.WalkDir(real, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return nil
			}
			if name != real && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			found[name] = true
			return nil
		})
	}
	for name := range w.watched {
		if !found[name] { // gone; the operating system has dropped its watch
			delete(w.watched, name)
		}
	}
	for name := range found {
		if w.watched[name] {
			continue
		}
		if err := w.notify.Add(name); err != nil {
			w.warn(err)
			return
		}
		w.watched[name] = true
	}
}

// warn says once that changes are noticed late.
func (w *watcher) warn(err error) {
	if w.warned {
		return
	}
	w.warned = true
	w.log.Warn("the content folder cannot be watched completely, changes are noticed at the next rescan only; raise fs.inotify.max_user_watches and max_user_instances / 无法完整监视知识库文件夹，改动要到下次扫描才会发现；请调大 fs.inotify.max_user_watches 和 max_user_instances",
		"folder", w.dir, "error", err)
}

// concerns leaves out what does not change the articles: permissions, and the names with a dot that editors and git
// write, except those with two, by which Kubernetes switches a ConfigMap.
func (w *watcher) concerns(event fsnotify.Event) bool {
	if event.Op == fsnotify.Chmod {
		return false
	}
	if event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename) {
		delete(w.watched, event.Name) // the watch of a folder goes with it, also if one of that name follows
	}
	name := filepath.Base(event.Name)
	if filepath.Dir(event.Name) != w.real && !strings.HasPrefix(event.Name, w.real+string(filepath.Separator)) {
		return name == filepath.Base(w.dir) // beside the folder: the link itself
	}
	return !strings.HasPrefix(name, ".") || strings.HasPrefix(name, "..")
}
