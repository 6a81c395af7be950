package temporal

import (
	"bytes"
	"log/slog"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log/tag"
)

func TestLogger(t *testing.T) {
	t.Parallel()
	remark := func(l *logger) { l.Warn("a remark", tag.Service("frontend")) }
	const written = "level=WARN msg=\"a remark\" service=frontend\n"
	cases := map[string]struct {
		do   func(*logger)
		want string
	}{
		"a remark of the running server":      {do: func(l *logger) { l.running(); remark(l) }, want: written},
		"a remark while starting is held":     {do: func(l *logger) { remark(l) }},
		"and dropped when the start succeeds": {do: func(l *logger) { remark(l); l.running() }},
		"and told when the start fails":       {do: func(l *logger) { remark(l); l.failed() }, want: written},
		"a remark while stopping is dropped":  {do: func(l *logger) { l.running(); l.stopping(); remark(l) }},
		"what is not a warning is not for us": {do: func(l *logger) { l.running(); l.Info("done"); l.Debug("step") }},
		"a panic for developers is no panic":  {do: func(l *logger) { l.running(); l.DPanic("odd") }, want: "level=ERROR msg=odd\n"},
		"an error of the running server":      {do: func(l *logger) { l.running(); l.Error("bad") }, want: "level=ERROR msg=bad\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			noTime := func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			}
			c.do(newLogger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: noTime}))))
			require.Equal(t, c.want, out.String())
		})
	}
}

func TestFatalCarriesItsCause(t *testing.T) {
	t.Parallel()
	defer func() {
		err, ok := recover().(error)
		require.True(t, ok)
		require.EqualError(t, err, "no listener: address already in use")
		require.ErrorIs(t, err, syscall.EADDRINUSE)
	}()
	newLogger(slog.Default()).Fatal("no listener", tag.Service("frontend"), tag.Error(syscall.EADDRINUSE))
}
