package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"klantreis/activities"
	"klantreis/internal/template"
	"klantreis/journey"
)

// Checked is what a check found: the compiled version when there is no error, and every problem in words.
type Checked struct {
	// Published is the version, ready to use. Nil when there are errors.
	Published *activities.Published
	// Errors make the version unusable; each says file, line and what to do.
	Errors []string
	// Warnings do not.
	Warnings []string
}

// Err returns the errors as one, or nil.
func (c Checked) Err() error {
	if len(c.Errors) == 0 {
		return nil
	}
	return errors.New(strings.Join(c.Errors, "\n"))
}

// Check parses and compiles the map and the templates, and reports everything that is wrong at once.
func (b Bundle) Check() Checked {
	var c Checked
	var sources []journey.Source
	templates := fstest.MapFS{}
	for _, name := range b.names() {
		if rest, ok := strings.CutPrefix(name, templatesDir+"/"); ok {
			templates[rest] = &fstest.MapFile{Data: []byte(b.Files[name])}
			continue
		}
		sources = append(sources, journey.Source{Name: name, Data: []byte(b.Files[name])})
	}
	m, problems := journey.Parse(sources)
	c.add(problems)
	set := c.templates(templates)
	if m != nil && set != nil {
		c.references(m, set)
		c.review(m, set)
		c.personas(m, set)
	}
	if len(c.Errors) == 0 {
		c.Published = &activities.Published{Map: m, Renderer: set}
	}
	return c
}

func (c *Checked) templates(files fs.FS) *template.Set {
	set, err := template.Load(files)
	var problems journey.Problems
	switch {
	case errors.As(err, &problems):
		c.add(inTemplates(problems))
	case err != nil:
		c.Errors = append(c.Errors, err.Error())
	default:
		c.add(inTemplates(set.Warnings()))
	}
	return set
}

// inTemplates returns the problems with the files named as in the bundle.
func inTemplates(problems journey.Problems) journey.Problems {
	named := slices.Clone(problems)
	for i := range named {
		named[i].File = path.Join(templatesDir, named[i].File)
	}
	return named
}

func (c *Checked) add(problems journey.Problems) {
	for _, p := range problems {
		if p.Warning {
			c.Warnings = append(c.Warnings, p.String())
		} else {
			c.Errors = append(c.Errors, p.String())
		}
	}
}

// references checks that every send has a template, and that every ask can be answered.
func (c *Checked) references(m *journey.Map, set *template.Set) {
	for t, step := range m.Sends() {
		p := journey.Problem{Path: "touchpoint " + t.ID + ", step " + step.ID}
		p.File, p.Line = m.Place(t.ID, step.ID)
		switch {
		case !set.Has(step.Template):
			p.Message = fmt.Sprintf("there is no template %q in %s/", step.Template, templatesDir)
			p.Hint = "there are: " + strings.Join(set.Names(), ", ")
		case step.Kind == journey.StepAsk && !set.Asks(step.Template):
			p.Message = fmt.Sprintf("in a part of the template %q nothing leads to the answer", step.Template)
			p.Hint, p.Warning = "use ask.scores or ask.url", true
		default:
			continue
		}
		c.add(journey.Problems{p})
	}
}

// personas checks that every template for a persona is for one of the map.
func (c *Checked) personas(m *journey.Map, set *template.Set) {
	known := make([]string, len(m.Personas))
	for i := range m.Personas {
		known[i] = m.Personas[i].ID
	}
	for file, persona := range set.Personas() {
		if slices.Contains(known, persona) {
			continue
		}
		there := "it has none"
		if len(known) > 0 {
			there = "there are: " + strings.Join(known, ", ")
		}
		c.Errors = append(c.Errors, fmt.Sprintf("%s: the map has no persona %q (%s)", path.Join(templatesDir, file), persona, there))
	}
}
