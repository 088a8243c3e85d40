package main

import (
	"context"
	"database/sql"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // FerretDB's own driver
)

// keepLookupsIndexed gives each collection the index that FerretDB's lookups by _id can use.
//
// FerretDB 1.24 asks for `_ferretdb_sjson->'$._id'`, but indexes `_ferretdb_sjson->"_id"`, which SQLite takes for another
// expression: it would read the whole collection for each document that is read, updated or deleted by its _id.
func keepLookupsIndexed(ctx context.Context, folder string) {
	seen := map[string]time.Time{}
	for {
		files, _ := filepath.Glob(filepath.Join(folder, "*.sqlite"))
		for _, file := range files {
			changed := lastWrite(file)
			if changed.Equal(seen[file]) {
				continue
			}
			if err := indexLookups(ctx, file); err != nil {
				log.Printf("ferretdb: %s: %v", filepath.Base(file), err)
				continue
			}
			seen[file] = changed
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// lastWrite is when the file or its write-ahead log was last written.
func lastWrite(file string) (last time.Time) {
	for _, name := range []string{file, file + "-wal"} {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

func indexLookups(ctx context.Context, file string) error {
	address := url.URL{Scheme: "file", Opaque: file, RawQuery: "mode=rw&_pragma=busy_timeout(10000)"}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return err
	}
	defer db.Close()

	var ready bool
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = '_ferretdb_collections'`).Scan(&ready)
	if err != nil || !ready {
		return err
	}
	rows, err := db.QueryContext(ctx, `
		SELECT replace(table_name, '"', '""') FROM _ferretdb_collections
		WHERE table_name IN (SELECT name FROM sqlite_master WHERE type = 'table')
		AND table_name || '_lookup' NOT IN (SELECT name FROM sqlite_master WHERE type = 'index')`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return err
		}
		tables = append(tables, table)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, table := range tables {
		statement := `CREATE INDEX IF NOT EXISTS "` + table + `_lookup" ON "` + table + `" (_ferretdb_sjson->'$._id')`
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
