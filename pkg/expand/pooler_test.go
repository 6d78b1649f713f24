package expand_test

import "testing"

func TestPoolers(t *testing.T) {
	tests := map[string]expansion{
		"none": {spec: dedicated},
		"the least, and one with everything": {
			spec: dedicated + `
  instances: 2
  poolers:
  - {}
  - name: reports
    type: ro
    instances: 3
    poolMode: transaction
    parameters: {default_pool_size: "5"}
    serviceAccountName: pool
    resources: {limits: {memory: 128Mi}}
    serviceTemplate: {metadata: {labels: {a: b}}, spec: {type: LoadBalancer}}
    template:
      metadata: {labels: {team: sales}}
      spec:
        priorityClassName: high
        containers: [{name: pgbouncer, image: "registry.example.org/pgbouncer:1"}, {name: sidecar, image: "registry.example.org/sidecar:1"}]
    pgbouncer:
      serverTLSSecret: {name: server-tls}
      serverCASecret: {name: server-ca}
      clientCASecret: {name: client-ca}
      clientTLSSecret: {name: client-tls}
      authQuerySecret: {name: query}
      authQuery: SELECT usename, passwd FROM user_search($1)
      pg_hba: [hostssl all all all scram-sha-256]
      paused: true
`,
			want: `
metadata: {name: shop-postgres-pooler-rw}
spec:
  cluster: {name: shop-postgres}
  type: rw
  instances: 1
  pgbouncer: {poolMode: session}
---
metadata: {name: reports}
spec:
  cluster: {name: shop-postgres}
  type: ro
  instances: 3
  serviceAccountName: pool
  serviceTemplate: {metadata: {labels: {a: b}}, spec: {type: LoadBalancer}}
  template:
    metadata: {labels: {team: sales}}
    spec:
      priorityClassName: high
      containers:
      - {name: pgbouncer, image: "registry.example.org/pgbouncer:1", resources: {limits: {memory: 128Mi}}}
      - {name: sidecar, image: "registry.example.org/sidecar:1"}
  pgbouncer:
    poolMode: transaction
    parameters: {default_pool_size: "5"}
    serverTLSSecret: {name: server-tls}
    serverCASecret: {name: server-ca}
    clientCASecret: {name: client-ca}
    clientTLSSecret: {name: client-tls}
    authQuerySecret: {name: query}
    authQuery: SELECT usename, passwd FROM user_search($1)
    pg_hba: [hostssl all all all scram-sha-256]
    paused: true
`,
		},
		"resources alone make the template": {
			spec: dedicated + "  poolers: [{resources: {requests: {cpu: 10m}}}]\n",
			want: `
metadata: {name: shop-postgres-pooler-rw}
spec:
  cluster: {name: shop-postgres}
  type: rw
  instances: 1
  pgbouncer: {poolMode: session}
  template: {spec: {containers: [{name: pgbouncer, resources: {requests: {cpu: 10m}}}]}}
`,
		},
		// The list of containers is required, and an empty one leaves the operator's as it is.
		"labels alone have a list of containers": {
			spec: dedicated + "  poolers: [{template: {metadata: {labels: {team: sales}}, spec: {containers: []}}}]\n",
			want: `
metadata: {name: shop-postgres-pooler-rw}
spec:
  cluster: {name: shop-postgres}
  type: rw
  instances: 1
  pgbouncer: {poolMode: session}
  template: {metadata: {labels: {team: sales}}, spec: {containers: []}}
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.test(t, "Pooler") })
	}
}
