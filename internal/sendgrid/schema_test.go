package sendgrid

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// schema is the part of a JSON Schema that the official description of the API uses.
type schema struct {
	Ref           string             `json:"$ref"`
	Type          string             `json:"type"`
	Format        string             `json:"format"`
	Enum          []any              `json:"enum"`
	Required      []string           `json:"required"`
	Properties    map[string]*schema `json:"properties"`
	Additional    *schema            `json:"additionalProperties"`
	MaxProperties *int               `json:"maxProperties"`
	Items         *schema            `json:"items"`
	MinItems      *int               `json:"minItems"`
	MaxItems      *int               `json:"maxItems"`
	Unique        bool               `json:"uniqueItems"`
	MinLength     *int               `json:"minLength"`
	MaxLength     *int               `json:"maxLength"`
}

// contract is the request body of one operation with what it refers to.
type contract struct {
	body    *schema
	schemas map[string]*schema
}

// loadContract reads the official description of mail send and mends its known faults. It skips the test where the
// description is absent.
func loadContract(t *testing.T) contract {
	t.Helper()
	const path = "../../../shared/contracts/tsg_mail_v3.json"
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skip("the official description of SendGrid's API is not at " + path + "; our requests are checked against it when it is")
	}
	require.NoError(t, err)
	var doc struct {
		Components struct {
			Schemas       map[string]*schema
			RequestBodies map[string]struct {
				Content map[string]struct{ Schema *schema }
			}
		}
	}
	require.NoError(t, json.Unmarshal(data, &doc))
	body := doc.Components.RequestBodies["PostMailSend"].Content["application/json"].Schema
	require.NotNil(t, body)

	// Custom arguments are an object at the top too, and one person gets at least one mail with something in it.
	body.Properties["custom_args"].Type = "object"
	body.Required = append(body.Required, "subject", "content")
	one := 1
	for _, name := range []string{"personalizations", "content"} {
		body.Properties[name].MinItems = &one
	}
	body.Properties["personalizations"].Items.Properties["to"].MinItems = &one
	return contract{body: body, schemas: doc.Components.Schemas}
}

// check returns what is wrong with a JSON document, each fault with its path.
func (c contract) check(t *testing.T, document []byte) []string {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(document, &value))
	return c.walk("body", c.body, value)
}

func (c contract) walk(path string, s *schema, value any) []string {
	if s.Ref != "" {
		return c.walk(path, c.schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]], value)
	}
	if got := typeOf(value); s.Type != "" && got != s.Type && (s.Type != "number" || got != "integer") {
		return []string{fmt.Sprintf("%s: want %s, got %s", path, s.Type, got)}
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
		return []string{fmt.Sprintf("%s: %v is not among %v", path, value, s.Enum)}
	}
	switch value := value.(type) {
	case map[string]any:
		return c.walkObject(path, s, value)
	case []any:
		return c.walkArray(path, s, value)
	case string:
		return checkString(path, s, value)
	}
	return nil
}

// walkObject takes an object that names its properties as closed: the API refuses others.
func (c contract) walkObject(path string, s *schema, object map[string]any) []string {
	var faults []string
	for _, name := range s.Required {
		if _, ok := object[name]; !ok {
			faults = append(faults, path+"."+name+": missing")
		}
	}
	if s.MaxProperties != nil && len(object) > *s.MaxProperties {
		faults = append(faults, path+": too many properties")
	}
	for name, value := range object {
		property := s.Properties[name]
		if property == nil {
			property = s.Additional
		}
		switch {
		case property != nil:
			faults = append(faults, c.walk(path+"."+name, property, value)...)
		case s.Properties != nil:
			faults = append(faults, path+"."+name+": unknown property")
		}
	}
	slices.Sort(faults)
	return faults
}

func (c contract) walkArray(path string, s *schema, items []any) []string {
	var faults []string
	if s.MinItems != nil && len(items) < *s.MinItems {
		faults = append(faults, path+": too few items")
	}
	if s.MaxItems != nil && len(items) > *s.MaxItems {
		faults = append(faults, path+": too many items")
	}
	seen := map[string]bool{}
	for i, item := range items {
		key := fmt.Sprint(item)
		if s.Unique && seen[key] {
			faults = append(faults, fmt.Sprintf("%s[%d]: twice", path, i))
		}
		seen[key] = true
		if s.Items != nil {
			faults = append(faults, c.walk(fmt.Sprintf("%s[%d]", path, i), s.Items, item)...)
		}
	}
	return faults
}

func checkString(path string, s *schema, value string) []string {
	length := utf8.RuneCountInString(value)
	switch {
	case s.MinLength != nil && length < *s.MinLength:
		return []string{path + ": too short"}
	case s.MaxLength != nil && length > *s.MaxLength:
		return []string{path + ": too long"}
	}
	if _, err := mail.ParseAddress(value); s.Format == "email" && err != nil {
		return []string{path + ": not an address"}
	}
	return nil
}

func typeOf(value any) string {
	switch value := value.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if value == float64(int64(value)) {
			return "integer"
		}
		return "number"
	}
	return "null"
}
