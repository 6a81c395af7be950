package activities

import "klantreis/journey"

// Content is the rendered content of one message.
type Content struct {
	// Subject, HTML and Text are the parts of the mail.
	Subject, HTML, Text string
	// Locale is the language in which it was rendered.
	Locale string
}

// RenderInput is what a template may use.
type RenderInput struct {
	// Template is the template's name.
	Template string
	// Locale is the customer's language tag; the nearest one that the template has is used, otherwise Fallback.
	Locale string
	// Fallback is the map's language.
	Fallback string
	// Persona is the customer's persona, for whom the template may have a variant. May be empty.
	Persona string
	// Shop is the sender.
	Shop journey.Shop
	// Customer holds the traits.
	Customer map[string]any
	// Event holds the properties of the event that started the run.
	Event map[string]any
	// Ask is the question that the mail asks. Nil when it asks none.
	Ask *Question
	// UnsubscribeURL leads to where the reader says what they want. Empty when they cannot refuse the mail.
	UnsubscribeURL string
	// ConfirmURL leads to where a consent is confirmed. Empty when the mail is not about one.
	ConfirmURL string
}

// Question is a question with the links that answer it.
type Question struct {
	// Text is what is asked.
	Text string
	// Survey names the question in the answers.
	Survey string
	// URL leads to the page on which it is answered.
	URL string
	// Scores are the possible answers, lowest first.
	Scores []ScoreLink
}

// ScoreLink is one possible answer.
type ScoreLink struct {
	// Score is the answer.
	Score int
	// URL leads to the page with the answer filled in.
	URL string
}

// Renderer renders the templates of one map version.
type Renderer interface {
	// Has tells whether there is a template of that name.
	Has(template string) bool
	// Render returns the content, or an error that names the template, the line and what is wrong.
	Render(in RenderInput) (Content, error)
}
