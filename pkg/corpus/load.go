package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// Fields are a manifest as JSON decodes it, integers as int64.
type Fields = map[string]any

// Sample is one Cluster with everything that was written beside it.
type Sample struct {
	// Name is the Cluster's: owner+repo/file.
	Name    string
	Cluster Fields
	Around  []Fields
}

// Environment names the variable that says where the manifests are.
const Environment = "POSTGRESAPP_CORPUS"

// Directory is where the manifests are looked for, from a directory of the repository whose root is at the given path. The error tells
// that nothing is there.
func Directory(root string) (string, error) {
	dir := os.Getenv(Environment)
	if dir == "" {
		dir = filepath.Join(root, "..", "shared", "corpus")
	}
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("THE CORPUS IS MISSING, nothing was measured: point %s to a directory of manifests (%w)", Environment, err)
	}
	return dir, nil
}

// Samples are the Clusters of all repositories in a directory. Placeholders have values, and patches are merged into what they change.
func Samples(dir string) ([]Sample, error) {
	repositories, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []Sample
	for _, repository := range repositories {
		some, err := samplesOf(dir, repository.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no Cluster in %s", dir)
	}
	return all, nil
}

func samplesOf(dir, repository string) ([]Sample, error) {
	files, err := filepath.Glob(filepath.Join(dir, repository, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var clusters []Sample
	var around []Fields
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		// Some hold a key twice, which people and the API server's clients get away with.
		asJSON, err := yaml.YAMLToJSON(substitute(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		value, err := jsontype.Parse(asJSON)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		object, ok := value.(Fields)
		if !ok {
			return nil, fmt.Errorf("%s: is no object", file)
		}
		if object["kind"] == "Cluster" {
			clusters = append(clusters, Sample{Name: repository + "/" + strings.TrimSuffix(filepath.Base(file), ".yaml"), Cluster: object})
		} else {
			around = append(around, object)
		}
	}
	for i := range clusters {
		clusters[i].Cluster, clusters[i].Around = complete(clusters[i].Cluster, clusters), around
	}
	return clusters, nil
}

// complete makes a whole Cluster of a kustomize patch: of the one that it changes, or with a volume, without which there is none.
func complete(cluster Fields, all []Sample) Fields {
	spec := cluster["spec"].(Fields)
	if spec["storage"] != nil {
		return cluster
	}
	for _, other := range all {
		base := other.Cluster
		if base["spec"].(Fields)["storage"] != nil && base["metadata"].(Fields)["name"] == cluster["metadata"].(Fields)["name"] {
			return merge(runtime.DeepCopyJSON(base), cluster)
		}
	}
	spec["storage"] = Fields{"size": "10Gi"}
	return cluster
}

func merge(base, patch Fields) Fields {
	for key, value := range patch {
		inner, ok := value.(Fields)
		under, also := base[key].(Fields)
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
