package journey

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCompileExpressionSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want expressionType
		says string
	}{
		"and":                              {"customer.orders > 1 and event.total > 50", yieldsBool, "write && instead of and (column 21)"},
		"or, in capitals":                  {"event.total > 50 OR customer.orders > 1", yieldsBool, "write || instead of OR (column 18)"},
		"not":                              {"not has(event.coupon)", yieldsBool, "write ! instead of not (column 1)"},
		"not with brackets":                {"not(has(event.coupon))", yieldsBool, "write ! instead of not (column 1)"},
		"and not":                          {"customer.orders > 1 and not has(event.coupon)", yieldsBool, "write && instead of and (column 21); write ! instead of not (column 25)"},
		"in Dutch":                         {`customer.phase == "care" en niet has(event.coupon)`, yieldsBool, "write && instead of en (column 26); write ! instead of niet (column 29)"},
		"assignment":                       {`customer.phase = "care"`, yieldsBool, "write == instead of = (column 16)"},
		"the last of two":                  {`customer.phase == "care" || customer.phase = "loyalty"`, yieldsBool, "write == instead of = (column 44)"},
		"three of them":                    {"event.total === 5", yieldsBool, "write == instead of === (column 13)"},
		"turned around":                    {"event.total => 5", yieldsBool, "write >= instead of => (column 13)"},
		"unequal":                          {"event.total <> 5", yieldsBool, "write != instead of <> (column 13)"},
		"one ampersand":                    {"event.gift & event.wrapped", yieldsBool, "write && instead of & (column 12)"},
		"one bar":                          {"event.gift | event.wrapped", yieldsBool, "write || instead of | (column 12)"},
		"as in mathematics":                {"event.total ≥ 50", yieldsBool, "write >= instead of ≥ (column 13)"},
		"days":                             {`now - customer.last_order_at > duration("3d")`, yieldsBool, `durations are written in hours, minutes and seconds here, so write duration("72h") (column 41)`},
		"weeks in words":                   {`duration("2 weeks") < now - customer.last_order_at`, yieldsBool, `so write duration("336h") (column 10)`},
		"no duration":                      {`now - customer.last_order_at > duration("a while")`, yieldsBool, `"a while" is not a duration, write it in hours, minutes and seconds, such as duration("72h") (column 41)`},
		"days without quotes":              {"customer.last_order_at > now - 30d", yieldsBool, `a time is written as a duration, so write duration("720h") (column 32)`},
		"days as a number":                 {"now - customer.last_order_at > 30", yieldsBool, `so write duration("30h") if these are hours or duration("720h") if these are days (column 30)`},
		"days off a moment":                {"customer.last_order_at > now - 30", yieldsBool, `a moment is moved by a length of time, and this is a number, so write duration("30h") if these are hours or duration("720h") if these are days (column 30)`},
		"days as a text off a moment":      {`customer.last_order_at < now - "3d"`, yieldsBool, `and this is a text, so write duration("72h") (column 30)`},
		"date as a text":                   {`now > "2026-01-01"`, yieldsBool, `a moment is compared with a text, so write timestamp("2026-01-01T00:00:00Z") (column 5)`},
		"date before it":                   {`"2026-01-01" < customer.last_order_at`, yieldsBool, `so write timestamp("2026-01-01T00:00:00Z") (column 14)`},
		"date without quotes":              {"customer.last_order_at > 2026-01-01", yieldsBool, `a moment is compared with a number, so write timestamp("2026-01-01T00:00:00Z") (column 24)`},
		"date without a time":              {`customer.last_order_at > timestamp("2026-01-01")`, yieldsBool, `moments are written with their time and time zone here, so write timestamp("2026-01-01T00:00:00Z") (column 36)`},
		"Dutch date":                       {`customer.last_order_at > timestamp("31-1-2026")`, yieldsBool, `so write timestamp("2026-01-31T00:00:00Z") (column 36)`},
		"no date":                          {`customer.last_order_at > timestamp("spring")`, yieldsBool, `"spring" is not a moment, write it with its time and time zone, such as timestamp("2026-01-31T09:00:00Z") (column 36)`},
		"number against text":              {`customer.total_spent > "50"`, yieldsBool, "a number is compared with a text, so write 50 without quotes (column 22)"},
		"number with a comma against text": {`customer.total_spent > "€ 49,95"`, yieldsBool, "so write 49.95 without quotes (column 22)"},
		"text against number":              {"customer.country == 5", yieldsBool, `a text is compared with a number, so write "5" (column 18)`},
		"equality of number and whole":     {"customer.total_spent == 100", yieldsBool, "a whole number is compared with one that has decimals, so write 100.0 (column 22)"},
		"sum of number and whole":          {"customer.total_spent + customer.orders > 5.0", yieldsBool, "so write double(...) around the whole one (column 22)"},
		"decimals behind a comma":          {"event.total > 49,95", yieldsBool, "decimals stand behind a point, so write 49.95 (column 15)"},
		"with a currency":                  {"event.total > €50", yieldsBool, "write the amount without € (column 15)"},
		"with a unit":                      {"event.total > 50 euro", yieldsBool, "a number has no unit here, so write 50 without euro (column 15)"},
		"per cent":                         {"event.discount > 50%", yieldsBool, "a number has no %, so write 50 (column 20)"},
		"field misspelled":                 {"customer.ordres > 1", yieldsBool, "customer has no field ordres, did you mean orders? (column 9)"},
		"field that is like none":          {"customer.shoe_size > 1", yieldsBool, "customer has no field shoe_size, what the shop told about the customer is in customer.traits.shoe_size (column 9)"},
		"two faults":                       {"customer.ordres > customer.totl_spent", yieldsBool, "did you mean orders? (column 9); customer has no field totl_spent, did you mean total_spent? (column 27)"},
		"field of a campaign":              {`customer.last_campaign.sourc == "mail"`, yieldsBool, "last_campaign has no field sourc, did you mean source? (column 23)"},
		"field of an order":                {"customer.recent_orders.exists(o, o.totl > 1.0)", yieldsBool, "o has no field totl, did you mean total? (column 35)"},
		"variable misspelled":              {"custmer.orders > 1", yieldsBool, "custmer is not known, did you mean customer? (column 1)"},
		"variable that is none":            {"order.total > 1", yieldsBool, "order is not known, write event, customer or now (column 1)"},
		"field by itself":                  {"orders > 1", yieldsBool, "orders is not known by itself, so write customer.orders (column 1)"},
		"unquoted word":                    {"customer.phase == care", yieldsBool, `care is not known, so put it in quotes when it is a text: "care" (column 19)`},
		"unquoted words":                   {"customer.traits.company == Acme BV", yieldsBool, `texts stand in quotes, so write "Acme BV" (column 28)`},
		"unquoted list":                    {"customer.country in [NL, BE]", yieldsBool, `"NL" (column 22); BE is not known, so put it in quotes when it is a text: "BE" (column 26)`},
		"quotes of a word processor":       {"customer.phase == “care”", yieldsBool, `texts stand in straight quotes, so write "care" (column 19)`},
		"quote that is not closed":         {"customer.phase == 'care", yieldsBool, "this quote is not closed (column 19)"},
		"quote inside":                     {"customer.phase == 'it's'", yieldsBool, "this text ends at the quote inside it, so put it in quotes of the other kind (column 19)"},
		"list in round brackets":           {`customer.country in ("NL", "BE")`, yieldsBool, `a list stands in square brackets, so write in ["A", "B"] (column 21)`},
		"list in a text":                   {`customer.country in "NL, BE"`, yieldsBool, `in asks a list, so write in ["NL", "BE"]`},
		"half a question":                  {`customer.country == "NL" || "BE"`, yieldsBool, "this is a text, so write it with its comparison: a == 1 || a == 2 (column 29)"},
		"is":                               {`customer.phase is "care"`, yieldsBool, "is means nothing here, so write == (column 16)"},
		"contains between":                 {`customer.phase contains "care"`, yieldsBool, `so write NAME.contains("TEXT") (column 16)`},
		"contains before":                  {`contains(customer.phase, "care")`, yieldsBool, "contains stands behind the text that it asks"},
		"between":                          {"event.total between 1 and 2", yieldsBool, "write two comparisons, such as x >= 1 && x <= 2 (column 13)"},
		"if":                               {"if event.gift", yieldsBool, "if means nothing here, so leave it out (column 1)"},
		"true in capitals":                 {"customer.traits.vip == TRUE", yieldsBool, "write true instead of TRUE (column 24)"},
		"consent as a word":                {`customer.consent.marketing == "yes"`, yieldsBool, "true or false is compared with a text, so write true (column 28)"},
		"name with a hyphen":               {`event.first-name == "Jo"`, yieldsBool, `so write ["first-name"] without the point (column 7)`},
		"name with a space":                {"event.Order Id == 1", yieldsBool, `so write ["Order Id"] without the point (column 6)`},
		"how many":                         {"customer.recent_orders > 2", yieldsBool, "so write size(...) around the list (column 24)"},
		"not of a number":                  {"!customer.open_tasks", yieldsBool, "this is a number, so write == 0 behind it instead (column 1)"},
		"function misspelled":              {`customer.country.startswith("N")`, yieldsBool, "there is no function startswith, did you mean startsWith? (column 18)"},
		"function of another language":     {"lower(customer.country) == 'nl'", yieldsBool, "there is no function lower, write lowerAscii (column 1)"},
		"has of a whole":                   {"has(event)", yieldsBool, "has asks for one thing of something, such as has(event.coupon) (column 5)"},
		"exists of a thing":                {"exists(event.coupon)", yieldsBool, "such as has(event.coupon) (column 1)"},
		"exists without a name":            {"event.products.exists(p.price > 10)", yieldsBool, "exists takes a name and a question about it, such as exists(x, x.price > 10.0) (column 16)"},
		"nothing behind":                   {"event.total >", yieldsBool, "something is missing behind > (column 13)"},
		"nothing between":                  {"event.gift && && event.wrapped", yieldsBool, "something is missing behind && (column 12)"},
		"bracket that is not closed":       {"(event.total > 1", yieldsBool, "this ( is not closed (column 1)"},
		"bracket too many":                 {"event.total > 1)", yieldsBool, "nothing is open that this ) could close (column 16)"},
		"no sign between":                  {`event.total "50"`, yieldsBool, `between total and "50" a sign is missing, such as == or && (column 13)`},
		"on the second line":               {"customer.orders > 1 &&\nevent.total = 5", yieldsBool, "write == instead of = (line 2, column 13)"},
		"behind letters of two bytes":      {`"ééé" == customer.phase and true`, yieldsBool, "write && instead of and (column 25)"},
		"many at once":                     {"a = b = c = d = e = f = g", yieldsBool, "(column 19); and 1 more"},
		"product in a condition":           {`product.category == "coffee"`, yieldsBool, "product is not known here, where only event, customer or now can be asked about (column 1)"},
		"not a truth":                      {"customer.orders", yieldsBool, "must be true or false, but is a number, so compare it with something"},
		"not an instant":                   {"customer.orders", yieldsTimestamp, "must be a moment, but is a number"},
		"date that is a text":              {"'2026-01-01'", yieldsTimestamp, `must be a moment, but is a text, so write timestamp("2026-01-01T00:00:00Z")`},
		"not a key":                        {"customer.phase_since", yieldsKey, "must be a text or a number, but is a moment"},
		"function that multiplies":         {`size(event.huge.replace("", event.huge)) > 1`, yieldsBool, "there is no function replace"},
		"another that multiplies":          {"size(event.list.join(event.huge)) > 1", yieldsBool, "there is no function join"},
		"yet another":                      {`"%s%s".format([event.huge, event.huge]) == ""`, yieldsBool, "there is no function format"},
		"pattern of an event":              {"event.mail.matches(event.text)", yieldsBool, "must be written out"},
		"pattern that is too large":        {`event.mail.matches("(a{30}){30}b{900}")`, yieldsBool, "is too large"},
		"key that is none":                 {`{b"a": 1}.size() == 1`, yieldsBool, "cannot be computed"},
		"pattern that cannot be right":     {`event.mail.matches("(")`, yieldsBool, "missing closing )"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := compileExpression(environment, tt.text, tt.want)
			require.ErrorContains(t, err, tt.says)
			for _, raw := range []string{"Syntax error", "overload", "undeclared", "undefined field"} {
				require.NotContains(t, err.Error(), raw)
			}
		})
	}
}

func TestProductConditionsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, says string }{
		"field misspelled": {`product.categry == "coffee"`, "product has no field categry, did you mean category? (column 8)"},
		"about a customer": {"customer.orders > 1", "customer is not known here, where only product can be asked about (column 1)"},
		"unquoted word":    {"product.category == coffee", `put it in quotes when it is a text: "coffee" (column 21)`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := compileExpression(productEnvironment, tt.text, yieldsBool)
			require.ErrorContains(t, err, tt.says)
		})
	}
}

func TestAdviceCanBeFollowed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`customer.orders > 1 && !has(event.coupon)`, `now - customer.last_order_at > duration("720h")`,
		`customer.last_order_at > timestamp("2026-01-31T00:00:00Z")`, `customer.total_spent > 49.95`, `customer.total_spent == 100.0`,
		`customer.country in ["NL", "BE"]`, `event["first-name"] == "Jo"`, `customer.phase.contains("care")`, `customer.open_tasks == 0`,
		`size(customer.recent_orders) > 2`, `customer.traits.shoe_size > 1`, `customer.total_spent + double(customer.orders) > 5.0`,
		`customer.recent_orders.exists(x, x.total > 10.0)`, `customer.country.lowerAscii() == "nl"`,
	} {
		_, err := compileExpression(environment, text, yieldsBool)
		require.NoError(t, err, text)
	}
}

