package content

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// rulesFolder holds what is not an article: the dictionary and other rules.
const rulesFolder = "_search"

// The files of the rules folder that are read here.
const (
	dictionaryPath = rulesFolder + "/dictionary.txt"
	synonymsPath   = rulesFolder + "/synonyms.yaml"
)

func isRules(name string) bool { return name == dictionaryPath || name == synonymsPath }

// OpenDir returns the content folder dir as a file system that cannot be left: not by "..", and not by symbolic links.
// Names that begin with a dot do not exist in it, so .git and .env are never served, yet a file may be a link into such
// a folder, as Kubernetes makes them.
//
// The folder is looked up anew for every file, so dir may be a symbolic link that is later switched to another folder,
// as git-sync does, or be unmounted and come back.
func OpenDir(dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the content folder %s does not exist: create it, or give another one / 知识库文件夹 %s 不存在：请创建它，或指定别的文件夹", dir, dir)
	case err != nil:
		return nil, fmt.Errorf("the content folder cannot be opened, check its permissions / 无法打开知识库文件夹，请检查权限: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file: give the folder that holds the articles / %s 是一个文件：请指定存放文章的文件夹", dir, dir)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("the content folder %s: %w", dir, err)
	}
	return folder(abs), nil
}

// A folder is a directory of this machine, by its absolute path.
type folder string

var (
	_ fs.ReadDirFS  = folder("")
	_ fs.ReadFileFS = folder("")
	_ fs.StatFS     = folder("")
)

func (f folder) Open(name string) (fs.File, error) {
	if err := f.check("open", name); err != nil {
		return nil, err
	}
	return os.OpenInRoot(string(f), filepath.FromSlash(name))
}

func (f folder) Stat(name string) (fs.FileInfo, error) {
	if err := f.check("stat", name); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Stat(filepath.FromSlash(name))
}

func (f folder) ReadFile(name string) ([]byte, error) {
	if err := f.check("read", name); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.ReadFile(filepath.FromSlash(name))
}

// ReadDir lists a directory, links and names with a dot included, sorted by name.
func (f folder) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.check("readdir", name); err != nil {
		return nil, err
	}
	file, err := os.OpenInRoot(string(f), filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	entries, err := file.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// openFolder is a folder that is looked up once, for reading many files: looking it up costs as much as opening a file.
type openFolder struct {
	folder
	root *os.Root
}

func (f openFolder) Open(name string) (fs.File, error) {
	if err := f.check("open", name); err != nil {
		return nil, err
	}
	return f.root.Open(filepath.FromSlash(name))
}

// hold returns the file system for a while in which many of its files are read, until done is called. When the folder
// cannot be opened, every file says so.
func hold(fsys fs.FS) (held fs.FS, done func()) {
	if f, ok := fsys.(folder); ok {
		if root, err := os.OpenRoot(string(f)); err == nil {
			return openFolder{f, root}, func() { root.Close() }
		}
	}
	return fsys, func() {}
}

// check refuses names that are not inside the folder, and those with a dot in front.
func (f folder) check(op, name string) error {
	if !fs.ValidPath(name) {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	for element := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(element, ".") && element != "." {
			return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
	}
	return nil
}

// A listing is what a folder holds.
type listing struct {
	// used are the files that are read, sorted: Markdown, the dictionary and the synonyms.
	used []string
	// files are all files, used or not; what links may lead to.
	files    map[string]bool
	problems []Problem
}

// list walks through the folder. It fails only when the folder itself cannot be read or ctx is done; what cannot be
// read below is a problem.
func list(ctx context.Context, fsys fs.FS) (*listing, error) {
	l := &listing{files: make(map[string]bool)}
	if err := l.walk(ctx, fsys, "."); err != nil {
		return nil, err
	}
	slices.Sort(l.used)
	return l, nil
}

func (l *listing) walk(ctx context.Context, fsys fs.FS, dir string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil && dir == "." {
		return fmt.Errorf("the content folder cannot be read, check that it exists and its permissions / 无法读取知识库文件夹，请检查它是否存在以及权限: %w", err)
	}
	if err != nil {
		l.report(dir, fileUnreadable, reason(err))
		return nil
	}
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		if strings.HasPrefix(entry.Name(), ".") {
			if looksHiddenByMistake(entry) {
				l.report(name, fileHidden)
			}
			continue
		}
		if !utf8.ValidString(entry.Name()) {
			l.report(path.Join(dir, escape(entry.Name())), fileName)
			continue
		}
		mode := entry.Type()
		linked := mode&fs.ModeSymlink != 0
		if linked {
			info, err := fs.Stat(fsys, name)
			if err != nil {
				l.report(name, symlinkOutside)
				continue
			}
			mode = info.Mode()
		}
		switch {
		case mode.IsDir() && linked:
			l.report(name, symlinkFolder)
		case mode.IsDir():
			if err := l.walk(ctx, fsys, name); err != nil {
				return err
			}
		case mode.IsRegular():
			l.add(name)
		case isMarkdown(name) || isRules(name):
			l.report(name, fileIrregular) // and not opened: reading a named pipe waits for somebody to write
		}
	}
	return nil
}

func (l *listing) add(name string) {
	l.files[name] = true
	switch {
	case isRules(name):
		l.used = append(l.used, name)
	case strings.HasPrefix(name, rulesFolder+"/tests/") && (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")):
		// judged questions, for jieda eval
	case strings.HasPrefix(name, rulesFolder+"/"):
		l.report(name, rulesUnused, strings.TrimPrefix(name, rulesFolder+"/"))
	case isMarkdown(name):
		l.used = append(l.used, name)
	}
}

func (l *listing) report(name string, code Code, args ...string) {
	l.problems = append(l.problems, Problem{Path: name, Code: code, Args: args})
}

// escape makes a name that is not UTF-8 printable, byte by byte: "\xcd\xcb\xbb\xf5.md".
func escape(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if c < ' ' || c >= 0x7f {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isMarkdown(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".md" || ext == ".markdown"
}

// looksHiddenByMistake tells ".NET.md" from what programs leave behind, such as "._退货.md" and ".#退货.md".
func looksHiddenByMistake(entry fs.DirEntry) bool {
	name := entry.Name()
	return entry.Type().IsRegular() && isMarkdown(name) &&
		!strings.HasPrefix(name, "._") && !strings.HasPrefix(name, ".#") && !strings.HasPrefix(name, "..")
}

// reason is an error without the paths of this machine.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// readFile reads at most limit bytes of a file, and says how large the file is if that is not enough.
func readFile(fsys fs.FS, name string, limit int64) (data []byte, size int64, err error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	if info.Size() > limit {
		return nil, info.Size(), nil
	}
	var b bytes.Buffer
	b.Grow(int(info.Size()) + bytes.MinRead)
	_, err = b.ReadFrom(io.LimitReader(file, limit+1)) // it may have grown since
	data = b.Bytes()
	if int64(len(data)) > limit {
		return nil, int64(len(data)), err
	}
	return data, int64(len(data)), err
}
