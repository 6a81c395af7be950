package torture

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"
)

// options say how long and how hard.
type options struct {
	// duration is how long the installation is mistreated, and events after how many the shop posts no more; 0 is no limit.
	duration time.Duration
	events   int
	// ordersPerSecond is how many orders begin in a second.
	ordersPerSecond float64
	seed            uint64
	// faultEvery is the mean time between two faults.
	faultEvery time.Duration
	// speed is that of the journey clock.
	speed float64
	// patience is what takes the place of the 15 minutes for which a mail that nobody confirmed waits for its report. Zero
	// leaves the engine as it ships.
	patience time.Duration
	// heal is true to call `klantreis rebuild` at the end instead of waiting for the reconciler, which takes its time.
	heal bool
	// quiet is how long the installation may take to come to rest.
	quiet time.Duration
	// only is what the names of the faults begin with. Empty is all.
	only   string
	report string
	keep   string
}

var (
	torment = options{}
	long    bool
	planted bool
)

func init() {
	flag.BoolVar(&long, "torture.long", false, "run for as long as the other flags say, not for the minute of make test")
	flag.BoolVar(&planted, "torture.planted", false, "show that the checker catches faults that are built in on purpose")
	flag.DurationVar(&torment.duration, "torture.duration", 30*time.Minute, "how long to mistreat the installation")
	flag.IntVar(&torment.events, "torture.events", 0, "post no more than so many events; 0 is no limit")
	flag.Float64Var(&torment.ordersPerSecond, "torture.orders", 8, "orders a second")
	flag.Uint64Var(&torment.seed, "torture.seed", uint64(time.Now().UnixNano()), "seed of everything that is drawn")
	flag.DurationVar(&torment.faultEvery, "torture.fault-every", 3*time.Second, "mean time between two faults")
	flag.Float64Var(&torment.speed, "torture.speed", 40320, "journey seconds in a real one")
	flag.DurationVar(&torment.patience, "torture.patience", time.Minute, "takes the place of the 15 minutes for which an unconfirmed mail waits for its report; 0 leaves the engine as it ships")
	flag.BoolVar(&torment.heal, "torture.heal", false, "call rebuild at the end instead of waiting for the reconciler")
	flag.DurationVar(&torment.quiet, "torture.quiet", 45*time.Minute, "how long the installation may take to come to rest")
	flag.StringVar(&torment.only, "torture.only", "", "only faults whose names begin so")
	flag.StringVar(&torment.report, "torture.report", "", "file for the report as JSON")
	flag.StringVar(&torment.keep, "torture.keep", "", "folder for the logs, kept; the default is a temporary one that is kept when the test fails")
}

// short is the torment of make test.
func short(seed uint64) options {
	return options{
		duration: time.Minute, ordersPerSecond: 7, seed: seed, faultEvery: 2 * time.Second, speed: 80640,
		patience: 10 * time.Second, heal: true, quiet: 5 * time.Minute, report: torment.report, keep: torment.keep,
	}
}

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := runChild(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}
