package template

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/osteele/liquid/values"
)

// What one rendering of one part may cost. They are far above what a mail needs and far below what a machine feels.
const (
	maxOutput = 1 << 20   // bytes that a part may become
	maxValue  = 256 << 10 // bytes that a value may have which goes through a filter or into a variable
	maxLoops  = 10_000    // turns that all loops together may take
	maxWork   = 16 << 20  // bytes that all filters and all output together may touch
	callWork  = 100       // what a filter costs besides its bytes
	maxTime   = 2 * time.Second
)

// pass is one rendering of one part: what it may still spend, and which texts are already HTML.
type pass struct {
	locale string
	html   bool
	loops  int
	work   int
	// began is when it began. No template sees it: it only ends one whose loops cost more than is counted.
	began time.Time
	// trusted holds the texts that came from the author's own markup, with the values in it escaped. They stay strings,
	// so that every Liquid operator still works on them.
	trusted map[string]struct{}
	// broke is the limit that was hit. Liquid turns some errors into panics of its own.
	broke error
}

func (p *pass) trust(markup string) string {
	if p.trusted == nil {
		p.trusted = map[string]struct{}{}
	}
	p.trusted[markup] = struct{}{}
	return markup
}

func (p *pass) isTrusted(text string) bool {
	_, ok := p.trusted[text]
	return ok
}

func (p *pass) fail(format string, args ...any) error {
	if p.broke == nil {
		p.broke = fmt.Errorf(format, args...)
	}
	return p.broke
}

// turn pays for one turn of a loop.
func (p *pass) turn() error {
	if p.loops++; p.loops > maxLoops {
		return p.fail("the loops take more than %d turns", maxLoops)
	}
	if time.Since(p.began) > maxTime {
		return p.fail("it takes more than %s", maxTime)
	}
	return nil
}

// spend pays for touching n bytes.
func (p *pass) spend(n int) error {
	if p.work += n; p.work > maxWork {
		return p.fail("the template does too much work")
	}
	return nil
}

// afford pays for a call with arguments of that many bytes.
func (p *pass) afford(size int) error {
	if size > maxValue {
		return p.fail("a value is larger than %d kB", maxValue>>10)
	}
	return p.spend(size + callWork)
}

// buffer collects output up to a limit.
type buffer struct {
	bytes.Buffer
	pass  *pass
	limit int
}

// Write implements io.Writer.
func (b *buffer) Write(text []byte) (int, error) {
	if b.Len()+len(text) > b.limit {
		return 0, b.pass.fail("the output is larger than %d kB", b.limit>>10)
	}
	if err := b.pass.spend(len(text)); err != nil {
		return 0, err
	}
	return b.Buffer.Write(text)
}

// weight is about how many bytes a value has. It stops counting soon after maxValue.
func weight(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	case []string:
		total := len(v)
		for _, item := range v {
			total += len(item)
		}
		return total
	case []any:
		total := len(v)
		for _, item := range v {
			if total > maxValue {
				break
			}
			total += 8 + weight(item)
		}
		return total
	case map[string]any:
		total := len(v)
		for key, item := range v {
			if total > maxValue {
				break
			}
			total += len(key) + weight(item)
		}
		return total
	default:
		return 8
	}
}

// unroll turns a range into the list that filters want. Liquid would do so itself, however long the range is.
func unroll(v any) (any, error) {
	r, ok := v.(values.Range)
	if !ok {
		return v, nil
	}
	from, n := r.Index(0).(int), r.Len()
	if n > maxLoops || from < -math.MaxInt32 {
		return nil, errors.New("the range is too long")
	}
	list := make([]any, max(n, 0))
	for i := range list {
		list[i] = from + i
	}
	return list, nil
}
