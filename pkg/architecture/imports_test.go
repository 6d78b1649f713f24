package architecture

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/homelab-foundations/postgresapp/"

// floors are the packages from the ground up. A package may import what stands on floors below its own.
var floors = [][]string{
	{"pkg/schema", "pkg/jsontype", "pkg/postgres", "pkg/tune", "pkg/schedule", "pkg/dashboard", "pkg/diag", "pkg/substitution", "pkg/flux"}, // facts and arithmetic
	{"pkg/strict", "pkg/alert"},
	{"pkg/chart"},
	{"pkg/cnpg/internal/schema"},
	{"pkg/cnpg"},
	{"pkg/api/v1alpha1"},         // what a user may write
	{"pkg/plan", "pkg/metadata"}, // what follows from it
	{"pkg/policy"},
	{"pkg/expand", "pkg/manifest", "pkg/change"}, // what it becomes
	{"pkg/platform"},
	{"pkg/render"}, // the core
	{"pkg/explain", "pkg/krm", "pkg/tree", "pkg/adopt"}, // the doors
	{"pkg/build"},
	{"pkg/repository"},
	{"pkg/cli"},
	{"fn"},
}

// outside are modules that a package must not reach, itself or through others, unless it stands on one of the named floors.
var outside = []struct {
	modules []string
	allowed []string
	why     string
}{
	{[]string{"sigs.k8s.io/kustomize/", "github.com/GoogleContainerTools/"}, []string{"pkg/krm", "pkg/tree", "pkg/build", "pkg/repository", "pkg/cli", "fn"},
		"the core knows nothing of the tools that call it"},
	{[]string{"github.com/spf13/cobra"}, []string{"pkg/cli", "fn"}, "only the command line has flags"},
	{[]string{"k8s.io/client-go", "sigs.k8s.io/controller-runtime", "github.com/cloudnative-pg/cloudnative-pg"}, nil, "the function talks to no cluster"},
}

// pure are packages that must not reach what makes two runs differ, directly.
var pure = []string{"pkg/jsontype", "pkg/postgres", "pkg/tune", "pkg/schedule", "pkg/alert", "pkg/dashboard", "pkg/diag", "pkg/strict", "pkg/cnpg",
	"pkg/substitution", "pkg/flux", "pkg/chart", "pkg/api/v1alpha1", "pkg/plan", "pkg/metadata", "pkg/policy", "pkg/expand", "pkg/platform", "pkg/manifest", "pkg/change", "pkg/render",
	"pkg/explain"}

var impure = []string{"os", "os/exec", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "path/filepath", "io/ioutil", "syscall"}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// TestDependenciesPointOneWay reads the imports of every package of the program.
func TestDependenciesPointOneWay(t *testing.T) {
	rank := map[string]int{}
	for floor, packages := range floors {
		for _, name := range packages {
			rank[module+name] = floor
		}
	}
	packages := list(t)
	require.Contains(t, packages, module+"fn")
	for path, p := range packages {
		floor, known := rank[path]
		if !assert.True(t, known, "%s has no floor: say in floors where it belongs", path) {
			continue
		}
		for _, imported := range p.Imports {
			if below, ours := rank[imported]; ours {
				assert.Less(t, below, floor, "%s must not import %s", path, imported)
			}
		}
	}
}

// TestOutsideIsReachedFromTheRightRooms keeps heavy modules out of the core.
func TestOutsideIsReachedFromTheRightRooms(t *testing.T) {
	for path, p := range list(t) {
		name := strings.TrimPrefix(path, module)
		for _, rule := range outside {
			if slices.Contains(rule.allowed, name) {
				continue
			}
			for _, dependency := range p.Deps {
				for _, forbidden := range rule.modules {
					assert.False(t, strings.HasPrefix(dependency, forbidden), "%s reaches %s: %s", name, dependency, rule.why)
				}
			}
		}
		if name == "pkg/tune" || name == "pkg/jsontype" {
			for _, dependency := range p.Deps {
				assert.NotContains(t, strings.SplitN(dependency, "/", 2)[0], ".", "%s is arithmetic on the standard library alone", name)
			}
		}
	}
}

// TestPurity keeps files, the network, the environment and randomness out of everything between a document and its objects.
func TestPurity(t *testing.T) {
	packages := list(t)
	for _, name := range pure {
		p, ok := packages[module+name]
		require.True(t, ok, name)
		for _, imported := range p.Imports {
			assert.NotContains(t, impure, imported, "%s must be pure", name)
		}
	}
}

// list asks the go command for the program's own packages.
func list(t *testing.T) map[string]listed {
	t.Helper()
	command := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Deps", "./fn")
	command.Dir = "../.."
	output, err := command.Output()
	require.NoError(t, err)
	packages := map[string]listed{}
	decoder := json.NewDecoder(strings.NewReader(string(output)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else {
			require.NoError(t, err)
		}
		if strings.HasPrefix(p.ImportPath, module) {
			packages[p.ImportPath] = p
		}
	}
}
