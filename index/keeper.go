package index

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"jieda/content"
)

// KeeperOptions configure a Keeper.
type KeeperOptions struct {
	Logger   *slog.Logger
	Progress func(Progress) // called while building; calls do not overlap
}

// A Keeper keeps an index in step with a content folder.
type Keeper struct{}

// Status is what a Keeper is doing.
type Status struct {
	State       string     `json:"state"`
	Generation  string     `json:"generation"`
	BuiltAt     time.Time  `json:"built_at"`
	Articles    int        `json:"articles"`
	Passages    int        `json:"passages"`
	Errors      int        `json:"errors"`
	Warnings    int        `json:"warnings"`
	Build       *Progress  `json:"build,omitempty"`
	LastError   string     `json:"last_error,omitempty"`
	LastErrorAt *time.Time `json:"last_error_at,omitempty"`
}

// Progress of a build.
type Progress struct {
	Reason  string    `json:"reason"`
	Phase   string    `json:"phase"`
	Done    int       `json:"done"`
	Total   int       `json:"total"`
	Started time.Time `json:"started"`
}

func NewKeeper(x *Index, folder fs.FS, opts KeeperOptions) *Keeper { return &Keeper{} }
func (k *Keeper) Start(ctx context.Context) error                  { return ErrNotReady }
func (k *Keeper) Run(ctx context.Context) error                    { <-ctx.Done(); return nil }
func (k *Keeper) Trigger(reason string, force bool)                {}
func (k *Keeper) Status() Status                                   { return Status{State: "starting"} }
func (k *Keeper) Subscribe(ctx context.Context) <-chan Status {
	c := make(chan Status)
	close(c)
	return c
}
func (k *Keeper) Problems() []content.Problem { return nil }
