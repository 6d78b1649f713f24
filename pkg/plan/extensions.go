package plan

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// extensions finds what all extensions of all databases need of the server.
func (m *maker) extensions() {
	m.resolved = map[string][]string{}
	m.extensionsOf(m.spec.Child("extensions"), m.Spec.Extensions)
	for i := range m.Spec.Databases {
		m.extensionsOf(m.spec.Child("databases").Index(i).Child("extensions"), m.Spec.Databases[i].Extensions)
	}
}

// extensionsOf resolves the extensions of one database. On a shared cluster the image is somebody else's, and so is what it preloads.
func (m *maker) extensionsOf(list *field.Path, names []string) {
	var wanted []string
	for i, name := range names {
		switch at := list.Index(i); {
		case name == "":
			m.required(at, "the name of the extension")
		case m.noPlaceholder(at, name):
			wanted = append(wanted, name)
		}
	}
	if len(wanted) == 0 || m.imageFailed {
		return
	}
	var create []string
	before := len(m.errs)
	for _, need := range postgres.ResolveExtensions(wanted, m.server()) {
		at := list
		if i := slices.Index(names, need.Requested); i >= 0 && need.Requested != "" {
			at = list.Index(i)
		}
		if need.Create {
			create = append(create, need.Name)
		}
		if m.Shared == nil {
			m.need(at, need)
			// What the others require comes before them, and is not had where they are not.
			if requested := at != list; requested && len(m.errs) > before {
				m.errs = slices.DeleteFunc(m.errs, func(err *field.Error) bool { return err.Field == list.String() })
			}
		} else if _, known := postgres.LookupExtension(need.Name); !known {
			m.warn(at, "%s", need.Remedy)
		}
	}
	m.resolved[list.String()] = create
}

// server is what extensions are resolved against.
func (m *maker) server() postgres.Server {
	server := postgres.Server{Major: m.Image.Major, Image: m.Image.Parsed, Libraries: m.libraries()}
	if server.Major == 0 {
		server.Major = postgres.DefaultMajor
	}
	if p := m.Spec.PostgreSQL; p != nil {
		server.Parameters = slices.Sorted(maps.Keys(p.Parameters))
		for i := range p.Extensions {
			server.Volumes = append(server.Volumes, p.Extensions[i].Name)
		}
	}
	for _, volume := range m.Volumes {
		server.Volumes = append(server.Volumes, volume.Name)
	}
	for _, needed := range m.needed {
		server.Parameters = append(server.Parameters, needed.Name)
	}
	return server
}

// need takes up what one extension needs of the server.
func (m *maker) need(at *field.Path, need postgres.Need) {
	switch need.Availability {
	case postgres.Unavailable:
		m.invalid(at, need.Name, "%s", need.Remedy)
		return
	case postgres.Mountable:
		if len(need.Volume.Env) > 0 && m.Target.Less(cnpg.V1_29) {
			m.invalid(at, need.Name, "its image volume sets environment variables, which CloudNativePG knows from 1.29 on: raise operatorVersion, "+
				"or set imageName to an image that holds the extension")
			return
		}
		m.warn(at, "%s", need.Remedy)
	case postgres.Unverified:
		m.warn(at, "%s", need.Remedy)
	}
	if need.Preload != "" {
		m.preload = append(m.preload, need.Preload)
	}
	for _, parameter := range need.Parameters {
		m.needed = append(m.needed, Derivation{Name: parameter.Name, Value: parameter.Value, Reason: "extension " + need.Name + " needs it"})
	}
	if need.Volume != nil {
		m.Volumes = append(m.Volumes, *need.Volume)
	}
}

