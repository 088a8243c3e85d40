// Command ferretdb serves MongoDB's wire protocol, with SQLite files behind it.
//
//	ferretdb -socket /path/to/private/folder/documents.sock -state /path/to/folder
//	ferretdb -listen :27017 -state /path/to/folder
//
// It asks for no password: the folder of the socket, or a network policy, must keep others away.
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
	listen := flag.String("listen", "", "TCP address to listen on, in a pod")
	state := flag.String("state", "", "folder of the SQLite files")
	flag.Parse()
	if (*socket == "") == (*listen == "") || *state == "" {
		log.Fatal("ferretdb: -state and either -socket or -listen are needed")
	}
	if err := os.MkdirAll(*state, 0o700); err != nil {
		log.Fatal(err)
	}
	if *socket != "" { // one that was left behind
		if err := os.RemoveAll(*socket); err != nil {
			log.Fatal(err)
		}
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: *socket, TCP: *listen},
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
