package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Days is a duration that is written in whole days, such as "400d".
type Days time.Duration

// mostDays is a hundred years.
const mostDays = 36525

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Days) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(strings.TrimSuffix(string(text), "d"))
	if err != nil || n < 0 || n > mostDays || !strings.HasSuffix(string(text), "d") {
		return fmt.Errorf("%q must be a number of days, such as 400d", text)
	}
	*d = Days(time.Duration(n) * 24 * time.Hour)
	return nil
}
