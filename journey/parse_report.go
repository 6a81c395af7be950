package journey

import "strings"

// fail reports an error in a value.
func (p *parser) fail(v value, message, hint string) {
	p.problems = append(p.problems, Problem{File: v.file, Line: v.node.Line, Path: v.path, Message: message, Hint: hint})
}

// failFile reports an error that concerns a file rather than a value.
func (p *parser) failFile(file string, line int, message, hint string) {
	p.problems = append(p.problems, Problem{File: file, Line: line, Message: message, Hint: hint})
}

// failAt reports an error at a path that was read before.
func (p *parser) failAt(path, message, hint string) {
	at := p.find(path)
	p.problems = append(p.problems, Problem{File: at.file, Line: at.line, Path: path, Message: message, Hint: hint})
}

// warnAt reports a warning at a path that was read before.
func (p *parser) warnAt(path, message, hint string) {
	at := p.find(path)
	p.problems = append(p.problems, Problem{File: at.file, Line: at.line, Path: path, Message: message, Hint: hint, Warning: true})
}

// failedPaths are the paths that have an error already.
func (p *parser) failedPaths() map[string]bool {
	failed := map[string]bool{}
	for _, problem := range p.problems.Errors() {
		failed[problem.Path] = true
	}
	return failed
}

// find returns where a path stands, or the value that would hold it.
func (p *parser) find(path string) place {
	for {
		if at, ok := p.places[path]; ok {
			return at
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return place{}
		}
		path = path[:cut]
	}
}
