package journey

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestValuesAreNeverConditions: what a customer chose is compared, and never read as a part of the condition.
func TestValuesAreNeverConditions(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{
		`x" || true || "`, "x' || true || '", `true`, `size([1,2,3]) > 0`, "{{ customer.traits }}", "${1+1}", "\" == \"\n|| true", "\\\" || true //",
	} {
		vars := conditionVars()
		vars.event = map[string]any{"name": evil}
		for text, want := range map[string]bool{
			`event.name == "gold"`: false, `event.name.startsWith("gold")`: false, `event.name != ""`: true, `event.name in ["gold", "true or not"]`: false,
		} {
			got, err := withExpression(t, text, yieldsBool).holds(text, vars)
			require.NoError(t, err)
			require.Equal(t, want, got, "%s with %q", text, evil)
		}
	}
}
