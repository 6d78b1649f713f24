package jsontype

// At returns the value at the end of a path through objects, as Parse decodes them, or nil.
func At(object map[string]any, path ...string) any {
	var value any = object
	for _, step := range path {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = fields[step]
	}
	return value
}
