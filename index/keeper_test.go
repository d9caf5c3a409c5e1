package index_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"jieda/index"
)

func keeper(x *index.Index, folder fs.FS) *index.Keeper {
	return index.NewKeeper(x, folder, index.KeeperOptions{Logger: slog.New(slog.DiscardHandler)})
}

// running starts the keeper's Run and waits for it at the end of the test.
func running(t *testing.T, k *index.Keeper) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- k.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// await waits for a status.
func await(t *testing.T, k *index.Keeper, what string, is func(index.Status) bool) index.Status {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var last index.Status
	for last = range k.Subscribe(ctx) {
		if is(last) {
			return last
		}
	}
	t.Fatalf("waiting for %s: the status stays %+v", what, last)
	return last
}

func TestKeeperFollowsContent(t *testing.T) {
	x := empty(t)
	folder := files("faq/a.md", "# 怎么退款\n\n点退款。")
	k := keeper(x, folder)
	if got := k.Status().State; got != "starting" {
		t.Errorf("before Start the state is %q", got)
	}
	if _, err := x.Search(context.Background(), index.Request{Query: "退款"}); !errors.Is(err, index.ErrNotReady) {
		t.Errorf("before Start a search gives %v, want ErrNotReady", err)
	}
	if err := k.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	first := k.Status()
	if first.State != "ready" || first.Articles != 1 || first.Passages != 1 || first.Generation != x.Generation() || first.BuiltAt.IsZero() {
		t.Errorf("after Start: %+v", first)
	}
	running(t, k)

	folder["faq/b.md"] = &fstest.MapFile{Data: []byte("# 怎么换货\n\n点换货。")}
	folder["faq/broken.md"] = &fstest.MapFile{Data: []byte("---\ntitle: [\n---\n# x\n")}
	k.Trigger("watch", false)
	second := await(t, k, "the second article", func(s index.Status) bool { return s.State == "ready" && s.Articles == 2 })
	if second.Generation == first.Generation || second.Errors != 1 {
		t.Errorf("after the change: %+v", second)
	}
	if problems, err := k.Problems(context.Background()); err != nil || len(problems) != 1 || problems[0].Path != "faq/broken.md" || problems[0].Line == 0 {
		t.Errorf("problems: %v", problems)
	}
	if len(search(t, x, index.Request{Query: "换货"}).Hits) == 0 {
		t.Error("the new article is not found")
	}

	// Nothing changed: no build. By force: one, of the same content.
	k.Trigger("rescan", false)
	k.Trigger("admin", true)
	third := await(t, k, "the forced build", func(s index.Status) bool { return s.State == "ready" && s.BuiltAt.After(second.BuiltAt) })
	if !strings.HasPrefix(third.Generation, second.Generation) {
		t.Errorf("the same content got another fingerprint: %s, %s", third.Generation, second.Generation)
	}
	k.Trigger("admin", true)
	await(t, k, "one more forced build", func(s index.Status) bool { return s.State == "ready" && s.BuiltAt.After(third.BuiltAt) })
}

// brokenFS fails to be read while it is broken.
type brokenFS struct {
	fs.FS
	broken bool
}

func (b *brokenFS) Open(name string) (fs.File, error) {
	if b.broken {
		return nil, errors.New("the disk is on fire")
	}
	return b.FS.Open(name)
}

func TestKeeperKeepsServingWhenABuildFails(t *testing.T) {
	x := empty(t)
	folder := &brokenFS{FS: files("faq/a.md", "# 怎么退款\n\n点退款。")}
	k := keeper(x, folder)
	if err := k.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	running(t, k)
	folder.broken = true
	k.Trigger("admin", true)
	s := await(t, k, "the failure", func(s index.Status) bool { return s.State == "failed" })
	if !strings.Contains(s.LastError, "on fire") || s.LastErrorAt == nil || s.Generation == "" {
		t.Errorf("the status does not say what happened: %+v", s)
	}
	if len(search(t, x, index.Request{Query: "退款"}).Hits) != 1 {
		t.Error("searches stopped working")
	}
	folder.broken = false
	k.Trigger("rescan", false)
	s = await(t, k, "recovery", func(s index.Status) bool { return s.State == "ready" })
	if s.LastError != "" {
		t.Errorf("an old error is still shown: %+v", s)
	}
}

