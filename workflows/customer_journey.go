package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"klantreis/activities"
	"klantreis/journey"
)

// CustomerJourneyInput starts or continues the workflow of a customer.
type CustomerJourneyInput struct {
	// CustomerID is our own id of the customer.
	CustomerID string `json:"customerId"`
	// Step is the number of the last decision that the workflow knows. Zero at a fresh start.
	Step int64 `json:"step,omitempty"`
	// Next is the next due instant, in real time. Zero when none is known.
	Next time.Time `json:"next,omitzero"`
	// Stale is true when a decision is wanted already.
	Stale bool `json:"stale,omitempty"`
}

// CustomerJourney is the workflow of one customer. It never fails: while decisions are impossible it tries again, for
// ever. It completes when nothing waits; a wake-up starts it afresh, and the record tells it where the customer stands.
func CustomerJourney(ctx workflow.Context, in CustomerJourneyInput) error {
	// Cancelling the workflow by hand must not turn its sleeps into a busy loop; who wants it gone terminates it.
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	w := &customerJourney{id: in.CustomerID, step: in.Step, next: in.Next, stale: in.Stale}
	if err := w.setup(ctx); err != nil {
		return err
	}
	return w.run(ctx)
}

// customerJourney is the state of one execution.
type customerJourney struct {
	id       string
	step     int64     // number of the newest decision that was taken in
	next     time.Time // due instant of that decision, real time
	stale    bool      // a decision is wanted
	failures int       // decisions in a row that failed
	last     activities.DecideResult
	wakes    workflow.ReceiveChannel
	sends    []sending
	timer    timer
}

// sending is one message on its way.
type sending struct {
	messageID string
	future    workflow.Future
}

func (w *customerJourney) setup(ctx workflow.Context) error {
	w.wakes = workflow.GetSignalChannel(ctx, SignalWoken)
	return workflow.SetQueryHandlerWithOptions(ctx, QueryState, w.state, workflow.QueryHandlerOptions{
		Description: "Where the customer's workflow stands.",
	})
}

func (w *customerJourney) run(ctx workflow.Context) error {
	for {
		w.drain()
		switch idle := len(w.sends) == 0; {
		case idle && workflow.GetInfo(ctx).GetContinueAsNewSuggested():
			return w.continueAsNew(ctx)
		case w.stale:
			w.decide(ctx)
		case idle && w.next.IsZero():
			return nil
		default:
			w.wait(ctx)
		}
	}
}

// drain takes in the wake-ups that have come; any number of them is one reason to decide.
func (w *customerJourney) drain() {
	for w.wakes.ReceiveAsync(nil) {
		w.stale = true
	}
}

// decide takes a decision in, or rests when none can be had.
func (w *customerJourney) decide(ctx workflow.Context) {
	result, err := decide(ctx, activities.DecideInput{CustomerID: w.id, Step: w.step + 1, Now: workflow.Now(ctx)})
	if err != nil {
		w.rest(ctx, err)
		return
	}
	w.failures = 0
	w.stale = false
	if result.Gone {
		w.next = time.Time{}
		return
	}
	// An answer to our own question is older than what we know only when the record was set back: it is right, we are not.
	w.step = min(w.step, result.Step)
	w.take(ctx, result)
}

// take takes in the result of a decision, unless a newer one has been taken in already.
func (w *customerJourney) take(ctx workflow.Context, result activities.DecideResult) {
	w.stale = w.stale || result.More
	if result.Step < w.step {
		return
	}
	w.step, w.next, w.last = result.Step, result.Next, result
	for _, effect := range result.Effects {
		if !w.underWay(effect.MessageID) {
			w.sends = append(w.sends, sending{messageID: effect.MessageID, future: w.begin(ctx, effect)})
		}
	}
	workflow.SetCurrentDetails(ctx, w.details())
}

// begin starts what an effect wants done. The result of each kind can be read as that of a send: a webhook's brings no
// decision, because none depends on how it ends.
func (w *customerJourney) begin(ctx workflow.Context, effect activities.Effect) workflow.Future {
	if effect.Kind == journey.KindWebhook {
		return webhook(ctx, activities.WebhookInput{MessageID: effect.MessageID})
	}
	return send(ctx, effect.Class, activities.SendInput{CustomerID: w.id, MessageID: effect.MessageID})
}

func (w *customerJourney) underWay(messageID string) bool {
	for _, s := range w.sends {
		if s.messageID == messageID {
			return true
		}
	}
	return false
}

// wait sleeps until a wake-up, the due instant, or the end of a send.
func (w *customerJourney) wait(ctx workflow.Context) {
	w.timer.set(ctx, w.next)
	selector := workflow.NewSelector(ctx)
	selector.AddReceive(w.wakes, func(c workflow.ReceiveChannel, _ bool) {
		c.Receive(ctx, nil)
		w.stale = true
	})
	if w.timer.future != nil {
		selector.AddFuture(w.timer.future, func(workflow.Future) {
			w.timer = timer{}
			w.stale = true
		})
	}
	for i := range w.sends {
		selector.AddFuture(w.sends[i].future, func(workflow.Future) { w.sent(ctx, i) })
	}
	selector.Select(ctx)
}

// sent takes in the end of a send, which brings a decision with it, or of a webhook, which brings none.
func (w *customerJourney) sent(ctx workflow.Context, i int) {
	var result activities.SendResult
	err := w.sends[i].future.Get(ctx, &result)
	w.sends = append(w.sends[:i:i], w.sends[i+1:]...)
	if err != nil {
		// The record still holds the message as unfinished, so the next decision hands it out again.
		w.stale = true
		w.rest(ctx, err)
		return
	}
	w.take(ctx, result.Decision)
}

func (w *customerJourney) continueAsNew(ctx workflow.Context) error {
	return workflow.NewContinueAsNewError(ctx, NameCustomerJourney, CustomerJourneyInput{
		CustomerID: w.id, Step: w.step, Next: w.next, Stale: w.stale,
	})
}
