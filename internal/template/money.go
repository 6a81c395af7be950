package template

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// hardSpace keeps an amount and its symbol on one line.
const hardSpace = "\u00a0"

// money is the filter {{ event.total | money: event.currency }}: an amount as people of the locale write it. The currency
// is an ISO 4217 code and defaults to EUR. No amount gives no text; one that is not a number stays as it is.
func (p *pass) money(amount, code any) string {
	value, ok := number(amount)
	if !ok {
		return plain(amount)
	}
	name := strings.TrimSpace(plain(code))
	if name == "" {
		name = "EUR"
	}
	printer := message.NewPrinter(language.Make(p.locale))
	symbol, digits := strings.ToUpper(name), ""
	if unit, err := currency.ParseISO(name); err == nil {
		symbol = printer.Sprint(currency.Symbol(unit))
		digits = strings.TrimPrefix(printer.Sprint(currency.Symbol(unit.Amount(math.Abs(value)))), symbol+" ")
	} else {
		digits = printer.Sprintf("%.2f", math.Abs(value))
	}
	sign := ""
	if value < 0 && strings.ContainsAny(digits, "123456789") {
		sign = "-"
	}
	return place(base(p.locale), sign, symbol, digits)
}

// place puts sign, symbol and digits in the order of the language: before the amount in Dutch and English, behind it in
// most others.
func place(language, sign, symbol, digits string) string {
	switch language {
	case "en":
		if last, _ := utf8.DecodeLastRuneInString(symbol); unicode.IsLetter(last) {
			symbol += hardSpace
		}
		return sign + symbol + digits
	case "nl":
		return symbol + hardSpace + sign + digits
	default:
		return sign + digits + hardSpace + symbol
	}
}

func number(v any) (float64, bool) {
	var value float64
	switch v := v.(type) {
	case int:
		value = float64(v)
	case float64:
		value = v
	case string:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return 0, false
		}
		value = parsed
	default:
		return 0, false
	}
	return value, !math.IsNaN(value) && !math.IsInf(value, 0)
}
