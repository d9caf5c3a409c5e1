package content

// A Problem is something an editor should fix. The file is served nevertheless unless Severity is Error.
type Problem struct {
	Path string // slash-separated, below the content folder
	Line int    // from 1; 0 when it concerns the file as a whole
	Code Code   // stable, for scripts and for looking up in the docs
	Args []string
}

// Severity is how bad a problem is.
type Severity string

const (
	Error   Severity = "error"   // the file, or part of it, is not served
	Warning Severity = "warning" // it is served, but perhaps not as meant
)

// Code names a kind of problem, such as "front-matter-syntax".
type Code string
