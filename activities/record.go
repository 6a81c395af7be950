package activities

import (
	"context"
	"errors"
	"time"

	"klantreis/journey"
)

// ErrNotFound says that the record holds no such customer or message: it was erased, or the record was set back.
var ErrNotFound = errors.New("not in the record")

// ErrUnclear says that the record was lost in the middle of a commit: what was asked of it may be done or not.
var ErrUnclear = errors.New("the record did not say whether it is done")

// Snapshot is what a customer's workflow has to do after a decision. It is complete: whoever holds the newest one needs
// no older one.
type Snapshot struct {
	// Step counts the decisions of the customer from 1. Of two snapshots the one with the higher step is newer.
	Step int64
	// Next is the next due instant. Zero when nothing waits for time.
	Next time.Time
	// Effects are all effects that are planned and not finished, older ones included.
	Effects []Effect
	// More is true when events are left that this decision did not consume: decide again at once.
	More bool
	// Parked is what the decision left out because nothing could be decided with it. Nil when there was nothing of the kind.
	Parked *Parked `json:"-"`
}

// Parked is an event that was put aside, for somebody to look at.
type Parked struct {
	// EventSeq is its place in the order of arrival.
	EventSeq int64
	// Fault is what is wrong with it.
	Fault Fault
}

// Effect is one message to send.
type Effect struct {
	// MessageID is the message's id in the record.
	MessageID string `json:"messageId"`
	// Class is its message class, from which the priority follows.
	Class journey.Class `json:"class"`
	// Kind is what the message is. Empty means a mail.
	Kind journey.MessageKind `json:"kind,omitempty"`
}

// DecideFunc is the core with a map: the record calls it inside its transaction.
type DecideFunc func(context.Context, journey.Input) (journey.Outcome, error)

// Decider is the part of the record in which decisions are taken.
type Decider interface {
	// Decide runs fn for one customer in one transaction: it locks the customer, reads the state and the unconsumed
	// events, calls fn, writes the outcome under the next step number and marks the events consumed. Input.Now is left
	// to fn. Next of the snapshot is in journey time.
	//
	// When step is the number of the customer's last decision plus one, a decision is taken; when it is the number of
	// the last decision itself, that decision's snapshot is returned unchanged and fn is not called. Step 0 always
	// decides. Any other step is answered with the last snapshot.
	//
	// An event with which no decision is possible, a Fault, is parked; the others are decided about without it. It answers
	// the Fault when no decision is possible without any event either. fn may be called more than once.
	Decide(ctx context.Context, customerID string, step int64, fn DecideFunc) (Snapshot, error)
}

// Handover is what is known of a message in the moment before it is handed to the provider.
type Handover struct {
	// Message is what was planned.
	Message journey.Message
	// CustomerID is our own id of the customer.
	CustomerID string
	// UserID is the shop's id of the customer.
	UserID string
	// Phase and PhaseSince are where the customer is.
	Phase string
	// PhaseSince is when the customer entered it.
	PhaseSince time.Time
	// Facts are what is known of the customer, unconsumed events not included.
	Facts journey.Facts
	// Run is the run that planned the message, with its trigger. A run that ended meanwhile says so.
	Run journey.Run
	// Unconsumed are the stored events of the customer that no decision has consumed yet, in order of arrival.
	Unconsumed []journey.Event
	// Parked are those that were parked, as far as they can be read.
	Parked []journey.Event
	// Suppressed is why the address in Facts, or the customer, must not be mailed. Empty when they may be.
	Suppressed journey.SuppressionReason
	// AddressHash stands for the address in Facts where it is not to be shown. Empty when there is no address.
	AddressHash string
	// MapVersion is the live version.
	MapVersion int64
	// SendKey is what this send is known by for good, whatever becomes of our own ids. It is opaque. Empty for a webhook.
	SendKey string
}

// ClaimStatus says what a claim found.
type ClaimStatus string

// What a claim can find.
const (
	// Claimed: the message is ours to send, now.
	Claimed ClaimStatus = "claimed"
	// ClaimSettled: the message is finished (sent or not); there is nothing to do.
	ClaimSettled ClaimStatus = "settled"
	// ClaimUnconfirmed: an earlier attempt claimed it and never said how it ended.
	ClaimUnconfirmed ClaimStatus = "unconfirmed"
)

// Claim is the answer to a claim.
type Claim struct {
	// Status says what was found.
	Status ClaimStatus
	// Handover is what to send. Set when Status is Claimed or ClaimUnconfirmed.
	Handover Handover
	// Token names the attempt of the earlier claim. Set when Status is ClaimUnconfirmed. Empty when it gave the claim back.
	Token string
	// ClaimedAt is the real instant of the earlier claim. Set when Status is ClaimUnconfirmed. Zero when it was given back.
	ClaimedAt time.Time
	// Reception is for how long, in real time, reports of the provider are known to have reached us since then: reports about
	// messages that were claimed later. A long pause between two of them counts for a few minutes only, because nobody knows
	// whether they could reach us meanwhile. Set when Status is ClaimUnconfirmed.
	Reception time.Duration
	// Reason is how the message ended. Set when Status is ClaimSettled.
	Reason journey.Reason
}

// Ledger is the part of the record that makes sends effectively once.
type Ledger interface {
	// Look tells whether a message waits to be claimed, and, when it is claimed and not settled, by the attempt of which token.
	// The token is empty when that attempt gave a second sending back. It takes nothing and waits for nobody, so that the answer
	// may be old at once.
	Look(ctx context.Context, messageID string) (waits bool, token string, err error)
	// Claim takes a planned message for the attempt named by token, or says why not. It settles a message as sent of which
	// the provider reported, under whatever id, that it was sent before the record was set back. It calls check inside the
	// transaction; a reason other than "" settles the message as not sent, and the claim finds it settled.
	Claim(ctx context.Context, messageID, token string, now time.Time, check func(context.Context, Handover) (journey.Reason, error)) (Claim, error)
	// Reclaim takes a message whose earlier claim (at claimedAt) was never confirmed, so that it is sent a second time.
	// It answers false when somebody else was first.
	Reclaim(ctx context.Context, messageID string, claimedAt time.Time, token string, now time.Time) (bool, error)
	// Release gives a claim back, because the provider certainly did not take the message: it is planned again. A claim
	// for a second sending goes back to what it was before, unconfirmed and due to be sent once more; its instant is zero.
	// It does nothing when the claim is not that of the token.
	Release(ctx context.Context, messageID, token string) error
	// Confirm records that the provider accepted the message, at a journey instant. Reason is ReasonSent or ReasonResent.
	Confirm(ctx context.Context, messageID, token, providerID string, reason journey.Reason, at time.Time) error
	// GiveUp settles a claimed message as not sent (or as unknown) for a reason, at a journey instant.
	GiveUp(ctx context.Context, messageID string, reason journey.Reason, detail string, at time.Time) error
}
