// Package sendgrid hands mails to SendGrid's v3 API and reads the reports that its event webhook posts back.
//
// Its one hard duty is to say truthfully what a failed hand-over means: whether SendGrid certainly did not take the mail,
// refuses it, or may have it. So it sends each request once and lets nothing below it repeat one. It must not know
// when a mail is tried again, what a journey is, or who stores a report.
package sendgrid
