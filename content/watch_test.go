package content

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// watching starts Watch on a folder and returns the reasons it gives.
func watching(t *testing.T, dir string, opts WatchOptions) <-chan string {
	t.Helper()
	reasons := make(chan string, 100)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Watch(ctx, dir, opts, func(reason string) { reasons <- reason }) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Error("Watch does not end")
		}
	})
	return reasons
}

func expect(t *testing.T, reasons <-chan string, want, after string) {
	t.Helper()
	select {
	case got := <-reasons:
		if got != want {
			t.Errorf("reason %q, want %q after %s", got, want, after)
		}
	case <-time.After(5 * time.Second):
		t.Fatalf("nothing is reported after %s", after)
	}
}

// settle waits until nothing more is reported, so that the watches stand, and counts what was.
func settle(reasons <-chan string) (reports int) {
	for {
		select {
		case <-reasons:
			reports++
		case <-time.After(300 * time.Millisecond):
			return reports
		}
	}
}

func expectNone(t *testing.T, reasons <-chan string, wait time.Duration, after string) {
	t.Helper()
	select {
	case got := <-reasons:
		t.Errorf("%q is reported after %s", got, after)
	case <-time.After(wait):
	}
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWatch(t *testing.T) {
	dir := write(t, map[string]string{"faq/a.md": "好", ".git/x": ""})
	opts := WatchOptions{Debounce: 50 * time.Millisecond, Rescan: -1}
	reasons := watching(t, dir, opts)
	time.Sleep(200 * time.Millisecond) // until the watches stand

	put(t, dir, "faq/a.md", "改了")
	expect(t, reasons, "watch", "a file was changed")
	settle(reasons)
	for i := range 100 {
		put(t, dir, "faq/b.md", string(rune('a'+i)))
	}
	expect(t, reasons, "watch", "many changes")
	if more := settle(reasons); more > 20 {
		t.Errorf("100 changes are reported %d times", more+1)
	}

	put(t, dir, "新/子/c.md", "好")
	expect(t, reasons, "watch", "a folder was made")
	settle(reasons)
	put(t, dir, "新/子/c.md", "改了")
	expect(t, reasons, "watch", "a file in a new folder was changed")

	if err := os.RemoveAll(filepath.Join(dir, "新")); err != nil {
		t.Fatal(err)
	}
	expect(t, reasons, "watch", "a folder was removed")
	put(t, dir, "新/d.md", "好")
	expect(t, reasons, "watch", "the folder was made again")
	settle(reasons)
	put(t, dir, "新/d.md", "改了")
	expect(t, reasons, "watch", "a file in the folder that was made again was changed")

	settle(reasons)
	put(t, dir, ".git/x", "y")
	put(t, dir, "faq/.a.md.swp", "y")
	expectNone(t, reasons, 200*time.Millisecond, "files with a dot were written")
}

func TestWatchSwitchedLink(t *testing.T) {
	dir := write(t, map[string]string{"one/a.md": "一", "two/a.md": "二"})
	current := filepath.Join(dir, "current")
	symlink(t, "one", current)
	reasons := watching(t, current, WatchOptions{Debounce: 50 * time.Millisecond, Rescan: -1})
	time.Sleep(200 * time.Millisecond)
	symlink(t, "two", filepath.Join(dir, "next"))
	if err := os.Rename(filepath.Join(dir, "next"), current); err != nil {
		t.Fatal(err)
	}
	expect(t, reasons, "watch", "the link was switched")
	settle(reasons)
	put(t, dir, "two/a.md", "三")
	expect(t, reasons, "watch", "a file behind the new link was changed")
}

func TestWatchConfigMap(t *testing.T) {
	dir := write(t, map[string]string{"..1/a.md": "一", "..2/a.md": "二"})
	symlink(t, "..1", filepath.Join(dir, "..data"))
	symlink(t, "..data/a.md", filepath.Join(dir, "a.md"))
	reasons := watching(t, dir, WatchOptions{Debounce: 50 * time.Millisecond, Rescan: -1})
	time.Sleep(200 * time.Millisecond)
	symlink(t, "..2", filepath.Join(dir, "..tmp"))
	if err := os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data")); err != nil {
		t.Fatal(err)
	}
	expect(t, reasons, "watch", "the ConfigMap was switched")
}

func TestWatchRescans(t *testing.T) {
	var log bytes.Buffer
	opts := WatchOptions{Rescan: 50 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	dir := filepath.Join(t.TempDir(), "later")
	reasons := watching(t, dir, opts)
	expect(t, reasons, "rescan", "some time, without a folder")
	put(t, dir, "a.md", "好")
	for range 3 {
		expect(t, reasons, "rescan", "some time")
	}
}
