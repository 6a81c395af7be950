package shop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ErrAmount says that a text is no amount of money.
var ErrAmount = errors.New("must be an amount such as 12.50")

// Decimal is an amount as a shop writes it, a text or a number in JSON; it never becomes a floating-point number on its
// way in. The empty one is no amount.
type Decimal string

// UnmarshalJSON implements json.Unmarshaler.
func (d *Decimal) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0, string(raw) == "null":
		*d = ""
		return nil
	case raw[0] == '"':
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		*d = Decimal(strings.TrimSpace(text))
	case raw[0] == '-', raw[0] >= '0' && raw[0] <= '9':
		*d = Decimal(raw)
	default:
		return ErrAmount
	}
	return nil
}

// Money is an amount in the smallest unit of its currency: cents, or whole yen.
type Money struct {
	// Minor counts the smallest units.
	Minor int64 `json:"minor"`
	// Currency is the ISO 4217 code, in capitals.
	Currency string `json:"currency"`
}

// exponents are the currencies of ISO 4217 whose smallest unit is no hundredth, by how many decimals it has.
var exponents = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0,
	"VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// Exponent returns how many decimals the smallest unit of a currency has.
func Exponent(currency string) int {
	if n, ok := exponents[currency]; ok {
		return n
	}
	return 2
}

// mostMinor is more than any amount has. Sums of a thousand such fit into an int64, and each into a float64 exactly.
const mostMinor = 1 << 52

// Parse reads an amount exactly. What is finer than the smallest unit of the currency, as the tax of one line can be, is
// rounded half away from zero. It answers ErrAmount. No amount is zero.
func Parse(amount Decimal, currency string) (Money, error) {
	m := Money{Currency: strings.ToUpper(currency)}
	if m.Currency != "" && (len(m.Currency) != 3 || strings.Trim(m.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return Money{}, ErrAmount
	}
	text, negative := strings.CutPrefix(string(amount), "-")
	whole, fraction, _ := strings.Cut(text, ".")
	if text == "" && !negative {
		return m, nil
	}
	if len(text) > 40 || whole == "" || strings.Trim(whole+fraction, "0123456789") != "" || strings.HasSuffix(text, ".") {
		return m, ErrAmount
	}
	exponent := Exponent(m.Currency)
	round := len(fraction) > exponent && fraction[exponent] >= '5'
	fraction = (fraction + strings.Repeat("0", exponent))[:exponent]
	minor, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil || minor >= mostMinor {
		return m, ErrAmount
	}
	if round {
		minor++
	}
	if negative {
		minor = -minor
	}
	m.Minor = minor
	return m, nil
}

// Plus returns the sum of two amounts of one currency.
func (m Money) Plus(other Money) Money {
	m.Minor += other.Minor
	if m.Currency == "" {
		m.Currency = other.Currency
	}
	return m
}

// Times returns an amount several times.
func (m Money) Times(n int64) Money {
	m.Minor *= n
	return m
}

// String returns the amount in decimals, such as 12.50, without the currency.
func (m Money) String() string {
	exponent := Exponent(m.Currency)
	sign, minor := "", m.Minor
	if minor < 0 {
		sign, minor = "-", -minor
	}
	digits := fmt.Sprintf("%0*d", exponent+1, minor)
	if exponent == 0 {
		return sign + digits
	}
	return sign + digits[:len(digits)-exponent] + "." + digits[len(digits)-exponent:]
}

// Number returns the amount as a property of an event holds it, which is what maps compare and count: the number nearest to
// the decimals. Written as JSON it has just those decimals, and it is never the result of a calculation.
func (m Money) Number() float64 {
	n, err := strconv.ParseFloat(m.String(), 64)
	if err != nil {
		return math.NaN() // Digits with a point between them can be read.
	}
	return n
}
