//go:build e2e

package property

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/manifest"
	"github.com/homelab-foundations/postgresapp/pkg/render"
	"github.com/homelab-foundations/postgresapp/pkg/substitution"
)

// How many platforms are drawn where the environment does not say.
const platforms = 300

// TestValidPlatformsAreAccepted: what the product makes of a platform that it accepts, the server accepts, and the charts have every value.
func TestValidPlatformsAreAccepted(t *testing.T) {
	lists := map[string]map[string]bool{"cloudnative-pg": keys(t, "cloudnative-pg"), "plugin-barman-cloud": keys(t, "plugin-barman-cloud")}
	values := 0
	check(t, platforms, func(t *rapid.T) {
		platform := ValidPlatform().Draw(t, "platform")
		assert.Equal(t, text(t, platform.Result), text(t, render.Apps([]render.Document{{YAML: shuffle(platform.Document)}}, nil)), "with its fields in another order")
		judgedPlatform(t, platform, func(Verdict, []manifest.Object) bool { return false })
		for _, object := range platform.Result.Expansions[0].Objects {
			if object.Kind == "HelmRelease" {
				spec := object.Fields["spec"].(map[string]any)
				given, _ := spec["values"].(map[string]any)
				values += len(given)
				inLists(t, lists[object.Name], "", given)
			}
		}
	})
	assert.Greater(t, values, platforms)
}

// TestPlatformMistakesAreRefusedHereFirst: a platform with mistakes that the server would refuse is refused by the product.
func TestPlatformMistakesAreRefusedHereFirst(t *testing.T) {
	drawn, passed := 0, 0
	check(t, platforms, func(t *rapid.T) {
		platform := MutatedPlatform().Draw(t, "platform")
		drawn++
		if platform.Result.Findings.Failed() {
			return
		}
		passed++
		judgedPlatform(t, platform, func(verdict Verdict, objects []manifest.Object) bool {
			return slices.ContainsFunc(objects, func(object manifest.Object) bool {
				return strings.HasPrefix(verdict.Object, object.Kind+" ") && strings.HasSuffix(verdict.Object, object.Name) &&
					substitution.HasVariable(string(Document(object.Fields).YAML()))
			})
		})
	})
	assert.Greater(t, passed, drawn/10, "many mistakes are none")
	t.Logf("%d of %d platforms passed the product", passed, drawn)
}

// judgedPlatform reports what the server has against a platform's objects.
func judgedPlatform(t *rapid.T, platform App, excused func(Verdict, []manifest.Object) bool) {
	objects := platform.Result.Expansions[0].Objects
	verdicts, err := judge.Judge(t.Context(), Namespaces[0], objects)
	require.NoError(t, err)
	for _, verdict := range verdicts {
		if verdict.Rejection != nil && !excused(verdict, objects) {
			t.Errorf("%s is refused: %v", verdict.Object, verdict.Rejection)
		}
		for _, warning := range verdict.Warnings {
			assert.True(t, Announced(warning, platform.Result.Findings), "%s: the server warns, and the product does not: %s", verdict.Object, warning)
		}
	}
}

// keys are those of a chart's values that some template reads.
func keys(t *testing.T, chart string) map[string]bool {
	t.Helper()
	lines, err := os.ReadFile("../../pkg/chart/" + chart + ".txt")
	require.NoError(t, err)
	found := map[string]bool{}
	for line := range strings.Lines(string(lines)) {
		if words := strings.Fields(line); words[0] != "#" && !slices.Contains(words, "unread") {
			found[words[0]] = true
		}
	}
	require.Greater(t, len(found), 30)
	return found
}

// inLists holds values against the keys.
func inLists(t *rapid.T, known map[string]bool, path string, values map[string]any) {
	for key, value := range values {
		at := strings.TrimPrefix(path+"."+key, ".")
		inner, isObject := value.(map[string]any)
		switch {
		case known[at]:
		case isObject && len(inner) > 0:
			inLists(t, known, at, inner)
		default:
			assert.Fail(t, "no chart has it", "%s", at)
		}
	}
}

// TestEveryFieldOfAPlatformIsReached draws valid platforms until each field was in one of them.
func TestEveryFieldOfAPlatformIsReached(t *testing.T) {
	require.Greater(t, len(PlatformPaths()), 70, "the walk over the types has stopped early")
	seen := map[string]bool{}
	for i, path := range PlatformPaths() {
		for try := range tries {
			if seen[path] {
				break
			}
			reached(clone(ValidPlatform(path).Example(i*tries+try).Document.Spec()), platformSpec, platformRoot, seen)
		}
		assert.True(t, seen[path], path)
	}
}
