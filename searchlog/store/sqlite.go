package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

//go:embed migrations
var migrations embed.FS

// A Store is a search log in a file of SQLite, in WAL mode. Several processes may use the same file.
//
// It looks at the file when it is first used, and again after anything went wrong, so a disk that was full or not
// there, or a file that somebody else had locked, can be mended while the server runs. A file that is damaged, or no
// database, is moved aside (searchlog.db.damaged-20261122T101500Z) with a line in the log, and a new one is begun:
// what is asked from now on is worth more than waiting for somebody to repair what was asked before. A file that was
// removed or replaced under us is noticed too; otherwise we would write to one that has no name any more.
type Store struct {
	path string
	log  *slog.Logger

	turn   chan struct{} // holds one token while the fields below are used
	db     *bun.DB       // nil while closed
	file   fs.FileInfo   // the file that db has open
	closed bool
}

// OpenSQLite returns the log in the file at path, which need not exist. It does not touch the disk yet.
func OpenSQLite(path string, log *slog.Logger) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("search log: %w", err)
	}
	return &Store{path: path, log: log, turn: make(chan struct{}, 1)}, nil
}

// busy is how long a writer waits for another process.
const busy = 2 * time.Second

// use calls f with the database. doing names it in errors: "read".
func (s *Store) use(ctx context.Context, doing string, f func(*bun.DB) error) error {
	db, err := s.opened(ctx)
	if err == nil {
		if err = f(db); damaged(err) {
			s.doubt(db)
		}
	}
	if err != nil {
		return fmt.Errorf("%s the search log %s: %w", doing, s.path, err)
	}
	return nil
}

// Close implements [searchlog.Log].
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.closed = true
	return s.shut()
}

// shut closes the database, if it is open. The caller has the turn.
func (s *Store) shut() error {
	if s.db == nil {
		return nil
	}
	db := s.db
	s.db = nil
	return db.Close()
}

// opened returns the database, opening it if need be.
func (s *Store) opened(ctx context.Context) (*bun.DB, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s.closed {
		return nil, sql.ErrConnDone
	}
	if s.db != nil {
		if now, err := os.Stat(s.path); err == nil && os.SameFile(now, s.file) {
			return s.db, nil
		}
		s.log.Warn("the file of the search log was removed or replaced; opening it anew", "file", s.path)
		if err := s.shut(); err != nil {
			return nil, err
		}
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	err = s.open(ctx)
	if damaged(err) {
		if err := s.moveAside(err); err != nil {
			return nil, err
		}
		err = s.open(ctx)
	}
	if err != nil {
		return nil, err
	}
	return s.db, nil
}

// lock keeps other processes from opening, repairing or migrating the file at the same moment.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	file, err := os.OpenFile(s.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		}
	}
}

// open opens the file, looks for damage and makes the tables what this version of the program expects. The caller has
// the turn and the lock.
func (s *Store) open(ctx context.Context) (err error) {
	// Made here, because SQLite would let everybody read it.
	file, err := os.OpenFile(s.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	// Without _txlock=immediate a transaction that reads before it writes fails at once when another one writes.
	address := url.URL{Path: s.path, RawQuery: url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"NORMAL"}, "_txlock": {"immediate"},
		"_busy_timeout": {fmt.Sprint(busy.Milliseconds())},
	}.Encode()}
	raw, err := sql.Open("sqlite3", "file:"+address.String())
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			raw.Close()
		}
	}()
	const connections = 4 // one writes, the others read or wait
	raw.SetMaxOpenConns(connections)
	raw.SetMaxIdleConns(connections)
	if err := sound(ctx, raw); err != nil {
		return err
	}
	folder, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, raw, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	s.db, s.file = bun.NewDB(raw, sqlitedialect.New()), info
	return nil
}

// errDamaged is what SQLite's own check found.
var errDamaged = errors.New("the file is damaged")

// sound reads the whole file: a page that was torn shows only when it is read, perhaps months later.
func sound(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, verdict)
	}
	return nil
}

// damaged says whether an error means that the file can never be read again, rather than not now.
func damaged(err error) bool {
	var fromSQLite sqlite3.Error
	return errors.Is(err, errDamaged) || errors.As(err, &fromSQLite) &&
		(fromSQLite.Code == sqlite3.ErrCorrupt || fromSQLite.Code == sqlite3.ErrNotADB)
}

// doubt closes db after damage was found while it was used; the next use looks at the whole file.
func (s *Store) doubt(db *bun.DB) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if s.db == db { // else somebody has done it already
		s.shut() // what may go wrong while closing a damaged file has no meaning any more
	}
}

// moveAside gives the file and what belongs to it another name.
func (s *Store) moveAside(why error) error {
	aside := s.path + ".damaged-" + time.Now().UTC().Format("20060102T150405.000Z")
	if err := os.Rename(s.path, aside); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm"} { // or they would be taken for those of the new file
		if err := os.Rename(s.path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	s.log.Error("the search log is damaged; it was moved aside and a new one begun (sqlite3 FILE .recover may save what it holds)",
		"file", s.path, "moved_to", aside, "err", why)
	return nil
}
