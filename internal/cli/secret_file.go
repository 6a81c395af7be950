package cli

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"klantreis/config"
)

// maxSecretBytes is how large a file with a secret may be.
const maxSecretBytes = 64 << 10

// secretFile gives every secret that can stand in an environment variable X a twin, X_FILE, which names a file that holds
// it: orchestrators mount secrets so. A line end after it is no part of it.
func secretFile(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Target.Type() != reflect.TypeFor[config.Secret]() {
		return nil, nil // says to kong that this one is not ours
	}
	for _, env := range flag.Tag.Envs {
		name, ok := os.LookupEnv(env + "_FILE")
		if !ok || name == "" {
			continue
		}
		if value, both := os.LookupEnv(env); both && value != "" {
			return nil, fmt.Errorf("%s and %s_FILE: set one of them, not both", env, env)
		}
		return readSecret(env+"_FILE", name)
	}
	return nil, nil // says to kong that there is no such file
}

func readSecret(env, name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", env, err)
	}
	if info.Size() > maxSecretBytes {
		return "", fmt.Errorf("%s: %s is too large to be a secret", env, name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", env, err)
	}
	data = bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
	if len(data) == 0 || !utf8.Valid(data) || bytes.ContainsAny(data, "\n\x00") {
		return "", fmt.Errorf("%s: %s must hold the secret on one line, and nothing else", env, name)
	}
	return string(data), nil
}
