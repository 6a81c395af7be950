package journey

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSuggest(t *testing.T) {
	t.Parallel()
	known := []string{"wait", "waitFor", "from", "channel", "Order Cancelled", "on"}
	tests := map[string]struct{ word, want string }{
		"a letter missing":   {"chanel", "did you mean channel?"},
		"letters swapped":    {"form", "did you mean from?"},
		"another case":       {"waitfor", "did you mean waitFor?"},
		"an underscore":      {"wait_for", "did you mean waitFor?"},
		"a short word":       {"onn", "did you mean on?"},
		"several words":      {"Order Canceled", "did you mean Order Cancelled?"},
		"far from all":       {"policy", ""},
		"known":              {"wait", ""},
		"empty":              {"", ""},
		"too long to try":    {strings.Repeat("channel", 10), ""},
		"short, all changed": {"if", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, suggest(tt.word, known))
		})
	}
}

func TestEditDistance(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		a, b string
		want int
	}{
		"equal":    {"wait", "wait", 0},
		"empty":    {"", "wait", 4},
		"inserted": {"wat", "wait", 1},
		"removed":  {"waait", "wait", 1},
		"replaced": {"wbit", "wait", 1},
		"swapped":  {"wiat", "wait", 1},
		"accents":  {"één", "een", 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, editDistance(tt.a, tt.b))
			require.Equal(t, tt.want, editDistance(tt.b, tt.a))
		})
	}
}
