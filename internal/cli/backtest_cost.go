package cli

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"klantreis/internal/backtest"
)

// tellCost tells what a backtest took. Two maps play every event twice.
func tellCost(w io.Writer, r backtest.Report, took time.Duration) {
	played := r.Events
	if r.Against != nil {
		played *= 2
	}
	fmt.Fprintf(w, "%s played in %s: %.0f a second; at most %d MB of memory\n",
		count(played, "event"), took.Round(time.Millisecond), float64(played)/took.Seconds(), peakMemory()>>20)
}

// peakMemory returns the most bytes that the process ever had: what the system says or, where it cannot be asked, what Go
// got from it.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(status)) {
			var kilobytes int64
			if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
				return kilobytes << 10
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
