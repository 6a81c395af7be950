package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// signer signs webhook requests as SendGrid does: ECDSA on P-256 over timestamp and body.
type signer struct {
	key    *ecdsa.PrivateKey
	public string
}

// openSigner reads the key kept in a folder, or makes one. An empty folder name makes one that is kept in memory only.
func openSigner(dir string) (*signer, error) {
	key, err := openKey(dir)
	if err != nil {
		return nil, fmt.Errorf("open webhook key: %w", err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("open webhook key: %w", err)
	}
	return &signer{key: key, public: base64.StdEncoding.EncodeToString(der)}, nil
}

func openKey(dir string) (*ecdsa.PrivateKey, error) {
	if dir == "" {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	path, err := inDir(dir, "webhook-key.pem")
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key", path)
	}
	return x509.ParseECPrivateKey(block.Bytes)
}

func makeKey(path string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	// A crash must not leave half a key behind.
	if err := os.WriteFile(path+".new", block, 0o600); err != nil {
		return nil, err
	}
	return key, os.Rename(path+".new", path)
}

func (s *signer) publicKey() string { return s.public }

// sign returns the signature of a body that is posted with a timestamp.
func (s *signer) sign(timestamp string, body []byte) (string, error) {
	hash := sha256.New()
	hash.Write([]byte(timestamp))
	hash.Write(body)
	signature, err := ecdsa.SignASN1(rand.Reader, s.key, hash.Sum(nil))
	if err != nil {
		return "", fmt.Errorf("sign reports: %w", err)
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}
