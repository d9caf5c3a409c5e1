package index

// An Engine keeps generations of an index.
type Engine interface {
	Close() error
}