// imageVolumes checks the extension images of the user (validateExtensions in internal/webhook/v1/cluster_webhook.go, CloudNativePG
// 1.30.0).
func (m *maker) imageVolumes(list *field.Path) {
	extensions := m.Spec.PostgreSQL.Extensions
	if len(extensions) > 0 && m.Image.Major != 0 && m.Image.Major < postgres.VolumeMinMajor {
		m.forbidden(list, "extension images need PostgreSQL %d, and the image has %d", postgres.VolumeMinMajor, m.Image.Major)
		return
	}
	// Volumes are named after extensions, where the two spellings are one.
	volumes := map[string]string{}
	for i := range extensions {
		extension, at := &extensions[i], list.Index(i)
		volume := strings.ReplaceAll(extension.Name, "_", "-")
		other, taken := volumes[volume]
		switch {
		case extension.Name == "":
			m.required(at.Child("name"), "the name of the extension")
		case !volumeName().MatchString(extension.Name):
			m.invalid(at.Child("name"), extension.Name, "must be lower-case letters, digits, - and _, beginning and ending with a letter or digit")
		case taken && other == extension.Name:
			m.invalid(at.Child("name"), extension.Name, "is in the list already: keep one of the two")
		case taken:
			m.invalid(at.Child("name"), extension.Name, "its volume would be named like that of %s: keep one of the two", other)
		}
		volumes[volume] = extension.Name
		switch {
		case extension.ImageVolumeSource.Reference != "":
		case m.Image.Catalog == nil:
			m.required(at.Child("image", "reference"), "the image of the extension, which only an image catalog would know")
		case m.Target.Less(cnpg.V1_29):
			m.required(at.Child("image", "reference"), "the image of the extension: CloudNativePG looks for it in an image catalog from %s on", cnpg.V1_29)
		}
		m.volumePaths(at.Child("extension_control_path"), extension.ExtensionControlPath)
		m.volumePaths(at.Child("dynamic_library_path"), extension.DynamicLibraryPath)
		m.volumePaths(at.Child("ld_library_path"), extension.LdLibraryPath)
		m.volumePaths(at.Child("bin_path"), extension.BinPath)
		m.volumeEnv(at.Child("env"), extension.Env)
	}
}

// volumeName is the name of an extension that is mounted (api/v1/cluster_types.go, CloudNativePG 1.30.0).
var volumeName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$`) })

// volumePaths checks folders of an extension's image.
func (m *maker) volumePaths(list *field.Path, folders []string) {
	for i, folder := range folders {
		switch at := list.Index(i); {
		case folder == "":
			m.required(at, "a folder of the extension's image")
		case slices.Contains(folders[:i], folder):
			m.invalid(at, folder, "is in the list already: keep one of the two")
		case strings.HasPrefix(path.Clean(folder), ".."):
			m.invalid(at, folder, "leads out of the extension's image: write a folder within it")
		}
	}
}

// dollarBraces are the placeholders in a variable of an extension; a doubled dollar is a literal one.
var dollarBraces = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(\$+)\{([^}]*)\}`) })

func (m *maker) volumeEnv(list *field.Path, variables []cnpgv1.ExtensionEnvVar) {
	for i, variable := range variables {
		at := list.Index(i)
		switch name := variable.Name; {
		case isReservedEnv(name):
			m.invalid(at.Child("name"), name, reservedEnvRemedy)
		case name == "PATH":
			m.invalid(at.Child("name"), name, "is set by bin_path: write the folders there")
		case name == "LD_LIBRARY_PATH":
			m.invalid(at.Child("name"), name, "is set by ld_library_path: write the folders there")
		case slices.ContainsFunc(variables[:i], func(other cnpgv1.ExtensionEnvVar) bool { return other.Name == name }):
			m.invalid(at.Child("name"), name, "is in the list already: keep one of the two")
		}
		for _, match := range dollarBraces().FindAllStringSubmatch(variable.Value, -1) {
			if len(match[1])%2 == 1 && match[2] != "image_root" {
				m.invalid(at.Child("value"), "${"+match[2]+"}", "only ${image_root} is known here, the folder of the extension's image")
			}
		}
	}
}
