package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/sandbox"
	"klantreis/internal/sendgrid"
)

func TestFaultsAsTheAdapterSeesThem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		plan  sandbox.FaultPlan
		want  activities.MailError
		taken int
	}{
		{
			sandbox.FaultPlan{Fault: sandbox.FaultTooMany, Next: 1, RetryAfter: 7 * time.Second},
			activities.MailError{Fault: activities.MailNotTaken, Status: 429, RetryAfter: 7 * time.Second, Message: "too many requests"},
			0,
		},
		{
			sandbox.FaultPlan{Fault: sandbox.FaultError, Next: 1},
			activities.MailError{Fault: activities.MailNotTaken, Status: 500, Message: "internal server error"},
			0,
		},
		{
			sandbox.FaultPlan{Fault: sandbox.FaultTooManyUntil, Next: 1, RetryAfter: 7 * time.Second},
			activities.MailError{Fault: activities.MailNotTaken, Status: 429, RetryAfter: 7 * time.Second, Message: "too many requests"},
			0,
		},
		{
			sandbox.FaultPlan{Fault: sandbox.FaultUnavailable, Next: 1},
			activities.MailError{Fault: activities.MailNotTaken, Status: 503, Message: "service unavailable"},
			0,
		},
		{
			sandbox.FaultPlan{Fault: sandbox.FaultKey, Next: 1},
			activities.MailError{Fault: activities.MailNotTaken, Status: 401, Message: "authorization required"},
			0,
		},
		{
			sandbox.FaultPlan{Fault: sandbox.FaultTooLarge, Next: 1},
			activities.MailError{Fault: activities.MailRefused, Status: 413, Message: "content too large"},
			0,
		},
		{
			sandbox.FaultPlan{Fault: sandbox.FaultHang, Next: 1},
			activities.MailError{Fault: activities.MailUnknown, Message: "no answer in time"},
			0,
		},
		{
			sandbox.FaultPlan{Fault: sandbox.FaultAcceptCut, Next: 1},
			activities.MailError{Fault: activities.MailUnknown, Message: "EOF"},
			1,
		},
		{
			sandbox.FaultPlan{Fault: sandbox.FaultCutBefore, Next: 1},
			activities.MailError{Fault: activities.MailUnknown, Message: "EOF"},
			0,
		},
	}
	for _, test := range tests {
		t.Run(string(test.plan.Fault), func(t *testing.T) {
			t.Parallel()
			b := setup(t, sandbox.Options{})
			b.send(t, testMail("before")) // So that the fault meets a connection that is in use already.
			require.NoError(t, b.SetFaults(test.plan))
			client := b.client
			if test.plan.Fault == sandbox.FaultHang {
				client = sendgrid.New(sendgrid.Options{APIKey: apiKey, Host: b.api, Timeout: time.Second})
			}

			_, err := client.Send(t.Context(), testMail("m-1"))

			var fault *activities.MailError
			require.ErrorAs(t, err, &fault)
			require.Equal(t, &test.want, fault)
			require.Len(t, b.Messages(), 1+test.taken)
			require.EqualValues(t, 1, b.Stats().Faults[test.plan.Fault])

			b.send(t, testMail("after"))
			require.Len(t, b.Messages(), 2+test.taken)
		})
	}
}

func TestStopEndsHangingRequests(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	require.NoError(t, b.SetFaults(sandbox.FaultPlan{Fault: sandbox.FaultHang, Next: 1}))
	failed := make(chan error, 1)
	go func() {
		_, err := b.client.Send(t.Context(), testMail("m-1"))
		failed <- err
	}()
	require.Eventually(t, func() bool { return b.Stats().Faults[sandbox.FaultHang] == 1 }, 5*time.Second, time.Millisecond)

	require.NoError(t, b.Stop())

	require.ErrorContains(t, <-failed, "EOF")
}

func TestFaultsByChanceAreRepeatable(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (out string) {
		b := setup(t, sandbox.Options{Seed: seed})
		require.NoError(t, b.SetFaults(
			sandbox.FaultPlan{Fault: sandbox.FaultError, Probability: 0.3},
			sandbox.FaultPlan{Fault: sandbox.FaultTooMany, Probability: 0.2},
		))
		for i := range 40 {
			_, err := b.client.Send(t.Context(), testMail(fmt.Sprint(i)))
			out += fmt.Sprintln(err)
		}
		faults := b.Stats().Faults
		require.NotZero(t, faults[sandbox.FaultError])
		require.NotZero(t, faults[sandbox.FaultTooMany])
		require.EqualValues(t, 40, int64(len(b.Messages()))+faults[sandbox.FaultError]+faults[sandbox.FaultTooMany])
		return out
	}
	first := run(7)
	require.Equal(t, first, run(7))
	require.NotEqual(t, run(7), run(8))
}

func TestFaultsByRequest(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	set := func(body string) answer {
		return request(t, http.MethodPost, b.api+"/sandbox/faults", body, withKey)
	}

	require.Equal(t, http.StatusNoContent, set(`{"faults":[{"fault":"429","next":1,"retryAfterSeconds":3},{"fault":"500","next":1}]}`).status)
	_, err := b.client.Send(t.Context(), testMail("1"))
	require.ErrorContains(t, err, "429")
	_, err = b.client.Send(t.Context(), testMail("2"))
	require.ErrorContains(t, err, "500")
	b.send(t, testMail("3"))

	require.Equal(t, http.StatusNoContent, set(`{"faults":[{"fault":"500","probability":1}]}`).status)
	_, err = b.client.Send(t.Context(), testMail("4"))
	require.ErrorContains(t, err, "500")
	require.Equal(t, http.StatusNoContent, set(`{"faults":[]}`).status)
	b.send(t, testMail("5"))

	got := request(t, http.MethodGet, b.api+"/sandbox/stats", "", withKey)
	require.Equal(t, http.StatusOK, got.status)
	require.JSONEq(t, `{"taken":2,"held":2,"refused":0,"faults":{"429":1,"429-until":0,"500":2,"503":0,"401":0,"413":0,"hang":0,"accept-and-cut":0,"cut-before":0},
		"webhook":{"posted":0,"repeated":0,"failed":0,"pending":4,"dropped":0}}`, got.body)
}

func TestSenselessFaultsAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"unknown", `{"faults":[{"fault":"meltdown","next":1}]}`, `unknown fault \"meltdown\"`},
		{"neither", `{"faults":[{"fault":"500"}]}`, "give either next or probability"},
		{"both", `{"faults":[{"fault":"500","next":1,"probability":0.5}]}`, "give either next or probability"},
		{"too likely", `{"faults":[{"fault":"500","probability":1.5}]}`, "probability lie between"},
		{"too likely together", `{"faults":[{"fault":"500","probability":0.6},{"fault":"429","probability":0.6}]}`, "more than 1"},
		{"negative", `{"faults":[{"fault":"500","next":-1}]}`, "must not be negative"},
		{"negative wait", `{"faults":[{"fault":"429","next":1,"retryAfterSeconds":-1}]}`, "retry-after must not be negative"},
		{"unknown property", `{"fault":"500"}`, `unknown field \"fault\"`},
	}
	b := setup(t, sandbox.Options{})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := request(t, http.MethodPost, b.api+"/sandbox/faults", test.body, withKey)
			require.Equal(t, http.StatusBadRequest, got.status)
			require.Contains(t, got.body, test.want)
		})
	}
	b.send(t, testMail("1"))
}
