package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"klantreis/api"
	"klantreis/internal/access"
)

// fakeKeyRing answers by name.
type fakeKeyRing struct{}

func (fakeKeyRing) Keys(context.Context) ([]api.WriteKey, error) { return nil, nil }

func (fakeKeyRing) Create(_ context.Context, _ access.Actor, name string) (string, error) {
	return "wk_made", keyError(name)
}

func (fakeKeyRing) Revoke(_ context.Context, _ access.Actor, name string) error {
	return keyError(name)
}

func keyError(name string) error {
	return map[string]error{
		"BAD": api.ErrKeyName, "taken": api.ErrKeyTaken, "nobody": api.ErrNoKey, "away": errors.New("the record is away"),
	}[name]
}

func TestManagingKeys(t *testing.T) {
	t.Parallel()
	const url = "/api/v1/keys"
	admin := map[string]string{"Authorization": "Bearer " + adminToken}
	runScenarios(t, []scenario{
		{name: "list", method: http.MethodGet, url: url, headers: admin, status: 200, content: []string{`{"keys":[]}`}},
		{name: "create", url: url, headers: admin, body: `{"name":"shop"}`, status: 201, content: []string{`{"key":"wk_made","name":"shop"}`}},
		{name: "create without a name", url: url, headers: admin, body: `{}`, status: 400, content: []string{`"missing"`, `"field":"name"`}},
		{name: "create a number", url: url, headers: admin, body: `{"name":1}`, status: 400, content: []string{`"wrong-type"`}},
		{name: "create with NUL", url: url, headers: admin, body: `{"name":"a\u0000"}`, status: 400, content: []string{`"nul-character"`}},
		{name: "create nothing", url: url, headers: admin, body: ``, status: 400, content: []string{`"invalid-json"`}},
		{name: "create as a form", url: url, headers: map[string]string{"Authorization": "Bearer " + adminToken, "Content-Type": "application/x-www-form-urlencoded"}, body: `name=shop`, status: 415},
		{name: "create with a bad name", url: url, headers: admin, body: `{"name":"BAD"}`, status: 400, content: []string{`"invalid-parameter"`, "1 to 64"}},
		{name: "create a taken name", url: url, headers: admin, body: `{"name":"taken"}`, status: 409, content: []string{`"taken"`}},
		{name: "create while the record is away", url: url, headers: admin, body: `{"name":"away"}`, status: 503, content: []string{`"unavailable"`}},
		{name: "revoke", method: http.MethodDelete, url: url + "/shop", headers: admin, status: 200, content: []string{`{"revoked":"shop"}`}},
		{name: "revoke nobody", method: http.MethodDelete, url: url + "/nobody", headers: admin, status: 404, content: []string{`"not-found"`}},
		{name: "revoke while the record is away", method: http.MethodDelete, url: url + "/away", headers: admin, status: 503},
		{name: "list with a write key", method: http.MethodGet, url: url, headers: map[string]string{"Authorization": basicAuth}, status: 401},
		{name: "create with a write key", url: url, headers: map[string]string{"Authorization": basicAuth}, body: `{"name":"shop"}`, status: 401},
		{name: "revoke with nothing", method: http.MethodDelete, url: url + "/shop", headers: map[string]string{}, status: 401},
	}, func(o *api.Options) { o.KeyRing = fakeKeyRing{} })
}

// lostKeys cannot look anything up.
type lostKeys struct{}

func (lostKeys) WriteKey(context.Context, string) (string, bool, error) {
	return "", false, errors.New("the record is away")
}

func TestKeysThatCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	for name, sc := range map[string]scenario{
		"in the header": {url: "/v1/track", body: `{}`},
		"in the body":   {url: "/v1/batch", headers: map[string]string{}, body: `{"writeKey":"wk_test","batch":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sc.status, sc.content = 503, []string{`"unavailable"`, "send the events again"}
			sc.run(t, setup(t, func(o *api.Options) { o.Keys = lostKeys{} }))
		})
	}
}
