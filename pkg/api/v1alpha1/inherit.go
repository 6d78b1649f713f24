package v1alpha1

import (
	"maps"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// alternative is one of several fields that exclude each other, with those that mean something only beside it. The first decides whether
// it was chosen.
type alternative []string

// exclusive lists choices, each between alternatives given by their paths below spec.
var exclusive = [][]alternative{
	{{"version"}, {"imageName"}, {"imageCatalogRef"}},
	{{"credentials.existingSecret"}, {"credentials.externalSecret"}, {"credentials.password"}},
	{{"backup.bucket", "backup.path"}, {"backup.destinationPath"}},
	{{"backup.credentials.existingSecret"}, {"backup.credentials.externalSecret"},
		{"backup.credentials.accessKeyId", "backup.credentials.secretAccessKey"}, {"backup.credentials.inheritFromIAMRole"},
		{"backup.credentials.azureCredentials"}, {"backup.credentials.googleCredentials"}},
	{{"restore.from.objectStore"}, {"restore.from.bucket", "restore.from.path"}, {"restore.from.destinationPath"}},
	{{"restore.to.time"}, {"restore.to.lsn"}, {"restore.to.xid"}, {"restore.to.name"}, {"restore.to.immediate"}},
	{{"serviceAccountName"}, {"serviceAccountTemplate"}},
	{{"maxConnections"}, {"postgresql.parameters.max_connections"}},
	{{"postgresql.synchronous"}, {"maxSyncReplicas", "minSyncReplicas"}},
	{{"ephemeralVolumeSource"}, {"ephemeralVolumesSizeLimit.temporaryData"}},
}

// mergeAll merges the settings of all origins. None of them is changed.
func mergeAll(origins []origin, guest bool) Fields {
	merged := runtime.DeepCopyJSON(origins[0].settings)
	delete(merged, "defaults")
	for _, o := range origins[1:] {
		weak := runtime.DeepCopyJSON(o.settings)
		if guest {
			for _, name := range dedicatedOnly {
				delete(weak, name)
			}
		}
		setAside(merged, weak)
		merged = merge(merged, weak)
	}
	return merged
}

// setAside removes from weak what excludes the choices of strong.
func setAside(strong, weak Fields) {
	for _, choice := range exclusive {
		for _, chosen := range choice {
			if !isChoice(jsontype.At(strong, strings.Split(chosen[0], ".")...)) {
				continue
			}
			for _, other := range choice {
				if other[0] == chosen[0] {
					continue
				}
				for _, path := range other {
					remove(weak, strings.Split(path, "."))
				}
			}
		}
	}
}

// isChoice tells whether a value chooses its field. null and false choose nothing.
func isChoice(value any) bool { return value != nil && value != false }

func remove(fields Fields, path []string) {
	for len(path) > 1 {
		fields, _ = fields[path[0]].(Fields)
		path = path[1:]
	}
	delete(fields, path[0])
}

// merge adds to strong what only weak has. A null of strong stays, and keeps a still weaker document from answering.
func merge(strong, weak Fields) Fields {
	for key, value := range weak {
		have, said := strong[key]
		if !said {
			strong[key] = value
			continue
		}
		haveFields, ok := have.(Fields)
		if fields, also := value.(Fields); ok && also {
			strong[key] = merge(haveFields, fields)
		}
	}
	return strong
}

// withoutNulls returns a copy of fields without nulls, which have done their work. Patches keep theirs: there null removes.
func withoutNulls(fields Fields, above []string) Fields {
	kept := make(Fields, len(fields))
	for key, value := range fields {
		object, isObject := value.(Fields)
		switch {
		case value == nil:
		case isObject && (len(above) != 1 || above[0] != "overrides"):
			kept[key] = withoutNulls(object, append(above, key))
		default:
			kept[key] = value
		}
	}
	return kept
}

// answerNulls returns the app without those nulls that keep it from inheriting something. The others are left to be checked: a null in a
// map, such as a parameter without its value, is a mistake where there is nothing to inherit.
func answerNulls(app Fields, origins []origin) Fields {
	if len(origins) == 1 {
		return app
	}
	weaker := Fields{}
	var own Fields // the app's own defaults, without what they refuse of the weaker ones
	for i := len(origins) - 1; i > 0; i-- {
		if origins[i].own {
			own = withoutAnswered(origins[i].settings, weaker)
		}
		weaker = merge(runtime.DeepCopyJSON(origins[i].settings), weaker)
	}
	spec := withoutAnswered(origins[0].settings, weaker)
	if own != nil {
		spec["defaults"] = own
	}
	answered := maps.Clone(app)
	answered["spec"] = spec
	return answered
}

func withoutAnswered(strong, weak Fields) Fields {
	kept := make(Fields, len(strong))
	for key, value := range strong {
		other, said := weak[key]
		if value == nil && said {
			continue
		}
		object, ok := value.(Fields)
		if others, also := other.(Fields); ok && also {
			value = withoutAnswered(object, others)
		}
		kept[key] = value
	}
	return kept
}

// step is one step of a field's path: a name, a key of a map, or an index of a list.
type step struct {
	name  string
	isKey bool
	index int // -1 unless it is one
}

// stepsBelowSpec takes a path such as spec.databases[0].name apart. It is false for paths of other fields.
func stepsBelowSpec(path string) ([]step, bool) {
	rest, ok := strings.CutPrefix(path, "spec.")
	if !ok {
		return nil, false
	}
	var steps []step
	for rest != "" {
		if rest[0] == '[' {
			key, after, closed := strings.Cut(rest[1:], "]")
			if !closed {
				return nil, false
			}
			index, err := strconv.Atoi(key)
			if err != nil {
				index = -1
			}
			steps = append(steps, step{name: key, isKey: err != nil, index: index})
			rest = after
			continue
		}
		rest = strings.TrimPrefix(rest, ".")
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		steps = append(steps, step{name: rest[:end], index: -1})
		rest = rest[end:]
	}
	return steps, true
}

// has tells whether the document says something at the end of steps, or null on the way there, which refuses what would be inherited.
func (o origin) has(steps []step) bool {
	var value any = o.settings
	for _, s := range steps {
		switch container := value.(type) {
		case Fields:
			element, said := container[s.name]
			if !said || element == nil {
				return said
			}
			value = element
		case []any:
			if s.index < 0 || s.index >= len(container) {
				return false
			}
			value = container[s.index]
		default:
			return false
		}
	}
	return true
}
