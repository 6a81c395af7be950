package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"time"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/internal/sendgrid"
	"klantreis/internal/store"
	"klantreis/journey"
)

// Unrecorded is a message that the provider has and of which the record does not know that it was sent.
type Unrecorded = store.Unrecorded

// RestoreCheck is what a look at a record that was set back to a backup found.
type RestoreCheck struct {
	// Reports are how many reports were read, and Ours how many of them are about messages of this record: others may
	// send with the same account.
	Reports, Ours int
	// Open are messages that the provider has and that would be handed over again, the earliest first.
	Open []Unrecorded
	// Held are messages that the record does not know, but of which it knows by now that they were sent: they will not be
	// handed over.
	Held []Unrecorded
}

// CheckRestore compares the record with reports of the provider, in the form of SendGrid's webhook. With settle it stores the
// reports, so that what was sent is not sent again; Open says then what was settled.
func CheckRestore(ctx context.Context, cfg config.Record, now func() time.Time, log *slog.Logger, reports io.Reader, settle bool) (check RestoreCheck, err error) {
	events, err := sendgrid.ReadEvents(reports)
	if err != nil {
		return check, err
	}
	record, err := store.Open(ctx, string(cfg.Database), now)
	if err != nil {
		return check, err
	}
	defer func() { err = errors.Join(err, record.Close()) }()
	if err := record.CheckSchema(ctx); err != nil {
		return check, err
	}
	var list []activities.Report
	for _, e := range events {
		if report, known := e.Report(); known {
			list = append(list, report)
		}
	}
	check.Reports = len(events)
	if check.Ours, err = record.CountOwn(ctx, list); err != nil {
		return check, err
	}
	found, err := record.FindUnrecorded(ctx, list)
	if err != nil {
		return check, err
	}
	check.Open = slices.DeleteFunc(found, func(u Unrecorded) bool { return u.Noted })
	if check.Held, err = record.LostSends(ctx); err != nil || !settle {
		return check, err
	}
	clock, err := record.JourneyClock(ctx)
	if err != nil {
		return check, err
	}
	return check, recordReports(ctx, record, newMaps(record), clock, log, list)
}

// recordReports stores reports, some at a time. What was stored when it fails stays: the same reports are known then.
func recordReports(ctx context.Context, record *store.Store, maps *Maps, clock journey.Clock, log *slog.Logger, list []activities.Report) error {
	for some := range slices.Chunk(list, reportsAtOnce) {
		err := judge(ctx, maps, log, func(version int64, interest func(journey.Event) journey.Interest) error {
			return record.RecordReports(ctx, some, store.Judging{JourneyAt: clock.Journey, Interest: interest, Version: version})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
