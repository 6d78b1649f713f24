package plan

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/homelab-foundations/postgresapp/pkg/substitution"
)

// checker collects what is wrong with a resource, and what is dangerous.
type checker struct {
	errs     field.ErrorList
	warnings []Warning
}

// report takes an error up. What is wrong with one field is said once: the first error is the plainest.
func (m *checker) report(err *field.Error) {
	if !m.failed(err.Field) {
		m.errs = append(m.errs, err)
	}
}

func (m *checker) reportAll(errs field.ErrorList) {
	for _, err := range errs {
		m.report(err)
	}
}

// failed tells whether there is an error about this very field.
func (m *checker) failed(path string) bool {
	return slices.ContainsFunc(m.errs, func(err *field.Error) bool { return err.Field == path })
}

// failedWithin tells whether there is an error about a block or about something within it.
func (m *checker) failedWithin(block string) bool {
	return slices.ContainsFunc(m.errs, func(err *field.Error) bool { return within(err.Field, block) })
}

// within tells whether path is the field above, or lies below it.
func within(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// invalid reports a value that is wrong. It is shown: secrets are never checked by their value.
func (m *checker) invalid(path *field.Path, value any, format string, args ...any) {
	m.report(field.Invalid(path, value, fmt.Sprintf(format, args...)))
}

// refused reports a value by what a parser says of it. A parser that quotes the value would repeat what the error shows already.
func (m *checker) refused(path *field.Path, value string, err error) {
	message := err.Error()
	if before, after, found := strings.Cut(message, strconv.Quote(value)); found && len(before) <= len("tablespace name ") {
		message = strings.TrimLeft(after, ": ")
	}
	m.invalid(path, value, "%s", message)
}

// required reports a value that is missing.
func (m *checker) required(path *field.Path, format string, args ...any) {
	m.report(field.Required(path, fmt.Sprintf(format, args...)))
}

// forbidden reports a value that must not be there.
func (m *checker) forbidden(path *field.Path, format string, args ...any) {
	m.report(field.Forbidden(path, fmt.Sprintf(format, args...)))
}

// oneOf reports a value that is not among those supported.
func oneOf[T ~string](m *checker, path *field.Path, value T, supported ...T) bool {
	switch {
	case slices.Contains(supported, value):
		return true
	case value == "":
		m.required(path, "%s", oneOfThese(supported))
	case m.noPlaceholder(path, string(value)):
		m.report(field.NotSupported(path, value, supported))
	}
	return false
}

// oneOfThese lists words as people do.
func oneOfThese[T ~string](words []T) string {
	var b strings.Builder
	for i, word := range words {
		switch {
		case i > 0 && i == len(words)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(word))
	}
	return b.String()
}

// warn reports something legal but dangerous.
func (m *checker) warn(path *field.Path, format string, args ...any) {
	m.warnings = append(m.warnings, Warning{Field: path.String(), Message: fmt.Sprintf(format, args...)})
}

// placeholder tells whether text holds a ${VARIABLE} that Flux substitutes after the build.
func placeholder(text string) bool { return substitution.HasVariable(text) }

// noPlaceholder refuses a ${VARIABLE} in a value that the objects are computed from.
func (m *checker) noPlaceholder(path *field.Path, value string) bool {
	if !placeholder(value) {
		return true
	}
	m.invalid(path, value, "a ${VARIABLE} cannot stand here, because Flux substitutes it only after this value was computed with: "+
		"write the value itself")
	return false
}

// Rules of Kubernetes for names, in the order of their strictness. The first is DNS-1035, for what becomes a Service.
const (
	serviceNameRule = "must be lower-case letters, digits and dashes, 63 of them at most, beginning with a letter and ending with a letter or digit"
	labelNameRule   = "must be lower-case letters, digits and dashes, 63 of them at most, beginning and ending with a letter or digit"
	objectNameRule  = "must be lower-case letters, digits, dashes and dots, 253 of them at most, beginning and ending with a letter or digit"
)

// serviceName checks a name that Services and pods are called by, and proposes one that is right.
func (m *checker) serviceName(path *field.Path, name string) bool {
	if len(validation.IsDNS1035Label(name)) == 0 {
		return true
	}
	remedy := serviceNameRule
	if len(name) > validation.DNS1035LabelMaxLength {
		remedy = fmt.Sprintf("has %d characters, and names of Services and labels have at most %d", len(name), validation.DNS1035LabelMaxLength)
	}
	if proposal := objectName(name); proposal != name && len(validation.IsDNS1035Label(proposal)) == 0 {
		remedy += fmt.Sprintf("; did you mean %s?", proposal)
	}
	m.invalid(path, name, "%s", remedy)
	return false
}

// namespaceName checks the name of a namespace. It may be empty, and Flux may substitute it.
func (m *checker) namespaceName(path *field.Path, name string) {
	if name != "" && !placeholder(name) && len(validation.IsDNS1123Label(name)) > 0 {
		m.invalid(path, name, "%s", labelNameRule)
	}
}

// objectReference checks the name of an object that must exist. what says which, for an empty name.
func (m *checker) objectReference(path *field.Path, name, what string) {
	switch {
	case name == "":
		m.required(path, "%s", what)
	case !placeholder(name) && len(validation.IsDNS1123Subdomain(name)) > 0:
		m.invalid(path, name, "%s", objectNameRule)
	}
}

// labels checks labels that objects get.
func (m *checker) labels(path *field.Path, labels map[string]string) {
	m.reportAll(Labels(path, labels))
}

// annotations checks the names of annotations that objects get.
func (m *checker) annotations(path *field.Path, annotations map[string]string) {
	m.reportAll(Annotations(path, annotations))
}

func (m *checker) labelKey(path *field.Path, key string) { m.reportAll(labelKey(path, key)) }

func (m *checker) labelValue(path *field.Path, value string) { m.reportAll(labelValue(path, value)) }

// Labels is what the API server has against labels, in the order of their keys. A variable may become any value.
func Labels(path *field.Path, labels map[string]string) (errs field.ErrorList) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		errs = append(errs, labelKey(path.Key(key), key)...)
		errs = append(errs, labelValue(path.Key(key), labels[key])...)
	}
	return errs
}

