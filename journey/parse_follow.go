package journey

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

var (
	tooDeepMessage = fmt.Sprintf("is nested more than %d deep", maxDepth)
	tooManyValues  = fmt.Sprintf("holds more than %d values, aliases followed", maxValues)
)

// follower puts the values of anchors where their aliases stand. A document of a few lines can stand for billions of
// values that way, so it counts them, each anchor once.
type follower struct {
	extents map[*yaml.Node]*extent
}

// extent is how large a value is, aliases followed.
type extent struct {
	values, height int
	done           bool
}

type followFault struct {
	line    int
	message string
}

// follow replaces every alias below n. It returns the first fault: an anchor that holds itself, or a value that is too
// large or too deep.
func (f *follower) follow(n *yaml.Node) (extent, *followFault) {
	if known := f.extents[n]; known != nil {
		if !known.done {
			return extent{}, &followFault{n.Line, "holds an anchor that contains itself"}
		}
		return *known, nil
	}
	e := &extent{values: 1, height: 1}
	f.extents[n] = e
	for i, child := range n.Content {
		line := child.Line
		if child.Kind == yaml.AliasNode {
			child = child.Alias
			n.Content[i] = child
		}
		inner, fault := f.follow(child)
		if fault != nil {
			return extent{}, fault
		}
		e.values += inner.values
		e.height = max(e.height, inner.height+1)
		switch {
		case e.values > maxValues:
			return extent{}, &followFault{line, tooManyValues}
		case e.height > maxDepth:
			return extent{}, &followFault{line, tooDeepMessage}
		}
	}
	e.done = true
	return *e, nil
}
