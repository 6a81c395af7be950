package app

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"klantreis/config"
)

// certificateEvery is how often it is looked whether the certificate changed.
const certificateEvery = 10 * time.Second

// certificate is the certificate of the API. It is read again when one of its files changes, so that a renewed one needs no
// restart; one that cannot be used is reported, and the former one stays. It is safe for concurrent use.
type certificate struct {
	files config.TLS
	now   func() time.Time
	log   *slog.Logger

	mu       sync.Mutex
	current  *tls.Certificate
	changed  [2]time.Time // when the files changed that were read last, right or wrong
	lookedAt time.Time
}

func newCertificate(files config.TLS, now func() time.Time, log *slog.Logger) (*certificate, error) {
	c := &certificate{files: files, now: now, log: log, changed: changedAt(files), lookedAt: now()}
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

// config returns how the API speaks TLS.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.get(), nil
		},
	}
}

func (c *certificate) get() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.lookedAt) >= certificateEvery {
		c.lookedAt = now
		if changed := changedAt(c.files); changed != c.changed {
			c.changed = changed
			if err := c.read(); err != nil {
				c.log.Error("the former certificate stays", "error", err)
			}
		}
	}
	return c.current
}

func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.files.Cert, c.files.Key)
	if err != nil {
		return fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	c.current = &pair
	return nil
}

// changedAt returns when the files changed; the zero time for one that is not there.
func changedAt(files config.TLS) (at [2]time.Time) {
	for i, name := range []string{files.Cert, files.Key} {
		if info, err := os.Stat(name); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}
