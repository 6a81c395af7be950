package activities

import (
	"context"
	"fmt"
)

// confirm tells the record that the provider accepted the message. When the record cannot be told, a note keeps it for the
// next attempt, for whom the message would otherwise be one of which nobody knows. The note comes second, other than that of
// an attempt that vouches: nearly every mail is taken, and a note would be one more request to Temporal for each.
func (a *Activities) confirm(ctx context.Context, messageID string, t taken) error {
	told, done := lastWord(ctx)
	defer done()
	err := a.Ledger.Confirm(told, messageID, t.Token, t.ProviderID, t.Reason, t.At)
	if err == nil {
		return nil
	}
	n := readNotes(ctx)
	n.Taken = &t
	n.leave(ctx)
	return fmt.Errorf("confirm message %s: %w", messageID, err)
}

// confirmNoted tells the record what an earlier attempt knew and could not tell it.
func (a *Activities) confirmNoted(ctx context.Context, messageID string) error {
	t := readNotes(ctx).Taken
	if t == nil {
		return nil
	}
	err := a.Ledger.Confirm(ctx, messageID, t.Token, t.ProviderID, t.Reason, t.At)
	if err != nil {
		return fmt.Errorf("confirm message %s for an earlier attempt: %w", messageID, err)
	}
	return nil
}
