package postgres

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	// DefaultMajor is the major version used when none is asked for.
	DefaultMajor = 17

	// OldestMajor is the oldest major version CloudNativePG accepts
	// (internal/webhook/v1/cluster_webhook.go, validateConfiguration, v1.30.0).
	OldestMajor = 13

	// operandRepository is where CloudNativePG publishes its operand images.
	operandRepository = "ghcr.io/cloudnative-pg/postgresql"
)

// release is one major version and what is published of it.
type release struct {
	major int
	// newest is the newest minor with published standard and system images
	// on Debian trixie.
	newest int
	// special is the newest minor of images that others build on top, such as
	// those with PostGIS and VectorChord.
	special int
	// oldest is the first minor that was published on Debian trixie.
	oldest int
}

// releases is sorted by major version.
//
// newest: image-catalogs/catalog-{standard,system}-trixie.yaml of
// github.com/cloudnative-pg/artifacts at da87904 (images of 17 August 2026).
// special: what was published of them when CloudNativePG 1.30.0 came out.
// oldest: the same catalog at its first commit, a231f96 (10 September 2025), and
// for 18, which came later, PostgreSQL 18.0.
var releases = [...]release{
	{major: 13, newest: 22, special: 22, oldest: 22},
	{major: 14, newest: 24, special: 23, oldest: 19},
	{major: 15, newest: 19, special: 18, oldest: 14},
	{major: 16, newest: 15, special: 14, oldest: 10},
	{major: 17, newest: 11, special: 10, oldest: 6},
	{major: 18, newest: 6, special: 4, oldest: 0},
}

// Majors returns the supported major versions, oldest first.
func Majors() []int {
	majors := make([]int, len(releases))
	for i, r := range releases {
		majors[i] = r.major
	}
	return majors
}

// FullVersion returns the pinned full version of a major version, such as
// "17.10" for 17, and false for a major version that is not supported.
func FullVersion(major int) (string, bool) {
	r, ok := releaseOf(major)
	if !ok {
		return "", false
	}
	return r.full(r.newest), true
}

// OperandImage returns the CloudNativePG image of a PostgreSQL version.
//
// The version is a major version such as "17", which stands for its pinned
// minor version, a full version such as "17.8", which is taken as it is, or
// empty for DefaultMajor. The flavour is FlavourStandard unless in-tree Barman
// Cloud backups ask for FlavourSystem. Images are those on Debian trixie.
func OperandImage(version string, flavour Flavour) (string, error) {
	switch flavour {
	case FlavourMinimal, FlavourStandard, FlavourSystem:
	default:
		return "", fmt.Errorf("there is no image flavour %q: use %s, %s or %s",
			flavour, FlavourStandard, FlavourMinimal, FlavourSystem)
	}
	major, minor, err := parseVersion(version)
	if err != nil {
		return "", err
	}
	r, ok := releaseOf(major)
	if !ok {
		return "", fmt.Errorf("there is no image for PostgreSQL %d: use one of %s, or set imageName",
			major, majorList())
	}
	switch {
	case minor < 0:
		minor = r.newest
	case minor < r.oldest:
		return "", fmt.Errorf("PostgreSQL %d.%d has no image on Debian trixie, the first one is %s: use version %q, or set imageName",
			major, minor, r.full(r.oldest), strconv.Itoa(major))
	}
	return operandRepository + ":" + r.full(minor) + "-" + string(flavour) + "-trixie", nil
}

// parseVersion splits "17" into 17, -1 and "17.10" into 17, 10.
func parseVersion(version string) (major, minor int, err error) {
	if version == "" {
		return DefaultMajor, -1, nil
	}
	first, second, hasMinor := strings.Cut(version, ".")
	major, ok := parseNumber(first)
	minor = -1
	if ok && hasMinor {
		minor, ok = parseNumber(second)
	}
	if !ok {
		return 0, 0, fmt.Errorf("%q is not a PostgreSQL version: use a major version such as %q, or a full one such as %q",
			version, strconv.Itoa(DefaultMajor), strconv.Itoa(DefaultMajor)+".10")
	}
	return major, minor, nil
}

// parseNumber reads one or two decimal digits.
func parseNumber(s string) (int, bool) {
	if len(s) == 0 || len(s) > 2 || !allDigits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func releaseOf(major int) (release, bool) {
	for _, r := range releases {
		if r.major == major {
			return r, true
		}
	}
	return release{}, false
}

func (r release) full(minor int) string {
	return strconv.Itoa(r.major) + "." + strconv.Itoa(minor)
}

func majorList() string {
	words := make([]string, len(releases))
	for i, r := range releases {
		words[i] = strconv.Itoa(r.major)
	}
	return strings.Join(words, ", ")
}
