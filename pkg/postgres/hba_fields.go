package postgres

import (
	"errors"
	"strings"
)

// hbaItem is one element of a comma-separated field.
type hbaItem struct {
	value string
	// quoted items lose the special meaning that words such as all have.
	quoted bool
}

// hbaField is a field of a line: one item, or a list of them.
type hbaField []hbaItem

// text returns the field without its quotes.
func (f hbaField) text() string {
	values := make([]string, len(f))
	for i, item := range f {
		values[i] = item.value
	}
	return strings.Join(values, ",")
}

// hbaFields splits a line into its fields: white space separates them, commas
// the items of one, double quotes hold both together with doubled quotes inside
// standing for themselves, and # begins a comment.
func hbaFields(line string) ([]hbaField, error) {
	var fields []hbaField
	rest := strings.TrimLeft(line, " \t")
	for rest != "" && rest[0] != '#' {
		var field hbaField
		for {
			item, remainder, err := hbaToken(rest)
			if err != nil {
				return nil, err
			}
			if item.value == "" && !item.quoted {
				return nil, errors.New("has a comma with nothing before it")
			}
			field = append(field, item)
			rest = remainder
			if rest == "" || rest[0] != ',' {
				break
			}
			// White space may follow the comma, and the list goes on.
			rest = strings.TrimLeft(rest[1:], " \t")
			if rest == "" || rest[0] == '#' {
				return nil, errors.New("ends with a comma: name what follows it")
			}
		}
		fields = append(fields, field)
		rest = strings.TrimLeft(rest, " \t")
	}
	return fields, nil
}

// hbaToken reads one item up to white space, a comma or a comment.
func hbaToken(s string) (item hbaItem, rest string, err error) {
	var value strings.Builder
	inQuotes := false
	item.quoted = s[0] == '"'
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		if c == '"' {
			if inQuotes && i+1 < len(s) && s[i+1] == '"' {
				value.WriteByte('"')
				i++
				continue
			}
			inQuotes = !inQuotes
			continue
		}
		if !inQuotes && (c == ' ' || c == '\t' || c == ',' || c == '#') {
			break
		}
		value.WriteByte(c)
	}
	if inQuotes {
		return item, "", errors.New(`has a double quote without its second one`)
	}
	item.value = value.String()
	return item, s[i:], nil
}
