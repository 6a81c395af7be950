package woo

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// exponents are the currencies of ISO 4217 whose minor unit is not a hundredth.
var exponents = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0,
	"VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// exponent returns how many decimals amounts of a currency have.
func exponent(currency string) int {
	if n, known := exponents[currency]; known {
		return n
	}
	return 2
}

// longestAmount is more than any amount has; it bounds the work on hostile input.
const longestAmount = 30

// errNoAmount says that a text is no amount of money.
var errNoAmount = errors.New("must be an amount such as 12.50")

// minor reads an amount with a decimal point as a whole number of minor units. What is finer than those, as the tax on one
// line can be, is rounded half away from zero. No text is no money.
func minor(amount text, exponent int) (int64, error) {
	digits := strings.TrimSpace(string(amount))
	if digits == "" {
		return 0, nil
	}
	if len(digits) > longestAmount || strings.Trim(digits, "-0123456789.") != "" {
		return 0, errNoAmount
	}
	exact, ok := new(big.Rat).SetString(digits)
	if !ok {
		return 0, errNoAmount
	}
	exact.Mul(exact, new(big.Rat).SetInt64(int64(math.Pow10(exponent))))
	whole, err := strconv.ParseInt(exact.FloatString(0), 10, 64)
	if err != nil || whole > mostMinor || whole < -mostMinor {
		return 0, errNoAmount
	}
	return whole, nil
}

// mostMinor is the greatest amount that is read; sums of many such still fit, and properties of events, which are JSON
// numbers, hold it exactly.
const mostMinor = 1 << 43

// decimal returns minor units as the number that a property of an event holds: the one nearest to the exact decimals.
func decimal(minor int64, exponent int) float64 {
	digits := strconv.FormatInt(minor, 10)
	n, _ := strconv.ParseFloat(digits+"e-"+strconv.Itoa(exponent), 64) // Digits are a number.
	return n
}

// perPiece returns what each of several pieces cost, rounded half up.
func perPiece(paid int64, quantity text) int64 {
	if len(quantity) > longestAmount || strings.Trim(string(quantity), "0123456789.") != "" {
		return paid
	}
	n, ok := new(big.Rat).SetString(string(quantity))
	if !ok || n.Sign() <= 0 {
		return paid
	}
	each := new(big.Rat).Quo(new(big.Rat).SetInt64(paid), n)
	whole, err := strconv.ParseInt(each.FloatString(0), 10, 64)
	if err != nil {
		return paid
	}
	return whole
}

// amounts reads the amounts of one object, and keeps what is wrong with the first that cannot be read.
type amounts struct {
	exponent int
	err      error
}

func (a *amounts) read(field string, amount text) int64 {
	value, err := minor(amount, a.exponent)
	if err != nil && a.err == nil {
		a.err = fmt.Errorf("%s: %w", field, err)
	}
	return value
}
