package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"go.yaml.in/yaml/v4"

	"klantreis/internal/bundle"
	"klantreis/journey"
)

var elsewhere = regexp.MustCompile(`https://example\.com/`)

// bundle is one of the story's maps, with a template for every send, and with its webhooks calling the provider.
func (s *story) bundle(n *yaml.Node, provider string) (bundle.Bundle, error) {
	var names []string
	s.eachMap(func(m *yaml.Node) { names = append(names, values(m, "template")...) })
	b := bundle.Bundle{Files: templatesFor(names)}
	sources, err := mapSources(n)
	for _, source := range sources {
		b.Files[source.Name] = elsewhere.ReplaceAllLiteralString(string(source.Data), provider+hooks)
	}
	return b, err
}

func writeBundle(b bundle.Bundle, dir string) error {
	for name, text := range b.Files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// publish makes a map the live one.
func (h *house) publish(ctx context.Context, b bundle.Bundle) error {
	answer, status, err := h.send(ctx, "/api/v1/maps", "Bearer "+adminToken, map[string]any{"files": b.Files})
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("publish a map: status %d, %s: %w", status, answer, err)
	}
	return nil
}

var houseClient = &http.Client{Timeout: 10 * time.Second}

// post posts events of the story's customer together.
func (h *house) post(ctx context.Context, user, id string, acts []scripted) error {
	var batch []map[string]any
	for i, act := range acts {
		e := map[string]any{
			"type": act.kind(), "userId": user, "messageId": fmt.Sprintf("%s-%d", id, i),
			"timestamp":  storyStart.Add(act.at - act.late).Format(time.RFC3339Nano),
			"properties": act.Properties, "traits": act.Traits, "context": act.Context,
		}
		if act.kind() == journey.TypeTrack {
			e["event"] = act.Name
		}
		batch = append(batch, e)
	}
	key := base64.StdEncoding.EncodeToString([]byte(writeKey + ":"))
	answer, status, err := h.send(ctx, "/v1/batch", "Basic "+key, map[string]any{"batch": batch})
	if err != nil || status != http.StatusOK || bytes.Contains(answer, []byte("rejected")) {
		return fmt.Errorf("post events: status %d, %s: %w", status, answer, err)
	}
	return nil
}

// send posts JSON.
func (h *house) send(ctx context.Context, path, authorization string, value any) (answer []byte, status int, err error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Authorization", authorization)
	req.Header.Set("Content-Type", "application/json")
	resp, err := houseClient.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return answer, resp.StatusCode, err
}
