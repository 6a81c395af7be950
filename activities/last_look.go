package activities

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"klantreis/journey"
)

// unwanted is the last look before the hand-over, at events too that no decision has seen.
//
// A parked event counts as far as it can: what it says against the mail holds, although nothing could be decided with it. That
// the mail may be wanted later does not, because the next decision will not know why.
func (a *Activities) unwanted(ctx context.Context, p *Published, h Handover) (journey.Reason, error) {
	reason, err := a.lastLook(ctx, p, h, h.Unconsumed)
	if err != nil || reason != "" || len(h.Parked) == 0 {
		return reason, err
	}
	all := slices.Concat(h.Unconsumed, h.Parked)
	slices.SortFunc(all, func(a, b journey.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	reason, err = a.lastLook(ctx, p, h, all)
	if fault := (*Fault)(nil); reason == journey.ReasonDeferred || errors.As(err, &fault) {
		return "", nil
	}
	return reason, err
}

func (a *Activities) lastLook(ctx context.Context, p *Published, h Handover, unseen []journey.Event) (journey.Reason, error) {
	return core(ctx, a, h.CustomerID, func() (journey.Reason, error) {
		return p.Map.Unwanted(journey.LastLook{
			State: journey.State{CustomerID: h.CustomerID, Phase: h.Phase, PhaseSince: h.PhaseSince, Facts: h.Facts},
			Run:   h.Run, Class: h.Message.Class, Suppressed: h.Suppressed, Unseen: unseen,
			Rhythm: a.Rhythm(), Now: a.Clock.Journey(a.Now()), Versions: versions{ctx: ctx, maps: a.Maps},
		})
	})
}
