package expand

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// ExternalSecret is the External Secrets Operator's request for a Secret (external-secrets.io/v1), as far as it is used here.
type ExternalSecret struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              ExternalSecretSpec `json:"spec"`
}

// ExternalSecretSpec is which entries go into which Secret.
type ExternalSecretSpec struct {
	RefreshInterval string               `json:"refreshInterval"`
	SecretStoreRef  ExternalSecretStore  `json:"secretStoreRef"`
	Target          ExternalSecretTarget `json:"target"`
	Data            []ExternalSecretData `json:"data"`
}

// ExternalSecretStore names a store.
type ExternalSecretStore struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// ExternalSecretTarget is the Secret that is made.
type ExternalSecretTarget struct {
	Name     string                 `json:"name"`
	Template ExternalSecretTemplate `json:"template"`
}

// ExternalSecretTemplate computes the Secret's data from the entries.
type ExternalSecretTemplate struct {
	Type     corev1.SecretType      `json:"type,omitempty"`
	Metadata ExternalSecretMetadata `json:"metadata,omitzero"`
	Data     map[string]string      `json:"data"`
}

// ExternalSecretMetadata of the Secret.
type ExternalSecretMetadata struct {
	Labels map[string]string `json:"labels,omitempty"`
}

// ExternalSecretData is one entry under the name that templates use.
type ExternalSecretData struct {
	SecretKey string                  `json:"secretKey"`
	RemoteRef ExternalSecretRemoteRef `json:"remoteRef"`
}

// ExternalSecretRemoteRef is an entry of the store.
type ExternalSecretRemoteRef struct {
	Key      string `json:"key"`
	Property string `json:"property,omitempty"`
	Version  string `json:"version,omitempty"`
}

// externalSecrets builds a request for each password and each key that a secret store holds.
func externalSecrets(p *plan.Plan) []Object {
	var list []Object
	for _, role := range append([]plan.Role{p.Owner}, p.Roles...) {
		if role.Credentials == nil || role.Credentials.ExternalSecret == nil {
			continue
		}
		list = append(list, connectionExternalSecret(p, role.Secret, role, role.Connection))
		if beside := besideSecret(p, role); beside != "" {
			external := connectionExternalSecret(p, beside, role, role.Connection)
			external.ObjectMeta = besideCluster(p, beside)
			list = append(list, external)
		}
	}
	if p.Owner.Credentials != nil && p.Owner.Credentials.ExternalSecret != nil {
		for _, pooler := range p.Poolers {
			list = append(list, connectionExternalSecret(p, pooler.Secret, p.Owner, pooler.Connection))
		}
	}
	if p.Archive != nil {
		list = append(list, archiveExternalSecret(p, *p.Archive)...)
	}
	if r := p.Recovery; r != nil && r.OwnStore && (p.Archive == nil || r.Source.CredentialsSecret != p.Archive.CredentialsSecret) {
		list = append(list, archiveExternalSecret(p, *r.Source)...)
	}
	return list
}

// templatePassword is a fetched password in the templates of the External Secrets Operator, which know Sprig's functions.
var templatePassword = password{
	plain:  "{{ .password }}",
	url:    `{{ .password | urlquery | replace "+" "%20" }}`,
	pgpass: `{{ .password | replace "\\" "\\\\" | replace ":" "\\:" }}`,
}

// connectionExternalSecret fetches a password and lays it out as a whole connection. The password is escaped within URLs.
func connectionExternalSecret(p *plan.Plan, name string, role plan.Role, c plan.Connection) *ExternalSecret {
	e := role.Credentials.ExternalSecret
	external := externalSecret(p, name, componentDatabase, *e)
	external.Spec.Target.Template = ExternalSecretTemplate{
		Type:     corev1.SecretTypeBasicAuth,
		Metadata: ExternalSecretMetadata{Labels: map[string]string{cnpg.ReloadLabel: "true"}},
		Data:     connectionData(role.Name, c, templatePassword),
	}
	external.Spec.Data = []ExternalSecretData{{SecretKey: "password", RemoteRef: ExternalSecretRemoteRef{
		Key: e.RemoteRef.Key, Property: e.RemoteRef.Property, Version: e.RemoteRef.Version,
	}}}
	return external
}

// archiveExternalSecret fetches the keys of an object store.
func archiveExternalSecret(p *plan.Plan, a plan.Archive) []Object {
	if a.Credentials == nil || a.Credentials.ExternalSecret == nil {
		return nil
	}
	e := a.Credentials.ExternalSecret
	external := externalSecret(p, a.CredentialsSecret, componentBackup, e.ExternalSecretSource)
	external.ObjectMeta = protect(p, external.ObjectMeta)
	external.Spec.Target.Template.Data = map[string]string{
		v1alpha1.DefaultAccessKeyIDKey: "{{ .accessKeyId }}",
		v1alpha1.DefaultSecretKeyKey:   "{{ .secretAccessKey }}",
	}
	external.Spec.Data = []ExternalSecretData{
		{SecretKey: "accessKeyId", RemoteRef: ExternalSecretRemoteRef{
			Key: e.RemoteRef.Key, Property: e.AccessKeyIDProperty, Version: e.RemoteRef.Version}},
		{SecretKey: "secretAccessKey", RemoteRef: ExternalSecretRemoteRef{
			Key: e.RemoteRef.Key, Property: e.SecretAccessKeyProperty, Version: e.RemoteRef.Version}},
	}
	return []Object{external}
}

func externalSecret(p *plan.Plan, name, component string, source v1alpha1.ExternalSecretSource) *ExternalSecret {
	return &ExternalSecret{
		TypeMeta:   metadata.Type("external-secrets.io/v1", "ExternalSecret"),
		ObjectMeta: meta(p, name, component),
		Spec: ExternalSecretSpec{
			RefreshInterval: source.RefreshInterval,
			SecretStoreRef:  ExternalSecretStore{Kind: source.SecretStoreRef.Kind, Name: source.SecretStoreRef.Name},
			Target:          ExternalSecretTarget{Name: name},
		},
	}
}
