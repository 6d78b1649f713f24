package plan

import (
	"strings"

	barmanapi "github.com/cloudnative-pg/barman-cloud/pkg/api"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

// credentialsSecret is the Secret that opens an archive: the user's, or ours under the given name.
func credentialsSecret(c *v1alpha1.BackupCredentials, ours string) string {
	switch {
	case c == nil:
		return ""
	case c.ExistingSecret != nil:
		return c.ExistingSecret.Name
	case c.ExternalSecret != nil, c.AccessKeyID != "":
		return ours
	}
	return ""
}

// backupCredentials checks that exactly one way to open the archive is given, and that it fits the store.
func (m *maker) backupCredentials(path *field.Path, c *v1alpha1.BackupCredentials, destination string) {
	if c == nil {
		m.required(path, "how the archive is opened: existingSecret, externalSecret, accessKeyId and secretAccessKey as ${VARIABLE}, "+
			"inheritFromIAMRole: true, azureCredentials or googleCredentials")
		return
	}
	given := 0
	for _, ok := range []bool{c.ExistingSecret != nil, c.ExternalSecret != nil, c.AccessKeyID != "" || c.SecretAccessKey != "",
		c.InheritFromIAMRole, c.AzureCredentials != nil, c.GoogleCredentials != nil} {
		if ok {
			given++
		}
	}
	web := strings.HasPrefix(destination, "https:") || strings.HasPrefix(destination, "http:")
	switch {
	case given == 0:
		m.required(path, "one of existingSecret, externalSecret, accessKeyId with secretAccessKey, inheritFromIAMRole: true, azureCredentials "+
			"and googleCredentials")
	case given > 1:
		m.forbidden(path, "its ways exclude each other: keep one of existingSecret, externalSecret, accessKeyId with secretAccessKey, "+
			"inheritFromIAMRole, azureCredentials and googleCredentials")
	case c.AccessKeyID == "" && c.SecretAccessKey != "":
		m.required(path.Child("accessKeyId"), "secretAccessKey opens nothing without it")
	case c.AccessKeyID != "" && c.SecretAccessKey == "":
		m.required(path.Child("secretAccessKey"), "accessKeyId opens nothing without it; write ${VARIABLE} and let Flux substitute it from a Secret")
	case placeholder(destination):
	case c.GoogleCredentials != nil && !strings.HasPrefix(destination, "gs:"):
		m.forbidden(path.Child("googleCredentials"), "they open a Google bucket, gs://..., and the archive is %s: use another way", destination)
	case c.AzureCredentials != nil && !web:
		m.forbidden(path.Child("azureCredentials"), "they open an Azure container, https://..., and the archive is %s: use another way", destination)
	case c.GoogleCredentials == nil && strings.HasPrefix(destination, "gs:"):
		m.required(path.Child("googleCredentials"), "a Google bucket is opened by googleCredentials alone")
	case c.AzureCredentials == nil && web:
		m.required(path.Child("azureCredentials"), "an Azure container is opened by azureCredentials alone; if %s is an S3-compatible store, "+
			"write the address to endpointURL and the bucket's name to bucket", destination)
	}
	m.azureCredentials(path.Child("azureCredentials"), c.AzureCredentials)
	m.googleCredentials(path.Child("googleCredentials"), c.GoogleCredentials)
	if c.ExistingSecret != nil {
		m.objectReference(path.Child("existingSecret", "name"), c.ExistingSecret.Name, "the name of the Secret with the keys")
	}
	if c.ExternalSecret != nil {
		m.externalSecret(path.Child("externalSecret"), &c.ExternalSecret.ExternalSecretSource)
	}
	// The id of a key is no secret.
	if c.SecretAccessKey != "" && !placeholder(c.SecretAccessKey) {
		m.warn(path.Child("secretAccessKey"), "a literal key is readable by everybody who can read the repository: "+
			"write ${VARIABLE} and let Flux substitute it from a Secret, or use externalSecret or existingSecret")
	}
}

// azureCredentials checks the ways to open a container (ValidateAzureCredentials in pkg/api of barman-cloud 0.5.1).
func (m *maker) azureCredentials(path *field.Path, a *barmanapi.AzureCredentials) {
	if a == nil {
		return
	}
	ways := 0
	for _, given := range []bool{a.InheritFromAzureAD, a.UseDefaultAzureCredentials, a.StorageKey != nil, a.StorageSasToken != nil} {
		if given {
			ways++
		}
	}
	const all = "storageKey, storageSasToken, inheritFromAzureAD and useDefaultAzureCredentials"
	switch {
	case a.ConnectionString != nil && (ways > 0 || a.StorageAccount != nil):
		m.forbidden(path.Child("connectionString"), "it says everything itself: leave out storageAccount, "+all)
	case a.ConnectionString == nil && ways == 0:
		m.required(path, "connectionString, or one of "+all)
	case ways > 1:
		m.forbidden(path, all+" exclude each other: keep one")
	case (a.StorageKey != nil || a.StorageSasToken != nil) && a.StorageAccount == nil:
		m.required(path.Child("storageAccount"), "the account that storageKey or storageSasToken belongs to")
	}
}

// googleCredentials checks the ways to open a bucket (ValidateGCSCredentials, likewise).
func (m *maker) googleCredentials(path *field.Path, g *barmanapi.GoogleCredentials) {
	switch {
	case g == nil:
	case g.GKEEnvironment && g.ApplicationCredentials != nil:
		m.forbidden(path.Child("applicationCredentials"), "gkeEnvironment uses the identity of the pod: keep one of the two")
	case !g.GKEEnvironment && g.ApplicationCredentials == nil:
		m.required(path.Child("applicationCredentials"), "the Secret with the account's key, or gkeEnvironment: true for the identity of the pod")
	}
}
