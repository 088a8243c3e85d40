// Command ferretdb serves MongoDB's wire protocol on a Unix socket, with SQLite files behind it.
//
//	ferretdb -socket /path/to/private/folder/documents.sock -state /path/to/folder
//
// It exists because FerretDB v1's own command cannot be installed from its module; the embeddable package can.
package main

import (
	"context"
	"flag"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	socket := flag.String("socket", "", "Unix socket to listen on; its folder must be private")
	state := flag.String("state", "", "folder of the SQLite files")
	flag.Parse()
	if *socket == "" || *state == "" {
		log.Fatal("ferretdb: -socket and -state are both needed")
	}
	for _, err := range []error{os.MkdirAll(*state, 0o700), os.RemoveAll(*socket)} {
		if err != nil {
			log.Fatal(err)
		}
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: *socket},
		Handler:   "sqlite",
		SQLiteURL: (&url.URL{Scheme: "file", Path: *state + "/"}).String(),
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go keepLookupsIndexed(ctx, *state)
	if err := server.Run(ctx); err != nil {
		log.Fatal(err)
	}
}
