package bundle_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/examples"
	"klantreis/internal/bundle"
)

func TestCheckGivesWhatCanBeUsed(t *testing.T) {
	t.Parallel()
	checked := bundle.Bundle{Files: shop}.Check()
	require.NoError(t, checked.Err())
	require.Empty(t, checked.Warnings)
	require.Equal(t, "test", checked.Published.Map.Journey)
	content, err := checked.Published.Renderer.Render(activities.RenderInput{
		Template: "order", Locale: "nl", Customer: map[string]any{"firstName": "Jan"},
	})
	require.NoError(t, err)
	require.Equal(t, "Bedankt", content.Subject)
	require.Contains(t, content.HTML, "<p>Bedankt, Jan</p>")
}

func TestTheExampleIsFine(t *testing.T) {
	t.Parallel()
	b, err := bundle.ReadFS(examples.Webshop(), "")
	require.NoError(t, err)
	checked := b.Check()
	require.NoError(t, checked.Err())
	require.Empty(t, checked.Warnings)
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		changes map[string]string
		want    []string // one for each error
	}{
		"the map": {
			map[string]string{"journey.yaml": strings.Replace(shop["journey.yaml"], "class: transactional", "class: urgent", 1)},
			[]string{"journey.yaml:6: touchpoints[0].class: "},
		},
		"a template": {
			map[string]string{"templates/order.nl.txt": "Bedankt,\n{{ customer.firstName "},
			[]string{"templates/order.nl.txt:2: "},
		},
		"a missing part": {
			map[string]string{"templates/order.nl.txt": ""},
			[]string{"templates/order.nl.txt: is missing"},
		},
		"a send without a template": {
			map[string]string{"journey.yaml": strings.Replace(shop["journey.yaml"], "template: order", "template: ordr", 1)},
			[]string{`journey.yaml:6: touchpoint confirmation, step send-1: there is no template "ordr" in templates/ (there are: order)`},
		},
		"a template for a persona of no map": {
			map[string]string{"templates/order@vip.nl.html": "---\nsubject: Dank\n---\nDank", "templates/order@vip.nl.txt": "Dank"},
			[]string{`templates/order@vip.nl.html: the map has no persona "vip" (it has none)`},
		},
		"a template for another persona": {
			map[string]string{
				"journey.yaml":                shop["journey.yaml"] + "personas: [{id: saver}, {id: gifter}]\n",
				"templates/order@vip.nl.html": "---\nsubject: Dank\n---\nDank", "templates/order@vip.nl.txt": "Dank",
			},
			[]string{`templates/order@vip.nl.html: the map has no persona "vip" (there are: saver, gifter)`},
		},
		"everything at once": {
			map[string]string{
				"journey.yaml":            "journey: test\nphases: [{id: purchase, colour: red}]\n",
				"templates/order.nl.html": "no front matter",
				"templates/layout.html":   "<html></html>",
			},
			[]string{"journey.yaml", "journey.yaml:2: phases[0]", "templates/layout.html: ", "templates/order.nl.html:1: "},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checked := bundle.Bundle{Files: with(tt.changes)}.Check()
			require.Nil(t, checked.Published)
			require.Len(t, checked.Errors, len(tt.want), "%q", checked.Errors)
			for i, want := range tt.want {
				require.Contains(t, checked.Errors[i], want)
			}
			require.EqualError(t, checked.Err(), strings.Join(checked.Errors, "\n"))
		})
	}
}

func TestAWarningDoesNoHarm(t *testing.T) {
	t.Parallel()
	checked := bundle.Bundle{Files: with(map[string]string{
		"templates/other.en.html": "---\nsubject: Thanks\n---\n<p>Thanks</p>", "templates/other.en.txt": "Thanks",
	})}.Check()
	require.NoError(t, checked.Err())
	require.NotNil(t, checked.Published)
	require.Len(t, checked.Warnings, 3)
	require.Contains(t, checked.Warnings[0], `templates/order: warning: is not written in "en"`)
	require.Contains(t, checked.Warnings[2], "templates/other: warning: is sent by no step")
}

// TestCheckAtTheSameTime is for the race detector: a check must change nothing that others see.
func TestCheckAtTheSameTime(t *testing.T) {
	t.Parallel()
	b := bundle.Bundle{Files: shop}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() { require.NoError(t, b.Check().Err()) })
	}
	group.Wait()
}

func TestATemplateForAPersona(t *testing.T) {
	t.Parallel()
	checked := bundle.Bundle{Files: with(map[string]string{
		"journey.yaml":                shop["journey.yaml"] + "personas: [{id: vip, name: Vip}]\n",
		"templates/order@vip.nl.html": "---\nsubject: Dank\n---\nDank", "templates/order@vip.nl.txt": "Dank",
	})}.Check()
	require.NoError(t, checked.Err())
	content, err := checked.Published.Renderer.Render(activities.RenderInput{Template: "order", Locale: "nl", Persona: "vip"})
	require.NoError(t, err)
	require.Equal(t, "Dank", content.Subject)
}

func TestAnAskThatCannotBeAnswered(t *testing.T) {
	t.Parallel()
	asking := strings.Replace(shop["journey.yaml"], "send: {template: order}", "ask: {template: order, question: Tevreden?, scale: 1-5}", 1)
	checked := bundle.Bundle{Files: with(map[string]string{"journey.yaml": asking})}.Check()
	require.NoError(t, checked.Err())
	require.Equal(t, []string{
		`journey.yaml:6: warning: touchpoints[0].do[0].ask: asks for an opinion, which is advertising in law (a transactional touchpoint must not advertise; make it service)`,
		`journey.yaml:6: warning: touchpoint confirmation, step ask-1: in a part of the template "order" nothing leads to the answer (use ask.scores or ask.url)`,
	}, checked.Warnings)
	checked = bundle.Bundle{Files: with(map[string]string{
		"journey.yaml": asking, "templates/order.nl.html": "---\nsubject: Tevreden?\n---\n<a href=\"{{ ask.url }}\">ja</a>", "templates/order.nl.txt": "{{ ask.url }}",
	})}.Check()
	require.Len(t, checked.Warnings, 1)
}
