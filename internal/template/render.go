package template

import (
	"fmt"
	"strings"
	"unicode"

	"klantreis/activities"
	"klantreis/journey"
)

// maxSubject is how many characters of a subject or preheader are kept; no mail program shows more.
const maxSubject = 250

var _ activities.Renderer = (*Set)(nil)

// Render renders one template for one customer, in the locale nearest to in.Locale, else in.Fallback, else the first one
// that the template has for them. In that locale the variant for their persona goes before the one for everybody; a variant
// in another locale does not. Templates know the variables customer (the traits), event (the properties), shop, locale and,
// in the mail of an ask, ask, and in one that has a consent confirmed, confirm_url; the layouts know content, subject, preheader,
// reason, shop and locale. Both know unsubscribe_url in mails that the reader may refuse. An error names file and
// line.
func (s *Set) Render(in activities.RenderInput) (activities.Content, error) {
	if !s.Has(in.Template) {
		return activities.Content{}, fmt.Errorf("template %q: unknown", in.Template)
	}
	locale := journey.NearestLocale(s.localesFor(in.Template, in.Persona), in.Locale, in.Fallback)
	chosen, ok := s.mails[in.Template][variant{locale: locale, persona: in.Persona}]
	if !ok {
		chosen = s.mails[in.Template][variant{locale: locale}]
	}
	content, err := s.render(chosen, locale, in)
	if err != nil {
		return activities.Content{}, fmt.Errorf("template %q: %w", in.Template, err)
	}
	return content, nil
}

func (s *Set) render(m mail, locale string, in activities.RenderInput) (activities.Content, error) {
	shop := shopVariables(in.Shop)
	vars := map[string]any{"customer": clean(in.Customer), "event": clean(in.Event), "shop": shop, "locale": locale}
	if in.Ask != nil {
		vars["ask"] = askVariables(*in.Ask)
	}
	frame := map[string]any{"shop": shop, "locale": locale}
	if in.UnsubscribeURL != "" {
		vars["unsubscribe_url"], frame["unsubscribe_url"] = in.UnsubscribeURL, in.UnsubscribeURL
	}
	if in.ConfirmURL != "" {
		vars["confirm_url"] = in.ConfirmURL
	}
	lines := map[string]*part{"subject": m.subject, "preheader": m.preheader, "reason": m.reason}
	for name, p := range lines {
		text, err := p.render(locale, vars)
		if err != nil {
			return activities.Content{}, err
		}
		frame[name] = oneLine(text)
	}
	subject := plain(frame["subject"])
	if subject == "" {
		src := m.subject.source
		return activities.Content{}, journey.Problems{{File: src.file, Line: src.line, Message: "the subject comes out empty"}}
	}
	html, err := framed(m.html, s.htmlLayout, locale, vars, frame)
	if err != nil {
		return activities.Content{}, err
	}
	text, err := framed(m.text, s.textLayout, locale, vars, frame)
	if err != nil {
		return activities.Content{}, err
	}
	return activities.Content{Subject: subject, HTML: html, Text: tidy(text), Locale: locale}, nil
}

// framed renders a part and puts it into its layout.
func framed(body, layout *part, locale string, vars, frame map[string]any) (string, error) {
	content, err := body.render(locale, vars)
	if err != nil {
		return "", err
	}
	frame["content"] = content
	return layout.render(locale, frame, content)
}

func shopVariables(shop journey.Shop) map[string]any {
	replyTo := shop.ReplyTo
	if replyTo == "" {
		replyTo = shop.Email
	}
	return map[string]any{
		"name": shop.Name, "email": shop.Email, "reply_to": replyTo, "phone": shop.Phone, "url": shop.URL,
		"address": shop.Address,
	}
}

func askVariables(ask activities.Question) map[string]any {
	scores := make([]any, len(ask.Scores))
	for i, s := range ask.Scores {
		scores[i] = map[string]any{"score": s.Score, "url": s.URL}
	}
	return map[string]any{"question": ask.Text, "survey": ask.Survey, "url": ask.URL, "scores": scores}
}

// oneLine keeps a header to itself: whatever could begin a new one becomes a space.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) && r != '\u00a0' {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }), " ")
	if runes := []rune(text); len(runes) > maxSubject {
		text = strings.TrimRight(string(runes[:maxSubject-1]), " ") + "…"
	}
	return text
}

// tidy takes the empty lines out of a text part that conditions and loops leave behind.
func tidy(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, line)
		}
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}
