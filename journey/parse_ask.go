package journey

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"
)

func (p *parser) readAsk(v value) (template string, ask Ask) {
	f := p.object(v, askKeys)
	f.require("template", "question", "scale")
	scale := scales[f.choice("scale", slices.Sorted(maps.Keys(scales)))]
	ask = Ask{Survey: f.id("survey"), From: scale[0], To: scale[1]}
	if question := f.byKey["question"]; f.has("question") && question.node.Kind == yaml.MappingNode {
		ask.Questions = p.readTranslations(question)
	} else {
		ask.Question = f.text("question")
	}
	return f.id("template"), ask
}

// readTranslations reads a text for each of several locales.
func (p *parser) readTranslations(v value) map[string]string {
	if len(v.node.Content) == 0 {
		p.fail(v, "has no text", "write one for each language, such as {en: ..., nl: ...}")
	}
	texts := map[string]string{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key, content := v.node.Content[i], v.node.Content[i+1]
		item := v.at(join(v.path, key.Value), content)
		atKey := v.at(item.path, key)
		p.places[item.path] = place{v.file, key.Line}
		switch _, twice := texts[key.Value]; {
		case key.Kind != yaml.ScalarNode || !localePattern.MatchString(key.Value):
			p.fail(atKey, "must be a language tag", "such as nl, en or nl-BE")
		case twice:
			p.fail(atKey, "is given twice", "")
		default:
			texts[key.Value] = p.text(item)
		}
	}
	if len(texts) > maxNames {
		p.fail(v, fmt.Sprintf("has %d texts, at most %d are allowed", len(texts), maxNames), "")
	}
	return texts
}

// reviewQuestion warns of a question that nobody wrote in the language of the map.
func (p *parser) reviewQuestion(m *Map, ask Ask, path string) {
	locales := ask.Locales()
	if len(locales) == 0 || slices.ContainsFunc(locales, func(locale string) bool { return SameLanguage(locale, m.Locale) }) {
		return
	}
	p.warnAt(path+".ask.question", fmt.Sprintf("is not written in %q, the language of the map, so others read it in %q", m.Locale, locales[0]), "")
}
