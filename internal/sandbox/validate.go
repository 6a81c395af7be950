package sandbox

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
)

// SendGrid's limits.
const (
	maxRecipients    = 1000
	maxCategories    = 10
	maxCategoryBytes = 255
	maxArgBytes      = 10_000
)

// reservedHeaders may not be set by a request, in lower case.
var reservedHeaders = []string{
	"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
	"to", "from", "subject", "reply-to", "cc", "bcc",
}

// problems returns everything that SendGrid would refuse the request for.
func (r *sendRequest) problems() []apiError {
	return slices.Concat(r.checkPeople(), r.checkSender(), r.checkSubject(), r.checkContent(), r.checkLabels())
}

func (r *sendRequest) checkPeople() []apiError {
	count := len(r.Personalizations)
	if count == 0 || count > maxRecipients {
		return []apiError{problem("personalizations", "there must be 1 to 1000 personalizations")}
	}
	var out []apiError
	recipients := 0
	for i, person := range r.Personalizations {
		field := fmt.Sprintf("personalizations.%d", i)
		if len(person.To) == 0 {
			out = append(out, problem(field+".to", "at least one recipient is required"))
		}
		seen := map[string]bool{}
		out = append(out, checkList(field+".to", person.To, seen)...)
		out = append(out, checkList(field+".cc", person.CC, seen)...)
		out = append(out, checkList(field+".bcc", person.BCC, seen)...)
		recipients += len(person.To) + len(person.CC) + len(person.BCC)
		if person.From != nil {
			out = append(out, checkAddress(field+".from.email", person.From.Email)...)
		}
		out = append(out, checkHeaders(field+".headers", person.Headers)...)
		out = append(out, checkArgs(field+".custom_args", merged(r.CustomArgs, person.CustomArgs))...)
	}
	if recipients > maxRecipients {
		out = append(out, problem("personalizations", "there must be at most 1000 recipients"))
	}
	return out
}

// checkList checks addresses, each of which may occur once among to, cc and bcc.
func checkList(field string, list []wireAddress, seen map[string]bool) []apiError {
	var out []apiError
	for i, a := range list {
		out = append(out, checkAddress(fmt.Sprintf("%s.%d.email", field, i), a.Email)...)
		key := strings.ToLower(a.Email)
		if seen[key] {
			out = append(out, problem(field, "address "+a.Email+" occurs more than once among to, cc and bcc"))
		}
		seen[key] = true
	}
	return out
}

func checkAddress(field, email string) []apiError {
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > 320 {
		return []apiError{problem(field, "not a valid address")}
	}
	return nil
}

func (r *sendRequest) checkSender() []apiError {
	if r.From == nil {
		return []apiError{problem("from.email", "the from object with an email is required")}
	}
	out := checkAddress("from.email", r.From.Email)
	if r.ReplyTo != nil {
		out = append(out, checkAddress("reply_to.email", r.ReplyTo.Email)...)
		if len(r.ReplyToList) > 0 {
			out = append(out, problem("reply_to_list", "give either reply_to or reply_to_list"))
		}
	}
	return append(out, checkList("reply_to_list", r.ReplyToList, map[string]bool{})...)
}

// checkSubject wants a subject for every mail.
func (r *sendRequest) checkSubject() []apiError {
	if r.Subject != "" {
		return nil
	}
	for _, person := range r.Personalizations {
		if person.Subject == "" {
			return []apiError{problem("subject", "the subject is required")}
		}
	}
	return nil
}

func (r *sendRequest) checkContent() []apiError {
	if r.TemplateID != "" {
		return []apiError{problem("template_id", "there is no such template: the sandbox holds none")}
	}
	if len(r.Content) == 0 {
		return []apiError{problem("content", "at least one content block is required")}
	}
	var out []apiError
	last := 0
	for i, part := range r.Content {
		field := fmt.Sprintf("content.%d", i)
		if !strings.Contains(part.Type, "/") || strings.ContainsAny(part.Type, ";\r\n") {
			out = append(out, problem(field+".type", "not a content type"))
		}
		if part.Value == "" {
			out = append(out, problem(field+".value", "the content must not be empty"))
		}
		rank := contentRank(part.Type)
		if rank < last {
			out = append(out, problem("content", "text/plain must come first, then text/html, then anything else"))
		}
		last = max(last, rank)
	}
	return out
}

func contentRank(contentType string) int {
	switch contentType {
	case typeText:
		return 1
	case typeHTML:
		return 2
	default:
		return 3
	}
}

func (r *sendRequest) checkLabels() []apiError {
	out := checkHeaders("headers", r.Headers)
	if len(r.Categories) > maxCategories {
		out = append(out, problem("categories", "there must be at most 10 categories"))
	}
	for i, category := range r.Categories {
		if category == "" || len(category) > maxCategoryBytes || slices.Contains(r.Categories[:i], category) {
			out = append(out, problem(fmt.Sprintf("categories.%d", i), "a category must be unique and have 1 to 255 bytes"))
		}
	}
	return out
}

func checkHeaders(field string, headers map[string]string) []apiError {
	var out []apiError
	for name, value := range headers {
		if slices.Contains(reservedHeaders, strings.ToLower(name)) {
			out = append(out, problem(field+"."+name, "this header is reserved"))
		}
		if name == "" || strings.ContainsAny(name, ": \r\n") || strings.ContainsAny(value, "\r\n") {
			out = append(out, problem(field+"."+name, "not a valid header"))
		}
	}
	return out
}

func checkArgs(field string, args map[string]string) []apiError {
	size := 0
	for name, value := range args {
		size += len(name) + len(value)
	}
	if size > maxArgBytes {
		return []apiError{problem(field, "custom arguments must have at most 10000 bytes")}
	}
	return nil
}
