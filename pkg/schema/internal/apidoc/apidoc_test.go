package apidoc

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

func TestSplitDefault(t *testing.T) {
	tests := map[string]struct{ comment, doc, value string }{
		"is":                      {"size is the size of the volume. Defaults to 1Gi.", "The size of the volume.", "1Gi"},
		"are":                     {"size are the sizes.", "The sizes.", ""},
		"a verb":                  {"size says how much.", "Says how much.", ""},
		"part of the sentence":    {"size of the volume.", "Size of the volume.", ""},
		"only a default":          {"size defaults to 1Gi.", "", "1Gi"},
		"a default in the middle": {"size of it. Defaults to 1.30. It cannot shrink.", "Size of it. It cannot shrink.", "1.30"},
		"another subject":         {"Some size of it.", "Some size of it.", ""},
		"no full stop":            {"size", "size", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc, value := splitDefault("size", test.comment)
			assert.Equal(t, test.doc, doc)
			assert.Equal(t, test.value, value)
		})
	}
}

func TestRead(t *testing.T) {
	api, err := Read("../../../api/v1alpha1")
	require.NoError(t, err)
	assert.Equal(t, "PostgresApp", api.Types[0].Name)
	backup, ok := api.Lookup(reflect.TypeFor[v1alpha1.Backup]())
	require.True(t, ok)
	assert.Equal(t, "Backup says where base backups and the write-ahead log go, and when.", backup.Doc)
	var retention Field
	for _, field := range backup.Fields {
		if field.Name == "retention" {
			retention = field
		}
	}
	assert.Equal(t, "30d", retention.Default)
	assert.False(t, retention.Required)
	assert.NotContains(t, retention.Doc, "+optional")

	role, _ := api.Lookup(reflect.TypeFor[v1alpha1.Role]())
	assert.True(t, role.Fields[0].Required, "the name of a role")
}

func TestReadErrors(t *testing.T) {
	_, err := Read(t.TempDir())
	assert.ErrorContains(t, err, "no Go source")

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "app.go"), []byte("package v1alpha1\n\n// PostgresApp is.\ntype PostgresApp struct {\n\tSpec int\n}\n"), 0o600))
	_, err = Read(dir)
	assert.ErrorContains(t, err, "has no comment")
}

func TestMarkdown(t *testing.T) {
	api, err := Read("../../../api/v1alpha1")
	require.NoError(t, err)
	page := string(api.Markdown())
	for _, row := range []string{
		"| `retention` | text | 30d | ",
		"| `instances` | whole number | 1 | ",
		"| `hibernate` | true or false | false | ",
		"| `roles` | list of [Role](#role) |  | ",
		"| `validUntil` | time |  | ",
		"| `spec` | [PostgresAppSpec](#postgresappspec) | **required** | ",
		"| `clusterName` | text | &lt;metadata.name&gt;-postgres | ",
		"| `affinity` | [AffinityConfiguration](https://pkg.go.dev/github.com/cloudnative-pg/api/pkg/api/v1#AffinityConfiguration) |  | ",
	} {
		assert.Contains(t, page, row)
	}
	assert.Contains(t, page, "\nIt stands at `spec.backup.credentials`, `spec.restore.from.credentials`.\n")
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "| `") {
			assert.Equal(t, 5, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), line)
		}
	}
}

// Each definition is referred to, and each reference leads somewhere.
func TestJSONSchemaReferences(t *testing.T) {
	api, err := Read("../../../api/v1alpha1")
	require.NoError(t, err)
	schema := api.JSONSchema()
	referred := map[string]bool{}
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			if name, ok := value["$ref"].(string); ok {
				referred[strings.TrimPrefix(name, "#/definitions/")] = true
				assert.Len(t, value, 1, "beside a reference draft 7 ignores everything")
			}
			for _, element := range value {
				walk(element)
			}
		case []any:
			for _, element := range value {
				walk(element)
			}
		}
	}
	walk(schema)
	definitions := schema["definitions"].(map[string]any)
	for name := range definitions {
		assert.True(t, referred[name], name)
	}
	for name := range referred {
		assert.Contains(t, definitions, name)
	}
}
