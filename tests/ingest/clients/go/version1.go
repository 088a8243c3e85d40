package main

import (
	"time"

	client "github.com/influxdata/influxdb1-client/v2"
)

var units = map[string]time.Duration{
	"ns": 1, "u": time.Microsecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
	"m": time.Minute, "h": time.Hour,
}

func version1(asked request) (result, error) {
	config := client.HTTPConfig{Addr: asked.URL, Username: "anybody", Password: asked.Token}
	if asked.Gzip {
		config.WriteEncoding = client.GzipEncoding
	}
	server, err := client.NewHTTPClient(config)
	if err != nil {
		return result{}, err
	}
	defer server.Close()
	if asked.Action == "ping" {
		_, version, err := server.Ping(5 * time.Second)
		return result{Version: version}, err
	}
	batch, err := client.NewBatchPoints(client.BatchPointsConfig{Database: "any", Precision: asked.Precision})
	if err != nil {
		return result{}, err
	}
	for _, each := range asked.Points {
		at := time.Unix(0, each.Time*int64(units[asked.Precision]))
		one, err := client.NewPoint(
			each.Site, map[string]string{"sensor": each.Sensor}, map[string]any{"value": each.Value}, at)
		if err != nil {
			return result{}, err
		}
		batch.AddPoint(one)
	}
	var said result
	for {
		err := server.Write(batch)
		if err == nil {
			return said, nil
		}
		if asked.Action != "retry" || len(said.Failures) > 50 {
			said.Error = err.Error()
			return said, nil
		}
		said.Failures = append(said.Failures, err.Error())
		time.Sleep(200 * time.Millisecond)
	}
}
