package expand_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecrets(t *testing.T) {
	tests := map[string]expansion{
		"none where the operator generates the password": {spec: dedicated},
		"none where the user has one":                    {spec: dedicated + "  credentials: {existingSecret: {name: mine}}\n"},
		"what Flux substitutes": {
			spec: dedicated + "  credentials: {password: \"${SHOP_PASSWORD}\"}\n",
			want: `
metadata: {name: shop-postgres-app}
type: kubernetes.io/basic-auth
stringData:
  username: shop
  user: shop
  password: ${SHOP_PASSWORD}
  dbname: shop
  host: shop-postgres-rw
  port: "5432"
  uri: postgresql://shop:${SHOP_PASSWORD}@shop-postgres-rw:5432/shop
  jdbc-uri: jdbc:postgresql://shop-postgres-rw:5432/shop?password=${SHOP_PASSWORD}&user=shop
  pgpass: "shop-postgres-rw:5432:shop:shop:${SHOP_PASSWORD}\n"
`,
		},
		// p@ss:w/rd?#% 1+ü\& in URLs (RFC 3986, section 2.1): @ 40, : 3A, / 2F, ? 3F, # 23, % 25, blank 20, + 2B, ü in UTF-8 C3 BC,
		// \ 5C, & 26. In .pgpass (libpq's password file) a backslash stands before : and \.
		"a literal password with everything that needs escaping": {
			spec: dedicated + "  owner: shop@home\n  database: shop db\n  credentials: {password: 'p@ss:w/rd?#% 1+ü\\&'}\n",
			want: `
metadata: {name: shop-postgres-app}
type: kubernetes.io/basic-auth
stringData:
  username: shop@home
  user: shop@home
  password: p@ss:w/rd?#% 1+ü\&
  dbname: shop db
  host: shop-postgres-rw
  port: "5432"
  uri: postgresql://shop%40home:p%40ss%3Aw%2Frd%3F%23%25%201%2B%C3%BC%5C%26@shop-postgres-rw:5432/shop%20db
  jdbc-uri: jdbc:postgresql://shop-postgres-rw:5432/shop%20db?password=p%40ss%3Aw%2Frd%3F%23%25%201%2B%C3%BC%5C%26&user=shop%40home
  pgpass: "shop-postgres-rw:5432:shop db:shop@home:p@ss\\:w/rd?#% 1+ü\\\\&\n"
`,
		},
		"roles have theirs, and the owner one for each pooler": {
			spec: dedicated + `
  credentials: {password: "${SHOP}"}
  databases: [{name: reports}]
  roles:
  - {name: reader, database: reports, credentials: {password: "${READER}"}}
  - {name: other, credentials: {existingSecret: {name: other}}}
  poolers: [{}]
`,
			want: `
metadata: {name: shop-postgres-app}
type: kubernetes.io/basic-auth
stringData:
  username: shop
  user: shop
  password: ${SHOP}
  dbname: shop
  host: shop-postgres-rw
  port: "5432"
  uri: postgresql://shop:${SHOP}@shop-postgres-rw:5432/shop
  jdbc-uri: jdbc:postgresql://shop-postgres-rw:5432/shop?password=${SHOP}&user=shop
  pgpass: "shop-postgres-rw:5432:shop:shop:${SHOP}\n"
---
metadata: {name: shop-postgres-reader}
type: kubernetes.io/basic-auth
stringData:
  username: reader
  user: reader
  password: ${READER}
  dbname: reports
  host: shop-postgres-rw
  port: "5432"
  uri: postgresql://reader:${READER}@shop-postgres-rw:5432/reports
  jdbc-uri: jdbc:postgresql://shop-postgres-rw:5432/reports?password=${READER}&user=reader
  pgpass: "shop-postgres-rw:5432:reports:reader:${READER}\n"
---
metadata: {name: shop-postgres-pooler-rw-app}
type: kubernetes.io/basic-auth
stringData:
  username: shop
  user: shop
  password: ${SHOP}
  dbname: shop
  host: shop-postgres-pooler-rw
  port: "5432"
  uri: postgresql://shop:${SHOP}@shop-postgres-pooler-rw:5432/shop
  jdbc-uri: jdbc:postgresql://shop-postgres-pooler-rw:5432/shop?password=${SHOP}&user=shop
  pgpass: "shop-postgres-pooler-rw:5432:shop:shop:${SHOP}\n"
`,
		},
		"a shared cluster elsewhere has the password beside it": {
			spec: "  cluster: {name: postgres, namespace: database}\n  credentials: {password: \"${SHOP}\"}\n",
			want: `
metadata: {name: shop-app}
type: kubernetes.io/basic-auth
stringData:
  username: shop
  user: shop
  password: ${SHOP}
  dbname: shop
  host: postgres-rw.database
  port: "5432"
  uri: postgresql://shop:${SHOP}@postgres-rw.database:5432/shop
  jdbc-uri: jdbc:postgresql://postgres-rw.database:5432/shop?password=${SHOP}&user=shop
  pgpass: "postgres-rw.database:5432:shop:shop:${SHOP}\n"
---
metadata: {name: shop-app-password, namespace: database}
type: kubernetes.io/basic-auth
stringData:
  username: shop
  user: shop
  password: ${SHOP}
  dbname: shop
  host: postgres-rw.database
  port: "5432"
  uri: postgresql://shop:${SHOP}@postgres-rw.database:5432/shop
  jdbc-uri: jdbc:postgresql://postgres-rw.database:5432/shop?password=${SHOP}&user=shop
  pgpass: "postgres-rw.database:5432:shop:shop:${SHOP}\n"
`,
		},
		"keys of the archive, and of the one that is restored from": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {bucket: backups, credentials: {accessKeyId: "${ID}", secretAccessKey: "${KEY}"}}
  restore: {from: {serverName: cart, bucket: old, credentials: {accessKeyId: "${OLD_ID}", secretAccessKey: "${OLD_KEY}"}}}
`,
			want: `
metadata: {name: shop-postgres-backup-credentials}
type: Opaque
stringData: {ACCESS_KEY_ID: "${ID}", SECRET_ACCESS_KEY: "${KEY}"}
---
metadata: {name: shop-postgres-origin-credentials}
type: Opaque
stringData: {ACCESS_KEY_ID: "${OLD_ID}", SECRET_ACCESS_KEY: "${OLD_KEY}"}
`,
		},
		"an archive in the same store needs no second Secret": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {bucket: backups, credentials: {accessKeyId: "${ID}", secretAccessKey: "${KEY}"}}
  restore: {from: {serverName: cart-postgres, path: cart}}
`,
			want: `
metadata: {name: shop-postgres-backup-credentials}
type: Opaque
stringData: {ACCESS_KEY_ID: "${ID}", SECRET_ACCESS_KEY: "${KEY}"}
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.test(t, "Secret") })
	}
}

// What a client reads out of the URL is what was put in.
func TestConnectionURL(t *testing.T) {
	const password = `a b%20+:@/?#[]&=;"'\ü`
	secrets := ofKind(t, appNamed("shop", dedicated+"  owner: o@w:n\n  credentials: {password: 'a b%20+:@/?#[]&=;\"''\\ü'}\n"), "Secret")
	require.Len(t, secrets, 1)
	uri, err := url.Parse(secrets[0]["stringData"].(fields)["uri"].(string))
	require.NoError(t, err)
	assert.Equal(t, "o@w:n", uri.User.Username())
	got, _ := uri.User.Password()
	assert.Equal(t, password, got)
	assert.Equal(t, "shop-postgres-rw:5432", uri.Host)
	assert.Equal(t, "/shop", uri.Path)
}

// The keys are those of the operator's own Secret (CreateSecret in pkg/specs/secrets.go, CloudNativePG 1.30.0) without fqdn-uri and
// fqdn-jdbc-uri, which hold the namespace.
func TestConnectionKeys(t *testing.T) {
	keys := []string{"username", "user", "password", "dbname", "host", "port", "pgpass", "uri", "jdbc-uri"}
	secret := ofKind(t, appNamed("shop", dedicated+"  credentials: {password: \"${P}\"}\n"), "Secret")[0]["stringData"].(fields)
	external := ofKind(t, appNamed("shop", dedicated+"  credentials: {externalSecret: {secretStoreRef: {name: vault}, remoteRef: {key: shop}}}\n"),
		"ExternalSecret")[0]["spec"].(fields)["target"].(fields)["template"].(fields)["data"].(fields)
	for _, data := range []fields{secret, external} {
		var found []string
		for key := range data {
			found = append(found, key)
		}
		assert.ElementsMatch(t, keys, found)
	}
}
