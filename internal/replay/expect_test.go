package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tell returns the events of a customer with one order, by names and hours since noon.
func tell(events ...any) []Event {
	o := Order{ID: "1001"}
	out := []Event{{
		Type: "identify", UserID: "anna", MessageID: "i", At: noon, Traits: map[string]any{"email": "anna@replay.example", "locale": "nl"},
	}}
	for i := 0; i < len(events); i += 2 {
		at := noon.Add(time.Duration(events[i+1].(int)) * time.Hour)
		out = append(out, track(events[i].(string), o, "anna", at))
	}
	return out
}

func TestExpect(t *testing.T) {
	t.Parallel()
	const week = 7 * 24
	tests := map[string]struct {
		events []Event
		want   []string
	}{
		"ordered":                       {tell(completed, 1), []string{confirmation}},
		"ordered twice":                 {tell(completed, 1, completed, 5), []string{confirmation}},
		"cancelled":                     {tell(completed, 1, cancelled, 5), []string{confirmation}},
		"handed over":                   {tell(completed, 1, fulfilled, 5), []string{confirmation}},
		"delivered":                     {tell(completed, 1, delivered, 24), []string{confirmation, request, reminder}},
		"delivered without an order":    {tell(delivered, 24), []string{request, reminder}},
		"delivered twice":               {tell(delivered, 24, delivered, 48), []string{request, reminder}},
		"refunded before the delivery":  {tell(refunded, 2, delivered, 24), nil},
		"cancelled before the delivery": {tell(cancelled, 2, delivered, 24), nil},
		"reviewed before the delivery":  {tell(reviewed, 2, delivered, 24), nil},
		"reviewed in the first week":    {tell(delivered, 24, reviewed, 24+week-1), nil},
		"reviewed in the second week":   {tell(delivered, 24, reviewed, 24+week+1), []string{request}},
		"returned in the second week":   {tell(delivered, 24, returned, 24+week+1), []string{request}},
		"reviewed in the third week":    {tell(delivered, 24, reviewed, 24+2*week+1), []string{request, reminder}},
		"reviewed, then returned":       {tell(delivered, 24, reviewed, 24+week+1, returned, 24+week+9), []string{request}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, m := range Expect(tt.events) {
				require.Equal(t, "anna@replay.example", m.Email)
				require.Equal(t, "nl", m.Locale)
				got = append(got, m.Template)
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestExpectSaysWhen(t *testing.T) {
	t.Parallel()
	events := tell(completed, 1, delivered, 24, delivered, 48)
	events[1].Offered = noon.Add(3 * time.Hour)
	mails := Expect(events)
	require.Len(t, mails, 3)
	require.Equal(t, noon.Add(time.Hour), mails[0].Earliest)
	require.Equal(t, noon.Add(3*time.Hour), mails[0].Due, "its lateness counts from the posting")
	require.Equal(t, noon.Add(8*day), mails[1].Earliest)
	require.Equal(t, noon.Add(15*day), mails[2].Earliest)
}

func TestStoryIsUnclear(t *testing.T) {
	t.Parallel()
	const week = 7 * 24
	tests := map[string]struct {
		late  map[string]time.Duration
		want  bool
		event []any
	}{
		"all in time":                    {nil, false, []any{completed, 1, delivered, 24, reviewed, 100}},
		"an order that is not fresh":     {map[string]time.Duration{completed: day}, true, []any{completed, 1}},
		"a delivery that is not fresh":   {map[string]time.Duration{delivered: day}, true, []any{delivered, 1}},
		"a review taken after the mail":  {map[string]time.Duration{reviewed: 14 * time.Hour}, true, []any{delivered, 0, reviewed, week - 13}},
		"a review taken late, no matter": {map[string]time.Duration{reviewed: 14 * time.Hour}, false, []any{delivered, 0, reviewed, week + 13}},
		"a return taken after reminding": {map[string]time.Duration{returned: 14 * time.Hour}, true, []any{delivered, 0, returned, 2*week - 13}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := tell(tt.event...)
			for i, e := range events {
				events[i].Taken = e.At.Add(tt.late[e.Name])
			}
			require.Equal(t, tt.want, Stories(events)["1001"].unclear())
		})
	}
}
