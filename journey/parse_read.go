package journey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

const (
	maxFileBytes = 1 << 20
	maxDepth     = 50
	maxValues    = 100_000
)

// readDocument reads the one document of a file and follows its aliases. It reports what keeps it from doing so and
// then returns nil.
func (p *parser) readDocument(src Source) *yaml.Node {
	if len(src.Data) > maxFileBytes {
		p.failFile(src.Name, 0, fmt.Sprintf("is larger than %d MB", maxFileBytes>>20), "a folder of smaller files makes one map too")
		return nil
	}
	if line, what := unreadable(src.Data); line > 0 {
		p.failFile(src.Name, line, what, "save the file as UTF-8 text")
		return nil
	}
	root, err := loadYAML(src.Data)
	var bad *yaml.LoadError
	switch {
	case errors.Is(err, io.EOF):
		p.failFile(src.Name, 0, "is empty", "")
		return nil
	case errors.As(err, &bad):
		p.failFile(src.Name, bad.Mark.Line, syntaxMessage(bad), syntaxHint(bad))
		return nil
	case err != nil:
		p.failFile(src.Name, 0, err.Error(), "")
		return nil
	}
	f := follower{extents: map[*yaml.Node]*extent{}}
	whole, fault := f.follow(root)
	p.values += whole.values
	if fault == nil && p.values > maxValues {
		fault = &followFault{line: root.Line, message: tooManyValues}
	}
	if fault != nil {
		p.failFile(src.Name, fault.line, fault.message, "")
		return nil
	}
	return root
}

// loadYAML returns the root value of the only document, or io.EOF when there is none.
func loadYAML(data []byte) (*yaml.Node, error) {
	if json.Valid(data) {
		data = joinSurrogates(data)
	}
	tooDeep := func(depth int, _ *loaderlimits.DepthContext) error {
		if depth > maxDepth {
			return errors.New(tooDeepMessage)
		}
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthFunc(tooDeep))))
	if err != nil {
		return nil, fmt.Errorf("make a YAML loader: %w", err)
	}
	var first, second yaml.Node
	if err := loader.Load(&first); err != nil {
		return nil, err
	}
	switch err := loader.Load(&second); {
	case err == nil:
		return nil, &yaml.LoadError{Message: "holds a second document", Mark: yaml.Mark{Line: second.Line}}
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return first.Content[0], nil
}

// unreadable returns the line of the first byte that is not text, and what is wrong there.
func unreadable(data []byte) (line int, what string) {
	if !utf8.Valid(data) {
		valid := 0
		for valid < len(data) {
			r, size := utf8.DecodeRune(data[valid:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			valid += size
		}
		return bytes.Count(data[:valid], []byte("\n")) + 1, "is not UTF-8 text"
	}
	control := bytes.IndexFunc(data, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f })
	if control >= 0 {
		return bytes.Count(data[:control], []byte("\n")) + 1, "holds a control character"
	}
	return 0, ""
}
