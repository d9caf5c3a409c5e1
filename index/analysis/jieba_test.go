package analysis_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jieda/index/analysis"
	"jieda/index/analysis/segmentertest"
)

// shared is the jieba of all tests that need no words of their own: one takes half a second to make.
var shared = sync.OnceValue(func() *analysis.Jieba {
	dir, err := os.MkdirTemp("", "jieba")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir) // nothing is read from it later
	j, err := analysis.NewJieba(dir, nil)
	if err != nil {
		panic(err)
	}
	return j
})

func newJieba(t *testing.T, dir string, words ...analysis.SiteWord) *analysis.Jieba {
	t.Helper()
	j, err := analysis.NewJieba(dir, words)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func TestJieba(t *testing.T) {
	segmentertest.Test(t, func(t *testing.T) analysis.Segmenter { return newJieba(t, t.TempDir()) })
}

func TestJiebaWords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"怎么重置企业邮箱的登录密码", "怎么/重置/企业邮箱/的/登录/密码"},
		{"中华人民共和国国务院", "中华人民共和国国务院"},
		{"慢查询", "慢/查询"},
		{"我要退货", "我/要/退货"},
		{"韩玉鉴赏", "韩/玉/鉴赏"}, // a word of gojieba's user dictionary, which is not ours
	} {
		if got := strings.Join(shared().Cut(c.text), "/"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
}

// TestJiebaSiteWords has two instances with words of their own in one folder.
func TestJiebaSiteWords(t *testing.T) {
	dir := t.TempDir()
	a := newJieba(t, dir,
		analysis.SiteWord{Text: "慢查询"},
		analysis.SiteWord{Text: "極速退貨", Freq: 20000, Tag: "n"},                   // folded
		analysis.SiteWord{Text: "Apple Pay"},                                     // not Han: left out
		analysis.SiteWord{Text: "坏\r\n词"},                                        // would be two lines
		analysis.SiteWord{Text: ""},                                              //
		analysis.SiteWord{Text: "会员 卡", Freq: -1, Tag: "n 3\n坏"},                 // blank dropped, tag replaced
		analysis.SiteWord{Text: "超长频率", Freq: 1 << 60},                           // more than jieba's int
		analysis.SiteWord{Text: "重\x00置\xff"}, analysis.SiteWord{Text: "\ufeff"}, // nothing that C++ could choke on
	)
	b := newJieba(t, dir, analysis.SiteWord{Text: "查询慢"})
	for _, c := range []struct {
		seg        *analysis.Jieba
		text, want string
	}{
		{a, "慢查询", "慢查询"}, {b, "慢查询", "慢/查询"},
		{a, "查询慢", "查询/慢"}, {b, "查询慢", "查询慢"},
		{a, "极速退货", "极速退货"}, {a, "办会员卡", "办/会员卡"}, {a, "超长频率", "超长频率"}, {a, "坏词", "坏/词"},
	} {
		if got := strings.Join(c.seg.Cut(c.text), "/"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
}

// TestJiebaFolder damages the dictionaries: jieba would abort the process on any of these.
func TestJiebaFolder(t *testing.T) {
	dir := t.TempDir()
	first := newJieba(t, dir)
	want := first.Cut("我要退货")
	first.Close()

	// A complete folder is not written to, so it may be read-only.
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	files, err := filepath.Glob(filepath.Join(dir, "*.utf8"))
	if err != nil || len(files) != 5 {
		t.Fatalf("files: %q, %v", files, err)
	}
	for _, name := range files {
		if err := os.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	newJieba(t, dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if info, err := os.Stat(name); err != nil || !info.ModTime().Equal(old) {
			t.Errorf("%s was written again (%v)", name, err)
		}
	}

	for name, damage := range map[string]func(path string) error{
		"jieba.dict.utf8": func(path string) error { return os.WriteFile(path, []byte("坏行\n"), 0o644) },
		"hmm_model.utf8":  func(path string) error { return os.Truncate(path, 0) },
		"idf.utf8":        os.Remove,
		"stop_words.utf8": func(path string) error { return os.Truncate(path, 10) },
	} {
		if err := damage(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	second := newJieba(t, dir)
	if got := second.Cut("我要退货"); !slices.Equal(got, want) {
		t.Errorf("after damage: got %q, want %q", got, want)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}

	// A directory where a file should be, and a path that jieba would cut in two.
	bad := t.TempDir()
	if err := os.MkdirAll(filepath.Join(bad, "jieba.dict.utf8"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{bad, filepath.Join(t.TempDir(), "a;b"), filepath.Join(t.TempDir(), "a|b")} {
		if j, err := analysis.NewJieba(dir, nil); err == nil {
			j.Close()
			t.Errorf("NewJieba(%q) succeeded", dir)
		}
	}
}

// TestJiebaCloseWaits closes while others cut: freeing too early kills the process.
func TestJiebaCloseWaits(t *testing.T) {
	j := newJieba(t, t.TempDir())
	text := strings.Repeat("怎么重置企业邮箱的登录密码", 1000)
	var running, done sync.WaitGroup
	for range 6 {
		running.Add(1)
		done.Go(func() {
			defer func() {
				if r := recover(); r != "analysis: Cut on a closed Jieba" {
					t.Errorf("Cut after Close: recovered %v", r)
				}
			}()
			for i := 0; ; i++ {
				if got := strings.Join(j.Cut(text), ""); got != text {
					t.Error("text was lost")
				}
				if i == 0 {
					running.Done()
				}
			}
		})
	}
	running.Wait()
	time.Sleep(20 * time.Millisecond)
	if err := j.Close(); err != nil {
		t.Error(err)
	}
	done.Wait()
}
