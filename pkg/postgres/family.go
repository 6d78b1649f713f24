package postgres

import (
	"strconv"
	"strings"
)

// family is a line of operand images with the same contents.
type family string

const (
	familyUnknown     family = ""
	familyPostgreSQL  family = operandRepository
	familyPostGIS     family = "ghcr.io/cloudnative-pg/postgis"
	familyVectorChord family = "ghcr.io/tensorchord/cloudnative-vectorchord"
	familyPgvectoRS   family = "ghcr.io/tensorchord/cloudnative-pgvecto.rs"
	familyTimescale   family = "ghcr.io/clevyr/cloudnativepg-timescale"
)

// family recognises an image by its repository, also where a mirror or a
// pull-through cache carries it under another registry.
func (i Image) family() family {
	for _, f := range [...]family{familyPostgreSQL, familyPostGIS, familyVectorChord, familyPgvectoRS, familyTimescale} {
		_, path, _ := strings.Cut(string(f), "/")
		if i.Name == string(f) || i.Name == path || strings.HasSuffix(i.Name, "/"+path) {
			return f
		}
	}
	return familyUnknown
}

// hasStandard reports whether images of the family hold what FlavourStandard
// adds, and whether that is known.
func (i Image) hasStandard() (has, known bool) {
	switch i.family() {
	case familyPostgreSQL:
		return i.Flavour == FlavourStandard || i.Flavour == FlavourSystem, true
	case familyPostGIS, familyVectorChord:
		// Built on the standard or system image: Dockerfile and
		// docker-bake.hcl of cloudnative-pg/postgis-containers, Dockerfile of
		// tensorchord/cloudnative-vectorchord.
		return true, true
	}
	return false, false
}

// special returns an image of the family for a major version, and false where
// none is known to be published.
//
// PostGIS: image-catalogs/postgis-standard-trixie.yaml of
// cloudnative-pg/postgis-containers at 6005907 (29 June 2026).
// VectorChord: versions.yaml of tensorchord/cloudnative-vectorchord at 022c47b
// (29 June 2026), on Debian bookworm.
// TimescaleDB: README of clevyr/docker-cloudnativepg-timescale at e5d99f8
// (19 August 2026): rolling tags only are documented.
func (f family) special(major int) (reference string, ok bool) {
	r, known := releaseOf(major)
	if !known {
		return "", false
	}
	switch f {
	case familyPostGIS:
		if major == 13 {
			return string(f) + ":13.22-3.6.0-standard-trixie", true
		}
		return string(f) + ":" + r.full(r.special) + "-3.6.4-standard-trixie", true
	case familyVectorChord:
		if major >= 14 {
			return string(f) + ":" + r.full(r.special) + "-1.1.1", true
		}
	case familyTimescale:
		if major >= 14 && major <= 17 {
			return string(f) + ":" + strconv.Itoa(major) + "-ts2", true
		}
	}
	return "", false
}
