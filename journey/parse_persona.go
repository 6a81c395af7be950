package journey

import "cmp"

var (
	personaKeys = []string{"id", "name", "who", "demographics", "goals", "worries", "voice", "appearance", "match", "note"}
	voiceKeys   = []string{"quote", "tone"}
)

func (p *parser) readPersona(v value) Persona {
	f := p.object(v, personaKeys)
	f.require("id")
	persona := Persona{
		ID: f.id("id"), Name: f.text("name"), Who: f.prose("who"), Demographics: f.prose("demographics"),
		Goals: f.texts("goals"), Worries: f.texts("worries"), Appearance: f.prose("appearance"),
		Match: f.condition("match"), Note: f.prose("note"),
	}
	persona.Name = cmp.Or(persona.Name, persona.ID)
	if voice, ok := f.byKey["voice"]; ok {
		g := p.object(voice, voiceKeys)
		persona.Voice = Voice{Quote: g.prose("quote"), Tone: g.prose("tone")}
	}
	return persona
}
