package sandbox

import "encoding/json"

// The content types that the inbox shows.
const (
	typeText = "text/plain"
	typeHTML = "text/html"
)

// sendRequest is the body of a mail send. What the sandbox has no use for is only known by name, because an unknown name
// is refused.
type sendRequest struct {
	Personalizations []personalization `json:"personalizations"`
	From             *wireAddress      `json:"from"`
	ReplyTo          *wireAddress      `json:"reply_to"`
	ReplyToList      []wireAddress     `json:"reply_to_list"`
	Subject          string            `json:"subject"`
	Content          []contentPart     `json:"content"`
	Headers          map[string]string `json:"headers"`
	Categories       []string          `json:"categories"`
	CustomArgs       map[string]string `json:"custom_args"`
	TemplateID       string            `json:"template_id"`
	SendAt           int64             `json:"send_at"`

	Attachments      json.RawMessage `json:"attachments"`
	Sections         json.RawMessage `json:"sections"`
	BatchID          json.RawMessage `json:"batch_id"`
	ASM              json.RawMessage `json:"asm"`
	IPPoolName       json.RawMessage `json:"ip_pool_name"`
	MailSettings     json.RawMessage `json:"mail_settings"`
	TrackingSettings json.RawMessage `json:"tracking_settings"`
}

type personalization struct {
	To         []wireAddress     `json:"to"`
	CC         []wireAddress     `json:"cc"`
	BCC        []wireAddress     `json:"bcc"`
	From       *wireAddress      `json:"from"`
	Subject    string            `json:"subject"`
	Headers    map[string]string `json:"headers"`
	CustomArgs map[string]string `json:"custom_args"`
	SendAt     int64             `json:"send_at"`

	Substitutions       json.RawMessage `json:"substitutions"`
	DynamicTemplateData json.RawMessage `json:"dynamic_template_data"`
}

type wireAddress struct {
	Email string `json:"email"`
	Name  string `json:"name"`
}

func (a wireAddress) address() Address { return Address{Name: a.Name, Address: a.Email} }

func addresses(list []wireAddress) []Address {
	var out []Address
	for _, a := range list {
		out = append(out, a.address())
	}
	return out
}

type contentPart struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}
