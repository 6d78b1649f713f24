package alert

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/alert/metrictest"
)

// everyRule is every rule that there is, by the name of its alert.
func everyRule(t *testing.T) map[string]monitoringv1.Rule {
	rules := build(t, everything())
	for _, group := range platformGroups(t, wholePlatform()) {
		for _, r := range group.Rules {
			rules[r.Alert] = r
		}
	}
	return rules
}

// texts are all strings of a rule that Flux or Prometheus might expand.
func texts(t *testing.T) map[string][]string {
	all := map[string][]string{}
	for name, r := range everyRule(t) {
		all[name] = append(all[name], r.Expr.StrVal)
		for _, annotation := range r.Annotations {
			all[name] = append(all[name], annotation)
		}
	}
	return all
}

// Flux's substitution (fluxcd/pkg/envsubst 1.4.0) replaces ${name} and turns $$ into $; it leaves any other $ alone. kustomize's vars
// replace $(name). Text without these is the same with and without substitution.
func TestTextSurvivesSubstitution(t *testing.T) {
	for name, all := range texts(t) {
		for _, text := range all {
			assert.NotRegexp(t, `\$[{$(]|\$$`, text, name)
		}
	}
}

func TestAnnotationsAreTemplatesOfExistingLabels(t *testing.T) {
	label := regexp.MustCompile(`\$labels\.(\w+)`)
	functions := template.FuncMap{}
	for _, f := range []string{"humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp"} {
		functions[f] = func(any) string { return f }
	}
	for name, r := range everyRule(t) {
		kept := metrictest.Parse(r.Expr.StrVal).Grouping
		for key, text := range r.Annotations {
			// Prometheus sets these two before a template.
			_, err := template.New(name).Funcs(functions).Parse("{{ $labels := .Labels }}{{ $value := .Value }}" + text)
			require.NoError(t, err, "%s %s", name, key)
			for _, found := range label.FindAllStringSubmatch(text, -1) {
				assert.Contains(t, kept, found[1], "%s %s", name, key)
			}
		}
		assert.NotEmpty(t, r.Annotations["description"], name)
		assert.Regexp(t, `^(PostgreSQL temporal-postgres|CloudNativePG|Barman Cloud plugin): [a-zA-Z]`, r.Annotations["summary"], name)
	}
}

const runbooks = "../../docs/runbooks"

func TestEveryAlertHasARunbook(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(runbooks, "README.md"))
	require.NoError(t, err)
	severity := map[string]string{}
	for _, r := range everyRule(t) {
		severity[r.Alert] = r.Labels["severity"]
	}
	for _, name := range slices.Concat(Names(), PlatformNames()) {
		page, err := os.ReadFile(filepath.Join(runbooks, name+".md"))
		require.NoError(t, err, "write docs/runbooks/%s.md", name)
		text := string(page)
		assert.True(t, strings.HasPrefix(text, "# "+name+"\n"), "%s: the title is not the alert's name", name)
		for _, section := range []string{"## Meaning", "## Urgency", "## First", "## Causes and fixes"} {
			assert.Contains(t, text, "\n"+section+"\n", name)
		}
		assert.Contains(t, text, "\n## Urgency\n\n**"+severity[name]+".**", "%s: the page's severity is not the rule's", name)
		assert.Contains(t, text, "```sh\n", "%s: no commands", name)
		assert.Contains(t, string(index), "| ["+name+"]("+name+".md) | "+severity[name]+" | ", "%s: not in the index", name)
	}
}

func TestEveryRunbookHasAnAlert(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(runbooks, "*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, page := range pages {
		if name := strings.TrimSuffix(filepath.Base(page), ".md"); name != "README" {
			assert.Contains(t, slices.Concat(Names(), PlatformNames()), name)
		}
	}
}

func TestRunbookLinksLead(t *testing.T) {
	link := regexp.MustCompile(`\]\(([A-Za-z]+\.md)\)`)
	pages, err := filepath.Glob(filepath.Join(runbooks, "*.md"))
	require.NoError(t, err)
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			assert.FileExists(t, filepath.Join(runbooks, found[1]), page)
		}
	}
}
