package krm

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// addResults appends the findings to the results of the list, each once: a pipeline that runs the function twice does not repeat
// it.
func (r *run) addResults() {
	for _, finding := range r.findings {
		result := r.result(finding)
		if !slices.ContainsFunc(r.list.Results, func(other *fn.Result) bool { return reflect.DeepEqual(result, other) }) {
			r.list.Results = append(r.list.Results, result)
		}
	}
}

func (r *run) result(finding diag.Finding) *fn.Result {
	result := &fn.Result{Message: finding.Message, Severity: fn.Severity(finding.Severity)}
	if finding.Kind != "" {
		result.ResourceRef = &fn.ResourceRef{APIVersion: r.versions[finding.Kind], Kind: finding.Kind, Namespace: finding.Namespace, Name: finding.Name}
	}
	if finding.Field != "" {
		result.Field = &fn.Field{Path: finding.Field}
	}
	if place, ok := r.places[finding.Source]; ok {
		result.File = &fn.File{Path: place.path, Index: place.number()}
	}
	return result
}

// report writes one line for each finding.
func report(stderr io.Writer, findings diag.Findings) {
	for _, finding := range findings {
		fmt.Fprintln(stderr, strings.ReplaceAll(finding.String(), "\n", " "))
	}
}

// fail writes one error about the input as a whole and returns the exit code that goes with it.
func fail(stderr io.Writer, err error) int {
	report(stderr, diag.Findings{{Severity: diag.Error, Message: err.Error()}})
	return 1
}
