package schema

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/diag"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/schema/internal/apidoc"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

type fields = map[string]any

// TestGeneratedFilesAreCurrent generates again from the source in the repository, which needs no network.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	api, err := apidoc.Read("../api/v1alpha1")
	require.NoError(t, err)
	text, err := json.MarshalIndent(api.JSONSchema(), "", " ")
	require.NoError(t, err)
	const remedy = "the types have changed: run make generate"
	assert.True(t, bytes.Equal(append(text, '\n'), JSON()), remedy)
	reference, err := os.ReadFile(filepath.Join("..", "..", "docs", "reference", apidoc.ReferenceFile))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(api.Markdown(), reference), remedy)
}

// validators are those of the kinds. The library knows neither references nor const, which editors do, and takes null for absence.
var validators = sync.OnceValue(func() map[string]*validate.SchemaValidator {
	var root fields
	if err := json.Unmarshal(JSON(), &root); err != nil {
		panic(err)
	}
	definitions := root["definitions"].(fields)
	known := map[string]*validate.SchemaValidator{}
	for _, kind := range v1alpha1.Kinds() {
		text, err := json.Marshal(resolve(definitions[kind], definitions))
		if err != nil {
			panic(err)
		}
		var schema spec.Schema
		if err := json.Unmarshal(text, &schema); err != nil {
			panic(err)
		}
		known[kind] = validate.NewSchemaValidator(&schema, nil, "", strfmt.Default)
	}
	return known
})

// check validates a document against the schema of its kind, and returns what is wrong.
func check(t *testing.T, document fields) []string {
	t.Helper()
	kind := v1alpha1.KindPostgresApp
	if own, ok := document["kind"].(string); ok && v1alpha1.Known(own) {
		kind = own
	}
	var problems []string
	for _, problem := range validators()[kind].Validate(document).Errors {
		problems = append(problems, problem.Error())
	}
	return problems
}

// resolve puts definitions in the place of references.
func resolve(value any, definitions fields) any {
	switch value := value.(type) {
	case fields:
		if name, ok := value["$ref"].(string); ok {
			return resolve(definitions[strings.TrimPrefix(name, "#/definitions/")], definitions)
		}
		resolved := fields{}
		for key, element := range value {
			resolved[key] = resolve(element, definitions)
		}
		if constant, ok := value["const"]; ok {
			resolved["enum"] = []any{constant}
		}
		return resolved
	case []any:
		resolved := make([]any, len(value))
		for i, element := range value {
			resolved[i] = resolve(element, definitions)
		}
		return resolved
	}
	return value
}

func TestExamplesAreValid(t *testing.T) {
	seen := 0
	require.NoError(t, filepath.WalkDir(filepath.Join("..", "..", "examples"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" || strings.Contains(path, "expected") {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, one := range bytes.Split(text, []byte("\n---\n")) {
			document, err := strict.Fields(one)
			if err != nil || document["apiVersion"] != v1alpha1.APIVersion || document["$patch"] != nil {
				continue
			}
			seen++
			assert.Empty(t, check(t, document), path)
		}
		return nil
	}))
	assert.Greater(t, seen, 30, "the examples were not found")
}

const app = "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: shop}\nspec:\n"

