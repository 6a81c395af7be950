package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// fullInbox holds the newest mails only, and gets one more whenever a page is read.
type fullInbox struct {
	mails []Arrival // oldest first
	limit int
	grows bool
	err   error
}

func (f *fullInbox) add(n int) {
	for range n {
		next := 0
		if len(f.mails) > 0 {
			fmt.Sscan(f.mails[len(f.mails)-1].ID, &next)
		}
		f.mails = append(f.mails, Arrival{ID: fmt.Sprint(next + 1)})
	}
	f.mails = f.mails[max(0, len(f.mails)-f.limit):]
}

func (f *fullInbox) Messages(_ context.Context, start, limit int) ([]Arrival, error) {
	newest := slices.Clone(f.mails)
	slices.Reverse(newest)
	if f.grows {
		f.add(1)
	}
	return newest[min(start, len(newest)):min(start+limit, len(newest))], f.err
}

func TestMailboxKeepsEveryMailOnce(t *testing.T) {
	t.Parallel()
	inbox := &fullInbox{limit: 500, grows: true}
	box := &mailbox{inbox: inbox, seen: map[string]bool{}}
	for _, n := range []int{0, 1, 99, 100, 101, 350, 2} {
		inbox.add(n)
		require.NoError(t, box.collect(t.Context()))
	}
	inbox.grows = false
	require.NoError(t, box.collect(t.Context()))
	var want []Arrival
	newest := 0
	fmt.Sscan(inbox.mails[len(inbox.mails)-1].ID, &newest)
	for i := range newest {
		want = append(want, Arrival{ID: fmt.Sprint(i + 1)})
	}
	require.Greater(t, newest, 653)

	require.ElementsMatch(t, want, box.arrivals)
}

func TestMailboxCannotBeRead(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	box := &mailbox{inbox: &fullInbox{limit: 9, err: gone}, seen: map[string]bool{}}
	require.ErrorIs(t, box.collect(t.Context()), gone)
}
