package app

import (
	"context"

	"klantreis/api"
	"klantreis/internal/store"
)

// auditLog serves who changed what.
type auditLog struct{ record *store.Store }

// Changes implements api.Audit.
func (a auditLog) Changes(ctx context.Context, f api.AuditFilter) ([]api.Change, error) {
	changes, err := a.record.Audit(ctx, store.AuditFilter{Before: f.Before, Name: f.Name, Action: f.Action, Limit: f.Limit})
	if err != nil {
		return nil, err
	}
	list := make([]api.Change, len(changes))
	for i, c := range changes {
		list[i] = api.Change{
			ID: c.Seq, At: c.At, Kind: c.By.Kind, Name: c.By.Name, From: c.By.From, Action: c.Action, Target: c.Target,
			Before: c.Was, After: c.Became,
		}
	}
	return list, nil
}
