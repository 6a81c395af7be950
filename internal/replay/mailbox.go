package replay

import (
	"context"
	"slices"
)

// pageSize is how many mails are read at once.
const pageSize = 100

// inbox lists mails.
type inbox interface {
	// Messages returns up to limit mails from the newest but start on.
	Messages(ctx context.Context, start, limit int) ([]Arrival, error)
}

// mailbox keeps the mails that arrived. The engine's inbox holds only the newest, so it is read again and again.
type mailbox struct {
	inbox    inbox
	seen     map[string]bool
	arrivals []Arrival
}

// collect reads the mails that came since the last time. One that comes meanwhile pushes the others down, so that some
// are seen twice and none is passed over.
func (m *mailbox) collect(ctx context.Context) error {
	var fresh []Arrival
	for start := 0; ; start += pageSize {
		page, err := m.inbox.Messages(ctx, start, pageSize)
		if err != nil {
			return err
		}
		known := false
		for _, a := range page {
			if m.seen[a.ID] {
				known = true
				continue
			}
			fresh = append(fresh, a)
		}
		if known || len(page) < pageSize {
			break
		}
	}
	// Newest first, and the same mail can be on two pages.
	for _, a := range slices.Backward(fresh) {
		if !m.seen[a.ID] {
			m.seen[a.ID] = true
			m.arrivals = append(m.arrivals, a)
		}
	}
	return nil
}
