package plan

import (
	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// Image is the PostgreSQL that runs: by name, or from a catalog.
type Image struct {
	// Name is the image, or "" when a catalog decides.
	Name string

	// Catalog decides the image, or is nil.
	Catalog *cnpgv1.ImageCatalogRef

	// Major is the PostgreSQL major version, or 0 when it is not known.
	Major int

	// Minor is the minor version, or -1 when it is not known.
	Minor int

	// Parsed is the image's reference, or zero when it is not known.
	Parsed postgres.Image
}

// image finds the image and its version.
func (m *maker) image() {
	m.Image = Image{Minor: -1}
	var chosen []string
	for _, choice := range []struct {
		name  string
		given bool
	}{{"version", m.Spec.Version != ""}, {"imageName", m.Spec.ImageName != ""}, {"imageCatalogRef", m.Spec.ImageCatalogRef != nil}} {
		if choice.given {
			chosen = append(chosen, choice.name)
		}
	}
	before := len(m.errs)
	switch {
	case len(chosen) > 1:
		m.forbidden(m.spec.Child(chosen[1]), "version, imageName and imageCatalogRef exclude each other: keep one")
	case m.Spec.ImageCatalogRef != nil:
		m.catalog()
	case m.Spec.ImageName != "":
		m.imageName()
	default:
		m.version()
	}
	m.imageFailed = len(m.errs) > before
}

func (m *maker) version() {
	path := m.spec.Child("version")
	if !m.noPlaceholder(path, m.Spec.Version) {
		return
	}
	name, err := postgres.OperandImage(m.Spec.Version, m.flavour())
	if err != nil {
		m.refused(path, m.Spec.Version, err)
		return
	}
	image, err := postgres.ParseImage(name)
	if err != nil {
		m.refused(path, name, err)
		return
	}
	m.adopt(name, image)
}

// flavour is the image that the backup method needs: the in-tree one calls programs that only the system images hold.
func (m *maker) flavour() postgres.Flavour {
	if b := m.Spec.Backup; b.IsEnabled() && b.Method == v1alpha1.MethodBarmanObjectStore {
		return postgres.FlavourSystem
	}
	return postgres.FlavourStandard
}

func (m *maker) imageName() {
	path := m.spec.Child("imageName")
	if placeholder(m.Spec.ImageName) {
		m.Image.Name = m.Spec.ImageName
		m.warn(path, "the PostgreSQL version is not known before Flux substitutes the image: nothing that depends on it is checked or tuned")
		return
	}
	image, err := postgres.ParseImage(m.Spec.ImageName)
	if err != nil {
		m.refused(path, m.Spec.ImageName, err)
		return
	}
	m.adopt(m.Spec.ImageName, image)
	if image.IsRolling() {
		m.warn(path, "tag %q moves on by itself, so that a restart may bring another minor version: name the full version, or add the digest", image.Tag)
	}
	needed := m.flavour()
	if needed == postgres.FlavourSystem && (image.Flavour == postgres.FlavourStandard || image.Flavour == postgres.FlavourMinimal) {
		m.invalid(path, m.Spec.ImageName, "backup.method barmanObjectStore needs a system image: a %s image holds no barman-cloud programs, "+
			"and the cluster would archive nothing; use the system image or backup.method plugin", image.Flavour)
	}
}

func (m *maker) adopt(name string, image postgres.Image) {
	m.Image = Image{Name: name, Major: image.Major, Minor: image.Minor, Parsed: image}
}

func (m *maker) catalog() {
	path := m.spec.Child("imageCatalogRef")
	ref := m.Spec.ImageCatalogRef
	m.Image.Catalog, m.Image.Major = ref, ref.Major
	m.objectReference(path.Child("name"), ref.Name, "the name of the catalog")
	oneOf(&m.checker, path.Child("kind"), ref.Kind, "ImageCatalog", "ClusterImageCatalog")
	if group := value(ref.APIGroup); group != cnpgv1.SchemeGroupVersion.Group {
		m.invalid(path.Child("apiGroup"), group, "must be %s, or left out", cnpgv1.SchemeGroupVersion.Group)
	}
	switch {
	case ref.Major == 0:
		m.required(path.Child("major"), "the PostgreSQL major version to take from the catalog, such as %d", postgres.DefaultMajor)
	case ref.Major < postgres.OldestMajor:
		m.invalid(path.Child("major"), ref.Major, "must be a PostgreSQL major version of at least %d", postgres.OldestMajor)
	}
}
