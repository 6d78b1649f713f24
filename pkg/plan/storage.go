package plan

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// storage checks the volumes.
func (m *maker) storage() {
	path := m.spec.Child("storage")
	if m.Spec.Storage == nil {
		m.required(path.Child("size"), "the size of the data volume, such as 10Gi")
	} else {
		m.volume(path, m.Spec.Storage)
	}
	if m.Spec.WalStorage != nil {
		m.volume(m.spec.Child("walStorage"), m.Spec.WalStorage)
	}
	seen := map[string]bool{}
	for i := range m.Spec.Tablespaces {
		tablespace := &m.Spec.Tablespaces[i]
		path := m.spec.Child("tablespaces").Index(i)
		if err := postgres.CheckTablespaceName(tablespace.Name); err != nil {
			m.invalid(path.Child("name"), tablespace.Name, "%s", err)
		}
		// Volumes are named after tablespaces, where the two spellings are one.
		if key := objectName(tablespace.Name); seen[key] {
			m.errs = append(m.errs, field.Duplicate(path.Child("name"), tablespace.Name))
		} else {
			seen[key] = true
		}
		m.volume(path.Child("storage"), &tablespace.Storage)
	}
	if m.Spec.EphemeralVolumeSource != nil && m.Spec.EphemeralVolumesSizeLimit != nil && m.Spec.EphemeralVolumesSizeLimit.TemporaryData != nil {
		m.forbidden(m.spec.Child("ephemeralVolumesSizeLimit", "temporaryData"),
			"temporary files live either on ephemeralVolumeSource or within this limit: keep one")
	}
}

// volume checks the size of one volume, which either stands in size or in the request of pvcTemplate.
func (m *maker) volume(path *field.Path, storage *cnpgv1.StorageConfiguration) {
	if storage.Size == "" {
		if storage.PersistentVolumeClaimTemplate != nil {
			if request := storage.PersistentVolumeClaimTemplate.Resources.Requests["storage"]; !request.IsZero() {
				return
			}
		}
		m.required(path.Child("size"), "the size of the volume, such as 10Gi")
		return
	}
	if placeholder(storage.Size) {
		return
	}
	size, err := resource.ParseQuantity(storage.Size)
	switch {
	case err != nil:
		m.invalid(path.Child("size"), storage.Size, "must be a quantity such as 10Gi or 500Mi")
	case size.Sign() <= 0:
		m.invalid(path.Child("size"), storage.Size, "must be more than nothing, such as 10Gi")
	case size.Value() < minimalVolume:
		m.invalid(path.Child("size"), storage.Size, "is too small for an empty PostgreSQL, which takes about 64Mi and a few segments of 16Mi: "+
			"did you mean %sGi?", storage.Size)
	}
}

// minimalVolume is less than initdb and the first segments of the write-ahead log need; a size below it is a forgotten unit.
const minimalVolume = 64 << 20

// volumeBytes is the size of a volume in bytes, or 0 when it is not known before Flux substitutes it.
func volumeBytes(storage *cnpgv1.StorageConfiguration) int64 {
	if storage == nil {
		return 0
	}
	if storage.Size == "" && storage.PersistentVolumeClaimTemplate != nil {
		request := storage.PersistentVolumeClaimTemplate.Resources.Requests["storage"]
		return request.Value()
	}
	size, err := resource.ParseQuantity(storage.Size)
	if err != nil {
		return 0
	}
	return size.Value()
}
