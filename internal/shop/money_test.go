package shop

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMoney(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		currency, out string
		minor         int64
	}{
		`"12.50"`: {"EUR", "12.50", 1250}, `12.5`: {"EUR", "12.50", 1250}, `"0.005"`: {"EUR", "0.01", 1}, `"-0.005"`: {"EUR", "-0.01", -1},
		`"1200.00"`: {"JPY", "1200", 1200}, `"1.2345"`: {"KWD", "1.235", 1235}, `null`: {"EUR", "0.00", 0}, `" 7 "`: {"EUR", "7.00", 7_00},
		`"0.1"`: {"USD", "0.10", 10}, `"19.99"`: {"usd", "19.99", 1999},
	} {
		var d Decimal
		require.NoError(t, json.Unmarshal([]byte(text), &d), text)
		m, err := Parse(d, want.currency)
		require.NoError(t, err, text)
		require.Equal(t, want.minor, m.Minor, text)
		require.Equal(t, want.out, m.String(), text)
		written, err := json.Marshal(m.Number())
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(m.Number()), string(written))
	}
	for _, text := range []Decimal{"1e3", "1,50", ".", "1.", ".5", "NaN", "--1", "-", "99999999999999999999", "1.2.3", "0x1", "１"} {
		_, err := Parse(text, "EUR")
		require.ErrorIs(t, err, ErrAmount, text)
	}
	sum := Money{}
	for range 10 {
		tenth, _ := Parse("0.1", "EUR")
		sum = sum.Plus(tenth)
	}
	require.InDelta(t, 1.0, sum.Number(), 0)
	require.Equal(t, "3.00", sum.Times(3).String())
}
