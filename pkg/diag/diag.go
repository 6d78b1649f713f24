// Package diag holds what the project says to people about their input: errors and warnings that name the resource, the field, the
// problem and the remedy. A secret value never becomes part of one.
package diag

import (
	"sort"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Severity of a finding.
type Severity string

// The severities: an Error means that there is no output, a Warning that there is, and that somebody should look at it.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing to say about one resource.
type Finding struct {
	Severity Severity

	// Kind, Namespace and Name are the resource's, as far as they are known.
	Kind, Namespace, Name string

	// Source is where the resource was found, such as a file, or "".
	Source string

	// Field is the path of the field, such as spec.storage.size, or "" when the finding is about the whole resource.
	Field string

	// Message says what is wrong and what would be right.
	Message string
}

// String is the finding in one line, as it goes to standard error.
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(string(f.Severity) + ": ")
	if resource := f.Resource(); resource != "" {
		b.WriteString(resource)
		if f.Source != "" {
			b.WriteString(" (" + f.Source + ")")
		}
		b.WriteString(": ")
	} else if f.Source != "" {
		b.WriteString(f.Source + ": ")
	}
	if f.Field != "" {
		b.WriteString(f.Field + ": ")
	}
	b.WriteString(f.Message)
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' ' // the names of files and keys are the user's, and may hold anything
		}
		return r
	}, b.String())
}

// Resource is the kind and the name of the finding's resource, such as "PostgresApp temporal-system/temporal".
func (f Finding) Resource() string {
	name := f.Name
	if f.Namespace != "" {
		name = f.Namespace + "/" + name
	}
	return strings.TrimSpace(f.Kind + " " + name)
}

// Findings is everything that is to be said about an input.
type Findings []Finding

// Failed tells whether there is an error.
func (fs Findings) Failed() bool {
	for _, f := range fs {
		if f.Severity == Error {
			return true
		}
	}
	return false
}

// Errors returns the errors alone.
func (fs Findings) Errors() Findings { return fs.of(Error) }

// Warnings returns the warnings alone.
func (fs Findings) Warnings() Findings { return fs.of(Warning) }

func (fs Findings) of(severity Severity) (some Findings) {
	for _, f := range fs {
		if f.Severity == severity {
			some = append(some, f)
		}
	}
	return some
}

// String is one line for each finding.
func (fs Findings) String() string {
	var b strings.Builder
	for _, f := range fs {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}

// Sort orders findings by resource, then errors before warnings, then by field, keeping the order of equals.
func (fs Findings) Sort() {
	sort.SliceStable(fs, func(i, j int) bool {
		a, b := fs[i], fs[j]
		for _, pair := range [][2]string{{a.Source, b.Source}, {a.Namespace, b.Namespace}, {a.Name, b.Name}, {string(a.Severity), string(b.Severity)}, {a.Field, b.Field}} {
			if pair[0] != pair[1] {
				return pair[0] < pair[1]
			}
		}
		return false
	})
}

// FromErrors turns errors of fields into findings about resource.
func FromErrors(resource Finding, errs field.ErrorList) Findings {
	findings := make(Findings, 0, len(errs))
	for _, err := range errs {
		finding := resource
		finding.Severity, finding.Field, finding.Message = Error, err.Field, err.ErrorBody()
		findings = append(findings, finding)
	}
	return findings
}
