package journey

import (
	"bytes"
	"encoding/json"
	"sync"
)

// SchemaID is the name by which the schema of the journey map refers to itself.
const SchemaID = "urn:klantreis:journey-map"

// Schema returns the JSON Schema (draft 2020-12) of the journey map, with which editors complete and explain its words.
// Whatever Parse takes is valid under it; not all that is valid makes a map, since a schema cannot know which phases
// exist or what a condition means. A map of several files has no key that each file must have, so neither has the schema.
// The caller must not change what it gets.
var Schema = sync.OnceValue(func() []byte {
	root := mapSchema()
	root.Version = "https://json-schema.org/draft/2020-12/schema"
	root.ID = SchemaID
	root.Title = "Journey map"
	root.Defs = definitions()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(root); err != nil {
		panic(err) // a schema consists of nothing that cannot be encoded
	}
	return b.Bytes()
})

// schema is a JSON Schema, with the keywords that the map needs.
type schema struct {
	Version     string   `json:"$schema,omitempty"`
	ID          string   `json:"$id,omitempty"`
	Ref         string   `json:"$ref,omitempty"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Type        any      `json:"type,omitempty"` // a name, or a list of names
	Enum        []string `json:"enum,omitempty"`
	Const       string   `json:"const,omitempty"`
	Default     any      `json:"default,omitempty"`
	Examples    []any    `json:"examples,omitempty"`

	Pattern   string   `json:"pattern,omitempty"`
	MinLength int      `json:"minLength,omitempty"`
	MaxLength int      `json:"maxLength,omitempty"`
	Minimum   *float64 `json:"minimum,omitempty"`
	Maximum   *float64 `json:"maximum,omitempty"`

	Items       *schema `json:"items,omitempty"`
	MinItems    int     `json:"minItems,omitempty"`
	MaxItems    int     `json:"maxItems,omitempty"`
	UniqueItems bool    `json:"uniqueItems,omitempty"`

	Properties    properties `json:"properties,omitempty"`
	Required      []string   `json:"required,omitempty"`
	Additional    any        `json:"additionalProperties,omitempty"` // false, or a schema
	PropertyNames *schema    `json:"propertyNames,omitempty"`
	MinProperties int        `json:"minProperties,omitempty"`
	MaxProperties int        `json:"maxProperties,omitempty"`
	Dependent     properties `json:"dependentSchemas,omitempty"`

	AnyOf []*schema  `json:"anyOf,omitempty"`
	OneOf []*schema  `json:"oneOf,omitempty"`
	Not   *schema    `json:"not,omitempty"`
	Defs  properties `json:"$defs,omitempty"`
}

// property is a key of a group and what may stand there.
type property struct {
	key      string
	value    *schema
	required bool
}

// properties keep the order in which a person writes the keys.
type properties []property

// MarshalJSON writes them as an object.
func (ps properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range ps {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, part := range []any{p.key, p.value} {
			if j > 0 {
				b.WriteByte(':')
			}
			text, err := encode(part)
			if err != nil {
				return nil, err
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode is json.Marshal that leaves <, > and & as they are: conditions are full of them.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return b.Bytes(), err
}

// may describes a key that may be left out.
func may(name string, value *schema, description string, examples ...any) property {
	described := *value
	described.Description = description
	if len(examples) > 0 {
		described.Examples = examples
	}
	return property{key: name, value: &described}
}

// must describes a key that must be there.
func must(name string, value *schema, description string, examples ...any) property {
	p := may(name, value, description, examples...)
	p.required = true
	return p
}

// defaulting adds what counts when the key is left out.
func (p property) defaulting(value any) property {
	p.value.Default = value
	return p
}

// group is a group of keys of which no others are allowed.
func group(keys ...property) *schema {
	s := &schema{Type: "object", Properties: keys, Additional: false}
	for _, p := range keys {
		if p.required {
			s.Required = append(s.Required, p.key)
		}
	}
	return s
}

// listOf is a list that is not empty.
func listOf(item *schema, most int) *schema {
	return &schema{Type: "array", Items: item, MinItems: 1, MaxItems: most}
}

// oneOrMore is a value, or a list of such values.
func oneOrMore(item *schema, most int) *schema {
	return &schema{AnyOf: []*schema{item, listOf(item, most)}}
}

// among is one of a few words.
func among(words []string) *schema {
	return &schema{Type: "string", Enum: words}
}

// refer names one of the definitions.
func refer(name string) *schema {
	return &schema{Ref: "#/$defs/" + name}
}

// wholeNumber is a whole number within bounds.
func wholeNumber(least, most float64) *schema {
	return &schema{Type: "integer", Minimum: &least, Maximum: &most}
}
