package dashboard

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/alert/metrictest"
)

func dashboards() map[string]Dashboard {
	return map[string]Dashboard{
		"overview of all": Overview(""), "overview of one": Overview("temporal-postgres"), "backups": Backups(), "operator": Operator(),
	}
}

// flat are all panels, those in collapsed rows too.
func flat(d Dashboard) []Panel {
	var all []Panel
	for _, p := range d.Panels {
		all = append(all, p)
		all = append(all, p.Panels...)
	}
	return all
}

// queries are all expressions that go to Prometheus, by where they are. Those of variables are label_values(selector, label).
func queries(t *testing.T, d Dashboard) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, p := range flat(d) {
		for _, target := range p.Targets {
			all[p.Title+" "+target.RefID] = target.Expr
		}
	}
	for _, v := range d.Templating.List {
		if q, ok := v.Query.(VariableQuery); ok {
			found := regexp.MustCompile(`^label_values\((.+), (namespace|pod)\)$`).FindStringSubmatch(q.Query)
			require.NotNil(t, found, q.Query)
			all["variable "+v.Name] = found[1]
		}
	}
	return all
}

func TestMetricsExist(t *testing.T) {
	for name, d := range dashboards() {
		for where, expr := range queries(t, d) {
			assert.Empty(t, metrictest.Faults(expr), "%s: %s", name, where)
		}
	}
}

func TestUIDs(t *testing.T) {
	for want, d := range map[string]Dashboard{
		"postgresapp-overview": Overview(""),
		"postgresapp-backups":  Backups(),
		"postgresapp-operator": Operator(),
		// echo -n temporal-postgres | sha256sum | cut -c1-16
		"postgresapp-901208bc7d8cf057": Overview("temporal-postgres"),
	} {
		assert.Equal(t, want, d.UID)
		assert.LessOrEqual(t, len(d.UID), 40, "Grafana refuses longer ones")
	}
	assert.NotEqual(t, Overview("a").UID, Overview("b").UID)
}

func TestTextSurvivesSubstitution(t *testing.T) {
	for name, d := range dashboards() {
		text, err := Marshal(d)
		require.NoError(t, err)
		assert.NotRegexp(t, `\$[{$(]`, string(text), name)
	}
}

func TestMarshalIsDeterministicJSON(t *testing.T) {
	for name, d := range dashboards() {
		first, err := Marshal(d)
		require.NoError(t, err)
		var model map[string]any
		require.NoError(t, json.Unmarshal(first, &model), name)
		assert.Equal(t, d.UID, model["uid"], name)
		assert.True(t, strings.HasSuffix(string(first), "}\n"), name)
		assert.NotContains(t, string(first), `\u003`, "%s: queries are to be readable", name)
		// kubectl apply keeps a copy in an annotation, and all annotations together may have 256 KiB.
		assert.Less(t, len(first), 200<<10, name)
		for range 5 {
			again, err := Marshal(dashboards()[name])
			require.NoError(t, err)
			require.Equal(t, string(first), string(again), name)
		}
	}
}

func TestVariablesAreDefined(t *testing.T) {
	variable := regexp.MustCompile(`\$([a-zA-Z_]\w*)`)
	builtIn := []string{"__rate_interval"}
	for name, d := range dashboards() {
		var defined []string
		for _, v := range d.Templating.List {
			if q, ok := v.Query.(VariableQuery); ok {
				for _, used := range variable.FindAllStringSubmatch(q.Query, -1) {
					assert.Contains(t, defined, used[1], "%s: variable %s", name, v.Name)
				}
			}
			defined = append(defined, v.Name)
		}
		assert.Equal(t, "datasource", defined[0], name)
		text, err := Marshal(d)
		require.NoError(t, err)
		for _, used := range variable.FindAllStringSubmatch(string(text), -1) {
			assert.True(t, slices.Contains(defined, used[1]) || slices.Contains(builtIn, used[1]), "%s: $%s", name, used[1])
		}
		for _, v := range defined {
			assert.Contains(t, string(text), "$"+v, "%s: nothing depends on the variable", name)
		}
	}
}

func TestOverviewOfOneClusterIsFixedOnIt(t *testing.T) {
	variables := Overview("temporal-postgres").Templating.List
	assert.Equal(t, "cluster", variables[1].Name)
	assert.Equal(t, "constant", variables[1].Type)
	assert.Equal(t, "temporal-postgres", variables[1].Query)
	assert.Equal(t, 2, variables[1].Hide)

	var byHand []string
	for _, v := range Overview("").Templating.List {
		byHand = append(byHand, v.Name)
	}
	assert.Equal(t, []string{"datasource", "namespace", "cluster"}, byHand)
}

