package content

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes files below a new folder and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func symlink(t *testing.T, to, from string) {
	t.Helper()
	if err := os.Symlink(to, from); err != nil {
		t.Fatal(err)
	}
}

func readDir(t *testing.T, dir string) *Library {
	t.Helper()
	folder, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := Read(t.Context(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func articleIDs(lib *Library) string {
	var ids []string
	for _, a := range lib.Articles {
		ids = append(ids, a.ID)
	}
	return strings.Join(ids, " ")
}

func TestOpenDir(t *testing.T) {
	dir := write(t, map[string]string{"a.md": "好"})
	for _, c := range []struct{ dir, zh, en string }{
		{filepath.Join(dir, "none"), "不存在", "does not exist"},
		{filepath.Join(dir, "a.md"), "是一个文件", "is a file"},
	} {
		_, err := OpenDir(c.dir)
		if err == nil || !strings.Contains(err.Error(), c.zh) || !strings.Contains(err.Error(), c.en) {
			t.Errorf("OpenDir(%s): %v", c.dir, err)
		}
	}
}

func TestFolderIsClosed(t *testing.T) {
	dir := write(t, map[string]string{"site/a.md": "好", "site/.env": "key", "site/.git/config": "x", "secret": "key"})
	site := filepath.Join(dir, "site")
	symlink(t, "../secret", filepath.Join(site, "out"))
	symlink(t, filepath.Join(dir, "secret"), filepath.Join(site, "absolute"))
	folder, err := OpenDir(site)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".env", ".git/config", "../secret", "/secret", "out", "absolute", "none", "a.md/", "./a.md"} {
		if _, err := fs.ReadFile(folder, name); err == nil {
			t.Errorf("%s can be read", name)
		}
		if f, err := folder.Open(name); err == nil {
			f.Close()
			t.Errorf("%s can be opened", name)
		}
		if _, err := fs.Stat(folder, name); err == nil {
			t.Errorf("%s exists", name)
		}
	}
	if data, err := fs.ReadFile(folder, "a.md"); err != nil || string(data) != "好" {
		t.Errorf("a.md: %q %v", data, err)
	}
	if _, err := fs.ReadDir(folder, ".git"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf(".git can be listed: %v", err)
	}
}

func TestSymbolicLinks(t *testing.T) {
	dir := write(t, map[string]string{"site/faq/a.md": "# 甲\n\n好", "outside.md": "# 外面\n\n好"})
	site := filepath.Join(dir, "site")
	symlink(t, "faq/a.md", filepath.Join(site, "b.md"))
	symlink(t, "..", filepath.Join(site, "faq", "loop"))
	symlink(t, "faq", filepath.Join(site, "folder"))
	symlink(t, "../outside.md", filepath.Join(site, "c.md"))
	symlink(t, "none.md", filepath.Join(site, "d.md"))
	symlink(t, "e.md", filepath.Join(site, "e.md"))
	lib := readDir(t, site)
	if got := articleIDs(lib); got != "b faq/a" {
		t.Errorf("articles %s", got)
	}
	want := "c.md symlink-outside d.md symlink-outside e.md symlink-outside faq/a.md article-duplicate faq/loop symlink-folder folder symlink-folder"
	var got []string
	for _, p := range lib.Problems {
		got = append(got, p.Path, string(p.Code))
	}
	if strings.Join(got, " ") != want {
		t.Errorf("problems\n%s, want\n%s", strings.Join(got, " "), want)
	}
}

// TestConfigMap reads a folder as Kubernetes mounts it, before and after the map changes.
func TestConfigMap(t *testing.T) {
	dir := write(t, map[string]string{"..2026_01/a.md": "# 旧\n\n好", "..2026_02/a.md": "# 新\n\n好"})
	symlink(t, "..2026_01", filepath.Join(dir, "..data"))
	symlink(t, "..data/a.md", filepath.Join(dir, "a.md"))
	lib := readDir(t, dir)
	if len(lib.Articles) != 1 || lib.Articles[0].Title != "旧" || len(lib.Problems) != 0 {
		t.Fatalf("%v %v", lib.Articles, lib.Problems)
	}
	symlink(t, "..2026_02", filepath.Join(dir, "..tmp"))
	if err := os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data")); err != nil {
		t.Fatal(err)
	}
	if next := readDir(t, dir); next.Articles[0].Title != "新" || next.Hash == lib.Hash {
		t.Errorf("%v", next.Articles)
	}
}

// TestSwitchedFolder keeps a folder open while the link that leads to it is switched, as git-sync does.
func TestSwitchedFolder(t *testing.T) {
	dir := write(t, map[string]string{"one/a.md": "# 一\n\n好", "two/a.md": "# 二\n\n好"})
	current := filepath.Join(dir, "current")
	symlink(t, "one", current)
	folder, err := OpenDir(current)
	if err != nil {
		t.Fatal(err)
	}
	symlink(t, "two", filepath.Join(dir, "next"))
	if err := os.Rename(filepath.Join(dir, "next"), current); err != nil {
		t.Fatal(err)
	}
	lib, err := Read(t.Context(), folder, nil)
	if err != nil || lib.Articles[0].Title != "二" {
		t.Errorf("%v %v", lib, err)
	}
}

// TestNamesOfOtherEncodings reads names as they come out of an archive made on Windows: 退货.md in GBK.
func TestNamesOfOtherEncodings(t *testing.T) {
	dir := write(t, map[string]string{"faq/a.md": "# 甲\n\n好"})
	if err := os.WriteFile(filepath.Join(dir, "faq", "\xcd\xcb\xbb\xf5.md"), []byte("# 退货\n\n好"), 0o644); err != nil {
		t.Skip("this system allows only names in UTF-8: ", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "\xca\xdb\xba\xf3"), 0o755); err != nil { // 售后
		t.Fatal(err)
	}
	lib := readDir(t, dir)
	if articleIDs(lib) != "faq/a" || codes(lib.Problems) != "file-name file-name" {
		t.Fatalf("articles %s, problems %v", articleIDs(lib), lib.Problems)
	}
	if one, two := lib.Problems[0].Path, lib.Problems[1].Path; one != `\xca\xdb\xba\xf3` || two != `faq/\xcd\xcb\xbb\xf5.md` {
		t.Errorf("paths %s and %s", one, two)
	}
}

func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root can read everything")
	}
	dir := write(t, map[string]string{"a.md": "# 甲\n\n好", "b.md": "# 乙\n\n好", "c/c.md": "# 丙\n\n好"})
	if err := errors.Join(os.Chmod(filepath.Join(dir, "b.md"), 0), os.Chmod(filepath.Join(dir, "c"), 0)); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Join(dir, "c"), 0o755)
	lib := readDir(t, dir)
	if articleIDs(lib) != "a" || codes(lib.Problems) != "file-unreadable file-unreadable" {
		t.Errorf("articles %s, problems %v", articleIDs(lib), lib.Problems)
	}
	for _, p := range lib.Problems {
		if strings.Contains(p.Message("en"), dir) {
			t.Errorf("the message names a path of this machine: %s", p)
		}
	}
}
