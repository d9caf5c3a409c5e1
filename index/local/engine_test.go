package local_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"jieda/index"
	"jieda/index/analysis"
	"jieda/index/indextest"
	"jieda/index/local"
)

func TestEngine(t *testing.T) {
	// Storage belongs to the test, not to the engine: the second open of a test finds what the first wrote.
	dirs := map[string]string{}
	indextest.Test(t, func(t *testing.T) index.Engine {
		if dirs[t.Name()] == "" {
			dirs[t.Name()] = t.TempDir()
		}
		e, err := local.Open(dirs[t.Name()])
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
}

func TestSecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	first, err := local.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := local.Open(dir); !errors.Is(err, local.ErrInUse) {
		t.Errorf("second Open: %v, want ErrInUse", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := local.Open(dir)
	if err != nil {
		t.Fatalf("Open after Close: %v", err)
	}
	again.Close()
}

// built makes a data folder with one generation and returns the generation's folder.
func built(t *testing.T) (data, generation string) {
	t.Helper()
	data = t.TempDir()
	e, err := local.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	docs := func(yield func(index.Document, error) bool) {
		for range 3000 {
			keys := []analysis.Key{analysis.Key(1<<61 + 7), analysis.Key(1<<61 + 9)}
			if !yield(index.Document{Question: keys, Text: keys, QuestionLen: 2, TextLen: 2, Vector: make([]byte, 50), Stored: make([]byte, 100)}, nil) {
				return
			}
		}
	}
	if err := e.Write(context.Background(), "g", docs, func() ([]byte, error) { return []byte("meta"), nil }); err != nil {
		t.Fatal(err)
	}
	if err := e.Switch(context.Background(), "g"); err != nil {
		t.Fatal(err)
	}
	return data, filepath.Join(data, "generations", "g")
}

func openCurrent(data string) error {
	e, err := local.Open(data)
	if err != nil {
		return err
	}
	defer e.Close()
	r, err := e.Open(context.Background(), "g")
	if err != nil {
		return err
	}
	return r.Close()
}

// TestDamageIsNoticed: bleve itself serves zeroed pages in silence, panics on flipped bytes and dies of a cut bolt file.
func TestDamageIsNoticed(t *testing.T) {
	if data, _ := built(t); openCurrent(data) != nil {
		t.Fatal("the undamaged generation does not open")
	}
	_, sample := built(t)
	var files []string
	filepath.WalkDir(sample, func(path string, d os.DirEntry, err error) error {
		if !d.IsDir() {
			rel, _ := filepath.Rel(sample, path)
			files = append(files, rel)
		}
		return nil
	})
	if len(files) < 7 {
		t.Fatalf("a generation is only %v", files)
	}
	damages := map[string]func(path string, b []byte) error{
		"deleted":      func(path string, _ []byte) error { return os.Remove(path) },
		"empty":        func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) },
		"one byte cut": func(path string, b []byte) error { return os.WriteFile(path, b[:len(b)-1], 0o600) },
		"half":         func(path string, b []byte) error { return os.WriteFile(path, b[:len(b)/2], 0o600) },
		"byte flipped in the middle": func(path string, b []byte) error {
			b[len(b)/2] ^= 0xFF
			return os.WriteFile(path, b, 0o600)
		},
		"zeroed": func(path string, b []byte) error {
			clear(b)
			return os.WriteFile(path, b, 0o600)
		},
	}
	for _, name := range files {
		for what, damage := range damages {
			data, generation := built(t)
			path := filepath.Join(generation, name)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			// A file that is all zeros already cannot be damaged by zeroing it.
			if what == "zeroed" && len(b) > 0 && string(b) == string(make([]byte, len(b))) {
				continue
			}
			if err := damage(path, b); err != nil {
				t.Fatal(err)
			}
			if err := openCurrent(data); !errors.Is(err, index.ErrDamaged) {
				t.Errorf("%s %s: %v, want ErrDamaged", name, what, err)
			}
		}
	}
}

func TestInterruptedBuildIsRemoved(t *testing.T) {
	data, generation := built(t)
	partial := generation + "2.partial"
	if err := os.MkdirAll(filepath.Join(partial, "bleve"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := openCurrent(data); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(partial); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the interrupted build is still there: %v", err)
	}
}

func TestGarbageInCurrent(t *testing.T) {
	data, _ := built(t)
	for _, garbage := range []string{"", "../../etc", "a b", "\x00\x01"} {
		if err := os.WriteFile(filepath.Join(data, "CURRENT"), []byte(garbage), 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := local.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		if name, err := e.Current(context.Background()); name != "" || err != nil {
			t.Errorf("CURRENT %q: %q, %v, want none", garbage, name, err)
		}
		e.Close()
	}
}
