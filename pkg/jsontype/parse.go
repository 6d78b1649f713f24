package jsontype

import (
	"bytes"
	"encoding/json"
	"io"
)

// Parse decodes a JSON text, whole numbers as int64.
func Parse(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil && err != io.EOF {
		return nil, err
	}
	return numbers(value), nil
}

// numbers turns every json.Number into int64 where it is whole and fits, into float64 elsewhere.
func numbers(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, element := range value {
			value[key] = numbers(element)
		}
	case []any:
		for i, element := range value {
			value[i] = numbers(element)
		}
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole
		}
		number, _ := value.Float64()
		return number
	}
	return value
}
