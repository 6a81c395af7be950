package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// bar shows how far something is. A bar that cannot be drawn is no reason to stop, so errors of drawing are let go.
type bar struct{ shown *progressbar.ProgressBar }

// fileBar shows how much of a file is read.
func fileBar(w io.Writer, name string) (bar, error) {
	info, err := os.Stat(name)
	if err != nil {
		return bar{}, fmt.Errorf("read events: %w", err)
	}
	return newBar(w, info.Size(), name, progressbar.OptionShowBytes(true)), nil
}

// eventsBar shows how many events are played.
func eventsBar(w io.Writer, events int64) bar {
	return newBar(w, events, "events", progressbar.OptionShowIts(), progressbar.OptionSetItsString("events"))
}

func newBar(w io.Writer, size int64, what string, more ...progressbar.Option) bar {
	return bar{progressbar.NewOptions64(size, append(more,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what),
		progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish(),
	)...)}
}

func (b bar) set(done int64) { _ = b.shown.Set64(done) }

func (b bar) add(n int) { _ = b.shown.Add(n) }

func (b bar) finish() { _ = b.shown.Finish() }
