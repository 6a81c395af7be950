package journey

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTasks(t *testing.T) {
	t.Parallel()
	task := func(name, id string) Event { return told(1, name, map[string]any{"task_id": id}) }
	f := learnAll(task(TaskCreated, "a"), task(TaskCreated, "a"), task(TaskCreated, ""), task(TaskCompleted, ""))
	require.Equal(t, int64(1), f.OpenTasks())
	f.openTask("b")
	before := slices.Clone(f.OpenTaskIDs)
	after := f.learn(task(TaskCompleted, "a")).learn(task(TaskCompleted, "a"))
	require.Equal(t, []string{"b"}, after.OpenTaskIDs)
	require.Equal(t, before, f.OpenTaskIDs)
	require.Equal(t, []string{"b"}, after.learn(task(TaskCreated, "a")).OpenTaskIDs, "what was done is not opened by a late event")
	require.Zero(t, learnAll(task(TaskCompleted, "c"), task(TaskCreated, "c")).OpenTasks())
	for i := range 150 {
		f.openTask(fmt.Sprint(i))
		f.closeTask(fmt.Sprint("d", i))
	}
	require.Len(t, f.OpenTaskIDs, maxOpenTasks)
	require.Len(t, f.DoneTaskIDs, maxDoneTasks)
	require.Equal(t, "149", f.OpenTaskIDs[maxOpenTasks-1])
}

func TestNote(t *testing.T) {
	t.Parallel()
	var f Facts
	f.note("A", instantOf(2))
	former := f
	f.note("A", instantOf(1))
	require.Equal(t, instantOf(2), f.Last["A"])
	f.note("A", instantOf(3))
	f.note("B", instantOf(1))
	require.Equal(t, map[string]time.Time{"A": instantOf(3), "B": instantOf(1)}, f.Last)
	require.Equal(t, map[string]time.Time{"A": instantOf(2)}, former.Last)
	for i := range 150 {
		f.note(fmt.Sprint(i), instantOf(4))
	}
	require.Len(t, f.Last, maxNotedNames)
	require.NotContains(t, f.Last, "A")
}
