package journey

import (
	"reflect"
	"slices"
)

// aligning is the alignment of two lists of steps, both in order. It is the Needleman-Wunsch algorithm without costs for
// gaps.
type aligning struct {
	from, to []*node
	worth    func(a, b *node) int // what a pair is worth; 0 when it must not be
	best     [][]int              // by what is left of both lists
}

// align returns the pairs of the best alignment of two lists of steps, in their order.
func align(from, to []*node, worth func(a, b *node) int) [][2]*node {
	if len(from) == 0 || len(to) == 0 {
		return nil
	}
	l := aligning{from: from, to: to, worth: worth, best: make([][]int, len(from)+1)}
	for i := range l.best {
		l.best[i] = make([]int, len(to)+1)
	}
	for i, a := range slices.Backward(from) {
		for j, b := range slices.Backward(to) {
			l.best[i][j] = max(l.best[i+1][j], l.best[i][j+1])
			if w := worth(a, b); w > 0 {
				l.best[i][j] = max(l.best[i][j], w+l.best[i+1][j+1])
			}
		}
	}
	return l.walk()
}

// walk goes along the best alignment. Of several it takes the one that pairs what comes first.
func (l *aligning) walk() [][2]*node {
	var pairs [][2]*node
	for i, j := 0, 0; i < len(l.from) && j < len(l.to); {
		w := l.worth(l.from[i], l.to[j])
		switch {
		case w > 0 && l.best[i][j] == w+l.best[i+1][j+1]:
			pairs = append(pairs, [2]*node{l.from[i], l.to[j]})
			i, j = i+1, j+1
		case l.best[i][j] == l.best[i+1][j]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// sameStep tells whether two steps do the same, whatever follows in their arms.
func sameStep(a, b *Step) bool {
	return a.Kind == b.Kind && sameWait(a, b) && a.Template == b.Template && a.Task == b.Task && a.Webhook == b.Webhook &&
		reflect.DeepEqual(a.Ask, b.Ask) && a.Reason == b.Reason && reflect.DeepEqual(a.Set, b.Set) &&
		slices.EqualFunc(a.Arms, b.Arms, func(x, y Arm) bool { return x.If == y.If && x.Name == y.Name && x.Share == y.Share })
}

// sameBody tells whether two steps have the same in their arms.
func sameBody(a, b *Step) bool {
	return sameSteps(a.Do, b.Do) && sameSteps(a.Else, b.Else) &&
		slices.EqualFunc(a.Arms, b.Arms, func(x, y Arm) bool { return sameSteps(x.Do, y.Do) })
}

// sameSteps tells whether two lists of steps do the same, arms included.
func sameSteps(a, b []Step) bool {
	return slices.EqualFunc(a, b, func(x, y Step) bool { return sameStep(&x, &y) && sameBody(&x, &y) })
}
