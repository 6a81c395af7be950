package sendgrid

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/sendgrid/rest"
	sg "github.com/sendgrid/sendgrid-go"

	"klantreis/activities"
)

const (
	erasePath = "/v3/recipients/erasejob"
	// erasedAtOnce is how many addresses go into one request: at 254 characters each well below SendGrid's 256 kB.
	erasedAtOnce = 500
)

// Erase has SendGrid delete all personal data that it has about recipients, by the Recipients' Data Erasure API. SendGrid
// answers that it will, and does so later. Any number of times does no harm.
//
// The words say what was not erased and never will be; they are empty when all was. An error is an *activities.MailError: trying
// again later may help. The text of neither holds an address.
func (c *Client) Erase(ctx context.Context, addresses []string) (words string, err error) {
	refused := 0
	for some := range slices.Chunk(addresses, erasedAtOnce) {
		status, err := c.erase(ctx, some)
		if status == http.StatusBadRequest && len(some) > 1 {
			// One that is no address makes SendGrid refuse them all.
			for _, one := range some {
				if status, err = c.erase(ctx, []string{one}); status == http.StatusBadRequest {
					refused, err = refused+1, nil
				}
				if err != nil {
					return "", err
				}
			}
			continue
		}
		if status == http.StatusBadRequest {
			refused, err = refused+1, nil
		}
		if err != nil {
			return "", err
		}
	}
	if refused == 0 {
		return "", nil
	}
	verb := "were"
	if refused == 1 {
		verb = "was"
	}
	return fmt.Sprintf("%d of %d addresses %s refused as no mail address, so no mail can have gone there", refused, len(addresses), verb), nil
}

// erase makes one request, and returns the status of the answer.
func (c *Client) erase(ctx context.Context, addresses []string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	body, err := json.Marshal(map[string][]string{"email_addresses": addresses})
	if err != nil {
		return 0, err
	}
	request := sg.GetRequest(c.apiKey, erasePath, c.host)
	request.Method, request.Body = rest.Post, body
	req, err := rest.BuildRequestObject(request)
	if err != nil {
		return 0, c.failure(activities.MailNotTaken, fmt.Errorf("build request: %w", err))
	}
	response, err := c.http.Do(req.WithContext(ctx)) //nolint:bodyclose // BuildResponse closes it
	if err != nil {
		return 0, c.failure(activities.MailUnknown, err)
	}
	response.Body = limitedBody{Reader: io.LimitReader(response.Body, maxAnswerBytes), Closer: response.Body}
	answer, _ := rest.BuildResponse(response) // An error is a cut body, and the status is known all the same.
	if answer.StatusCode == http.StatusAccepted {
		return answer.StatusCode, nil
	}
	return answer.StatusCode, c.refusal(answer)
}
