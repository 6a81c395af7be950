package cli

import (
	"fmt"

	"klantreis/internal/bundle"
)

// Check checks a journey map.
type Check struct {
	// Map is the file or folder.
	Map string `arg:"" placeholder:"MAP" help:"Journey map: a file, or a folder with map files and templates."`
	// Strict makes warnings errors.
	Strict bool `help:"Count warnings as errors."`
}

// Run implements the command. It returns an error when the map cannot be published or, when strict,
// when there are warnings.
func (c *Check) Run(streams Streams) error {
	b, err := bundle.Read(c.Map)
	if err != nil {
		return err
	}
	checked := b.Check()
	for _, line := range append(checked.Errors, checked.Warnings...) {
		fmt.Fprintln(streams.Out, line)
	}
	if n := len(checked.Errors); n > 0 {
		return fmt.Errorf("%s: %s, so it cannot be published", c.Map, count(n, "error"))
	}
	if n := len(checked.Warnings); c.Strict && n > 0 {
		return fmt.Errorf("%s: %s, which count as errors", c.Map, count(n, "warning"))
	}
	m := checked.Published.Map
	_, err = fmt.Fprintf(streams.Out, "%s: fine: %s, %s, %s\n",
		c.Map, count(len(m.Phases), "phase"), count(len(m.Touchpoints), "touchpoint"), count(len(checked.Warnings), "warning"))
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
