package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klantreis/api"
	"klantreis/internal/access"
	shopkit "klantreis/internal/shop"
	"klantreis/internal/store"
)

// customerEraser erases customers. It answers ErrUnknownCustomer when there is nobody by that id. An erasure that it took is
// carried out to the end, also by another process.
type customerEraser interface {
	Erase(ctx context.Context, by access.Actor, userID, reason string, suppress bool) (api.Erasure, error)
}

// privacyEvery is how often it is looked for what shops ask for in the name of customers.
const privacyEvery = time.Minute

// PrivacyRequests implements api.Connections.
func (c connections) PrivacyRequests(ctx context.Context, limit int) ([]api.PrivacyRequest, error) {
	open, err := c.record.PrivacyRequests(ctx, limit)
	list := make([]api.PrivacyRequest, len(open))
	for i, r := range open {
		list[i] = api.PrivacyRequest{
			ID: r.ID, Connection: r.Connection, Kind: string(r.Kind), UserIDs: append([]string{}, r.UserIDs...), ReceivedAt: r.ReceivedAt,
		}
	}
	return list, err
}

// PrivacyRequestDone implements api.Connections.
func (c connections) PrivacyRequestDone(ctx context.Context, by access.Actor, id string) (bool, error) {
	err := c.record.PrivacyRequestDone(ctx, by, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// carryOut erases whom shops ask to have erased, until ctx is done. Requests for data, and about a whole shop, wait for
// somebody who answers them.
func (s *shops) carryOut(ctx context.Context) error {
	for {
		if err := s.carryOutAll(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "erase whom a shop asks to have erased; trying again", "error", err)
		}
		if s.sleep(ctx, privacyEvery) != nil {
			return nil
		}
	}
}

// carryOutAll does what can be done of the requests. One that fails holds no other one up.
func (s *shops) carryOutAll(ctx context.Context) error {
	open, err := s.record.PrivacyRequests(ctx, mostPrivacyRequests)
	if err != nil {
		return err
	}
	var errs []error
	for _, request := range open {
		if request.Kind == shopkit.RedactCustomer {
			errs = append(errs, s.redact(ctx, request))
		}
	}
	return errors.Join(errs...)
}

// redact erases a customer under every id. What the shop tells of their objects after that says nothing.
func (s *shops) redact(ctx context.Context, request store.PrivacyRequest) error {
	by := access.Actor{Kind: access.Process, Name: "connection " + request.Connection}
	if _, err := s.record.EraseShopObjects(ctx, request.UserIDs); err != nil {
		return err
	}
	for _, userID := range request.UserIDs {
		_, err := s.eraser.Erase(ctx, by, userID, "the shop asked for it", false)
		if err != nil && !errors.Is(err, ErrUnknownCustomer) {
			return fmt.Errorf("carry out %s: %w", request.ID, err)
		}
	}
	return s.record.PrivacyRequestDone(ctx, by, request.ID)
}
