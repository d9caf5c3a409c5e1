package analysis

// A Segmenter cuts Chinese into words. It is safe for concurrent use.
type Segmenter interface {
	// Cut returns the words of text, whose concatenation is text. The text is runs of Han characters, separated by
	// newlines. A newline is a word of its own, and what stands on one side of it has no influence on how the other
	// is cut: cutting runs one by one gives the same words as cutting them together. The same text always gives the
	// same words. An empty text has none. Cut must not be called after Close; it may panic then.
	Cut(text string) []string
	// Close waits until running cuts have returned, then frees what the segmenter holds. Closing twice is harmless.
	Close() error
}
