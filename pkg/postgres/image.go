package postgres

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Flavour is what a CloudNativePG operand image holds beside the server.
type Flavour string

const (
	// FlavourMinimal is the server with its contrib modules.
	FlavourMinimal Flavour = "minimal"
	// FlavourStandard adds pgaudit, pgvector, pg_failover_slots, all locales
	// and JIT compilation.
	FlavourStandard Flavour = "standard"
	// FlavourSystem adds the Barman Cloud programs to FlavourStandard. In-tree
	// backups need it; it is deprecated and goes away with them.
	FlavourSystem Flavour = "system"
	// FlavourOther is an image whose tag names none of the three.
	FlavourOther Flavour = "other"
)

// Image is a parsed operand image reference.
type Image struct {
	// Name is the repository as it was written, registry included.
	Name string
	// Tag is never empty.
	Tag string
	// Digest is "sha256:" and 64 hexadecimal digits, or empty.
	Digest string
	// Major is the PostgreSQL major version the tag begins with.
	Major int
	// Minor is the minor version, or -1 when the tag does not tell.
	Minor int
	// Flavour is what the tag says the image holds.
	Flavour Flavour
	// Distribution is the Debian release in the tag, such as "trixie", or empty.
	Distribution string
}

// maxMajor tells a PostgreSQL version from a date or a build number.
const maxMajor = 99

// ParseImage reads an operand image reference by CloudNativePG's rules: there
// is a tag, it is not "latest", it begins with a PostgreSQL version of at least
// OldestMajor, and a digest comes only beside a tag. These rules do not apply
// to the images in an image catalog, which names the major version itself.
//
// Sources: validateImageName and validateConfiguration of CloudNativePG 1.30.0;
// pkg/image/reference and pkg/postgres/version of cloudnative-pg/machinery 0.5.0.
func ParseImage(reference string) (Image, error) {
	img := Image{Minor: -1, Flavour: FlavourOther}
	if reference == "" {
		return img, errors.New("an image reference is needed, such as " + exampleImage())
	}
	if strings.ContainsAny(reference, " \t\r\n") {
		return img, fmt.Errorf("image %q contains white space", reference)
	}
	rest, digest, hasDigest := strings.Cut(reference, "@")
	if hasDigest {
		if !isDigest(digest) {
			return img, fmt.Errorf("image %q has no valid digest: it is sha256: and 64 hexadecimal digits", reference)
		}
		img.Digest = digest
	}
	colon := strings.LastIndexByte(rest, ':')
	if colon < strings.LastIndexByte(rest, '/') {
		colon = -1 // a registry's port, not a tag
	}
	if colon < 0 {
		if hasDigest {
			return img, fmt.Errorf("image %q has a digest but no tag, and CloudNativePG reads the PostgreSQL version from the tag: write name:tag@digest", reference)
		}
		return img, fmt.Errorf("image %q has no tag: CloudNativePG reads the PostgreSQL version from it, as in %s", reference, exampleImage())
	}
	img.Name, img.Tag = rest[:colon], rest[colon+1:]
	if err := checkRepository(img.Name); err != nil {
		return img, fmt.Errorf("image %q: %w", reference, err)
	}
	if !isTag(img.Tag) {
		return img, fmt.Errorf("image %q has no valid tag: it is at most 128 letters, digits, dots, dashes and underscores", reference)
	}
	if img.Tag == "latest" {
		return img, fmt.Errorf("image %q: CloudNativePG refuses the tag latest, since it cannot detect upgrades: use a tag that begins with the PostgreSQL version, as in %s",
			reference, exampleImage())
	}
	if err := img.readVersion(); err != nil {
		return img, fmt.Errorf("image %q: %w", reference, err)
	}
	img.readFlavour()
	return img, nil
}

// IsRolling reports whether the reference names a different PostgreSQL minor
// version from one day to the next: a tag without minor version, and no digest.
func (i Image) IsRolling() bool {
	return i.Minor < 0 && i.Digest == ""
}

// String returns the reference.
func (i Image) String() string {
	s := i.Name + ":" + i.Tag
	if i.Digest != "" {
		s += "@" + i.Digest
	}
	return s
}

// readVersion takes the PostgreSQL version off the front of the tag: digits,
// and after a dot the digits of the minor version.
func (i *Image) readVersion() error {
	digits := leadingDigits(i.Tag)
	if digits == "" {
		return fmt.Errorf("the tag %q does not begin with a PostgreSQL version: use one such as %s", i.Tag, exampleTag())
	}
	major, err := strconv.Atoi(digits)
	if err != nil || major > maxMajor {
		return fmt.Errorf("the tag %q begins with %s, which is no PostgreSQL major version: use one such as %s", i.Tag, digits, exampleTag())
	}
	if major < OldestMajor {
		return fmt.Errorf("PostgreSQL %d is not supported by CloudNativePG: use %d or newer", major, OldestMajor)
	}
	i.Major = major
	minor, found := strings.CutPrefix(i.Tag[len(digits):], ".")
	if !found {
		return nil
	}
	digits = leadingDigits(minor)
	if digits == "" {
		return fmt.Errorf("the tag %q has no number after %d.: use one such as %s", i.Tag, major, exampleTag())
	}
	if i.Minor, err = strconv.Atoi(digits); err != nil {
		return fmt.Errorf("the tag %q has no minor version after %d.: use one such as %s", i.Tag, major, exampleTag())
	}
	return nil
}

// readFlavour reads the parts of tags such as 17.6-202509091311-standard-trixie.
// CloudNativePG's own images without such parts are the older system images on
// bullseye (README of cloudnative-pg/postgres-containers, "Deprecated Rolling
// Tags"); those of VectorChord are built on bookworm (its Dockerfile).
func (i *Image) readFlavour() {
	switch i.family() {
	case familyPostgreSQL:
		i.Flavour, i.Distribution = FlavourSystem, "bullseye"
	case familyVectorChord:
		i.Distribution = "bookworm"
	}
	for part := range strings.SplitSeq(i.Tag, "-") {
		switch part {
		case "minimal", "standard", "system":
			i.Flavour = Flavour(part)
		case "trixie", "bookworm", "bullseye":
			i.Distribution = part
		}
	}
}

func leadingDigits(s string) string {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n]
}

// checkRepository checks the name before the tag by the rules of the OCI
// distribution specification: lower-case path components, optionally behind a
// registry's host and port.
func checkRepository(name string) error {
	components := strings.Split(name, "/")
	for n, c := range components {
		if c == "" {
			return errors.New("the repository has an empty path component")
		}
		registry := n == 0 && len(components) > 1 && (strings.ContainsAny(c, ".:") || c == "localhost")
		for _, r := range c {
			switch {
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			case registry && (r >= 'A' && r <= 'Z' || r == ':'):
			default:
				return fmt.Errorf("the repository contains %q: it is lower-case letters, digits, dots, dashes, underscores and slashes", r)
			}
		}
	}
	return nil
}

func isTag(s string) bool {
	if s == "" || len(s) > 128 || s[0] == '.' || s[0] == '-' {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
		default:
			return false
		}
	}
	return true
}

func isDigest(s string) bool {
	hex, found := strings.CutPrefix(s, "sha256:")
	if !found || len(hex) != 64 {
		return false
	}
	for _, r := range hex {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') && (r < 'A' || r > 'F') {
			return false
		}
	}
	return true
}

func exampleTag() string {
	full, _ := FullVersion(DefaultMajor)
	return full + "-standard-trixie"
}

func exampleImage() string {
	return operandRepository + ":" + exampleTag()
}
