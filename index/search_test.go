package index_test

import (
	"context"
	"io/fs"
	"log/slog"
	"testing"

	"jieda/content"
	"jieda/content/sample"
	"jieda/index"
	"jieda/index/local"
)

// open builds an index of the folder in a temporary data folder.
func open(t testing.TB, folder fs.FS) *index.Index {
	t.Helper()
	lib, err := content.Read(context.Background(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	x := empty(t)
	if err := x.Build(context.Background(), lib, nil); err != nil {
		t.Fatal(err)
	}
	return x
}

// empty returns an index without a generation. Dictionaries are written once for all tests.
func empty(t testing.TB) *index.Index {
	t.Helper()
	e, err := local.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.New(index.Options{Engine: e, DictDir: dictDir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		x.Close()
		e.Close()
	})
	return x
}

func search(t testing.TB, x *index.Index, r index.Request) *index.Response {
	t.Helper()
	resp, err := x.Search(context.Background(), r)
	if err != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	return resp
}

func TestExplainSample(t *testing.T) {
	x := open(t, sample.FS())
	for _, q := range append(sample.Questions("zh-CN"), "tuikuan", "E0999 是什么错误", "怎么关闭自动续费", "iPhone 能用 BT200 吗", "充电的时候弹出来 E0421 是啥意思", "今天天气怎么样") {
		s, err := x.Explain(context.Background(), index.Request{Query: q, Limit: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Log("\n" + s)
	}
}
