//go:build unix

package content

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipe reads a folder with named pipes in it, which would keep whoever opens them waiting.
func TestPipe(t *testing.T) {
	dir := write(t, map[string]string{"a.md": "# 甲\n\n好"})
	for _, name := range []string{"b.md", "other"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	symlink(t, "other", filepath.Join(dir, "c.md"))
	lib := readDir(t, dir)
	if articleIDs(lib) != "a" || codes(lib.Problems) != "file-irregular file-irregular" {
		t.Errorf("articles %s, problems %v", articleIDs(lib), lib.Problems)
	}
}
