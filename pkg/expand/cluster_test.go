package expand_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clusterOf returns the spec of the one Cluster of an app, without the parameters that were tuned, which are not this package's.
func clusterOf(t *testing.T, spec string, parameters ...string) fields {
	t.Helper()
	clusters := ofKind(t, appNamed("shop", spec), "Cluster")
	require.Len(t, clusters, 1)
	cluster := clusters[0]["spec"].(fields)
	postgresql, _ := cluster["postgresql"].(fields)
	tuned, _ := postgresql["parameters"].(fields)
	kept := fields{}
	for _, name := range parameters {
		kept[name] = tuned[name]
	}
	postgresql["parameters"] = kept
	if len(kept) == 0 {
		delete(postgresql, "parameters")
	}
	if len(postgresql) == 0 {
		delete(cluster, "postgresql")
	}
	return cluster
}

func TestCluster(t *testing.T) {
	tests := map[string]struct {
		spec       string
		parameters []string // to compare; the others are left out
		want       string
	}{
		"the least": {
			spec: dedicated,
			want: `
imageName: ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie
instances: 1
enablePDB: false
storage: {size: 10Gi}
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
`,
		},
		"three instances": {
			spec: dedicated + `
  version: "18"
  instances: 3
  walStorage: {size: 2Gi, storageClass: fast}
  resources: {limits: {memory: 4096Mi, cpu: "2"}}
  postgresql:
    parameters: {log_statement: ddl}
    pg_hba: [hostssl all all all scram-sha-256]
    synchronous: {method: any, number: 1, dataDurability: preferred}
`,
			parameters: []string{"log_statement"},
			// Quantities are written the way Kubernetes writes them: 4096Mi is 4Gi. PostgreSQL 18 has checksums by itself.
			want: `
imageName: ghcr.io/cloudnative-pg/postgresql:18.6-standard-trixie
instances: 3
storage: {size: 10Gi}
walStorage: {size: 2Gi, storageClass: fast}
resources:
  requests: {memory: 4Gi}
  limits: {memory: 4Gi, cpu: "2"}
bootstrap: {initdb: {database: shop, owner: shop}}
postgresql:
  parameters: {log_statement: ddl}
  pg_hba: [hostssl all all all scram-sha-256]
  synchronous: {method: any, number: 1, dataDurability: preferred}
topologySpreadConstraints:
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: ScheduleAnyway
  labelSelector: {matchLabels: {cnpg.io/cluster: shop-postgres, cnpg.io/podRole: instance}}
`,
		},
		"one instance has no standby to wait for": {
			spec: dedicated + `
  postgresql: {synchronous: {method: any, number: 1}}
`,
			want: `
imageName: ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie
instances: 1
enablePDB: false
storage: {size: 10Gi}
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
`,
		},
		"one instance has no standby to wait for in the older way": {
			spec: dedicated + "  minSyncReplicas: 1\n  maxSyncReplicas: 1\n",
			want: `
imageName: ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie
instances: 1
enablePDB: false
storage: {size: 10Gi}
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
`,
		},
		"the older way of synchronous replication": {
			spec: dedicated + `
  instances: 2
  minSyncReplicas: 1
  maxSyncReplicas: 1
`,
			want: `
imageName: ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie
instances: 2
minSyncReplicas: 1
maxSyncReplicas: 1
storage: {size: 10Gi}
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
`,
		},
		"an image of the user's, and constraints instead of ours": {
			spec: dedicated + `
  imageName: ghcr.io/cloudnative-pg/postgresql:16.9
  clusterName: shop-db
  instances: 3
  topologySpreadConstraints: []
  superuser: {enabled: true, secretName: root}
`,
			want: `
imageName: ghcr.io/cloudnative-pg/postgresql:16.9
instances: 3
storage: {size: 10Gi}
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
enableSuperuserAccess: true
superuserSecret: {name: root}
`,
		},
		"an image of a catalog, whose major version decides on checksums": {
			spec: dedicated + `
  imageCatalogRef: {apiGroup: postgresql.cnpg.io, kind: ClusterImageCatalog, name: postgresql-standard, major: 18}
  superuser: {enabled: true}
`,
			want: `
imageCatalogRef: {apiGroup: postgresql.cnpg.io, kind: ClusterImageCatalog, name: postgresql-standard, major: 18}
instances: 1
enablePDB: false
storage: {size: 10Gi}
bootstrap: {initdb: {database: shop, owner: shop}}
enableSuperuserAccess: true
`,
		},
		"what passes through": {
			spec: dedicated + `
  instances: 2
  description: the shop's orders
  imagePullPolicy: Always
  imagePullSecrets: [{name: registry}]
  schedulerName: stork
  priorityClassName: high
  postgresUID: 1000
  postgresGID: 1001
  affinity: {nodeSelector: {disk: ssd}, podAntiAffinityType: required}
  certificates: {serverCASecret: ca, serverTLSSecret: tls}
  serviceAccountTemplate: {metadata: {annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/shop"}}}
  primaryUpdateStrategy: supervised
  primaryUpdateMethod: switchover
  enablePDB: true
  replicationSlots: {highAvailability: {enabled: false}, updateInterval: 60}
  podSelectorRefs: [{name: web, selector: {matchLabels: {app: web}}}]
  tablespaces: [{name: archive, storage: {size: 5Gi}}]
  ephemeralVolumesSizeLimit: {shm: 256Mi}
  projectedVolumeTemplate: {sources: [{secret: {name: extra}}]}
  env: [{name: TZ, value: Europe/Berlin}]
  envFrom: [{configMapRef: {name: env}}]
  seccompProfile: {type: RuntimeDefault}
  podSecurityContext: {fsGroup: 26}
  securityContext: {readOnlyRootFilesystem: true}
  probes: {liveness: {isolationCheck: {enabled: false}}}
  livenessProbeTimeout: 60
  startDelay: 600
  stopDelay: 300
  smartShutdownTimeout: 0
  switchoverDelay: 60
  failoverDelay: 5
  primaryLease: {leaseDurationSeconds: 30}
  nodeMaintenanceWindow: {inProgress: true, reusePVC: false}
  logLevel: debug
  inheritedMetadata: {labels: {team: sales}}
  services: {disabledDefaultServices: [ro], additional: [{selectorType: rw, serviceTemplate: {metadata: {name: shop-lb}, spec: {type: LoadBalancer}}}]}
`,
			want: `
description: the shop's orders
imageName: ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie
imagePullPolicy: Always
imagePullSecrets: [{name: registry}]
instances: 2
storage: {size: 10Gi}
schedulerName: stork
priorityClassName: high
postgresUID: 1000
postgresGID: 1001
affinity: {nodeSelector: {disk: ssd}, podAntiAffinityType: required}
certificates: {serverCASecret: ca, serverTLSSecret: tls}
serviceAccountTemplate: {metadata: {annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/shop"}}}
primaryUpdateStrategy: supervised
primaryUpdateMethod: switchover
enablePDB: true
replicationSlots: {highAvailability: {enabled: false}, updateInterval: 60}
podSelectorRefs: [{name: web, selector: {matchLabels: {app: web}}}]
tablespaces: [{name: archive, storage: {size: 5Gi}}]
ephemeralVolumesSizeLimit: {shm: 256Mi}
projectedVolumeTemplate: {sources: [{secret: {name: extra}}]}
env: [{name: TZ, value: Europe/Berlin}]
envFrom: [{configMapRef: {name: env}}]
seccompProfile: {type: RuntimeDefault}
podSecurityContext: {fsGroup: 26}
securityContext: {readOnlyRootFilesystem: true}
probes: {liveness: {isolationCheck: {enabled: false}}}
livenessProbeTimeout: 60
startDelay: 600
stopDelay: 300
smartShutdownTimeout: 0
switchoverDelay: 60
failoverDelay: 5
primaryLease: {leaseDurationSeconds: 30}
nodeMaintenanceWindow: {inProgress: true, reusePVC: false}
logLevel: debug
inheritedMetadata: {labels: {team: sales}}
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
managed:
  services:
    disabledDefaultServices: [ro]
    additional: [{selectorType: rw, serviceTemplate: {metadata: {name: shop-lb}, spec: {type: LoadBalancer}}}]
`,
		},
		"a service account of the user's": {
			spec: dedicated + "  serviceAccountName: shop\n",
			want: `
imageName: ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie
instances: 1
enablePDB: false
storage: {size: 10Gi}
serviceAccountName: shop
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
`,
		},
		"metrics": {
			spec: `
  storage: {size: 10Gi}
  backup: {enabled: false}
  monitoring:
    type: None
    tls: {enabled: true}
    disableDefaultQueries: true
    customQueriesConfigMap: [{name: queries, key: custom}]
    customQueriesSecret: [{name: secret-queries, key: custom}]
    metricsQueriesTTL: 1m0s
`,
			want: `
imageName: ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie
instances: 1
enablePDB: false
storage: {size: 10Gi}
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
monitoring:
  tls: {enabled: true}
  disableDefaultQueries: true
  customQueriesConfigMap: [{name: queries, key: custom}]
  customQueriesSecret: [{name: secret-queries, key: custom}]
  metricsQueriesTTL: 1m0s
`,
		},
		"roles stand in the Cluster where the operator has no DatabaseRole": {
			spec: dedicated + `
  operatorVersion: "1.29"
  roles:
  - {name: reader, inRoles: [pg_read_all_data], credentials: {existingSecret: {name: reader-password}}}
  - {name: batch, connectionLimit: 3, inherit: false, disablePassword: true, bypassrls: true}
`,
			want: `
imageName: ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie
instances: 1
enablePDB: false
storage: {size: 10Gi}
bootstrap: {initdb: {database: shop, owner: shop, dataChecksums: true}}
managed:
  roles:
  - {name: reader, ensure: present, login: true, inRoles: [pg_read_all_data], passwordSecret: {name: reader-password}}
  - {name: batch, ensure: present, connectionLimit: 3, inherit: false, disablePassword: true, bypassrls: true}
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, documents(t, test.want)[0], clusterOf(t, test.spec, test.parameters...))
		})
	}
}
