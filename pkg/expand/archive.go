package expand

import (
	barmanapi "github.com/cloudnative-pg/barman-cloud/pkg/api"
	machineryapi "github.com/cloudnative-pg/machinery/pkg/api"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// barmanObjectStore describes an archive as the in-tree Barman Cloud wants it.
func barmanObjectStore(a plan.Archive) *barmanapi.BarmanObjectStoreConfiguration {
	store := objectStoreConfiguration(a)
	store.ServerName = a.ServerName
	return &store
}

// objectStoreConfiguration describes the store of an archive, without the folder of any one cluster.
func objectStoreConfiguration(a plan.Archive) barmanapi.BarmanObjectStoreConfiguration {
	store := barmanapi.BarmanObjectStoreConfiguration{
		BarmanCredentials: barmanCredentials(a),
		DestinationPath:   a.DestinationPath,
		EndpointURL:       a.EndpointURL,
		Wal:               a.WAL,
		Data:              a.Data,
	}
	if ca := a.EndpointCA; ca != nil {
		store.EndpointCA = selector(ca.Name, ca.Key)
	}
	return store
}

// barmanCredentials refers to the keys of the store by Secret and key.
func barmanCredentials(a plan.Archive) (credentials barmanapi.BarmanCredentials) {
	c := a.Credentials
	switch {
	case c == nil:
	case c.AzureCredentials != nil:
		credentials.Azure = c.AzureCredentials
	case c.GoogleCredentials != nil:
		credentials.Google = c.GoogleCredentials
	case c.InheritFromIAMRole:
		credentials.AWS = &barmanapi.S3Credentials{InheritFromIAMRole: true}
	case c.ExistingSecret != nil:
		e := c.ExistingSecret
		credentials.AWS = &barmanapi.S3Credentials{
			AccessKeyIDReference:     selector(e.Name, e.AccessKeyIDKey),
			SecretAccessKeyReference: selector(e.Name, e.SecretAccessKeyKey),
		}
		if e.RegionKey != "" {
			credentials.AWS.RegionReference = selector(e.Name, e.RegionKey)
		}
		if e.SessionTokenKey != "" {
			credentials.AWS.SessionToken = selector(e.Name, e.SessionTokenKey)
		}
	default:
		credentials.AWS = &barmanapi.S3Credentials{
			AccessKeyIDReference:     selector(a.CredentialsSecret, v1alpha1.DefaultAccessKeyIDKey),
			SecretAccessKeyReference: selector(a.CredentialsSecret, v1alpha1.DefaultSecretKeyKey),
		}
	}
	return credentials
}

func selector(name, key string) *machineryapi.SecretKeySelector {
	return &machineryapi.SecretKeySelector{LocalObjectReference: machineryapi.LocalObjectReference{Name: name}, Key: key}
}
