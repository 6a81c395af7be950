package api_test

import (
	"context"
	"errors"
	"testing"

	"klantreis/api"
	"klantreis/internal/access"
)

// fakeMerger knows the customers "a" and "b".
type fakeMerger struct{ merged bool }

func (f fakeMerger) Merge(_ context.Context, _ access.Actor, from, into string) (bool, error) {
	switch {
	case from == "away":
		return false, errors.New("the record is away")
	case from != "a" || into != "b":
		return false, api.ErrNoCustomer
	}
	return f.merged, nil
}

func TestMergingCustomers(t *testing.T) {
	t.Parallel()
	const url = "/api/v1/customers/b/merge"
	admin := map[string]string{"Authorization": "Bearer " + adminToken}
	runScenarios(t, []scenario{
		{name: "two", url: url, headers: admin, body: `{"userId":"a"}`, status: 200, content: []string{`{"merged":true}`}},
		{name: "nobody", url: url, headers: admin, body: `{"userId":"c"}`, status: 404, content: []string{`"not-found"`, `"field":"userId"`}},
		{name: "into nobody", url: "/api/v1/customers/c/merge", headers: admin, body: `{"userId":"a"}`, status: 404},
		{name: "with itself", url: url, headers: admin, body: `{"userId":"b"}`, status: 400, content: []string{`"invalid-parameter"`, "another customer"}},
		{name: "without an id", url: url, headers: admin, body: `{}`, status: 400, content: []string{`"missing"`, `"field":"userId"`}},
		{name: "with a list", url: url, headers: admin, body: `{"userId":["a"]}`, status: 400, content: []string{`"wrong-type"`}},
		{name: "with NUL", url: url, headers: admin, body: `{"userId":"a\u0000"}`, status: 400, content: []string{`"nul-character"`}},
		{name: "not JSON", url: url, headers: admin, body: `userId=a`, status: 400, content: []string{`"invalid-json"`}},
		{name: "while the record is away", url: url, headers: admin, body: `{"userId":"away"}`, status: 503, content: []string{`"unavailable"`}},
		{name: "with a write key", url: url, headers: map[string]string{"Authorization": basicAuth}, body: `{"userId":"a"}`, status: 401},
	}, func(o *api.Options) { o.Merger = fakeMerger{true} })
	scenario{url: url, headers: admin, body: `{"userId":"a"}`, status: 200, content: []string{`{"merged":false}`}}.run(t,
		setup(t, func(o *api.Options) { o.Merger = fakeMerger{} }))
}
