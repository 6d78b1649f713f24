package v1alpha1

import (
	"bytes"
	"encoding/json"

	"k8s.io/apimachinery/pkg/runtime"
)

// Patch is a JSON merge patch (RFC 7386) on an emitted object: objects merge field by field, lists are replaced, null removes.
//
// +kubebuilder:pruning:PreserveUnknownFields
// +kubebuilder:validation:Type=object
type Patch struct {
	// Fields of the patch, as JSON decodes them, integers as int64.
	Fields map[string]any `json:"-"`
}

// UnmarshalJSON keeps the patch as it is written.
func (p *Patch) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil {
		return err
	}
	p.Fields = numbers(fields).(map[string]any)
	return nil
}

// MarshalJSON writes the patch as it was read.
func (p Patch) MarshalJSON() ([]byte, error) { return json.Marshal(p.Fields) }

// DeepCopyInto copies the patch.
func (p *Patch) DeepCopyInto(out *Patch) {
	out.Fields = runtime.DeepCopyJSON(p.Fields)
}

// numbers turns json.Number into int64 where the number is whole, into float64 elsewhere, as Kubernetes' own decoders do.
func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
		return v
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
		return v
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	}
	return v
}
