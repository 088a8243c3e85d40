// InfluxDB's Go libraries, for tests: reads requests from standard input, and writes what the library says.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	URL       string  `json:"url"`
	Token     string  `json:"token"`
	Action    string  `json:"action"` // ping, write, or retry: write until it is accepted
	Precision string  `json:"precision"`
	Gzip      bool    `json:"gzip"`
	Points    []point `json:"points"`
}

// A point's time is in units of the precision.
type point struct {
	Site   string  `json:"site"`
	Sensor string  `json:"sensor"`
	Value  float64 `json:"value"`
	Time   int64   `json:"time"`
}

type result struct {
	Version  string   `json:"version,omitempty"`
	Health   string   `json:"health,omitempty"`
	Ready    string   `json:"ready,omitempty"`
	Status   int      `json:"status,omitempty"` // of the error, where the library tells
	Error    string   `json:"error,omitempty"`
	Failures []string `json:"failures,omitempty"` // before it was accepted
}

func main() {
	var asked []request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fail(err)
	}
	clients := map[string]func(request) (result, error){"1": version1, "2": version2}
	said := make([]result, len(asked))
	for k, each := range asked {
		var err error
		if said[k], err = clients[os.Args[1]](each); err != nil {
			fail(err)
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
