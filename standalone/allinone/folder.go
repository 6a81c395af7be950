package allinone

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"klantreis/config"
)

// folder is the data folder, held by this process alone.
type folder struct {
	path string
	lock *os.File
}

// openFolder makes the folder when it is missing, and locks it.
func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("--data %s: cannot be made a folder: %w", path, err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--data %s: cannot be written to: %w", path, err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("--data %s: another Klantreis is running with this folder; stop it, or choose another folder", path), lock.Close())
	}
	return &folder{path: path, lock: lock}, nil
}

func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

func (f *folder) close() error { return f.lock.Close() }

// storedKeys is what keys.json holds.
type storedKeys struct {
	WriteKey   string `json:"writeKey"`
	AdminToken string `json:"adminToken"`
}

// keys fills in the keys that were not given with those of the first start.
func (f *folder) keys(given config.HTTP) (config.HTTP, error) {
	stored, err := f.storedKeys()
	if err != nil {
		return given, err
	}
	if given.WriteKey == "" {
		given.WriteKey = config.Secret(stored.WriteKey)
	}
	if given.AdminToken == "" {
		given.AdminToken = config.Secret(stored.AdminToken)
	}
	return given, nil
}

// storedKeys reads the keys of the folder; the first time it makes them.
func (f *folder) storedKeys() (storedKeys, error) {
	name := f.file("keys.json")
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return f.makeKeys(name)
	}
	if err != nil {
		return storedKeys{}, fmt.Errorf("read the keys: %w", err)
	}
	var keys storedKeys
	if err := json.Unmarshal(data, &keys); err != nil || keys.WriteKey == "" || keys.AdminToken == "" {
		return storedKeys{}, fmt.Errorf("%s is damaged: remove it to have new keys made", name)
	}
	return keys, nil
}

func (f *folder) makeKeys(name string) (storedKeys, error) {
	keys := storedKeys{WriteKey: "wk_" + rand.Text(), AdminToken: "at_" + rand.Text()}
	data, err := json.MarshalIndent(keys, "", "  ")
	if err != nil {
		return storedKeys{}, err
	}
	// Written beside it and renamed, so that a crash never leaves half a file.
	if err := os.WriteFile(name+".new", data, 0o600); err != nil {
		return storedKeys{}, fmt.Errorf("store the keys: %w", err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		return storedKeys{}, fmt.Errorf("store the keys: %w", err)
	}
	return keys, nil
}
