package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jieda/searchlog"
	"jieda/searchlog/searchlogtest"
)

func TestSQLite(t *testing.T) {
	searchlogtest.Test(t, func(t *testing.T) func() searchlog.Log {
		path := filepath.Join(t.TempDir(), "问 100%?#.db")
		return func() searchlog.Log {
			s, _ := open(t, path)
			return s
		}
	})
}

// open returns a store, closed at the end of the test, and what it logs.
func open(t *testing.T, path string) (*Store, *bytes.Buffer) {
	t.Helper()
	var lines bytes.Buffer
	s, err := OpenSQLite(path, slog.New(slog.NewTextHandler(&lines, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, &lines
}

func write(t *testing.T, s *Store, id string) error {
	t.Helper()
	return s.Write(t.Context(), searchlog.Search{ID: id, Time: time.Now(), Query: strings.Repeat("怎么退款", 100)})
}

func knows(t *testing.T, s *Store, id string) bool {
	t.Helper()
	found, err := s.Find(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return len(found) == 1
}

// filled writes a database of a few hundred searches and closes it.
func filled(t *testing.T, path string) {
	t.Helper()
	s, _ := open(t, path)
	for i := range 300 {
		if err := write(t, s, "old"+string(rune('a'+i%26))+time.Duration(i).String()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// Whatever happened to the file, the log works, what was there is kept beside it, and the operator is told.
func TestDamagedAtStart(t *testing.T) {
	for name, damage := range map[string]func(content []byte) []byte{
		"not a database":     func([]byte) []byte { return []byte(strings.Repeat("这不是数据库。", 500)) },
		"cut in the middle":  func(c []byte) []byte { return c[:len(c)/2] },
		"cut in the header":  func(c []byte) []byte { return c[:50] },
		"a page of zeros":    func(c []byte) []byte { clear(c[len(c)/2 : len(c)/2+4096]); return c },
		"header of zeros":    func(c []byte) []byte { clear(c[:100]); return c },
		"first page garbage": func(c []byte) []byte { copy(c[100:], bytes.Repeat([]byte{0xA5}, 3900)); return c },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "searchlog.db")
			filled(t, path)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			content = damage(content)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, lines := open(t, path)
			if err := write(t, s, "new"); err != nil || !knows(t, s, "new") {
				t.Fatalf("the log cannot be used: %v", err)
			}
			aside, err := filepath.Glob(path + ".damaged-*Z")
			if err != nil || len(aside) != 1 {
				t.Fatalf("moved aside: %v, %v", aside, err)
			}
			if kept, err := os.ReadFile(aside[0]); err != nil || len(kept) == 0 {
				t.Errorf("%d bytes were kept, %v", len(kept), err)
			}
			if n := strings.Count(lines.String(), "\n"); n != 1 || !strings.Contains(lines.String(), filepath.Base(aside[0])) {
				t.Errorf("%d lines logged: %s", n, lines)
			}
		})
	}
}

// A file that breaks while it is used is noticed when it is read; what is asked afterwards is kept.
func TestDamagedWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "searchlog.db")
	filled(t, path)
	s, _ := open(t, path)
	if err := write(t, s, "before"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt(bytes.Repeat([]byte{0xA5}, int(info.Size())-4096), 4096); err != nil {
		t.Fatal(err)
	}
	for try := 0; write(t, s, "after") != nil; try++ { // pages that SQLite remembers hide the damage for a while
		if try == 10 {
			t.Fatal("the log does not recover")
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	again, _ := open(t, path)
	for try := 0; write(t, again, "later") != nil; try++ {
		if try == 10 {
			t.Fatal("the log does not recover after it was closed")
		}
	}
	if !knows(t, again, "later") {
		t.Error("the search after the damage is lost")
	}
}

// While another program holds the file, writing fails in good time, and works as soon as it lets go.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "searchlog.db")
	filled(t, path)
	other, err := sql.Open("sqlite3", "file:"+path+"?_locking_mode=EXCLUSIVE&_txlock=exclusive")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	s, _ := open(t, path)
	start := time.Now()
	if err := write(t, s, "locked"); err == nil {
		t.Error("written to a locked file")
	}
	if took := time.Since(start); took > 3*busy {
		t.Errorf("it took %s to find out", took)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := write(t, s, "free"); err != nil || !knows(t, s, "free") {
		t.Errorf("after the other has let go: %v", err)
	}
	if aside, _ := filepath.Glob(path + ".damaged*"); len(aside) > 0 {
		t.Errorf("a locked file was taken for a damaged one: %v", aside)
	}
}

// An operator who removes the file, or puts an older one in its place, gets what is asked afterwards in the new file.
func TestRemovedWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "searchlog.db")
	s, lines := open(t, path)
	if err := write(t, s, "before"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := write(t, s, "after"); err != nil {
		t.Fatal(err)
	}
	other, _ := open(t, path)
	if knows(t, other, "before") || !knows(t, other, "after") {
		t.Error("the new file does not hold what was written after the old one was removed, and nothing else")
	}
	if !strings.Contains(lines.String(), "removed or replaced") {
		t.Errorf("logged %q", lines)
	}
}

// What stands in the way is said once it is used, and mended while the store is open.
func TestNoPlace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	path := filepath.Join(dir, "searchlog.db")
	s, _ := open(t, path)
	if err := write(t, s, "nowhere"); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("no folder: %v, want an error that names the file", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := write(t, s, "a folder"); err == nil {
		t.Error("written into a folder")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := write(t, s, "here"); err != nil || !knows(t, s, "here") {
		t.Errorf("mended: %v", err)
	}
}

// What customers asked is nobody else's business.
func TestPrivate(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, filepath.Join(dir, "searchlog.db"))
	if err := write(t, s, "s"); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 3 { // with -wal and -shm
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

// Times are text that sorts, in UTC, wherever the server stands.
func TestTimesSort(t *testing.T) {
	s, _ := open(t, filepath.Join(t.TempDir(), "searchlog.db"))
	shanghai := time.FixedZone("", 8*3600)
	begin := time.Date(2026, 11, 22, 23, 59, 59, 0, time.UTC)
	var earlier string
	for _, at := range []time.Time{
		begin, begin.Add(time.Millisecond), begin.Add(10 * time.Millisecond).In(shanghai),
		begin.Add(999 * time.Millisecond), begin.Add(time.Second).In(shanghai),
	} {
		if err := s.Write(t.Context(), searchlog.Search{ID: at.String(), Time: at}); err != nil {
			t.Fatal(err)
		}
		var kept string
		if err := s.db.QueryRow("SELECT CAST(at AS TEXT) FROM search WHERE id = ?", at.String()).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if kept <= earlier || !strings.HasSuffix(kept, "+00:00") {
			t.Errorf("%s after %s", kept, earlier)
		}
		earlier = kept
	}
}

// BenchmarkWrite is the processor time that a recorded search costs behind its answer: batches of 256, ten hits each.
func BenchmarkWrite(b *testing.B) {
	s, err := OpenSQLite(filepath.Join(b.TempDir(), "searchlog.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const together = 256
	n := 0
	for b.Loop() {
		var batch []searchlog.Entry
		for range together {
			n++
			search := searchlog.Search{ID: fmt.Sprintf("%026d", n*7919%1_000_003), Time: time.Now(), Query: "退款多久到账", Surface: "search", Decision: "answer"}
			for range 10 {
				search.Shown = append(search.Shown, searchlog.Shown{ArticleID: "faq/售后/退款", PassageID: "faq/售后/退款#多久到账"})
			}
			batch = append(batch, search)
		}
		if err := s.Write(b.Context(), batch...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/search")
}
