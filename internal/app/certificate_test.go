package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/config"
)

// writeCertificate writes a certificate for 127.0.0.1 with a serial number, as of an instant.
func writeCertificate(t *testing.T, files config.TLS, serial int64, at time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "reis.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files.Cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(files.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	require.NoError(t, os.Chtimes(files.Cert, at, at))
	require.NoError(t, os.Chtimes(files.Key, at, at))
}

func certificateFiles(t *testing.T) config.TLS {
	t.Helper()
	dir := t.TempDir()
	return config.TLS{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
}

func TestTheAPISpeaksTLS(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.TLS = certificateFiles(t)
	writeCertificate(t, cfg.TLS, 1, start)
	a := serve(t, cfg)
	address := a.listener.Addr().String()

	dial := func(most uint16) (*tls.Conn, error) {
		return tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MaxVersion: most})
	}
	_, err := dial(tls.VersionTLS11)
	require.Error(t, err)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		conn, err := dial(version)
		require.NoError(t, err)
		require.Equal(t, version, conn.ConnectionState().Version)
		require.NoError(t, conn.Close())
	}

	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(client.CloseIdleConnections)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/login?token=admin-token", nil)
	require.NoError(t, err)
	response, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.True(t, strings.HasPrefix(response.Header.Get("Set-Cookie"), "__Host-klantreis_session="))
	require.Contains(t, response.Header.Get("Strict-Transport-Security"), "max-age=")
}

// TestARenewedCertificateNeedsNoRestart, and a broken one changes nothing.
func TestARenewedCertificateNeedsNoRestart(t *testing.T) {
	t.Parallel()
	files := certificateFiles(t)
	_, err := newCertificate(files, now, nil)
	require.ErrorContains(t, err, "--tls-cert, --tls-key: ")
	writeCertificate(t, files, 1, start)
	var log strings.Builder
	at := start
	c, err := newCertificate(files, func() time.Time { return at }, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	serial := func() int64 {
		hello, err := c.config().GetCertificate(nil)
		require.NoError(t, err)
		leaf, err := x509.ParseCertificate(hello.Certificate[0])
		require.NoError(t, err)
		return leaf.SerialNumber.Int64()
	}
	writeCertificate(t, files, 2, start.Add(time.Minute))
	require.EqualValues(t, 1, serial(), "it is not looked at every time")
	at = at.Add(certificateEvery)
	require.EqualValues(t, 2, serial())

	require.NoError(t, os.WriteFile(files.Cert, []byte("half"), 0o600))
	for range 3 {
		at = at.Add(certificateEvery)
		require.EqualValues(t, 2, serial())
	}
	require.Equal(t, 1, strings.Count(log.String(), "the former certificate stays"))
	writeCertificate(t, files, 3, start.Add(time.Hour))
	at = at.Add(certificateEvery)
	require.EqualValues(t, 3, serial())
}

func TestCertificateAndKeyBelongTogether(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	cfg.TLS.Cert = "cert.pem"
	_, err := New(t.Context(), cfg, options())
	require.ErrorContains(t, err, "--tls-cert and --tls-key (KLANTREIS_TLS_CERT, KLANTREIS_TLS_KEY): must be set together")
}
