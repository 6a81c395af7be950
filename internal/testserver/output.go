package testserver

import (
	"strings"
	"sync"
)

// outputKept is how many of a program's last bytes are kept, to explain why it did not start.
const outputKept = 4096

// output collects what a program writes and waits for one of several texts in it.
type output struct {
	// found receives the first of the texts that was written.
	found chan string

	mu    sync.Mutex
	texts []string
	last  string
	done  bool
}

func newOutput(texts ...string) *output {
	return &output{found: make(chan string, 1), texts: texts}
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last += string(b)
	for _, text := range o.texts {
		if !o.done && strings.Contains(o.last, text) {
			o.done = true
			o.found <- text
		}
	}
	o.last = o.last[max(0, len(o.last)-outputKept):]
	return len(b), nil
}

// tail returns the last that the program wrote.
func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.TrimSpace(o.last)
}
