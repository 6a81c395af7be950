package allinone

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"klantreis/config"
)

// storedKeys is what keys.json holds.
type storedKeys struct {
	WriteKey      string `json:"writeKey"`
	AdminToken    string `json:"adminToken"`
	LinkKey       string `json:"linkKey"`
	WebhookSecret string `json:"webhookSecret"`
}

// keys fills in the keys that were not given with those of the first start.
func (f *folder) keys(http config.HTTP, webhook config.Webhook) (config.HTTP, config.Webhook, error) {
	stored, err := f.storedKeys()
	if err != nil {
		return http, webhook, err
	}
	http.WriteKey = cmp.Or(http.WriteKey, config.Secret(stored.WriteKey))
	http.AdminToken = cmp.Or(http.AdminToken, config.Secret(stored.AdminToken))
	http.LinkKey = cmp.Or(http.LinkKey, config.Secret(stored.LinkKey))
	webhook.Secret = cmp.Or(webhook.Secret, config.Secret(stored.WebhookSecret))
	return http, webhook, nil
}

// storedKeys reads the keys of the folder, and makes those that are not there yet: all of them the first time, and later
// those that an older version did not know.
func (f *folder) storedKeys() (storedKeys, error) {
	name := f.file("keys.json")
	var stored storedKeys
	data, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return stored, fmt.Errorf("read the keys: %w", err)
	case json.Unmarshal(data, &stored) != nil || stored.WriteKey == "" || stored.AdminToken == "":
		return storedKeys{}, fmt.Errorf("%s is damaged: remove it to have new keys made", name)
	}
	full := stored
	full.complete()
	if full == stored {
		return stored, nil
	}
	return full, writeKeys(name, full)
}

// complete makes the keys that are missing.
func (k *storedKeys) complete() {
	k.WriteKey = cmp.Or(k.WriteKey, "wk_"+rand.Text())
	k.AdminToken = cmp.Or(k.AdminToken, "at_"+rand.Text())
	k.LinkKey = cmp.Or(k.LinkKey, "lk_"+rand.Text())
	if k.WebhookSecret == "" {
		secret := make([]byte, 32)
		_, _ = rand.Read(secret) // never fails
		k.WebhookSecret = "whsec_" + base64.StdEncoding.EncodeToString(secret)
	}
}

func writeKeys(name string, keys storedKeys) error {
	data, err := json.MarshalIndent(keys, "", "  ")
	if err != nil {
		return err
	}
	// Written beside it and renamed, so that a crash never leaves half a file.
	if err := os.WriteFile(name+".new", data, 0o600); err != nil {
		return fmt.Errorf("store the keys: %w", err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		return fmt.Errorf("store the keys: %w", err)
	}
	return nil
}