func TestNumbersOrderedAsTextsAreWarnedOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, says string }{
		"event":             {`event.total > "50"`, `"50" is a text, so numbers are not compared with it, write 50 without quotes`},
		"the other way":     {`"49,95" <= event.total`, "write 49.95 without quotes"},
		"trait, in a group": {`customer.phase == "care" && (customer.traits.age < "18")`, "write 18 without quotes"},
		"dates are ordered": {`customer.traits.birthday > "2000-01-01"`, ""},
		"numbers of orders": {`event.order_id == "50"`, ""},
		"a number":          {"event.total > 50", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := textsOrdered(tt.text)
			if tt.says == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Contains(t, found[0].says, tt.says)
			require.Equal(t, strings.Index(tt.text, `"`+plainQuoted(tt.text)), found[0].at)
		})
	}
}

// plainQuoted returns the text in quotes that begins with a digit.
func plainQuoted(text string) string {
	at := strings.IndexFunc(text, func(r rune) bool { return r >= '0' && r <= '9' })
	return text[at : at+1]
}

// TestPiecesCoverTheText checks that an expression is cut into words that follow one another, whatever stands in it.
func TestPiecesCoverTheText(t *testing.T) {
	t.Parallel()
	letters := rapid.SampledFrom([]string{"a", "and", "not", " ", "\n", "\"", "'", "“", "”", "`", "\\", "1", "50", ".", ",", "=", "<", "&", "|", "(", ")", "[", "]", "//", "é", "r", "€", "%", "in"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(letters, 0, 30).Draw(t, "letters"), "")
		last := 0
		for _, p := range pieces(text) {
			require.GreaterOrEqual(t, p.at, last)
			require.Greater(t, p.end, p.at)
			last = p.end
		}
		require.LessOrEqual(t, last, len([]rune(text)))
		if _, err := compileExpression(environment, text, yieldsAny); err != nil {
			require.NotEmpty(t, err.Error())
		}
	})
}
