// Package store is the search log in a SQL database. Only this package speaks SQL.
//
// store.go holds the tables and what is written to and read from them, portable between databases; sqlite.go opens a
// file of SQLite and lives with what may happen to a file; the tables are made by migrations/, one folder per database.
package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"jieda/searchlog"
)

// The rows of the four tables. See the first migration for what the columns mean.
type (
	searchRow struct {
		bun.BaseModel `bun:"table:search,alias:search"`
		ID            string `bun:",pk"`
		At            time.Time
		Surface       string
		Channel       string
		Query         string
		Rescued       string
		RescueReason  string
		Decision      string
		Confidence    float64
		Generation    string
		Shown         []searchlog.Shown
		KeyID         string
		Session       string
		TookUs        int64
	}
	eventRow struct {
		bun.BaseModel `bun:"table:event,alias:event"`
		SearchID      string
		ArticleID     string
		Subject       string
		Type          string
		Reason        string
		Comment       string
		At            time.Time
	}
	questionRow struct {
		bun.BaseModel `bun:"table:question,alias:question"`
		Text          string
		Contact       string
		SearchID      string
		At            time.Time
	}
	contactRow struct {
		bun.BaseModel `bun:"table:contact,alias:contact"`
		Session       string
		SearchID      string
		Outcome       string
		At            time.Time
	}
)

// Write implements [searchlog.Log].
func (s *Store) Write(ctx context.Context, entries ...searchlog.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	return s.use(ctx, "write", func(db *bun.DB) error {
		return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return writeAll(ctx, tx, entries) })
	})
}

