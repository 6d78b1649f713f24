package plan

import (
	"slices"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
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
	m.tablespaces(m.spec.Child("tablespaces"))
	if m.Spec.EphemeralVolumeSource != nil && m.Spec.EphemeralVolumesSizeLimit != nil && m.Spec.EphemeralVolumesSizeLimit.TemporaryData != nil {
		m.forbidden(m.spec.Child("ephemeralVolumesSizeLimit", "temporaryData"),
			"temporary files live either on ephemeralVolumeSource or within this limit: keep one")
	}
}

func (m *maker) tablespaces(list *field.Path) {
	// Volumes are named after tablespaces, where letters of both cases and the two separators are one (convertPostgresIDToK8sName in
	// pkg/specs/volumes.go, CloudNativePG 1.30.0).
	volumes := map[string]string{}
	for i := range m.Spec.Tablespaces {
		tablespace, at := &m.Spec.Tablespaces[i], list.Index(i)
		volume := strings.ReplaceAll(strings.ToLower(tablespace.Name), "_", "-")
		other, taken := volumes[volume]
		switch err := postgres.CheckTablespaceName(tablespace.Name); {
		case tablespace.Name == "":
			m.required(at.Child("name"), "the name of the tablespace")
		case err != nil:
			m.refused(at.Child("name"), tablespace.Name, err)
		case taken && other == tablespace.Name:
			m.invalid(at.Child("name"), tablespace.Name, "is in the list already: keep one of the two")
		case taken:
			m.invalid(at.Child("name"), tablespace.Name, "its volume would be named like that of %s: use a name that differs in more than case and "+
				"punctuation", other)
		}
		volumes[volume] = tablespace.Name
		m.volume(at.Child("storage"), &tablespace.Storage)
	}
	b := m.Spec.Backup
	if b == nil || b.VolumeSnapshot == nil {
		return
	}
	for _, name := range sortedKeys(b.VolumeSnapshot.TablespaceClassName) {
		if !slices.ContainsFunc(m.Spec.Tablespaces, func(t cnpgv1.TablespaceConfiguration) bool { return t.Name == name }) {
			m.invalid(m.spec.Child("backup", "volumeSnapshot", "tablespaceClassName").Key(name), name, "must be one of tablespaces")
		}
	}
}

// volume checks the size of one volume, which either stands in size or in the request of pvcTemplate.
func (m *maker) volume(path *field.Path, storage *cnpgv1.StorageConfiguration) {
	at := path.Child("size")
	if storage.Size == "" {
		if storage.PersistentVolumeClaimTemplate != nil {
			if request := storage.PersistentVolumeClaimTemplate.Resources.Requests["storage"]; !request.IsZero() {
				return
			}
		}
		m.required(at, "the size of the volume, such as 10Gi")
		return
	}
	if placeholder(storage.Size) {
		return
	}
	size, err := resource.ParseQuantity(storage.Size)
	switch {
	case err != nil:
		m.invalid(at, storage.Size, "must be a number with its unit, such as 10Gi or 500Mi%s", didYouMeanSize(storage.Size))
	case size.Sign() <= 0:
		m.invalid(at, storage.Size, "must be more than nothing, such as 10Gi")
	case size.Value() < minimalVolume:
		remedy := ""
		if strings.Trim(storage.Size, "0123456789") == "" {
			remedy = didYouMeanSize(storage.Size)
		}
		m.invalid(at, storage.Size, "is too small for an empty PostgreSQL, which takes about 64Mi%s", remedy)
	}
}

// minimalVolume is less than initdb and the first segments of the write-ahead log need, 40 MB and three times 16 MiB; a size below it is
// a forgotten unit.
const minimalVolume = 64 << 20

// didYouMeanSize proposes the size that was probably meant.
func didYouMeanSize(text string) string {
	size := strict.ClosestSize(text)
	if size == "" && strings.Trim(text, "0123456789") == "" {
		size = text + "Gi"
	}
	if size == "" {
		return ""
	}
	return ": did you mean " + size + "?"
}

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
