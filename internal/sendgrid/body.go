package sendgrid

import (
	sgmail "github.com/sendgrid/sendgrid-go/helpers/mail"

	"klantreis/activities"
)

// The custom arguments carry our ids to SendGrid and back in every report. All are opaque.
const (
	messageIDArg  = "message_id"
	sendKeyArg    = "send_key"
	customerIDArg = "customer_id"
)

// body turns a mail into SendGrid's form: one personalization, text before HTML (any other order is refused), and no word
// about tracking or a send time, so that the account's own settings hold and the mail leaves at once.
func body(mail activities.Mail) *sgmail.SGMailV3 {
	person := sgmail.NewPersonalization()
	person.AddTos(address(mail.To))
	person.SetCustomArg(messageIDArg, mail.MessageID)
	if mail.SendKey != "" {
		person.SetCustomArg(sendKeyArg, mail.SendKey)
	}
	if mail.CustomerID != "" {
		person.SetCustomArg(customerIDArg, mail.CustomerID)
	}

	out := sgmail.NewV3Mail()
	out.SetFrom(address(mail.From))
	out.Subject = mail.Subject
	out.AddPersonalizations(person)
	if mail.ReplyTo.Email != "" {
		out.SetReplyTo(address(mail.ReplyTo))
	}
	if mail.Text != "" {
		out.AddContent(sgmail.NewContent("text/plain", mail.Text))
	}
	if mail.HTML != "" {
		out.AddContent(sgmail.NewContent("text/html", mail.HTML))
	}
	if mail.Category != "" {
		out.AddCategories(mail.Category)
	}
	for name, value := range mail.Headers {
		out.SetHeader(name, value)
	}
	return out
}

func address(a activities.Address) *sgmail.Email {
	return sgmail.NewEmail(a.Name, a.Email)
}
