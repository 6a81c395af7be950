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
	// Shop is the sender.
	Shop journey.Shop
	// Customer holds the traits.
	Customer map[string]any
	// Event holds the properties of the event that started the run.
	Event map[string]any
}

// Renderer renders the templates of one map version.
type Renderer interface {
	// Render returns the content, or an error that names the template, the line and what is wrong.
	Render(in RenderInput) (Content, error)
}
