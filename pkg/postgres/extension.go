package postgres

import (
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// Source says which images hold an extension's files.
type Source string

const (
	// SourceContrib is in every image: PostgreSQL ships it itself.
	SourceContrib Source = "contrib"
	// SourceStandard is in the standard and system images.
	SourceStandard Source = "standard"
	// SourceImage is in operand images made for it, or can be mounted.
	SourceImage Source = "image"
	// SourceNone is in no image published for CloudNativePG.
	SourceNone Source = "none"
)

// Parameter is an entry of postgresql.parameters.
type Parameter struct{ Name, Value string }

// Extension is what is known of one extension, or of a library without SQL
// objects that people call one.
type Extension struct {
	// Name is the name in CREATE EXTENSION.
	Name string
	// Source says where its files are.
	Source Source
	// Since and Until are the first and the last major version that have it;
	// 0 is no limit.
	Since, Until int
	// Module says that there is nothing to CREATE EXTENSION.
	Module bool
	// Preload is the library for postgresql.shared_preload_libraries, or empty.
	Preload string
	// Trigger is the parameter that makes CloudNativePG preload the library
	// itself, with PostgreSQL's own default as value. Zero for most.
	Trigger Parameter
	// Parameters are what it needs set, or what its documentation advises.
	Parameters []Parameter
	// Requires names the extensions that have to be created before it.
	Requires []string
	// Volume names the image volume that holds it, from PostgreSQL 18 on.
	Volume string
	// families are operand images that hold it, the one to suggest first.
	families []family
	// note is a sentence for the user.
	note string
}

// Volume is an image volume: an entry of postgresql.extensions.
type Volume struct {
	// Name is the name to use in postgresql.extensions; official image
	// catalogs use the same.
	Name string
	// Reference is the image, for one major version and distribution.
	Reference string
	// ExtensionControlPath, DynamicLibraryPath and LDLibraryPath are given
	// where the image departs from CloudNativePG's layout.
	ExtensionControlPath, DynamicLibraryPath, LDLibraryPath []string
	// Env needs CloudNativePG 1.29. ${image_root} in a value is the operator's
	// own placeholder.
	Env []Parameter
}

// VolumeMinMajor is the first PostgreSQL that finds extensions in image volumes
// (extension_control_path).
const VolumeMinMajor = 18

// LookupExtension returns an extension by its SQL name or by a name people
// write instead, such as pgvector for vector. Case does not matter, and dashes
// count as underscores unless the name has dashes itself.
func LookupExtension(name string) (Extension, bool) {
	for _, candidate := range [...]string{name, strings.ToLower(name), strings.ReplaceAll(strings.ToLower(name), "-", "_")} {
		candidate = aliasedExtension(candidate)
		for i := range extensions {
			if extensions[i].Name == candidate {
				return extensions[i], true
			}
		}
	}
	return Extension{}, false
}

// ExtensionNames returns the SQL names of all extensions in the catalogue, in
// alphabetical order.
func ExtensionNames() []string {
	names := make([]string, len(extensions))
	for i := range extensions {
		names[i] = extensions[i].Name
	}
	return names
}

// aliasedExtension translates names of projects, packages and images.
func aliasedExtension(name string) string {
	switch name {
	case "pgvector":
		return "vector"
	case "vectorchord", "vector_chord", "vchord.so":
		return "vchord"
	case "pgvecto.rs", "pgvecto_rs", "pgvectors", "vectors.so":
		return "vectors"
	case "timescale", "timescale_db", "timescaledb_oss", "timescaledb-oss":
		return "timescaledb"
	case "uuid_ossp", "uuidossp", "uuid":
		return "uuid-ossp"
	case "pg_audit":
		return "pgaudit"
	case "pg_stat_statement", "pgstatstatements":
		return "pg_stat_statements"
	case "trgm", "pgtrgm":
		return "pg_trgm"
	case "pg_crypto":
		return "pgcrypto"
	case "post_gis":
		return "postgis"
	case "pg_routing":
		return "pgrouting"
	case "plpython", "plpython3":
		return "plpython3u"
	case "pgcron":
		return "pg_cron"
	case "pgpartman":
		return "pg_partman"
	case "pgrepack":
		return "pg_repack"
	case "failover_slots":
		return "pg_failover_slots"
	}
	return name
}

// SuggestExtension returns the known extension that a misspelt name probably
// means, or "".
func SuggestExtension(name string) string {
	name = strings.ToLower(name)
	best, distance := "", 3
	for i := range extensions {
		if d := levenshtein.Distance(name, extensions[i].Name, nil); d < distance && d < len(name)/2 {
			best, distance = extensions[i].Name, d
		}
	}
	return best
}

// LibraryName returns a library as one writes it in shared_preload_libraries,
// without the suffix and directory that PostgreSQL supplies: vchord for
// vchord.so and $libdir/vchord.
func LibraryName(library string) string {
	library = strings.TrimSpace(library)
	library = strings.TrimPrefix(library, "$libdir/")
	return strings.TrimSuffix(library, ".so")
}

// ExtensionVolume returns an image volume for a major version on a Debian
// release, trixie if empty, and false if there is none.
func ExtensionVolume(name string, major int, distribution string) (Volume, bool) {
	if major < VolumeMinMajor || major > releases[len(releases)-1].major {
		return Volume{}, false
	}
	if distribution == "" {
		distribution = "trixie"
	}
	if distribution != "trixie" && distribution != "bookworm" {
		return Volume{}, false
	}
	for i := range volumes {
		if volumes[i].Name != name {
			continue
		}
		expand := strings.NewReplacer("{major}", strconv.Itoa(major), "{os}", distribution)
		v := volumes[i]
		v.Reference = expand.Replace(v.Reference)
		v.DynamicLibraryPath = expandAll(expand, v.DynamicLibraryPath)
		v.ExtensionControlPath = expandAll(expand, v.ExtensionControlPath)
		return v, true
	}
	return Volume{}, false
}

// expandAll returns a copy, so that the table stays as it is.
func expandAll(expand *strings.Replacer, values []string) []string {
	if values == nil {
		return nil
	}
	expanded := make([]string, len(values))
	for i, v := range values {
		expanded[i] = expand.Replace(v)
	}
	return expanded
}
