package activities

import (
	"strings"
	"unicode"

	"klantreis/journey"
)

// Compose renders a message into a mail. Of the hand-over it uses Message, Facts and Run, and what the links need.
func Compose(p *Published, h Handover, links Links) (Mail, error) {
	shop, unsubscribe := p.Map.Shop, links.unsubscribeURL(h)
	content, err := p.Renderer.Render(RenderInput{
		Template: h.Message.Template,
		Locale:   h.Facts.Locale,
		Fallback: p.Map.Locale,
		Persona:  h.Message.Persona,
		Shop:     shop,
		Customer: h.Facts.Traits,
		Event:    h.Run.Trigger.Properties,
		Ask:      question(h.Message, h.Facts.Locale, p.Map.Locale, links.Answer),

		UnsubscribeURL: unsubscribe,
		ConfirmURL:     links.confirmURL(h),
	})
	if err != nil {
		return Mail{}, err
	}
	return Mail{
		MessageID:  h.Message.ID,
		SendKey:    h.SendKey,
		CustomerID: h.CustomerID,
		Category:   h.Message.Touchpoint,
		From:       Address{Name: shop.Name, Email: shop.Email},
		ReplyTo:    Address{Name: shop.Name, Email: shop.ReplyTo},
		To:         Address{Name: headerText(fullName(h.Facts)), Email: h.Facts.Email()},
		Subject:    content.Subject,
		HTML:       content.HTML,
		Text:       content.Text,
		Headers:    links.unsubscribeHeaders(unsubscribe),
	}, nil
}

// longestName is how many characters of a name go out.
const longestName = 200

// headerText makes what a customer chose fit for a line of a mail's header: one line, without control characters.
func headerText(text string) string {
	line := strings.Join(strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), " ")
	if runes := []rune(line); len(runes) > longestName {
		return string(runes[:longestName]) + "…"
	}
	return line
}

// fullName takes the customer's name from Segment's reserved traits.
func fullName(f journey.Facts) string {
	text := func(names ...string) string {
		for _, name := range names {
			if v, ok := f.Traits[name].(string); ok && v != "" {
				return v
			}
		}
		return ""
	}
	if name := text("name"); name != "" {
		return name
	}
	return strings.TrimSpace(text("firstName", "first_name") + " " + text("lastName", "last_name"))
}
