package expand_test

import (
	"net/url"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExternalSecrets(t *testing.T) {
	tests := map[string]expansion{
		"none without a store": {spec: dedicated + "  credentials: {password: \"${P}\"}\n"},
		"the owner's password as a whole connection": {
			spec: dedicated + `
  credentials:
    externalSecret:
      secretStoreRef: {name: vault, kind: SecretStore}
      remoteRef: {key: shop/db, property: password, version: "3"}
      refreshInterval: 15m
  poolers: [{type: rw, name: pool}]
`,
			// urlquery writes a blank as +, which only a query knows.
			want: `
metadata: {name: shop-postgres-app}
spec:
  refreshInterval: 15m
  secretStoreRef: {kind: SecretStore, name: vault}
  target:
    name: shop-postgres-app
    template:
      type: kubernetes.io/basic-auth
      metadata: {labels: {cnpg.io/reload: "true"}}
      data:
        username: shop
        user: shop
        password: "{{ .password }}"
        dbname: shop
        host: shop-postgres-rw
        port: "5432"
        uri: 'postgresql://shop:{{ .password | urlquery | replace "+" "%20" }}@shop-postgres-rw:5432/shop'
        jdbc-uri: 'jdbc:postgresql://shop-postgres-rw:5432/shop?password={{ .password | urlquery | replace "+" "%20" }}&user=shop'
        pgpass: "shop-postgres-rw:5432:shop:shop:{{ .password | replace \"\\\\\" \"\\\\\\\\\" | replace \":\" \"\\\\:\" }}\n"
  data: [{secretKey: password, remoteRef: {key: shop/db, property: password, version: "3"}}]
---
metadata: {name: pool-app}
spec:
  refreshInterval: 15m
  secretStoreRef: {kind: SecretStore, name: vault}
  target:
    name: pool-app
    template:
      type: kubernetes.io/basic-auth
      metadata: {labels: {cnpg.io/reload: "true"}}
      data:
        username: shop
        user: shop
        password: "{{ .password }}"
        dbname: shop
        host: pool
        port: "5432"
        uri: 'postgresql://shop:{{ .password | urlquery | replace "+" "%20" }}@pool:5432/shop'
        jdbc-uri: 'jdbc:postgresql://pool:5432/shop?password={{ .password | urlquery | replace "+" "%20" }}&user=shop'
        pgpass: "pool:5432:shop:shop:{{ .password | replace \"\\\\\" \"\\\\\\\\\" | replace \":\" \"\\\\:\" }}\n"
  data: [{secretKey: password, remoteRef: {key: shop/db, property: password, version: "3"}}]
`,
		},
		"keys of the archive": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup:
    bucket: backups
    credentials:
      externalSecret: {secretStoreRef: {name: vault}, remoteRef: {key: s3}, secretAccessKeyProperty: secret}
`,
			want: `
metadata: {name: shop-postgres-backup-credentials}
spec:
  refreshInterval: 1h
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target:
    name: shop-postgres-backup-credentials
    template:
      data: {ACCESS_KEY_ID: "{{ .accessKeyId }}", SECRET_ACCESS_KEY: "{{ .secretAccessKey }}"}
  data:
  - {secretKey: accessKeyId, remoteRef: {key: s3, property: ACCESS_KEY_ID}}
  - {secretKey: secretAccessKey, remoteRef: {key: s3, property: secret}}
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.test(t, "ExternalSecret") })
	}
}

// The External Secrets Operator runs the templates with Sprig's functions, of which they use one.
func TestExternalSecretTemplates(t *testing.T) {
	const password = `a b%20+:@/?#[]&=;"'\ü`
	external := ofKind(t, appNamed("shop", dedicated+"  credentials: {externalSecret: {secretStoreRef: {name: vault}, remoteRef: {key: shop}}}\n"), "ExternalSecret")
	require.Len(t, external, 1)
	data := external[0]["spec"].(fields)["target"].(fields)["template"].(fields)["data"].(fields)
	run := func(key string) string {
		parsed, err := template.New(key).Funcs(template.FuncMap{
			"replace": func(old, new, text string) string { return strings.ReplaceAll(text, old, new) },
		}).Parse(data[key].(string))
		require.NoError(t, err)
		var out strings.Builder
		require.NoError(t, parsed.Execute(&out, map[string]string{"password": password}))
		return out.String()
	}
	uri, err := url.Parse(run("uri"))
	require.NoError(t, err)
	got, _ := uri.User.Password()
	assert.Equal(t, password, got)
	jdbc, err := url.Parse(strings.TrimPrefix(run("jdbc-uri"), "jdbc:"))
	require.NoError(t, err)
	assert.Equal(t, password, jdbc.Query().Get("password"))
	assert.Equal(t, `shop-postgres-rw:5432:shop:shop:a b%20+\:@/?#[]&=;"'\\ü`+"\n", run("pgpass"))
	assert.Equal(t, password, run("password"))
}
