package sendgrid

import (
	"testing"

	sgmail "github.com/sendgrid/sendgrid-go/helpers/mail"
	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

func TestBodiesKeepTheContract(t *testing.T) {
	t.Parallel()
	official := loadContract(t)
	tests := []struct {
		name   string
		change func(*activities.Mail)
	}{
		{"full", func(*activities.Mail) {}},
		{"text only", func(m *activities.Mail) { m.HTML = "" }},
		{"HTML only", func(m *activities.Mail) { m.Text = "" }},
		{"no reply address", func(m *activities.Mail) { m.ReplyTo = activities.Address{} }},
		{"bare addresses", func(m *activities.Mail) { m.From.Name, m.To.Name = "", "" }},
		{"no headers", func(m *activities.Mail) { m.Headers = nil }},
		{"unsubscribe headers", func(m *activities.Mail) {
			m.Headers = map[string]string{
				"List-Unsubscribe":      "<https://shop.example/u/1>, <mailto:stop@shop.example?subject=1>",
				"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
			}
		}},
		{"a question with its answers", func(m *activities.Mail) {
			m.HTML, m.Text = `<p>How likely?</p><a href="https://shop.example/a/m_1.x?score=9">9</a>`, "How likely? https://shop.example/a/m_1.x"
		}},
		{"no category", func(m *activities.Mail) { m.Category = "" }},
		{"difficult characters", func(m *activities.Mail) { m.Subject, m.To.Name = "50% <korting> & méér 🎉", `J. "Jan" Ø` }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			mail := testMail
			test.change(&mail)
			require.Empty(t, official.check(t, sgmail.GetRequestBody(body(mail))))
		})
	}
}

// TestContractRefuses is the control: a validator that lets everything pass would prove nothing.
func TestContractRefuses(t *testing.T) {
	t.Parallel()
	official := loadContract(t)
	const rest = `"from":{"email":"a@example.com"},"subject":"s","content":[{"type":"text/plain","value":"x"}]`
	tests := []struct{ name, body, want string }{
		{"nothing", `{}`, "body.personalizations: missing"},
		{"no recipient", `{"personalizations":[{"to":[]}],` + rest + `}`, "body.personalizations[0].to: too few items"},
		{"bad address", `{"personalizations":[{"to":[{"email":"jan"}]}],` + rest + `}`, "body.personalizations[0].to[0].email: not an address"},
		{"unknown property", `{"personalizations":[{"to":[{"email":"a@b.nl"}],"too":1}],` + rest + `}`, "body.personalizations[0].too: unknown property"},
		{"wrong type", `{"personalizations":[{"to":[{"email":"a@b.nl"}]}],"send_at":"now",` + rest + `}`, "body.send_at: want integer, got string"},
		{"twice", `{"personalizations":[{"to":[{"email":"a@b.nl"}]}],"categories":["a","a"],` + rest + `}`, "body.categories[1]: twice"},
		{
			"enum",
			`{"personalizations":[{"to":[{"email":"a@b.nl"}]}],"attachments":[{"content":"eA==","filename":"x","disposition":"sideways"}],` + rest + `}`,
			"body.attachments[0].disposition: sideways is not among [inline attachment]",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, official.check(t, []byte(test.body)), test.want)
		})
	}
}
