package bundle_test

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"klantreis/examples"
	"klantreis/internal/bundle"
)

func TestRead(t *testing.T) {
	t.Parallel()
	own := slices.Sorted(maps.Keys(shop))
	tests := map[string]struct {
		files map[string]string
		read  string
		want  []string
	}{
		"a folder":                     {shop, "", own},
		"a file, with its templates":   {with(map[string]string{"other.yaml": "x"}), "journey.yaml", own},
		"JSON":                         {with(map[string]string{"journey.yaml": "", "journey.json": "{}"}), "", append([]string{"journey.json"}, own[1:]...)},
		"several files":                {with(map[string]string{"phases.yml": "phases: []"}), "", append([]string{"journey.yaml", "phases.yml"}, own[1:]...)},
		"no templates":                 {map[string]string{"journey.yaml": "x"}, "", []string{"journey.yaml"}},
		"what is not a map stays away": {with(map[string]string{"README.md": "x", ".hidden.yaml": "x", "old/journey.yaml": "x"}), "", own},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := bundle.Read(filepath.Join(folder(t, tt.files), tt.read))
			require.NoError(t, err)
			require.Equal(t, tt.want, slices.Sorted(maps.Keys(b.Files)))
			for _, file := range tt.want {
				require.Equal(t, tt.files[file], b.Files[file], file)
			}
		})
	}
}

func TestReadFromTheWorkingFolder(t *testing.T) {
	t.Chdir(folder(t, shop))
	for _, name := range []string{".", "journey.yaml", "./journey.yaml"} {
		b, err := bundle.Read(name)
		require.NoError(t, err, name)
		require.Equal(t, shop, b.Files, name)
	}
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		read  string
		says  string
	}{
		"nothing there":           {nil, "missing", "no such file"},
		"an empty folder":         {nil, "", "no .yaml, .yml or .json file is there"},
		"a file of another kind":  {map[string]string{"journey.txt": "x"}, "journey.txt", "no .yaml, .yml or .json file is there"},
		"templates without a map": {map[string]string{"templates/layout.txt": "x"}, "", "no .yaml, .yml or .json file is there"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := bundle.Read(filepath.Join(folder(t, tt.files), tt.read))
			require.ErrorContains(t, err, "read the map: ")
			require.ErrorContains(t, err, tt.says)
		})
	}
}

func TestSourceIsTheWholeBundle(t *testing.T) {
	t.Parallel()
	b, err := bundle.ReadFS(examples.Webshop(), "")
	require.NoError(t, err)
	source, err := b.Source()
	require.NoError(t, err)
	again, err := bundle.Parse(source)
	require.NoError(t, err)
	require.Equal(t, b, again)
}

func TestHashTellsBundlesApart(t *testing.T) {
	t.Parallel()
	hash := func(files map[string]string) string {
		source, err := bundle.Bundle{Files: files}.Source()
		require.NoError(t, err)
		return bundle.Hash(source)
	}
	require.Equal(t, hash(shop), hash(maps.Clone(shop)))
	require.NotEqual(t, hash(shop), hash(with(map[string]string{"templates/layout.txt": "{{ content }} "})))
}

func TestParseRefusesOtherText(t *testing.T) {
	t.Parallel()
	_, err := bundle.Parse([]byte("journey: webshop"))
	require.ErrorContains(t, err, "read a stored map: ")
}
