package journey

import (
	"testing"
)

func BenchmarkEarliestAllowed(b *testing.B) {
	closed := readHours(b, "21:00-09:00")
	open := readHours(b, "monday tuesday wednesday thursday friday 10:00-18:00")
	zone := mustZone(b, "Europe/Amsterdam")
	for name, at := range map[string]string{
		"now": "2026-11-25T12:00:00+01:00", "tomorrow": "2026-11-25T20:00:00+01:00", "Monday": "2026-11-27T20:00:00+01:00",
	} {
		b.Run(name, func(b *testing.B) {
			from := mustInstant(b, at)
			b.ReportAllocs()
			for b.Loop() {
				earliestAllowed(from, zone, closed, open)
			}
		})
	}
	b.Run("never", func(b *testing.B) {
		from := mustInstant(b, "2026-11-25T12:00:00+01:00")
		never := readHours(b, "22:00-23:00")
		for b.Loop() {
			earliestAllowed(from, zone, closed, never)
		}
	})
}

func BenchmarkDelayAfter(b *testing.B) {
	zone := mustZone(b, "Europe/Amsterdam")
	from := mustInstant(b, "2026-11-25T12:00:00+01:00")
	for _, text := range []string{"7d", "2 months", "3 working days 10:00", "next tuesday 10:00", "10:00", "last day of month"} {
		b.Run(text, func(b *testing.B) {
			d, err := ParseDelay(text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				d.After(from, zone)
			}
		})
	}
}

func BenchmarkLocate(b *testing.B) {
	fallback := mustZone(b, "Europe/Amsterdam")
	for name, timezone := range map[string]string{"known": "America/New_York", "unknown": "Europe/Atlantis"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				locate(timezone, "NL", fallback)
			}
		})
	}
}

func BenchmarkDateOccurrence(b *testing.B) {
	zone := mustZone(b, "Europe/Amsterdam")
	after := mustInstant(b, "2026-11-25T12:00:00+01:00")
	b.ReportAllocs()
	for b.Loop() {
		dateOccurrence("1990-05-12", after, -7, 540, true, zone)
	}
}
