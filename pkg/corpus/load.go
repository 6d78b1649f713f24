package corpus

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

type fields = map[string]any

// document is one manifest of the corpus.
type document struct {
	file   string // owner+repo/file
	object fields
}

// sample is one Cluster with everything that was written beside it.
type sample struct {
	name    string
	cluster fields
	around  []fields
}

// directory finds the corpus, or skips the test.
func directory(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("POSTGRESAPP_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("THE CORPUS IS MISSING, nothing was measured: point POSTGRESAPP_CORPUS to a directory of manifests (%s)", err)
	}
	return dir
}

// samples are the Clusters of the corpus.
func samples(t *testing.T) []sample {
	t.Helper()
	dir := directory(t)
	repositories, err := os.ReadDir(dir)
	require.NoError(t, err)
	var all []sample
	for _, repository := range repositories {
		all = append(all, samplesOf(t, dir, repository.Name())...)
	}
	require.NotEmpty(t, all, "no Cluster in %s", dir)
	return all
}

func samplesOf(t *testing.T, dir, repository string) []sample {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, repository, "*.yaml"))
	require.NoError(t, err)
	slices.Sort(files)
	var clusters []document
	var around []fields
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		// Some hold a key twice, which people and the API server's clients get away with.
		asJSON, err := yaml.YAMLToJSON(substitute(text))
		require.NoError(t, err, file)
		value, err := jsontype.Parse(asJSON)
		require.NoError(t, err, file)
		object := value.(fields)
		if object["kind"] == "Cluster" {
			clusters = append(clusters, document{file: repository + "/" + strings.TrimSuffix(filepath.Base(file), ".yaml"), object: object})
		} else {
			around = append(around, object)
		}
	}
	var all []sample
	for _, cluster := range clusters {
		all = append(all, sample{name: cluster.file, cluster: complete(cluster.object, clusters), around: around})
	}
	return all
}

// complete makes a whole Cluster of a kustomize patch: of the one that it changes, or with a volume, without which there is none.
func complete(cluster fields, all []document) fields {
	spec := cluster["spec"].(fields)
	if spec["storage"] != nil {
		return cluster
	}
	for _, other := range all {
		base := other.object
		if base["spec"].(fields)["storage"] != nil && base["metadata"].(fields)["name"] == cluster["metadata"].(fields)["name"] {
			return merge(runtime.DeepCopyJSON(base), cluster)
		}
	}
	spec["storage"] = fields{"size": "10Gi"}
	return cluster
}

func merge(base, patch fields) fields {
	for key, value := range patch {
		inner, ok := value.(fields)
		under, also := base[key].(fields)
		if ok && also {
			value = merge(under, inner)
		}
		base[key] = value
	}
	return base
}

var (
	variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[=-]([^${}]*))?\}`)
	template = regexp.MustCompile(`\{\{[^}]*\}\}`)
)

// values are those that a variable must have to make sense where it stands; all others become a harmless word.
var values = map[string]string{
	"POSTGRESQL_VERSION":        "17.5",
	"TIMEZONE":                  "UTC",
	"CLUSTER_TIMEZONE":          "UTC",
	"SECRET_S3_URL":             "https://s3.example.org",
	"S3_ENDPOINT":               "https://s3.example.org",
	"emptyArray":                "[]",
	"CNPG_V18_CURRENT_CLUSTER":  "postgres-v2",
	"CNPG_V18_PREVIOUS_CLUSTER": "postgres-v1",
}

// substitute does what Flux' postBuild would, and gives Helm's expressions a name.
func substitute(text []byte) []byte {
	done := template.ReplaceAllString(string(text), "demo")
	done = strings.NewReplacer("APP_NAMESPACE", "demo", "APP_NAME", "demo").Replace(done)
	for variable.MatchString(done) {
		done = variable.ReplaceAllStringFunc(done, func(found string) string {
			groups := variable.FindStringSubmatch(found)
			if value, ok := values[groups[1]]; ok {
				return value
			}
			if groups[2] != "" {
				return groups[2]
			}
			return "demo"
		})
	}
	return []byte(done)
}