func writeAll(ctx context.Context, tx bun.Tx, entries []searchlog.Entry) error {
	var searches []searchRow
	for _, entry := range entries {
		var err error
		switch e := entry.(type) {
		case searchlog.Search:
			searches = append(searches, searchRowOf(e))
		case searchlog.Event:
			err = writeEvent(ctx, tx, e)
		case searchlog.Question:
			row := questionRow{Text: storable(e.Text), Contact: storable(e.Contact), SearchID: storable(e.SearchID), At: moment(e.Time)}
			_, err = tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
		case searchlog.Contact:
			row := contactRow{Session: storable(e.Session), SearchID: storable(e.SearchID), Outcome: storable(string(e.Outcome)), At: moment(e.Time)}
			_, err = tx.NewInsert().Model(&row).On("CONFLICT (session) DO UPDATE").
				Set("search_id = EXCLUDED.search_id, outcome = EXCLUDED.outcome, at = EXCLUDED.at").Exec(ctx)
		default:
			err = fmt.Errorf("an entry of type %T is not known here", entry)
		}
		if err != nil {
			return err
		}
	}
	const together = 100 // rows in one statement
	for some := range slices.Chunk(searches, together) {
		if _, err := tx.NewInsert().Model(&some).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// writeEvent keeps the first event of a kind and the last opinion.
func writeEvent(ctx context.Context, tx bun.Tx, e searchlog.Event) error {
	row := eventRow{
		SearchID: storable(e.SearchID), ArticleID: storable(e.ArticleID), Subject: storable(string(e.Type)),
		Type: storable(string(e.Type)), Reason: storable(e.Reason), Comment: storable(e.Comment), At: moment(e.Time),
	}
	if e.Type == searchlog.Helpful || e.Type == searchlog.Unhelpful {
		row.Subject = "opinion"
	}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (search_id, article_id, subject) DO UPDATE").
		Set("type = EXCLUDED.type, at = EXCLUDED.at").
		Set("reason = EXCLUDED.reason, comment = EXCLUDED.comment").
		Where("event.type <> EXCLUDED.type OR EXCLUDED.reason <> '' OR EXCLUDED.comment <> ''").
		Exec(ctx)
	return err
}

// Find implements [searchlog.Log].
func (s *Store) Find(ctx context.Context, ids ...string) ([]searchlog.Found, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var found []searchlog.Found
	err := s.use(ctx, "read", func(db *bun.DB) error {
		var searches []searchRow
		err := db.NewSelect().Model(&searches).Where("id IN (?)", bun.List(ids)).Scan(ctx)
		if err == nil {
			found, err = withEvents(ctx, db, searches)
		}
		return err
	})
	slices.SortFunc(found, func(a, b searchlog.Found) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return found, err
}

// Since implements [searchlog.Log]. It reads a page at a time and holds nothing while each runs.
func (s *Store) Since(ctx context.Context, t time.Time, each func(searchlog.Found) error) error {
	const together = 500
	from, after := moment(t), "" // of the last search that each has had
	for {
		var found []searchlog.Found
		err := s.use(ctx, "read", func(db *bun.DB) error {
			var searches []searchRow
			err := db.NewSelect().Model(&searches).Where("at > ? OR at = ? AND id > ?", from, from, after).
				Order("at", "id").Limit(together).Scan(ctx)
			if err == nil {
				found, err = withEvents(ctx, db, searches)
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, f := range found {
			if err := each(f); err != nil {
				return err
			}
		}
		if len(found) < together {
			return nil
		}
		last := found[len(found)-1]
		from, after = last.Time, last.ID
	}
}

// withEvents adds to searches what was done after them.
func withEvents(ctx context.Context, db *bun.DB, searches []searchRow) ([]searchlog.Found, error) {
	if len(searches) == 0 {
		return nil, nil
	}
	found := make([]searchlog.Found, len(searches))
	at := make(map[string]int, len(searches))
	ids := make([]string, len(searches))
	for i, row := range searches {
		found[i].Search = row.search()
		at[row.ID] = i
		ids[i] = row.ID
	}
	var events []eventRow
	err := db.NewSelect().Model(&events).Where("search_id IN (?)", bun.List(ids)).Order("at", "article_id", "subject").Scan(ctx)
	for _, e := range events {
		f := &found[at[e.SearchID]]
		f.Events = append(f.Events, e.event())
	}
	return found, err
}

// DeleteBefore implements [searchlog.Log]. It deletes a little at a time, so that writers need not wait long.
func (s *Store) DeleteBefore(ctx context.Context, t time.Time) (deleted int, err error) {
	const together = 2000
	err = s.use(ctx, "delete from", func(db *bun.DB) error {
		for _, table := range []struct{ name, key string }{
			{"search", "id"}, {"event", "search_id, article_id, subject"},
			{"question", "text, contact, search_id"}, {"contact", "session"},
		} {
			for {
				old := db.NewSelect().Table(table.name).ColumnExpr(table.key).Where("at < ?", moment(t)).Limit(together)
				result, err := db.NewDelete().Table(table.name).Where("(?) IN (?)", bun.Safe(table.key), old).Exec(ctx)
				if err != nil {
					return err
				}
				n, err := result.RowsAffected()
				if err != nil {
					return err
				}
				deleted += int(n)
				if n < together {
					break
				}
			}
		}
		return nil
	})
	return deleted, err
}

var _ searchlog.Log = (*Store)(nil)

// moment is a time as the tables keep it: in UTC, to the millisecond.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// storable is text as databases take it: without NUL. One in a single search would keep all the others of its batch
// from being written, again and again.
func storable(text string) string { return strings.ReplaceAll(text, "\x00", "") }

func searchRowOf(s searchlog.Search) searchRow {
	shown := make([]searchlog.Shown, len(s.Shown)) // "[]" in JSON when there is none
	for i, p := range s.Shown {
		shown[i] = searchlog.Shown{ArticleID: storable(p.ArticleID), PassageID: storable(p.PassageID)}
	}
	return searchRow{
		ID: storable(s.ID), At: moment(s.Time), Surface: storable(s.Surface), Channel: storable(s.Channel),
		Query: storable(s.Query), Rescued: storable(s.Rescued), RescueReason: storable(s.RescueReason),
		Decision: storable(s.Decision), Confidence: s.Confidence, Generation: storable(s.Generation), Shown: shown,
		KeyID: storable(s.KeyID), Session: storable(s.Session), TookUs: s.Took.Microseconds(),
	}
}

func (r searchRow) search() searchlog.Search {
	return searchlog.Search{
		ID: r.ID, Time: r.At.UTC(), Surface: r.Surface, Channel: r.Channel, Query: r.Query, Rescued: r.Rescued,
		RescueReason: r.RescueReason, Decision: r.Decision, Confidence: r.Confidence, Generation: r.Generation,
		Shown: r.Shown, KeyID: r.KeyID, Session: r.Session, Took: time.Duration(r.TookUs) * time.Microsecond,
	}
}

func (r eventRow) event() searchlog.Event {
	return searchlog.Event{
		SearchID: r.SearchID, Type: searchlog.EventType(r.Type), ArticleID: r.ArticleID, Reason: r.Reason,
		Comment: r.Comment, Time: r.At.UTC(),
	}
}
