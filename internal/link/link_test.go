package link_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/internal/link"
)

func TestToken(t *testing.T) {
	t.Parallel()
	s := link.New("answer", "a key that nobody knows")
	token := s.Token("m_1")
	require.Regexp(t, `^m_1\.[A-Za-z0-9_-]{22}$`, token)
	require.Equal(t, token, s.Token("m_1"))
	id, ok := s.ID(token)
	require.True(t, ok)
	require.Equal(t, "m_1", id)
}

func TestForgedTokens(t *testing.T) {
	t.Parallel()
	s := link.New("answer", "a key that nobody knows")
	token := s.Token("m_1")
	_, mac, _ := strings.Cut(token, ".")
	for name, forged := range map[string]string{
		"empty": "", "no signature": "m_1", "an empty signature": "m_1.", "no id": "." + mac, "another id": "m_2." + mac,
		"a short signature": token[:len(token)-4], "a long signature": token + "AAAA", "more parts": token + "." + mac,
		"another key": link.New("answer", "another key").Token("m_1"), "another kind": link.New("unsubscribe", "a key that nobody knows").Token("m_1"),
		"no base64": "m_1.!", "padded": token + "==",
	} {
		_, ok := s.ID(forged)
		require.False(t, ok, name)
	}
}

// TestFormerKeys: a mail that is a year old must still lead somewhere.
func TestFormerKeys(t *testing.T) {
	t.Parallel()
	old := link.New("answer", "the first key")
	s := link.New("answer", "the third key", "the second key", "the first key")
	id, ok := s.ID(old.Token("m_1"))
	require.True(t, ok)
	require.Equal(t, "m_1", id)
	require.NotEqual(t, old.Token("m_1"), s.Token("m_1"), "the newest key signs")
	_, ok = old.ID(s.Token("m_1"))
	require.False(t, ok)
}
