// Package dashboard builds Grafana dashboards in Grafana's own JSON model: the state of one PostgreSQL cluster, the backups of all of
// them, and the operator. It is pure: the same input gives the same bytes.
//
// Dashboards are found by their uid, which never changes for the same input; so a dashboard that is loaded again replaces itself. The
// text holds no ${ and no $$, which Flux's variable substitution would replace: variables are written $name.
package dashboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// tag is on all dashboards; the link at the top of each leads to the others by it.
const tag = "postgresapp"

// prometheus is the data source that the reader has chosen.
var prometheus = Datasource{Type: "prometheus", UID: "$datasource"}

// Marshal writes a dashboard as indented JSON with a newline at the end.
func Marshal(d Dashboard) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // queries hold < and >
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d); err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", d.UID, err)
	}
	return b.Bytes(), nil
}

// newDashboard is a dashboard with what all of them have.
func newDashboard(uid, title, description string, variables []Variable, sections []section) Dashboard {
	return Dashboard{
		UID:           uid,
		Title:         title,
		Description:   description,
		Tags:          []string{tag, "postgresql", "cloudnative-pg"},
		Editable:      true,
		GraphTooltip:  1, // the pointer's line is in all graphs
		Links:         []Link{{Type: "dashboards", Title: "PostgresApp", Tags: []string{tag}, AsDropdown: true, KeepTime: true}},
		Panels:        arrange(sections),
		Refresh:       "1m",
		SchemaVersion: schemaVersion,
		Templating: Templating{append([]Variable{{
			Name: "datasource", Label: "Data source", Type: "datasource", Query: "prometheus", Refresh: 1,
		}}, variables...)},
		Time:     Time{"now-3h", "now"},
		Timezone: "browser",
	}
}

// clusterUID is the uid of a cluster's own dashboard. Grafana allows 40 characters, and a cluster's name may have 50.
func clusterUID(cluster string) string {
	sum := sha256.Sum256([]byte(cluster))
	return tag + "-" + hex.EncodeToString(sum[:8])
}

// choice is a variable whose values come from Prometheus. label_values is Grafana's, not PromQL.
func choice(name, label, query, regex string) Variable {
	return Variable{
		Name: name, Label: label, Type: "query", Datasource: &prometheus, Query: VariableQuery{query, name}, Regex: regex,
		Refresh: 2, Sort: 1, // on every change of the time range, alphabetically
	}
}

// several lets the reader choose more than one value, and all at first.
func several(v Variable) Variable {
	v.Multi, v.IncludeAll, v.AllValue = true, true, ".+"
	return v
}

// constant is a variable that only the queries see.
func constant(name, value string) Variable {
	return Variable{Name: name, Label: name, Type: "constant", Query: value, Current: &Current{value, value}, Hide: 2}
}
