// Package content reads what editors write: a folder of Markdown files becomes a Library of articles, each cut into
// passages, and a list of problems that an editor should fix. It also renders an article as safe HTML and watches the
// folder for changes.
//
// It knows nothing of searching, of HTTP or of jieba: it hands over text. Nothing an editor can write makes it fail as
// a whole; a file that cannot be used is left out and named in the problems with file, line and what to do.
//
// Begin with Library and Read, then Article and Passage.
package content
