package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"klantreis/config"
	"klantreis/internal/feed"
)

// Send posts a file of events.
type Send struct {
	// File is the file.
	File string `arg:"" type:"existingfile" help:"Events, one JSON object in Segment's form on a line."`
	// URL is the API.
	URL string `name:"url" env:"KLANTREIS_URL" default:"http://127.0.0.1:8080" help:"Base URL of the API."`
	// WriteKey is the key.
	WriteKey config.Secret `name:"write-key" env:"KLANTREIS_WRITE_KEY" required:"" help:"Key with which to post."`
	// Rate limits the events per second.
	Rate float64 `name:"rate" default:"0" help:"Events a second; 0 is as fast as the API takes them."`
	// Restart begins at the first line.
	Restart bool `name:"restart" help:"Begin at the first line, even after an interrupted run."`
}

// Run implements the command.
func (c *Send) Run(ctx context.Context, streams Streams) error {
	info, err := os.Stat(c.File)
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	bar := progressbar.NewOptions64(info.Size(),
		progressbar.OptionSetWriter(streams.Err), progressbar.OptionShowBytes(true), progressbar.OptionSetDescription(c.File),
		progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish(),
	)
	result, err := feed.Run(ctx, feed.Options{
		File: c.File, PerSecond: c.Rate, Restart: c.Restart,
		Poster: feed.HTTP{
			URL: c.URL, WriteKey: string(c.WriteKey), Client: &http.Client{Timeout: 30 * time.Second},
			Waiting: func(why string, pause time.Duration) {
				fmt.Fprintf(streams.Err, "\n%s; trying again in %s\n", why, pause.Round(time.Millisecond))
			},
		},
		Progress: func(done int64) {
			// A bar that cannot be drawn is no reason to stop.
			_ = bar.Set64(done)
		},
		Rejected: func(line int, why string) { fmt.Fprintf(streams.Err, "\n%s:%d: %s\n", c.File, line, why) },
	})
	if err != nil {
		return fmt.Errorf("%w (run the command again to go on from here)", err)
	}
	// As above.
	_ = bar.Finish()
	resumed := ""
	if result.Resumed {
		resumed = " since the interruption"
	}
	_, err = fmt.Fprintf(streams.Out, "posted %s%s, %d rejected\n", count(result.Posted, "event"), resumed, result.Rejected)
	return err
}
