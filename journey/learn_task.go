package journey

import (
	"slices"
	"time"
)

const (
	maxOpenTasks  = 100
	maxDoneTasks  = 20
	maxNotedNames = 100
)

// openTask counts a task as open, unless it is already or was completed. It leaves the former slices as they were.
func (f *Facts) openTask(id string) {
	if !isID(id) || slices.Contains(f.OpenTaskIDs, id) || slices.Contains(f.DoneTaskIDs, id) {
		return
	}
	f.OpenTaskIDs = appendBounded(f.OpenTaskIDs, id, maxOpenTasks)
}

// closeTask counts a task as done, also one that is not known to be open yet.
func (f *Facts) closeTask(id string) {
	if !isID(id) || slices.Contains(f.DoneTaskIDs, id) {
		return
	}
	if i := slices.Index(f.OpenTaskIDs, id); i >= 0 {
		f.OpenTaskIDs = slices.Delete(slices.Clone(f.OpenTaskIDs), i, i+1)
	}
	f.DoneTaskIDs = appendBounded(f.DoneTaskIDs, id, maxDoneTasks)
}

// note remembers when an event of the name came last. It leaves the former map as it was.
func (f *Facts) note(name string, at time.Time) {
	if last, ok := f.Last[name]; ok && !at.After(last) {
		return
	}
	f.Last = with(f.Last, name, at, maxNotedNames, func(t time.Time) time.Time { return t })
}

func isID(text string) bool { return text != "" && len(text) <= longestKey }
