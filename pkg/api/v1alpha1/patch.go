package v1alpha1

import (
	"encoding/json"
	"errors"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// Patch is a JSON merge patch (RFC 7386) on an emitted object: objects merge field by field, lists are replaced, null removes.
type Patch struct {
	// Fields of the patch, as JSON decodes them, integers as int64.
	Fields map[string]any `json:"-"`
}

// UnmarshalJSON keeps the patch as it is written.
func (p *Patch) UnmarshalJSON(data []byte) error {
	value, err := jsontype.Parse(data)
	if err != nil {
		return err
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return errors.New("a patch is an object")
	}
	p.Fields = fields
	return nil
}

// MarshalJSON writes the patch as it was read.
func (p Patch) MarshalJSON() ([]byte, error) { return json.Marshal(p.Fields) }
