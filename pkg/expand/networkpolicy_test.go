package expand_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNetworkPolicies(t *testing.T) {
	tests := map[string]expansion{
		"none unless asked for": {spec: dedicated},
		"switched off":          {spec: dedicated + "  network: {policy: false}\n"},
		"by default every pod of the namespace is a client": {
			spec: dedicated + "  network: {}\n",
			want: `
metadata: {name: shop-postgres-instances}
spec:
  podSelector: {matchLabels: {cnpg.io/cluster: shop-postgres, cnpg.io/podRole: instance}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: cnpg-system}}
      podSelector: {matchLabels: {app.kubernetes.io/name: cloudnative-pg}}
    ports: [{protocol: TCP, port: 8000}, {protocol: TCP, port: 5432}]
  - from: [{podSelector: {matchLabels: {cnpg.io/cluster: shop-postgres}}}]
    ports: [{protocol: TCP, port: 5432}, {protocol: TCP, port: 8000}]
  - from: [{podSelector: {}}]
    ports: [{protocol: TCP, port: 5432}]
  - from: [{namespaceSelector: {}}]
    ports: [{protocol: TCP, port: 9187}]
---
metadata: {name: shop-postgres-egress}
spec:
  podSelector: {matchLabels: {cnpg.io/cluster: shop-postgres}}
  policyTypes: [Egress]
  egress:
  - to: [{podSelector: {matchLabels: {cnpg.io/cluster: shop-postgres}}}]
    ports: [{protocol: TCP, port: 5432}, {protocol: TCP, port: 8000}]
  - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
  - ports: [{protocol: TCP, port: 443}, {protocol: TCP, port: 6443}]
`,
		},
		"clients, Prometheus and the operator by name; a store and another server on ports of their own": {
			spec: `
  storage: {size: 10Gi}
  monitoring: {type: None}
  backup: {bucket: backups, endpointURL: "http://minio:9000", credentials: {existingSecret: {name: s3}}}
  import: {type: microservice, databases: [old], source: {connectionParameters: {host: old, port: "5433"}}}
  poolers: [{name: pool}]
  init: {job: {image: "registry.example.org/migrate:1"}}
  network:
    allowFrom:
    - namespaceSelector: {matchLabels: {team: sales}}
    - ipBlock: {cidr: 10.0.0.0/8}
    allowTo: [{to: [{ipBlock: {cidr: 192.0.2.1/32}}]}]
    prometheusNamespace: monitoring
    operatorNamespace: operators
`,
			// The Job that prepares the database is a client that nobody has to name.
			want: `
metadata: {name: shop-postgres-instances}
spec:
  podSelector: {matchLabels: {cnpg.io/cluster: shop-postgres, cnpg.io/podRole: instance}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: operators}}
      podSelector: {matchLabels: {app.kubernetes.io/name: cloudnative-pg}}
    ports: [{protocol: TCP, port: 8000}, {protocol: TCP, port: 5432}]
  - from: [{podSelector: {matchLabels: {cnpg.io/cluster: shop-postgres}}}]
    ports: [{protocol: TCP, port: 5432}, {protocol: TCP, port: 8000}]
  - from:
    - namespaceSelector: {matchLabels: {team: sales}}
    - ipBlock: {cidr: 10.0.0.0/8}
    - podSelector: {matchLabels: {app.kubernetes.io/name: shop-init, app.kubernetes.io/instance: shop, app.kubernetes.io/component: init}}
    ports: [{protocol: TCP, port: 5432}]
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
    ports: [{protocol: TCP, port: 9187}]
---
metadata: {name: shop-postgres-egress}
spec:
  podSelector: {matchLabels: {cnpg.io/cluster: shop-postgres}}
  policyTypes: [Egress]
  egress:
  - to: [{podSelector: {matchLabels: {cnpg.io/cluster: shop-postgres}}}]
    ports: [{protocol: TCP, port: 5432}, {protocol: TCP, port: 8000}]
  - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
  - ports: [{protocol: TCP, port: 443}, {protocol: TCP, port: 6443}]
  - ports: [{protocol: TCP, port: 9000}, {protocol: TCP, port: 5433}]
  - to: [{ipBlock: {cidr: 192.0.2.1/32}}]
---
metadata: {name: pool}
spec:
  podSelector: {matchLabels: {cnpg.io/poolerName: pool}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {team: sales}}
    - ipBlock: {cidr: 10.0.0.0/8}
    - podSelector: {matchLabels: {app.kubernetes.io/name: shop-init, app.kubernetes.io/instance: shop, app.kubernetes.io/component: init}}
    ports: [{protocol: TCP, port: 5432}]
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
    ports: [{protocol: TCP, port: 9127}]
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test.test(t, "NetworkPolicy") })
	}
}

// An empty list of clients is nobody. In a NetworkPolicy a rule without a list of sources is everybody.
func TestNobodyMayConnect(t *testing.T) {
	policies := ofKind(t, appNamed("shop", dedicated+"  network: {allowFrom: []}\n  poolers: [{}]\n"), "NetworkPolicy")
	require.Len(t, policies, 3)
	for _, policy := range policies {
		ingress, _ := policy["spec"].(fields)["ingress"].([]any)
		for _, rule := range ingress {
			assert.NotEmpty(t, rule.(fields)["from"], "%v", policy["metadata"])
		}
	}
	// The operator, the cluster's own pods and Prometheus remain.
	assert.Len(t, policies[0]["spec"].(fields)["ingress"], 3)
	assert.Len(t, policies[2]["spec"].(fields)["ingress"], 1)
}
