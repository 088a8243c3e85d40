package main

import (
	"context"
	"errors"
	"sync"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
	"github.com/influxdata/influxdb-client-go/v2/api/http"
	"github.com/influxdata/influxdb-client-go/v2/api/write"
)

func version2(asked request) (result, error) {
	options := influxdb2.DefaultOptions().SetUseGZip(asked.Gzip).SetPrecision(units[asked.Precision]).
		SetFlushInterval(100).SetMaxRetries(20).SetLogLevel(0)
	server := influxdb2.NewClientWithOptions(asked.URL, asked.Token, options)
	defer server.Close()
	ctx := context.Background()
	if asked.Action == "ping" {
		return probes(ctx, server)
	}
	var points []*write.Point
	for _, each := range asked.Points {
		at := time.Unix(0, each.Time*int64(units[asked.Precision]))
		points = append(points, influxdb2.NewPoint(
			each.Site, map[string]string{"sensor": each.Sensor}, map[string]any{"value": each.Value}, at))
	}
	if asked.Action == "retry" {
		return retried(server, points), nil
	}
	return said(server.WriteAPIBlocking("any", "any").WritePoint(ctx, points...)), nil
}

func probes(ctx context.Context, server influxdb2.Client) (result, error) {
	if up, err := server.Ping(ctx); err != nil || !up {
		return result{}, errors.Join(errors.New("no ping"), err)
	}
	health, err := server.Health(ctx)
	if err != nil {
		return result{}, err
	}
	ready, err := server.Ready(ctx)
	if err != nil {
		return result{}, err
	}
	return result{Version: *health.Version, Health: string(health.Status), Ready: string(*ready.Status)}, nil
}

// The library repeats a batch with the next write, once the time has passed that the server said.
func retried(server influxdb2.Client, points []*write.Point) result {
	var lock sync.Mutex
	var failures []string
	var until time.Time
	writer := server.WriteAPI("any", "any")
	writer.SetWriteFailedCallback(func(_ string, err http.Error, _ uint) bool {
		lock.Lock()
		defer lock.Unlock()
		failures = append(failures, err.Error())
		until = time.Now().Add(time.Duration(err.RetryAfter+1) * time.Second)
		return true
	})
	waits := func() bool {
		lock.Lock()
		defer lock.Unlock()
		return time.Now().Before(until)
	}
	for first := true; first || waits(); first = false {
		for _, each := range points {
			writer.WritePoint(each)
		}
		time.Sleep(time.Second)
	}
	return result{Failures: failures}
}

func said(err error) result {
	if err == nil {
		return result{}
	}
	var told *http.Error
	if errors.As(err, &told) {
		return result{Status: told.StatusCode, Error: told.Message}
	}
	return result{Error: err.Error()}
}
