package schema_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg/internal/schema"
)

// For each rule in the schemas, values that keep it and values that break it.
func TestRules(t *testing.T) {
	const (
		names   = "self.dataDurability!='preferred' || ((!has(self.standbyNamesPre) || self.standbyNamesPre.size()==0) && (!has(self.standbyNamesPost) || self.standbyNamesPost.size()==0))"
		target  = "(has(self.allTables) && !has(self.objects)) || (!has(self.allTables) && has(self.objects))"
		object  = "(has(self.tablesInSchema) && !has(self.table)) || (!has(self.tablesInSchema) && has(self.table))"
		columns = "!(self.exists(o, has(o.table) && has(o.table.columns)) && self.exists(o, has(o.tablesInSchema)))"
	)
	tests := map[string]struct{ keeps, breaks []string }{
		"!(has(self.imageCatalogRef) && has(self.imageName))": {
			[]string{`{}`, `{imageName: a}`, `{imageCatalogRef: {}}`, `{imageName: a, imageCatalogRef: null}`}, []string{`{imageName: a, imageCatalogRef: {}}`},
		},
		"!(has(self.image) && has(self.imageCatalogRef))": {
			[]string{`{}`, `{image: a}`}, []string{`{image: a, imageCatalogRef: {}}`},
		},
		"self.kind == 'ImageCatalog' || self.kind == 'ClusterImageCatalog'": {
			[]string{`{kind: ImageCatalog}`, `{kind: ClusterImageCatalog}`}, []string{`{kind: Secret}`, `{}`},
		},
		"self.apiGroup == 'postgresql.cnpg.io'": {[]string{`{apiGroup: postgresql.cnpg.io}`}, []string{`{apiGroup: apps}`, `{}`}},
		"!has(self.builtinLocale) || self.localeProvider == 'builtin'": {
			[]string{`{}`, `{builtinLocale: C, localeProvider: builtin}`}, []string{`{builtinLocale: C}`, `{builtinLocale: C, localeProvider: icu}`},
		},
		"!has(self.icuLocale) || self.localeProvider == 'icu'": {[]string{`{}`, `{icuLocale: de, localeProvider: icu}`}, []string{`{icuLocale: de}`}},
		"!has(self.icuRules) || self.localeProvider == 'icu'":  {[]string{`{}`, `{icuRules: a, localeProvider: icu}`}, []string{`{icuRules: a}`}},
		"self > 0": {[]string{`1`}, []string{`0`, `-1`}},
		"(has(self.chart) && !has(self.chartRef)) || (!has(self.chart) && has(self.chartRef))": {
			[]string{`{chart: {}}`, `{chartRef: {}}`}, []string{`{}`, `{chart: {}, chartRef: {}}`},
		},
		"!has(self.retryInterval) || self.name != 'RemediateOnFailure'": {
			[]string{`{}`, `{retryInterval: 1m, name: RetryOnFailure}`}, []string{`{retryInterval: 1m, name: RemediateOnFailure}`},
		},
		"!has(self.retryInterval) || self.name == 'RetryOnFailure'": {
			[]string{`{}`, `{retryInterval: 1m, name: RetryOnFailure}`}, []string{`{retryInterval: 1m, name: RemediateOnFailure}`},
		},
		"has(self.configMapRef) || has(self.secretRef)":   {[]string{`{configMapRef: {}}`}, []string{`{}`}},
		"!has(self.configMapRef) || !has(self.secretRef)": {[]string{`{}`, `{secretRef: {}}`}, []string{`{configMapRef: {}, secretRef: {}}`}},
		names: {
			[]string{`{dataDurability: required, standbyNamesPre: [a]}`, `{dataDurability: preferred, standbyNamesPre: []}`},
			[]string{`{dataDurability: preferred, standbyNamesPre: [a]}`, `{dataDurability: preferred, standbyNamesPost: [a]}`},
		},
		"self != ''":                                   {[]string{`a`}, []string{`""`}},
		"self != 'postgres'":                           {[]string{`app`}, []string{`postgres`}},
		"self != 'template0'":                          {[]string{`app`}, []string{`template0`}},
		"self != 'template1'":                          {[]string{`app`}, []string{`template1`}},
		"self.name.size() != 0":                        {[]string{`{name: a}`}, []string{`{name: ""}`}},
		"self.name != 'postgres'":                      {[]string{`{name: a}`}, []string{`{name: postgres}`}},
		"self.name != 'streaming_replica'":             {[]string{`{name: a}`}, []string{`{name: streaming_replica}`}},
		"!self.name.startsWith('pg_')":                 {[]string{`{name: pgbouncer}`}, []string{`{name: pg_a}`}},
		"!self.name.startsWith('cnpg_')":               {[]string{`{name: cnpg}`}, []string{`{name: cnpg_a}`}},
		"!has(self.ensure) || self.ensure != 'absent'": {[]string{`{}`, `{ensure: present}`}, []string{`{ensure: absent}`}},
		"!has(self.passwordSecret) || !has(self.disablePassword) || !self.disablePassword": {
			[]string{`{}`, `{passwordSecret: {}}`, `{disablePassword: true}`, `{passwordSecret: {}, disablePassword: false}`},
			[]string{`{passwordSecret: {}, disablePassword: true}`},
		},
		"!has(self.clientCertificate) || !self.clientCertificate.enabled || self.login": {
			[]string{`{}`, `{clientCertificate: {enabled: false}}`, `{clientCertificate: {enabled: true}, login: true}`},
			[]string{`{clientCertificate: {enabled: true}}`, `{clientCertificate: {enabled: true}, login: false}`},
		},
		target:  {[]string{`{allTables: true}`, `{objects: []}`}, []string{`{}`, `{allTables: true, objects: []}`}},
		object:  {[]string{`{table: {}}`, `{tablesInSchema: a}`}, []string{`{}`, `{table: {}, tablesInSchema: a}`}},
		columns: {[]string{`[{table: {columns: [a]}}]`, `[{table: {}}, {tablesInSchema: a}]`}, []string{`[{table: {columns: [a]}}, {tablesInSchema: a}]`}},
		"self.all(e, self.filter(f, f.key==e.key).size() == 1)":     {[]string{`[{key: a}, {key: b}]`}, []string{`[{key: a}, {key: b}, {key: a}]`}},
		"self.all(e, self.filter(f, f.major==e.major).size() == 1)": {[]string{`[{major: 16}, {major: 17}]`}, []string{`[{major: 17}, {major: 17}]`}},
		"!has(self.serverName)":                                     {[]string{`{}`}, []string{`{serverName: a}`}},
		"!self.exists(a, a.startsWith('--log-level'))":              {[]string{`[--log]`}, []string{`[--log, --log-level=debug]`}},
	}
	for rule := range rulesInUse(t) {
		assert.Contains(t, tests, rule, "a rule without a test")
	}
	for rule, test := range tests {
		for _, text := range test.keeps {
			assert.Empty(t, apply(t, rule, text), "%s keeps %s", text, rule)
		}
		for _, text := range test.breaks {
			assert.NotEmpty(t, apply(t, rule, text), "%s breaks %s", text, rule)
		}
	}
}

// apply validates a value against one rule alone.
func apply(t *testing.T, rule, text string) []error {
	t.Helper()
	var wrapped map[string]any
	require.NoError(t, yaml.Unmarshal([]byte("self: "+text), &wrapped))
	kind := schema.Object
	n := schema.Node{Rules: []string{rule}}
	switch wrapped["self"].(type) {
	case map[string]any:
		n.Properties = map[string]int{}
		for key := range wrapped["self"].(map[string]any) {
			n.Properties[key] = 2
		}
	case []any:
		kind = schema.Array
	case string:
		kind = schema.String
	default:
		kind = schema.Integer
	}
	n.Type = kind
	d := schema.Document{Nodes: []schema.Node{{Type: schema.Object, Properties: map[string]int{"self": 1}}, n, {}}}
	var errs []error
	for _, err := range d.Validate(wrapped, nil) {
		errs = append(errs, err)
	}
	return errs
}

func rulesInUse(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../../schemas/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	rules := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var d schema.Document
		require.NoError(t, json.Unmarshal(text, &d))
		for _, n := range d.Nodes {
			for _, rule := range n.Rules {
				rules[rule] = true
			}
		}
	}
	return rules
}
