package journey

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const fullMap = `
journey: webshop
locale: nl
timezone: Europe/Amsterdam
fresh: 36h
shop: {name: Shop, email: shop@example.com, replyTo: help@example.com, phone: "020", url: https://example.com, address: Street 1}
phases:
  - {id: awareness, title: Bewustwording, stage: see, enter: [{on: Product Viewed}]}
  - id: care
    enter:
      - {on: Order Delivered, if: event.total > 1.0, from: [loyalty]}
      - {on: Order Returned, from: any}
  - {id: loyalty, enter: [{on: Order Completed, if: true}]}
touchpoints:
  - id: review-request
    title: Review
    phase: care
    channel: email
    class: service
    on: [Order Delivered, Delivered]
    if: event.total > 1.0
    key: event.order_id
    cancel: Order Refunded
    cancelIf: customer.orders > 3
    again: restart
    holdout: 10%
    salt: pepper
    do:
      - wait: 1w
      - {id: later, until: now}
      - waitFor: {on: Survey Answered, if: event.score > 5.0, by: event.order, for: 7d}
        do:
          - wait: 1d
        else:
          - wait: 2d
          - exit: {reason: silent}
      - branch:
          - if: event.total > 9.0
            do: [{send: {template: big}}, {exit: }]
          - if: event.total > 5.0
            do: [{exit: middle}]
        else: [{send: {template: small}}]
      - wait: 3d
`

func TestParseReadsEveryWord(t *testing.T) {
	t.Parallel()
	m, problems := Parse([]Source{{Name: "journey.yaml", Data: []byte(fullMap)}})
	require.Empty(t, problems)
	m.compiled = compiled{}
	require.Equal(t, &Map{
		Journey: "webshop", Locale: "nl", Timezone: "Europe/Amsterdam", Fresh: 36 * time.Hour,
		Currency: "EUR", InFlight: Follow,
		Policy: Policy{Held: Held{For: 3 * day}, SoftOptIn: SoftOptIn{Classes: []Class{Service}, For: 730 * day}},
		Shop: Shop{
			Name: "Shop", Email: "shop@example.com", ReplyTo: "help@example.com",
			Phone: "020", URL: "https://example.com", Address: "Street 1",
		},
		Phases: []Phase{
			{ID: "awareness", Title: "Bewustwording", Stage: "see", Enter: []PhaseRule{{On: "Product Viewed"}}},
			{ID: "care", Title: "care", Enter: []PhaseRule{
				{On: "Order Delivered", If: "event.total > 1.0", From: []string{"loyalty"}},
				{On: "Order Returned", From: []string{AnyPhase}},
			}},
			{ID: "loyalty", Title: "loyalty", Enter: []PhaseRule{{On: "Order Completed", If: "true"}}},
		},
		Touchpoints: []Touchpoint{{
			ID: "review-request", Title: "Review", Phase: "care", Channel: "email", Class: Service,
			Trigger: Trigger{On: []string{"Order Delivered", "Delivered"}}, If: "event.total > 1.0", Key: "event.order_id",
			Cancel: []string{"Order Refunded"}, CancelIf: "customer.orders > 3", Again: AgainRestart, Holdout: 0.1, Salt: "pepper",
			Steps: []Step{
				{ID: "wait-1", Kind: StepWait, Wait: exact(7 * day)},
				{ID: "later", Named: true, Kind: StepUntil, Until: "now"},
				{
					ID: "waitFor-1", Kind: StepWaitFor,
					For:  WaitFor{On: []string{"Survey Answered"}, If: "event.score > 5.0", By: "event.order", Timeout: 7 * day},
					Do:   []Step{{ID: "wait-2", Kind: StepWait, Wait: exact(day)}},
					Else: []Step{{ID: "wait-3", Kind: StepWait, Wait: exact(2 * day)}, {ID: "exit-1", Kind: StepExit, Reason: "silent"}},
				},
				{
					ID: "branch-1", Kind: StepBranch,
					Arms: []Arm{
						{If: "event.total > 9.0", Do: []Step{{ID: "send-1", Kind: StepSend, Template: "big"}, {ID: "exit-2", Kind: StepExit}}},
						{If: "event.total > 5.0", Do: []Step{{ID: "exit-3", Kind: StepExit, Reason: "middle"}}},
					},
					Else: []Step{{ID: "send-2", Kind: StepSend, Template: "small"}},
				},
				{ID: "wait-4", Kind: StepWait, Wait: exact(3 * day)},
			},
		}},
	}, m)
}

func exact(d time.Duration) Delay { return Delay{length: d} }

func TestParseDefaults(t *testing.T) {
	t.Parallel()
	const touchpoint = "\n    phase: care\n    on: Order Delivered\n    do: [{wait: 1d}]\n"
	m, problems := Parse([]Source{{Name: "journey.yaml", Data: []byte("journey: webshop\n" +
		"shop: {name: Shop, email: shop@example.com}\nphases: [{id: care, enter: [{on: Order Delivered}]}]\n" +
		"touchpoints:\n  - id: keyed\n    key: event.order_id" + touchpoint + "  - id: unkeyed" + touchpoint)}})
	require.Empty(t, problems)
	require.Equal(t, "en", m.Locale)
	require.Equal(t, "UTC", m.Timezone)
	require.Equal(t, 24*time.Hour, m.Fresh)
	require.Equal(t, "shop@example.com", m.Shop.ReplyTo)
	require.Equal(t, "care", m.Phases[0].Title)
	keyed, unkeyed := m.Touchpoints[0], m.Touchpoints[1]
	require.Equal(t, "keyed", keyed.Title)
	require.Equal(t, "email", keyed.Channel)
	require.Zero(t, keyed.Holdout)
	require.Equal(t, AgainNever, keyed.Again)
	require.Equal(t, AgainAfterExit, unkeyed.Again)
}

func TestParseHoldout(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want float64
		ok   bool
	}{
		"percent":             {"10%", 0.1, true},
		"part of a percent":   {"2.5%", 0.025, true},
		"quoted":              {`"50%"`, 0.5, true},
		"fraction":            {"0.1", 0.1, true},
		"nobody":              {"0%", 0, true},
		"everybody":           {"100%", 1, true},
		"over everybody":      {"101%", 0, false},
		"negative":            {"-0.1", 0, false},
		"over one":            {"1.1", 0, false},
		"whole number":        {"1", 0, false},
		"not a number":        {".nan", 0, false},
		"infinite":            {".inf", 0, false},
		"text":                {"some", 0, false},
		"list":                {"[10%]", 0, false},
		"nothing":             {"", 0, false},
		"hexadecimal, quoted": {`"0x1p-2"`, 0, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &parser{places: map[string]place{}}
			root, err := loadYAML([]byte("holdout: " + tt.text))
			require.NoError(t, err)
			got := p.object(value{node: root}, touchpointKeys).share("holdout")
			require.InDelta(t, tt.want, got, 1e-12)
			require.Equal(t, tt.ok, len(p.problems) == 0, p.problems)
		})
	}
}