// The cluster's name is taken from the pods' names by a regular expression of JavaScript, in slashes.
func TestClusterIsThePodWithoutItsSerial(t *testing.T) {
	variables := Overview("").Templating.List
	expr := variables[len(variables)-1].Regex
	require.Regexp(t, `^/.*/$`, expr)
	re := regexp.MustCompile(strings.Trim(expr, "/"))
	for pod, want := range map[string]string{"temporal-postgres-1": "temporal-postgres", "a-2-13": "a-2", "a-0": "", "a": ""} {
		got := ""
		if found := re.FindStringSubmatch(pod); found != nil {
			got = found[1]
		}
		assert.Equal(t, want, got, pod)
	}
}

func TestPanelsAreOnTheGrid(t *testing.T) {
	for name, d := range dashboards() {
		ids := map[int]bool{}
		taken := map[string]string{}
		for _, p := range flat(d) {
			assert.False(t, ids[p.ID], "%s: id %d", name, p.ID)
			ids[p.ID] = true
			assert.NotEmpty(t, p.Title, "%s: panel %d", name, p.ID)
			assert.LessOrEqual(t, p.GridPos.X+p.GridPos.W, 24, "%s: %s", name, p.Title)
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
					place := fmt.Sprint(x, ",", y)
					assert.Empty(t, taken[place], "%s: %s is on %s", name, p.Title, taken[place])
					taken[place] = p.Title
				}
			}
			refs := map[string]bool{}
			for _, target := range p.Targets {
				assert.False(t, refs[target.RefID], "%s: %s: refId %s", name, p.Title, target.RefID)
				refs[target.RefID] = true
				assert.Equal(t, prometheus, target.Datasource, "%s: %s", name, p.Title)
			}
			assert.Equal(t, p.Type == "row", len(p.Targets) == 0, "%s: %s", name, p.Title)
		}
		for _, p := range d.Panels {
			assert.Equal(t, p.Collapsed, len(p.Panels) > 0, "%s: %s: only collapsed rows hold panels", name, p.Title)
		}
	}
}

func TestLegendsNameLabelsOfTheResult(t *testing.T) {
	label := regexp.MustCompile(`\{\{(\w+)\}\}`)
	for name, d := range dashboards() {
		for _, p := range flat(d) {
			for _, target := range p.Targets {
				kept := metrictest.Parse(target.Expr).Grouping
				for _, found := range label.FindAllStringSubmatch(target.LegendFormat, -1) {
					assert.Contains(t, kept, found[1], "%s: %s", name, p.Title)
				}
			}
		}
	}
}

func TestTableNamesItsColumns(t *testing.T) {
	p := table("T", "", "Age",
		column{field: "namespace", title: "Namespace"}, column{query: "a", title: "Age", unit: "s"}, column{query: "b"})
	organize, ok := p.Transformations[1].Options.(Organize)
	require.True(t, ok)
	assert.Equal(t, map[string]string{"namespace": "Namespace", "Value #A": "Age"}, organize.RenameByName)
	assert.Equal(t, map[string]bool{"Time": true, "Value #B": true}, organize.ExcludeByName)
	assert.Equal(t, map[string]int{"namespace": 0, "Value #A": 1, "Value #B": 2}, organize.IndexByName)

	single := table("T", "", "Name", column{field: "pod", title: "Name"}, column{query: "a", title: "Age"})
	organize, ok = single.Transformations[1].Options.(Organize)
	require.True(t, ok)
	assert.Equal(t, "Age", organize.RenameByName["Value"])
}

func TestArrange(t *testing.T) {
	box := func(w, h int) Panel { return Panel{GridPos: GridPos{W: w, H: h}} }
	got := arrange([]section{
		{panels: []Panel{box(16, 4), box(8, 6), box(8, 2)}},
		{title: "closed", collapsed: true, panels: []Panel{box(24, 3)}},
		{title: "open", panels: []Panel{box(12, 1)}},
	})
	var places []GridPos
	for _, p := range got {
		places = append(places, p.GridPos)
	}
	assert.Equal(t, []GridPos{
		{H: 4, W: 16, X: 0, Y: 0}, {H: 6, W: 8, X: 16, Y: 0}, {H: 2, W: 8, X: 0, Y: 6}, // the third does not fit beside them
		{H: 1, W: 24, Y: 8},
		{H: 1, W: 24, Y: 12}, {H: 1, W: 12, Y: 13}, // below the three lines of the closed section
	}, places)
	assert.Equal(t, GridPos{H: 3, W: 24, Y: 9}, got[3].Panels[0].GridPos)
}
