package build

import (
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
)

// Options are the flags of kustomize build that change its result, with the same meanings and the same defaults: the zero value is
// kustomize build without flags. Options for functions are about functions of others. Those of this project run in the same process
// and need no leave.
type Options struct {
	// LoadRestrictor tells whether files outside of a kustomization's directory may be loaded. The default, and the zero value, is
	// types.LoadRestrictionsRootOnly.
	LoadRestrictor types.LoadRestrictions

	// Reorder is the order of the output where the kustomization has no sortOptions. The default, and "", is
	// krusty.ReorderOptionUnspecified, which sorts as krusty.ReorderOptionLegacy does.
	Reorder krusty.ReorderOption

	// EnableManagedByLabel labels all resources with app.kubernetes.io/managed-by.
	EnableManagedByLabel bool

	// EnableHelm lets kustomize run helm. EnableAlphaPlugins includes it.
	EnableHelm bool

	// HelmCommand is the helm to run. The default, and "", is helm.
	HelmCommand string

	// HelmKubeVersion and HelmAPIVersions are the cluster that helm renders for.
	HelmKubeVersion string
	HelmAPIVersions []string

	// HelmDebug makes helm print its debug output.
	HelmDebug bool

	// EnableAlphaPlugins lets kustomize run functions of others, in containers.
	EnableAlphaPlugins bool

	// EnableExec lets kustomize run executables as functions of others too. It means nothing without EnableAlphaPlugins.
	EnableExec bool

	// Network allows functions to use the network that declare it, NetworkName is the Docker network, by default bridge.
	Network     bool
	NetworkName string

	// Mounts are what functions may read from the file system, as kustomize writes mounts.
	Mounts []string

	// Env are environment variables for functions, as NAME=value, or as NAME to pass the caller's on.
	Env []string

	// AsCurrentUser runs functions in containers under the caller's user instead of nobody.
	AsCurrentUser bool
}

// krusty gives the options as kustomize's library takes them.
func (o Options) krusty() *krusty.Options {
	options := krusty.MakeDefaultOptions()
	options.Reorder = o.Reorder
	if o.Reorder == "" {
		options.Reorder = krusty.ReorderOptionUnspecified
	}
	options.AddManagedbyLabel = o.EnableManagedByLabel
	options.LoadRestrictions = o.LoadRestrictor
	if o.LoadRestrictor == types.LoadRestrictionsUnknown {
		options.LoadRestrictions = types.LoadRestrictionsRootOnly
	}
	if o.EnableAlphaPlugins {
		options.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
		options.PluginConfig.FnpLoadingOptions = types.FnPluginLoadingOptions{
			EnableExec: o.EnableExec, Network: o.Network, NetworkName: o.networkName(), Mounts: o.Mounts, Env: o.Env, AsCurrentUser: o.AsCurrentUser,
		}
	} else {
		options.PluginConfig.HelmConfig.Enabled = o.EnableHelm
	}
	helm := &options.PluginConfig.HelmConfig
	helm.Command = o.HelmCommand
	if helm.Command == "" {
		helm.Command = "helm"
	}
	helm.ApiVersions, helm.KubeVersion, helm.Debug = o.HelmAPIVersions, o.HelmKubeVersion, o.HelmDebug
	return options
}

func (o Options) networkName() string {
	if o.NetworkName == "" {
		return "bridge"
	}
	return o.NetworkName
}
