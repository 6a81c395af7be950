package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	rudder "github.com/rudderlabs/analytics-go/v4"
	"github.com/segmentio/analytics-go/v3"
	"github.com/stretchr/testify/require"
)

const (
	// manyEvents is how many each client posts, in batches of perBatch.
	manyEvents = 300
	perBatch   = 20
)

// heard is which events a client says were delivered, and which were not.
type heard struct {
	mu                sync.Mutex
	Delivered, Failed []string
}

func (h *heard) note(messageID string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.Failed = append(h.Failed, messageID)
	} else {
		h.Delivered = append(h.Delivered, messageID)
	}
}

type segmentHears struct{ *heard }

func (h segmentHears) Success(m analytics.Message)            { h.note(segmentID(m), nil) }
func (h segmentHears) Failure(m analytics.Message, err error) { h.note(segmentID(m), err) }

func segmentID(m analytics.Message) string {
	if identify, ok := m.(analytics.Identify); ok {
		return identify.MessageId
	}
	return m.(analytics.Track).MessageId
}

type rudderHears struct{ *heard }

func (h rudderHears) Success(m rudder.Message)            { h.note(rudderID(m), nil) }
func (h rudderHears) Failure(m rudder.Message, err error) { h.note(rudderID(m), err) }

func rudderID(m rudder.Message) string {
	if identify, ok := m.(rudder.Identify); ok {
		return identify.MessageId
	}
	return m.(rudder.Track).MessageId
}

// silent swallows what clients log about faults.
type silent struct{}

func (silent) Logf(string, ...any)   {}
func (silent) Errorf(string, ...any) {}

// again is how long the Go clients rest before they try again: in ten attempts longer than the engine is down.
func again(attempt int) time.Duration {
	return min(time.Duration(attempt+1)*250*time.Millisecond, 3*time.Second)
}

// postEach posts the events one after the other, a batch now and then, and waits until the client has heard of all.
func postEach(h *heard, enqueue func(i int) error) error {
	tick := time.NewTicker(150 * time.Millisecond)
	defer tick.Stop()
	for i := range manyEvents {
		if err := enqueue(i); err != nil {
			return err
		}
		if i%perBatch == perBatch-1 {
			<-tick.C
		}
	}
	for range 400 { // a minute; clients that are closed try no more
		h.mu.Lock()
		n := len(h.Delivered) + len(h.Failed)
		h.mu.Unlock()
		if n >= manyEvents {
			return nil
		}
		<-tick.C
	}
	return fmt.Errorf("the client has not heard of all events")
}

func order(user string) map[string]any {
	return map[string]any{
		"order_id": user, "total": 12.5, "currency": "EUR",
		"products": []any{map[string]any{"name": "Thee", "quantity": 1, "price": 12.5}},
	}
}

func postWithSegment(url, user string) (*heard, error) {
	h := &heard{}
	client, err := analytics.NewWithConfig(writeKey, analytics.Config{
		Endpoint: url, BatchSize: perBatch, Interval: 200 * time.Millisecond, Callback: segmentHears{h}, Logger: silent{}, RetryAfter: again,
	})
	if err != nil {
		return nil, err
	}
	err = postEach(h, func(i int) error {
		id := fmt.Sprintf("%s-%d", user, i)
		switch i {
		case 0:
			return client.Enqueue(analytics.Identify{MessageId: id, UserId: user, Traits: analytics.NewTraits().SetEmail(user + "@example.com")})
		case 1:
			return client.Enqueue(analytics.Track{MessageId: id, UserId: user, Event: "Order Completed", Properties: order(user)})
		default:
			return client.Enqueue(analytics.Track{MessageId: id, UserId: user, Event: "Product Viewed"})
		}
	})
	if err != nil {
		return nil, err
	}
	return h, client.Close()
}

func postWithRudder(url, user string) (*heard, error) {
	h := &heard{}
	client, err := rudder.NewWithConfig(writeKey, rudder.Config{
		DataPlaneUrl: url, BatchSize: perBatch, Interval: 200 * time.Millisecond, Callback: rudderHears{h}, Logger: silent{}, RetryAfter: again,
	})
	if err != nil {
		return nil, err
	}
	err = postEach(h, func(i int) error {
		id := fmt.Sprintf("%s-%d", user, i)
		switch i {
		case 0:
			return client.Enqueue(rudder.Identify{MessageId: id, UserId: user, Traits: rudder.NewTraits().SetEmail(user + "@example.com")})
		case 1:
			return client.Enqueue(rudder.Track{MessageId: id, UserId: user, Event: "Order Completed", Properties: order(user)})
		default:
			return client.Enqueue(rudder.Track{MessageId: id, UserId: user, Event: "Product Viewed"})
		}
	})
	if err != nil {
		return nil, err
	}
	return h, client.Close()
}

// nodeFolder installs the Node client.
func nodeFolder(t *testing.T) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		if os.Getenv("KLANTREIS_REQUIRE_SERVERS") == "1" {
			t.Fatal("npm is not installed")
		}
		t.Skip("npm is not installed (Debian package npm); the test posts with @segment/analytics-node")
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "order.js", "many.js"} {
		data, err := os.ReadFile(filepath.Join("testdata", "node", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	install := exec.Command(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = dir
	out, err := install.CombinedOutput()
	require.NoError(t, err, string(out))
	return dir
}

func postWithNode(dir string) func(url, user string) (*heard, error) {
	return func(url, user string) (*heard, error) {
		node := exec.Command("node", "many.js", url, writeKey, user, strconv.Itoa(manyEvents))
		node.Dir, node.Stderr, node.Env = dir, os.Stderr, append(os.Environ(), "NODE_NO_WARNINGS=1")
		out, err := node.Output()
		if err != nil {
			return nil, err
		}
		h := &heard{}
		return h, json.Unmarshal(out, h)
	}
}
