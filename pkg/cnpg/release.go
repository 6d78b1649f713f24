package cnpg

// Release is what to install for a version of the operator.
type Release struct {
	// Operator is the full version.
	Operator string

	// Chart is the version of the Helm chart cloudnative-pg that installs it.
	Chart string
}

// PluginRelease is the newest release of the Barman Cloud plugin with a Helm chart: chart plugin-barman-cloud 0.7.0. It serves all versions of
// the operator here, as it needs 1.26 (web/docs/intro.md of the plugin).
var PluginRelease = Release{Operator: "0.13.0", Chart: "0.7.0"}

// ReleaseOf is the newest release of a version that a Helm chart installs: version and appVersion in charts/cloudnative-pg/Chart.yaml of
// github.com/cloudnative-pg/charts at the tags cloudnative-pg-v0.26.1, -v0.27.1, -v0.28.3 and -v0.29.0. Later patch versions of 1.27 to 1.29
// have no chart of their own. It is false for a version that is not supported.
func ReleaseOf(version Version) (Release, bool) {
	switch version {
	case V1_27:
		return Release{Operator: "1.27.1", Chart: "0.26.1"}, true
	case V1_28:
		return Release{Operator: "1.28.1", Chart: "0.27.1"}, true
	case V1_29:
		return Release{Operator: "1.29.1", Chart: "0.28.3"}, true
	case V1_30:
		return Release{Operator: "1.30.0", Chart: "0.29.0"}, true
	}
	return Release{}, false
}
