package lists_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/lists"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func TestConsents(t *testing.T) {
	t.Parallel()
	file := "\ufeffUser ID,email,class,topic,given,confirmed,at,source,text_version,locale\n" +
		"u1,,marketing,,true,yes,2026-03-14T13:00:00+01:00,checkout,3,nl\n" +
		",Jo@example.com,,tips,no,,2026-03-14 12:00:00,,,\n" +
		"u2,,all,,ja,,1773489600,,,\n" +
		"\"u3\nwith a line\",,service,,0,,2026-03-14,,,\n" +
		",,marketing,,true,,2026-03-14,,,\n" +
		",nobody,marketing,,true,,2026-03-14,,,\n" +
		"u4,,marketing,tips,true,,2026-03-14,,,\n" +
		"u4,,,,true,,2026-03-14,,,\n" +
		"u4,,newsletter,,true,,2026-03-14,,,\n" +
		"u4,,marketing,,perhaps,,2026-03-14,,,\n" +
		"u4,,marketing,,true,perhaps,2026-03-14,,,\n" +
		"u4,,marketing,,true,,yesterday,,,\n" +
		"u4,marketing\n" +
		"u5,,service,,0,,2026-03-14,,,\n"
	all, faults, err := lists.Consents(strings.NewReader(file))
	require.NoError(t, err)
	midnight := noon.Add(-12 * time.Hour)
	require.Equal(t, []lists.Consent{
		{Line: 2, UserID: "u1", Class: "marketing", Given: true, Confirmed: true, At: noon, Source: "checkout", TextVersion: "3", Locale: "nl"},
		{Line: 3, Email: "Jo@example.com", Topic: "tips", At: noon},
		{Line: 4, UserID: "u2", Class: "all", Given: true, At: noon},
		{Line: 5, UserID: "u3\nwith a line", Class: "service", At: midnight},
		{Line: 16, UserID: "u5", Class: "service", At: midnight},
	}, all)
	var said []string
	for _, fault := range faults {
		said = append(said, fault.String())
	}
	require.Equal(t, []string{
		"line 7: userId or email is required",
		`line 8: email: "nobody" is no address`,
		"line 9: either class or topic is required",
		"line 10: either class or topic is required",
		`line 11: class: "newsletter" must be service, marketing or all`,
		`line 12: given: "perhaps" must be true or false`,
		`line 13: confirmed: "perhaps" must be true or false`,
		`line 14: at: "yesterday" must be an instant such as 2026-03-14T12:00:00Z, or seconds since 1970`,
		"line 15: has 2 values, but there are 10 columns",
	}, said)
}

func TestFilesThatAreNoConsents(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"":                                  "the file is empty",
		"userId,colour\n":                   `line 1: there is no column "colour"`,
		"userId,user_id,given,at,class\n":   `line 1: the column "user_id" is there twice`,
		"class,given,at\n":                  "userId or email",
		"userId,class,given\n":              "given and at are required",
		"userId,given,at\n":                 "class or topic",
		"\"userId,class,given,at\nu1,a,b,c": "read the first line",
	} {
		_, _, err := lists.Consents(strings.NewReader(file))
		require.ErrorContains(t, err, want, file)
	}
}

// TestSuppressions has the columns that SendGrid's pages and its API give each list.
func TestSuppressions(t *testing.T) {
	t.Parallel()
	one := func(reason string) []lists.Suppression {
		return []lists.Suppression{{Line: 2, Email: "jo@example.com", Reason: reason, At: noon}}
	}
	tests := map[string]struct {
		list, file string
		want       []lists.Suppression
		fault      string
	}{
		"ours":                   {"", "email,reason,at\njo@example.com,Complained,2026-03-14T12:00:00Z\n", one("complained"), ""},
		"ours, without when":     {"", "email,reason\njo@example.com,bounced\n", []lists.Suppression{{Line: 2, Email: "jo@example.com", Reason: "bounced"}}, ""},
		"ours, an unknown":       {"", "email,reason\njo@example.com,tired\n", nil, "reason"},
		"bounces of the page":    {"bounces", "status,reason,email,created\n5.1.1,550 no such user,jo@example.com,1773489600\n", one("bounced"), ""},
		"bounces of the API":     {"bounces", "created,email,reason,status\n1773489600,jo@example.com,\"550, no\",5.1.1\n", one("bounced"), ""},
		"blocks":                 {"blocks", "status,reason,email,created\n4.0.0,blocked,jo@example.com,1773489600\n", one(""), ""},
		"spam reports":           {"spam", "ip,email,created\n192.0.2.1,jo@example.com,1773489600\n", one("complained"), ""},
		"invalid":                {"invalid", "reason,email,created\nMail domain mentioned in email address is unknown,jo@example.com,1773489600\n", one("invalid"), ""},
		"invalid, truly":         {"invalid", "reason,email,created\nno @,jo,1773489600\n", []lists.Suppression{{Line: 2, Email: "jo", Reason: "invalid", At: noon}}, ""},
		"global unsubscribes":    {"unsubscribes", "email,created\njo@example.com,2026-03-14 12:00:00\n", one("unsubscribed"), ""},
		"no address":             {"unsubscribes", "email,created\njo,1773489600\n", nil, "email"},
		"a time that is none":    {"unsubscribes", "email,created\njo@example.com,then\n", nil, "when"},
		"a quote in the middle":  {"unsubscribes", "email,created\njo\"@example.com,1\n", nil, "line 2"},
		"nothing but the header": {"unsubscribes", "email,created\n", nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, faults, err := lists.Suppressions(strings.NewReader(tt.file), tt.list)
			require.NoError(t, err)
			require.Equal(t, tt.want, all)
			if tt.fault == "" {
				require.Empty(t, faults)
				return
			}
			require.Len(t, faults, 1)
			require.Contains(t, faults[0].String(), tt.fault)
		})
	}
	for file, want := range map[string]string{"created\n": "email", "email,created\n": "there is no column", "email\n": "--list"} {
		_, _, err := lists.Suppressions(strings.NewReader(file), "")
		require.ErrorContains(t, err, want)
	}
	_, _, err := lists.Suppressions(strings.NewReader("email\n"), "friends")
	require.ErrorContains(t, err, "blocks, bounces, invalid, spam, unsubscribes")
}

func FuzzLists(f *testing.F) {
	f.Add("userId,class,given,at\nu1,all,true,2026-03-14\n", "bounces")
	f.Add("email,created\n\"jo,1\n", "unsubscribes")
	f.Fuzz(func(t *testing.T, file, list string) {
		consents, _, _ := lists.Consents(strings.NewReader(file))
		for _, c := range consents {
			require.False(t, c.UserID == "" && c.Email == "" || c.At.IsZero())
		}
		suppressions, _, _ := lists.Suppressions(strings.NewReader(file), list)
		for _, s := range suppressions {
			require.NotEmpty(t, s.Email)
		}
	})
}