// TestKeeperKeepsWhatAnEmptyFolderWouldWipe: a lost mount looks like a folder without articles.
func TestKeeperKeepsWhatAnEmptyFolderWouldWipe(t *testing.T) {
	x := empty(t)
	folder := files("faq/a.md", "# 怎么退款\n\n点退款。")
	k := keeper(x, folder)
	if err := k.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	delete(folder, "faq/a.md")
	if err := k.Check(context.Background(), "rescan", false); err == nil || !strings.Contains(err.Error(), "no article") {
		t.Errorf("an emptied folder: %v", err)
	}
	if s := k.Status(); s.State != "failed" || len(search(t, x, index.Request{Query: "退款"}).Hits) != 1 {
		t.Errorf("the index was wiped: %+v", s)
	}
	if err := k.Check(context.Background(), "admin", true); err != nil || k.Status().Articles != 0 {
		t.Errorf("by force: %v, %+v", err, k.Status())
	}
}

// TestKeeperStartsFromDisk: an index that is there is served at once; one that is damaged is built again.
func TestKeeperStartsFromDisk(t *testing.T) {
	dir := t.TempDir()
	folder := files("faq/a.md", "# 怎么退款\n\n点退款。")
	start := func() (built time.Time) {
		x, closeAll := openIn(t, dir)
		defer closeAll()
		k := keeper(x, folder)
		if err := k.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		if len(search(t, x, index.Request{Query: "退款"}).Hits) != 1 {
			t.Error("nothing is found")
		}
		return k.Status().BuiltAt
	}
	first := start()
	if second := start(); !second.Equal(first) {
		t.Error("the second start built the index again")
	}
	generations, err := filepath.Glob(filepath.Join(dir, "generations", "*"))
	if err != nil || len(generations) != 1 {
		t.Fatalf("generations %v, %v", generations, err)
	}
	for _, name := range []string{"meta", "manifest.json", "bleve/root.bolt"} {
		path := filepath.Join(generations[0], name)
		if err := os.Truncate(path, 10); err != nil {
			t.Fatal(err)
		}
		if again := start(); !again.After(first) {
			t.Errorf("%s was cut off and the index was not built again", name)
		} else {
			first = again
		}
	}
	// A folder that changed while the program was down is noticed by the first check.
	folder["faq/b.md"] = &fstest.MapFile{Data: []byte("# 怎么换货\n\n点换货。")}
	x, closeAll := openIn(t, dir)
	t.Cleanup(closeAll) // after the cleanup of running
	k := keeper(x, folder)
	if err := k.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	running(t, k)
	await(t, k, "the article written meanwhile", func(s index.Status) bool { return s.State == "ready" && s.Articles == 2 })
}

// TestSearchWhileBuilding: every search during rebuilds sees one whole generation.
func TestSearchWhileBuilding(t *testing.T) {
	x := empty(t)
	folder := files("faq/a.md", "# 怎么退款\n\n第0版。")
	k := keeper(x, folder)
	if err := k.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	failed := make(chan error, 2)
	for range 2 {
		go func() {
			for {
				select {
				case <-stop:
					failed <- nil
					return
				default:
				}
				resp, err := x.Search(context.Background(), index.Request{Query: "怎么退款", Full: true})
				if err == nil && (len(resp.Hits) != 1 || !strings.HasPrefix(resp.Hits[0].Text, "第") || resp.Hits[0].Markdown != resp.Hits[0].Text) {
					err = errors.New("a search saw something else: " + resp.Hits[0].Text + " / " + resp.Hits[0].Markdown)
				}
				if err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	running(t, k)
	for range 5 {
		before := k.Status().BuiltAt
		k.Trigger("admin", true)
		await(t, k, "a build", func(s index.Status) bool { return s.State == "ready" && s.BuiltAt.After(before) })
	}
	close(stop)
	for range 2 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}
