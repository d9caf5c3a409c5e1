package index

import (
	"context"
	"log/slog"

	"jieda/content"
)

// Options configure an Index.
type Options struct {
	Engine  Engine
	DictDir string // where the segmenter's dictionaries are written
	Logger  *slog.Logger
}

// An Index finds passages. Safe for concurrent use.
type Index struct {
	opts Options
}

// New returns an index without a generation: see [Keeper.Start].
func New(opts Options) (*Index, error) { return &Index{opts: opts}, nil }

func (x *Index) Search(ctx context.Context, r Request) (*Response, error) { return nil, ErrNotReady }

func (x *Index) Explain(ctx context.Context, r Request) (string, error) { return "", ErrNotReady }

func (x *Index) Article(ctx context.Context, id string, audiences []string) (*content.Article, error) {
	return nil, ErrNotReady
}

func (x *Index) Articles(ctx context.Context, r ListRequest) (infos []Info, total int, err error) {
	return nil, 0, ErrNotReady
}

func (x *Index) Categories(ctx context.Context, audiences []string) ([]Count, error) {
	return nil, ErrNotReady
}

func (x *Index) Generation() string { return "" }

func (x *Index) Close() error { return nil }
