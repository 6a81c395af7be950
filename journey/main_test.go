package journey

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain draws the same maps and stories in every ordinary run, so that a change is judged by what it changes. Another
// -rapid.seed draws others; make stories does, and many more.
func TestMain(m *testing.M) {
	flag.Parse()
	if seed := flag.Lookup("rapid.seed"); seed.Value.String() == seed.DefValue {
		if err := seed.Value.Set("20261125"); err != nil {
			fmt.Fprintln(os.Stderr, "set the seed of drawn tests:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