func TestDocuments(t *testing.T) {
	tests := map[string]struct {
		document string
		wrong    string // part of the message, or "" when the document is right
	}{
		"the least":                    {document: app + "  storage: {size: 1Gi}\n"},
		"null refuses an inheritance":  {document: app + "  storage: {size: 1Gi}\n  backup: null\n  version: null\n"},
		"size as a number":             {document: app + "  resources: {limits: {cpu: 2, memory: 1Gi}}\n"},
		"part of it is inherited":      {document: app + "  credentials: {externalSecret: {remoteRef: {key: shop}}}\n"},
		"anything in overrides":        {document: app + "  overrides: {cluster: {spec: {anything: [1, {a: b}]}}}\n"},
		"a variable where text stands": {document: app + "  imageName: ${IMAGE}\n  storage: {size: \"${SIZE:=1Gi}\"}\n"},
		"defaults": {
			document: "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata: {name: all}\nspec: {version: \"17\"}\n",
		},
		"a typo in the spec":            {document: app + "  storge: {size: 1Gi}\n", wrong: "spec.storge"},
		"a typo within CloudNativePG's": {document: app + "  storage: {sise: 1Gi}\n", wrong: "spec.storage.sise"},
		"a typo within Kubernetes'":     {document: app + "  affinity: {tolerations: [{kye: a}]}\n", wrong: "kye"},
		"a typo in defaults":            {document: app + "  defaults: {instancs: 1}\n", wrong: "instancs"},
		"a typo in metadata":            {document: "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: a, lables: {}}\nspec: {}\n", wrong: "lables"},
		"defaults in PostgresDefaults": {
			document: "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresDefaults\nmetadata: {name: all}\nspec: {defaults: {}}\n", wrong: "defaults",
		},
		"a number as text":            {document: app + "  instances: \"3\"\n", wrong: "spec.instances"},
		"text as a number":            {document: app + "  version: 17\n", wrong: "spec.version"},
		"a parameter as a number":     {document: app + "  postgresql: {parameters: {work_mem: 4}}\n", wrong: "work_mem"},
		"a value that does not exist": {document: app + "  workload: olap\n", wrong: "spec.workload"},
		"a role without a name":       {document: app + "  roles: [{login: true}]\n", wrong: "name"},
		"a list where an object is":   {document: app + "  backup: [bucket]\n", wrong: "spec.backup"},
		"no spec":                     {document: "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: a}\n", wrong: "spec"},
		"no name":                     {document: "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {}\nspec: {}\n", wrong: "name"},
		"another version":             {document: "apiVersion: postgresapp.dev/v1\nkind: PostgresApp\nmetadata: {name: a}\nspec: {}\n", wrong: "apiVersion"},
		"a status":                    {document: app + "  storage: {size: 1Gi}\nstatus: {}\n", wrong: "status"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			document, err := strict.Fields([]byte(test.document))
			require.NoError(t, err)
			problems := strings.Join(check(t, document), "\n")
			if test.wrong == "" {
				assert.Empty(t, problems)
				return
			}
			assert.Contains(t, problems, test.wrong)
		})
	}
}

// TestEnumerations holds the values that the schema knows against those that the build takes: each of them, and no other.
func TestEnumerations(t *testing.T) {
	const shop = "  storage: {size: 1Gi}\n  instances: 2\n"
	specs := map[string]string{
		"Settings.workload":                     shop + "  workload: %\n",
		"Settings.databaseReclaimPolicy":        shop + "  databaseReclaimPolicy: %\n",
		"Database.databaseReclaimPolicy":        shop + "  databases: [{name: a, databaseReclaimPolicy: %}]\n",
		"ClusterSettings.imagePullPolicy":       shop + "  imagePullPolicy: %\n",
		"ClusterSettings.primaryUpdateStrategy": shop + "  primaryUpdateStrategy: %\n",
		"ClusterSettings.primaryUpdateMethod":   shop + "  primaryUpdateMethod: %\n",
		"ClusterSettings.logLevel":              shop + "  logLevel: %\n",
		"Backup.method":                         shop + "  backup: {method: %, bucket: b, volumeSnapshot: {className: c}, credentials: {inheritFromIAMRole: true}}\n",
		"Backup.target":                         shop + "  backup: {target: %, bucket: b, credentials: {inheritFromIAMRole: true}}\n",
		"Backup.compression":                    shop + "  backup: {compression: %, bucket: b, credentials: {inheritFromIAMRole: true}}\n",
		"Backup.encryption":                     shop + "  backup: {encryption: \"%\", bucket: b, credentials: {inheritFromIAMRole: true}}\n",
		"Import.type":                           shop + "  import: {type: %, databases: [a], source: {connectionParameters: {host: h}}}\n",
		"InitDB.localeProvider":                 shop + "  initdb: {localeProvider: %}\n",
		"Monitoring.type":                       shop + "  monitoring: {type: %}\n",
		"Pooler.type":                           shop + "  poolers: [{type: %}]\n",
		"Pooler.poolMode":                       shop + "  poolers: [{poolMode: %}]\n",
		"SecretStoreReference.kind":             shop + "  credentials: {externalSecret: {secretStoreRef: {name: s, kind: %}, remoteRef: {key: k}}}\n",
	}
	for field, values := range apidoc.Enumerations() {
		t.Run(field, func(t *testing.T) {
			template, ok := specs[field]
			require.True(t, ok, "no case shows the field")
			refused := func(value string) bool {
				text := app + strings.ReplaceAll(template, "%", value)
				for _, finding := range render.Apps([]render.Document{{YAML: []byte(text)}}, nil).Findings {
					if finding.Severity == diag.Error && strings.Contains(finding.Message, "Unsupported value") {
						return true
					}
				}
				return false
			}
			for _, value := range values {
				assert.False(t, refused(value), "the schema has %s, the build refuses it", value)
			}
			assert.True(t, refused("nonsense"), "the build takes anything")
		})
	}
	assert.Len(t, specs, len(apidoc.Enumerations()))
}
