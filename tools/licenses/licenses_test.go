package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/licenseclassifier/v2/assets"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// text of a licence, as package assets has it.
func text(t *testing.T, file string) string {
	t.Helper()
	content, err := assets.ReadLicenseFile("License/" + file)
	require.NoError(t, err)
	return string(content)
}

func TestJudge(t *testing.T) {
	mit, gpl, bsd := text(t, "MIT/pristine.txt"), text(t, "GPL-3.0/license.txt"), text(t, "BSD-3-Clause/pristine.txt")
	tests := map[string]struct {
		files   map[string]string // below the module's directory, where pkg/sub is the package that is linked
		want    licences
		refused string
	}{
		"of the module":          {files: map[string]string{"LICENSE": mit}, want: licences{"MIT"}},
		"in another spelling":    {files: map[string]string{"LICENCE.md": mit}, want: licences{"MIT"}},
		"of a package too":       {files: map[string]string{"LICENSE": mit, "pkg/COPYING": bsd}, want: licences{"BSD-3-Clause", "MIT"}},
		"of another package":     {files: map[string]string{"LICENSE": mit, "other/LICENSE": gpl}, want: licences{"MIT"}},
		"two in one file":        {files: map[string]string{"LICENSE": mit + "\n\n" + bsd}, want: licences{"BSD-3-Clause", "MIT"}},
		"that binds the rest":    {files: map[string]string{"LICENSE": gpl}, want: licences{"GPL-3.0"}, refused: "example.com/m is under GPL-3.0, which is not allowed"},
		"of a package, that too": {files: map[string]string{"LICENSE": mit, "pkg/sub/LICENSE": gpl}, want: licences{"GPL-3.0", "MIT"}, refused: "GPL-3.0"},
		"none":                   {files: map[string]string{"README.md": mit}, refused: "example.com/m/pkg/sub: has no licence file"},
		"not a licence":          {files: map[string]string{"LICENSE": "All rights reserved."}, refused: "LICENSE holds no licence that is known"},
		"code":                   {files: map[string]string{"LICENSE": mit, "pkg/license.go": "package pkg"}, want: licences{"MIT"}},
	}
	r, err := newReader()
	require.NoError(t, err)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			require.NoError(t, os.MkdirAll(filepath.Join(top, "pkg", "sub"), 0o755))
			for file, content := range test.files {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(top, file)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(top, file), []byte(content), 0o644))
			}
			listed := map[string]any{
				"ImportPath": "example.com/m/pkg/sub", "Dir": filepath.Join(top, "pkg", "sub"),
				"Module": map[string]any{"Path": "example.com/m", "Version": "v1.0.0", "Dir": top},
			}
			answer, err := json.Marshal(listed)
			require.NoError(t, err)
			packages, err := list(exec.Command("echo", string(answer), `{"ImportPath":"fmt","Standard":true}`))
			require.NoError(t, err)
			require.Len(t, packages, 2)

			modules, err := r.judge(packages)
			require.Len(t, modules, 1)
			assert.Equal(t, test.want, modules[0].licences)
			if test.refused == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.refused)
			}
		})
	}
}
