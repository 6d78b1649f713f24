package expand_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJobs(t *testing.T) {
	assert.Empty(t, ofKind(t, appNamed("shop", dedicated+"  init: {sql: SELECT 1}\n"), "Job"))
	tests := map[string]expansion{
		"the least": {
			spec: dedicated + "  init: {job: {image: \"registry.example.org/migrate:1\"}}\n",
			want: `
backoffLimit: 10
template:
  metadata:
    labels: {app.kubernetes.io/name: shop-init, app.kubernetes.io/instance: shop, app.kubernetes.io/component: init}
  spec:
    restartPolicy: OnFailure
    automountServiceAccountToken: false
    securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
    containers:
    - name: init
      image: registry.example.org/migrate:1
      env:
      - {name: PGHOST, value: shop-postgres-rw}
      - {name: PGPORT, value: "5432"}
      - {name: PGDATABASE, value: shop}
      - {name: PGUSER, valueFrom: {secretKeyRef: {name: shop-postgres-app, key: username}}}
      - {name: PGPASSWORD, valueFrom: {secretKeyRef: {name: shop-postgres-app, key: password}}}
      - {name: DATABASE_URL, valueFrom: {secretKeyRef: {name: shop-postgres-app, key: uri}}}
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`,
		},
		// A Secret of the user's has no uri, and the kubelet puts the address together.
		"everything, on a shared cluster": {
			spec: `
  cluster: {name: postgres, namespace: database}
  credentials: {existingSecret: {name: shop}}
  init:
    job:
      image: registry.example.org/migrate:1
      command: [migrate]
      args: [up]
      env: [{name: LOG, value: debug}]
      envFrom: [{configMapRef: {name: settings}}]
      resources: {limits: {memory: 256Mi}}
      serviceAccountName: migrator
      imagePullSecrets: [{name: registry}]
      backoffLimit: 0
      activeDeadlineSeconds: 600
`,
			want: `
backoffLimit: 0
activeDeadlineSeconds: 600
template:
  metadata:
    labels: {app.kubernetes.io/name: shop-init, app.kubernetes.io/instance: shop, app.kubernetes.io/component: init}
  spec:
    restartPolicy: OnFailure
    serviceAccountName: migrator
    imagePullSecrets: [{name: registry}]
    securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
    containers:
    - name: init
      image: registry.example.org/migrate:1
      command: [migrate]
      args: [up]
      env:
      - {name: PGHOST, value: postgres-rw.database}
      - {name: PGPORT, value: "5432"}
      - {name: PGDATABASE, value: shop}
      - {name: PGUSER, valueFrom: {secretKeyRef: {name: shop, key: username}}}
      - {name: PGPASSWORD, valueFrom: {secretKeyRef: {name: shop, key: password}}}
      - {name: DATABASE_URL, value: postgresql://$(PGUSER):$(PGPASSWORD)@$(PGHOST):$(PGPORT)/$(PGDATABASE)}
      - {name: LOG, value: debug}
      envFrom: [{configMapRef: {name: settings}}]
      resources: {limits: {memory: 256Mi}}
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			jobs := ofKind(t, appNamed("shop", test.spec), "Job")
			require.Len(t, jobs, 1)
			assert.Equal(t, documents(t, test.want)[0], jobs[0]["spec"])
		})
	}
}

// A Job cannot be changed: what it does is part of its name, and nothing else is.
func TestJobName(t *testing.T) {
	name := func(app, job string) string {
		return ofKind(t, appNamed(app, dedicated+"  clusterName: db\n  init: {job: {"+job+"}}\n"), "Job")[0]["metadata"].(fields)["name"].(string)
	}
	first := name("shop", "image: \"registry.example.org/migrate:1\"")
	assert.Regexp(t, `^shop-init-[0-9a-f]{8}$`, first)
	assert.Equal(t, first, name("shop", "image: \"registry.example.org/migrate:1\""))
	assert.NotEqual(t, first, name("shop", "image: \"registry.example.org/migrate:2\""))
	assert.NotEqual(t, first, name("shop", "image: \"registry.example.org/migrate:1\", args: [up]"))
}