// Annotations is what the API server has against annotations, in the order of their keys. Their values may be anything.
func Annotations(path *field.Path, annotations map[string]string) (errs field.ErrorList) {
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		for _, err := range labelKey(path.Key(key), strings.ToLower(key)) { // as the API server compares them
			err.BadValue = key
			errs = append(errs, err)
		}
	}
	return errs
}

const labelRule = "must be letters, digits, -, _ and ., 63 of them at most, beginning and ending with a letter or digit"

func labelKey(path *field.Path, key string) field.ErrorList {
	if len(validation.IsQualifiedName(key)) > 0 {
		return field.ErrorList{field.Invalid(path, key, labelRule+"; before it there may be a domain and /")}
	}
	return nil
}

func labelValue(path *field.Path, value string) field.ErrorList {
	if !placeholder(value) && len(validation.IsValidLabelValue(value)) > 0 {
		return field.ErrorList{field.Invalid(path, value, labelRule)}
	}
	return nil
}

// selector checks what selects pods or namespaces by their labels.
func (m *checker) selector(path *field.Path, selector *metav1.LabelSelector) {
	if selector == nil {
		return
	}
	m.labels(path.Child("matchLabels"), selector.MatchLabels)
	for i, expression := range selector.MatchExpressions {
		at := path.Child("matchExpressions").Index(i)
		m.labelKey(at.Child("key"), expression.Key)
		if !oneOf(m, at.Child("operator"), expression.Operator, metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn,
			metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist) {
			continue
		}
		list := expression.Operator == metav1.LabelSelectorOpIn || expression.Operator == metav1.LabelSelectorOpNotIn
		switch {
		case list && len(expression.Values) == 0:
			m.required(at.Child("values"), "the values to compare with")
		case !list && len(expression.Values) > 0:
			m.forbidden(at.Child("values"), "operator %s compares with nothing", expression.Operator)
		}
		for j, value := range expression.Values {
			m.labelValue(at.Child("values").Index(j), value)
		}
	}
}

// cidr checks a range of addresses.
func (m *checker) cidr(path *field.Path, text string) (netip.Prefix, bool) {
	if text == "" {
		m.required(path, "a range of addresses, such as 10.0.0.0/8")
		return netip.Prefix{}, false
	}
	if placeholder(text) {
		return netip.Prefix{}, false
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		m.invalid(path, text, "must be a range of addresses, such as 10.0.0.0/8, or 10.0.0.1/32 for one")
		return netip.Prefix{}, false
	}
	// As Kubernetes 1.36 has it: older versions take what follows the prefix, and different programs then read different ranges.
	switch plain := prefix.Masked(); {
	case prefix.Addr().Is4In6():
		m.invalid(path, text, "must be an IPv4 range written as one, such as 10.0.0.0/8")
		return netip.Prefix{}, false
	case plain.String() != text:
		m.invalid(path, text, "must be the first address of the range and its length: did you mean %s?", plain)
		return netip.Prefix{}, false
	}
	return prefix, true
}

// duration checks a duration that Kubernetes reads.
func (m *checker) duration(path *field.Path, text string) {
	if text == "" || placeholder(text) {
		return
	}
	if d, err := time.ParseDuration(text); err != nil || d <= 0 {
		m.invalid(path, text, "must be a duration such as 30s, 5m or 1h")
	}
}
