package config

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWooIsValidated(t *testing.T) {
	t.Parallel()
	whole := Woo{Name: "winkel-nl", URL: "https://shop.example.com/winkel", Secret: "s", Key: "ck_1", KeySecret: "cs_1", Delivered: []string{"delivered"}}
	tests := map[string]struct {
		change func(*Woo)
		want   string
	}{
		"whole":            {func(*Woo) {}, ""},
		"none":             {func(w *Woo) { *w = Woo{Name: "woocommerce", Delivered: []string{"delivered"}} }, ""},
		"webhooks alone":   {func(w *Woo) { w.Key, w.KeySecret = "", "" }, ""},
		"no secret":        {func(w *Woo) { w.Secret = "" }, "--woocommerce-secret"},
		"name":             {func(w *Woo) { w.Name = "Mijn Winkel" }, "--woocommerce-name"},
		"name with a path": {func(w *Woo) { w.Name = "a/b" }, "--woocommerce-name"},
		"no address":       {func(w *Woo) { w.URL = "" }, "--woocommerce-url"},
		"secret in it":     {func(w *Woo) { w.URL = "https://ck_1:cs_1@shop.example.com" }, "--woocommerce-url"},
		"half a key":       {func(w *Woo) { w.KeySecret = "" }, "--woocommerce-key-secret"},
		"status":           {func(w *Woo) { w.Delivered = []string{"delivered", "Bezorgd!"} }, `"Bezorgd!" is no status`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := whole
			tt.change(&w)
			var problems []string
			w.validate(func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) })
			if tt.want == "" {
				require.Empty(t, problems)
				return
			}
			require.Len(t, problems, 1)
			require.Contains(t, problems[0], tt.want)
			require.NotContains(t, problems[0], "cs_1")
		})
	}
}
