package expand_test

import "testing"

func TestDatabases(t *testing.T) {
	tests := map[string]expansion{
		"the app's own database is made with the Cluster": {spec: dedicated},
		"what is to be created in it": {
			spec: dedicated + `
  extensions: [vector, pg_trgm]
  schemas: [{name: sales, owner: clerk}, {name: old, ensure: absent}]
`,
			want: `
metadata: {name: shop-postgres-shop}
spec:
  cluster: {name: shop-postgres}
  name: shop
  owner: shop
  databaseReclaimPolicy: retain
  extensions: [{name: vector}, {name: pg_trgm}]
  schemas: [{name: sales, owner: clerk}, {name: old, ensure: absent}]
`,
		},
		"further databases": {
			spec: dedicated + `
  database: orders
  owner: clerk
  roles: [{name: Reporter}]
  databases:
  - {name: Order_Archive}
  - {name: reports, owner: Reporter, extensions: [tablefunc], schemas: [{name: monthly}], databaseReclaimPolicy: delete}
`,
			// Names of objects know neither upper case nor underscores.
			want: `
metadata: {name: shop-postgres-order-archive}
spec:
  cluster: {name: shop-postgres}
  name: Order_Archive
  owner: clerk
  databaseReclaimPolicy: retain
---
metadata: {name: shop-postgres-reports}
spec:
  cluster: {name: shop-postgres}
  name: reports
  owner: Reporter
  databaseReclaimPolicy: delete
  extensions: [{name: tablefunc}]
  schemas: [{name: monthly}]
`,
		},
		"on a shared cluster they stand beside it": {
			spec: `
  cluster: {name: postgres, namespace: database}
  credentials: {password: "${SHOP_PASSWORD}"}
  databaseReclaimPolicy: delete
  extensions: [citext]
  databases: [{name: shop_archive}]
`,
			want: `
metadata: {name: shop, namespace: database}
spec:
  cluster: {name: postgres}
  name: shop
  owner: shop
  databaseReclaimPolicy: delete
  extensions: [{name: citext}]
---
metadata: {name: shop-shop-archive, namespace: database}
spec:
  cluster: {name: postgres}
  name: shop_archive
  owner: shop
  databaseReclaimPolicy: retain
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.test(t, "Database") })
	}
}

func TestDatabaseRoles(t *testing.T) {
	tests := map[string]expansion{
		"the owner is made with the Cluster": {spec: dedicated},
		"further roles": {
			spec: dedicated + `
  roles:
  - {name: plain}
  - {name: Night_Batch, login: true}
  - name: reader
    credentials: {existingSecret: {name: reader-password}}
    inRoles: [pg_read_all_data]
    connectionLimit: 5
    comment: reports
    validUntil: "2027-01-01T00:00:00Z"
  - name: writer
    login: false
    credentials: {password: "${WRITER_PASSWORD}"}
  - name: admin
    disablePassword: true
    inherit: false
    createdb: true
    createrole: true
    replication: true
    bypassrls: true
    superuser: true
`,
			want: `
metadata: {name: shop-postgres-plain}
spec: {cluster: {name: shop-postgres}, name: plain, ensure: present, databaseRoleReclaimPolicy: retain}
---
metadata: {name: shop-postgres-night-batch}
spec: {cluster: {name: shop-postgres}, name: Night_Batch, ensure: present, login: true, databaseRoleReclaimPolicy: retain}
---
metadata: {name: shop-postgres-reader}
spec:
  cluster: {name: shop-postgres}
  name: reader
  ensure: present
  login: true
  passwordSecret: {name: reader-password}
  inRoles: [pg_read_all_data]
  connectionLimit: 5
  comment: reports
  validUntil: "2027-01-01T00:00:00Z"
  databaseRoleReclaimPolicy: retain
---
metadata: {name: shop-postgres-writer}
spec:
  cluster: {name: shop-postgres}
  name: writer
  ensure: present
  passwordSecret: {name: shop-postgres-writer}
  databaseRoleReclaimPolicy: retain
---
metadata: {name: shop-postgres-admin}
spec:
  cluster: {name: shop-postgres}
  name: admin
  ensure: present
  disablePassword: true
  inherit: false
  createdb: true
  createrole: true
  replication: true
  bypassrls: true
  superuser: true
  databaseRoleReclaimPolicy: retain
`,
		},
		"before DatabaseRole there are none": {
			spec: dedicated + "  operatorVersion: \"1.29\"\n  roles: [{name: reader, login: true}]\n",
		},
		"on a shared cluster the owner is a role like the others": {
			spec: `
  cluster: {name: postgres}
  credentials: {existingSecret: {name: shop-password}}
  roles: [{name: reader, credentials: {password: "${READER_PASSWORD}"}}]
`,
			want: `
metadata: {name: shop}
spec: {cluster: {name: postgres}, name: shop, ensure: present, login: true, passwordSecret: {name: shop-password}, databaseRoleReclaimPolicy: retain}
---
metadata: {name: shop-reader}
spec: {cluster: {name: postgres}, name: reader, ensure: present, login: true, passwordSecret: {name: shop-reader}, databaseRoleReclaimPolicy: retain}
`,
		},
		"a cluster in another namespace has the passwords there": {
			spec: `
  cluster: {name: postgres, namespace: database}
  credentials: {externalSecret: {secretStoreRef: {name: vault}, remoteRef: {key: shop}}}
  roles: [{name: reader, credentials: {password: "${READER_PASSWORD}"}}, {name: batch, credentials: {existingSecret: {name: batch-password}}}]
`,
			want: `
metadata: {name: shop, namespace: database}
spec: {cluster: {name: postgres}, name: shop, ensure: present, login: true, passwordSecret: {name: shop-app-password}, databaseRoleReclaimPolicy: retain}
---
metadata: {name: shop-reader, namespace: database}
spec: {cluster: {name: postgres}, name: reader, ensure: present, login: true, passwordSecret: {name: shop-reader-password}, databaseRoleReclaimPolicy: retain}
---
metadata: {name: shop-batch, namespace: database}
spec: {cluster: {name: postgres}, name: batch, ensure: present, login: true, passwordSecret: {name: batch-password}, databaseRoleReclaimPolicy: retain}
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.test(t, "DatabaseRole") })
	}
}
