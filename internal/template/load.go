package template

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"klantreis/activities"
	"klantreis/journey"
)

// maxSource is how large a file may be.
const maxSource = 256 << 10

// Load reads a folder of templates: layout.html and layout.txt, and for each template and locale NAME.LOCALE.html and
// NAME.LOCALE.txt. NAME@PERSONA.LOCALE.html and .txt are a variant of it for the customers of one persona. Other files and
// folders are left alone. The HTML files begin with front matter that holds the subject, and may hold a preheader and the
// reason why the customer gets the mail.
//
// Values are escaped in HTML. A value at the beginning of an href or src is also kept from being anything but a link;
// inside a longer address use url_encode. Besides Liquid's own filters there are money and url, and date knows the
// locale. A template cannot include files.
//
// The error is a journey.Problems that holds all that is wrong, each with file and line.
func Load(fsys fs.FS) (*Set, error) {
	l := loader{fsys: fsys, grammar: newGrammar(), set: &Set{mails: map[string]map[variant]mail{}}, tried: map[string]bool{}}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read the templates: %w", err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		ext := path.Ext(entry.Name())
		if !entry.IsDir() && (ext == ".html" || ext == ".txt") {
			files[entry.Name()] = l.read(entry)
		}
	}
	l.load(files)
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b journey.Problem) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
		})
		return nil, l.problems
	}
	l.warn()
	return l.set, nil
}

// loader gathers a set and all that is wrong with it.
type loader struct {
	fsys     fs.FS
	grammar  *grammar
	set      *Set
	tried    map[string]bool // the templates with a file for everybody, be it right or wrong
	problems journey.Problems
}

func (l *loader) report(file, message, hint string) {
	l.problems = append(l.problems, journey.Problem{File: file, Message: message, Hint: hint})
}

func (l *loader) read(entry fs.DirEntry) string {
	info, err := entry.Info()
	if err == nil && info.Size() > maxSource {
		l.report(entry.Name(), fmt.Sprintf("is larger than %d kB", maxSource>>10), "")
		return ""
	}
	data, err := fs.ReadFile(l.fsys, entry.Name())
	if err != nil {
		l.report(entry.Name(), "cannot be read: "+err.Error(), "")
	} else if !utf8.Valid(data) {
		l.report(entry.Name(), "is not UTF-8", "save the file as UTF-8")
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
}

func (l *loader) load(files map[string]string) {
	for file := range files {
		if layout(file) {
			continue
		}
		name, v, err := split(file)
		if err != nil {
			ext := path.Ext(file)
			l.report(file, err.Error(), "name it NAME.LOCALE"+ext+", for example order-confirmation.nl"+ext)
			continue
		}
		other := partner(file)
		if _, ok := files[other]; !ok {
			l.report(other, "is missing, while there is "+file, "a mail has an HTML and a text part")
		}
		if path.Ext(file) == ".html" {
			l.mail(name, v, files)
		}
	}
	if len(files) == 0 {
		return
	}
	l.checkVariants()
	l.set.htmlLayout = l.layout("layout.html", files, true)
	l.set.textLayout = l.layout("layout.txt", files, false)
}

// checkVariants reports templates that nobody but the customers of some personas could be sent.
func (l *loader) checkVariants() {
	for _, name := range l.set.Names() {
		if variants := l.set.variants(name); variants[0].persona != "" && !l.tried[name] {
			file := variants[0].stem(name) + ".html"
			l.report(file, "is a variant of a template that is not there", "write "+name+".LOCALE.html too, for everybody else")
		}
	}
}

func layout(file string) bool { return file == "layout.html" || file == "layout.txt" }

// partner is the other part of the same mail.
func partner(file string) string {
	if stem, ok := strings.CutSuffix(file, ".html"); ok {
		return stem + ".txt"
	}
	return strings.TrimSuffix(file, ".txt") + ".html"
}

// split reads NAME.LOCALE.html and NAME@PERSONA.LOCALE.html.
func split(file string) (name string, v variant, err error) {
	stem := strings.TrimSuffix(file, path.Ext(file))
	name, locale, ok := strings.Cut(stem, ".")
	name, persona, forPersona := strings.Cut(name, "@")
	if !ok || name == "" || forPersona && persona == "" || strings.ContainsAny(persona, "@") || strings.Contains(locale, ".") {
		return "", variant{}, errors.New("is not the name of a mail or layout")
	}
	return name, variant{locale: locale, persona: persona}, checkLocale(locale)
}

func (l *loader) mail(name string, v variant, files map[string]string) {
	stem := v.stem(name)
	l.tried[name] = l.tried[name] || v.persona == ""
	front, body, problems := splitFrontMatter(stem+".html", files[stem+".html"])
	l.problems = append(l.problems, problems...)
	if body.file == "" {
		return
	}
	if l.set.mails[name] == nil {
		l.set.mails[name] = map[variant]mail{}
	}
	l.set.mails[name][v] = mail{
		subject: l.compile(front.subject), preheader: l.compile(front.preheader), reason: l.compile(front.reason),
		html: l.compile(body), text: l.compile(source{file: stem + ".txt", line: 1, text: files[stem+".txt"]}),
	}
}

func (l *loader) compile(src source) *part {
	p, problems := l.grammar.compile(src)
	l.problems = append(l.problems, problems...)
	return p
}

func (l *loader) layout(file string, files map[string]string, html bool) *part {
	text, ok := files[file]
	switch {
	case !ok:
		l.report(file, "is missing", "every mail is put into a layout")
		return nil
	case !placesContent.MatchString(text):
		l.report(file, "does not say where the mail goes", "write {{ content }} there")
	}
	return l.compile(source{file: file, line: 1, text: text, html: html})
}

var placesContent = regexp.MustCompile(`\{\{-?\s*content\s*-?\}\}`)

// warn looks for what does no harm yet.
func (l *loader) warn() {
	all := map[string]bool{}
	for _, name := range l.set.Names() {
		for _, locale := range l.set.Locales(name) {
			all[locale] = true
		}
	}
	for _, name := range l.set.Names() {
		for _, locale := range slices.Sorted(maps.Keys(all)) {
			if !slices.Contains(l.set.Locales(name), locale) {
				l.warning(name, fmt.Sprintf("is not written in %q, as other templates are", locale))
			}
		}
		for _, v := range l.set.variants(name) {
			in := activities.RenderInput{Template: name, Locale: v.locale, Persona: v.persona}
			if _, err := l.set.Render(in); err != nil {
				l.warning(name, fmt.Sprintf("cannot be rendered in %q for an event without properties: %s", v.locale, err))
			}
		}
	}
}

func (l *loader) warning(name, message string) {
	l.set.warnings = append(l.set.warnings, journey.Problem{File: name, Message: message, Warning: true})
}
