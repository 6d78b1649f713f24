package cnpg

import (
	"fmt"
	"slices"
	"strings"
)

// Release is what to install for a version of the operator or of a plugin.
type Release struct {
	// Version is the full version.
	Version string

	// Chart is the version of the Helm chart that installs it.
	Chart string
}

// Minor is the minor version of an operator's release, the newest one for what is none.
func (r Release) Minor() Version {
	for _, version := range Versions {
		if strings.HasPrefix(r.Version, version.String()+".") {
			return version
		}
	}
	return Newest
}

// releases are the operator's releases with a chart cloudnative-pg, oldest first, each with its newest chart: version and appVersion in
// charts/cloudnative-pg/Chart.yaml of github.com/cloudnative-pg/charts at the tags cloudnative-pg-v0.26.0 to -v0.29.0, the last one of 20 July
// 2026. Later patch versions had no chart of their own then.
var releases = []Release{
	{"1.27.0", "0.26.0"},
	{"1.27.1", "0.26.1"},
	{"1.28.0", "0.27.0"},
	{"1.28.1", "0.27.1"},
	{"1.29.0", "0.28.0"},
	{"1.29.1", "0.28.3"},
	{"1.30.0", "0.29.0"},
}

// pluginReleases are the Barman Cloud plugin's releases with a chart plugin-barman-cloud, likewise, at the tags plugin-barman-cloud-v0.3.1 to
// -v0.7.0, the last one of 20 July 2026. They serve all versions of the operator here, as the plugin needs 1.26 (web/docs/intro.md of the
// plugin). The later 0.14.0 and 0.15.0 have the definition, the rights and the flags of 0.13.0, so that its chart runs their images.
var pluginReleases = []Release{
	{"0.9.0", "0.3.1"},
	{"0.10.0", "0.4.0"},
	{"0.11.0", "0.5.0"},
	{"0.12.0", "0.6.0"},
	{"0.13.0", "0.7.0"},
}

// FindRelease is the release that a version names: a full one itself, a minor one its newest.
func FindRelease(version string) (Release, error) { return findRelease(releases, version) }

// FindPluginRelease is the same for the Barman Cloud plugin.
func FindPluginRelease(version string) (Release, error) { return findRelease(pluginReleases, version) }

// PluginVersion is the newest release of the Barman Cloud plugin that a chart installs.
var PluginVersion = pluginReleases[len(pluginReleases)-1].Version

func findRelease(among []Release, version string) (Release, error) {
	for _, release := range slices.Backward(among) {
		if release.Version == version || strings.HasPrefix(release.Version, version+".") && strings.Contains(version, ".") {
			return release, nil
		}
	}
	names := make([]string, 0, len(among))
	for _, release := range among {
		names = append(names, release.Version)
	}
	if plain := strings.TrimPrefix(version, "v"); plain != version {
		if _, err := findRelease(among, plain); err == nil {
			return Release{}, fmt.Errorf("is written without v: write %q", plain)
		}
	}
	return Release{}, fmt.Errorf("must be a release that a Helm chart installs: one of %s; a later one is run by the chart of the last, with its image.tag in values",
		strings.Join(names, ", "))
}
