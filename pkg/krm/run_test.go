package krm

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/render"
)

const listHeader = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"

func TestRunRefusesWhatIsNoResourceList(t *testing.T) {
	const expected = " where kustomize and kpt send a ResourceList; to expand a file, run: postgresapp build FILE"
	for name, c := range map[string]struct{ input, want string }{
		"nothing":       {"", "standard input is empty" + expected},
		"white space":   {" \n\n", "standard input is empty" + expected},
		"comments":      {"# nothing\n---\n", "standard input is empty" + expected},
		"null":          {"null\n", "standard input is empty" + expected},
		"text":          {"hello\n", "standard input holds text" + expected},
		"a list":        {"- a\n- b\n", "standard input holds a list" + expected},
		"no kind":       {"a: b\n", "standard input holds an object" + expected},
		"an app":        {"apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\n", "standard input holds a resource of kind PostgresApp" + expected},
		"apps":          {"kind: PostgresApp\n---\nkind: PostgresApp\n", "standard input holds a resource of kind PostgresApp" + expected},
		"a long kind":   {"kind: " + strings.Repeat("x", 1000), "standard input holds a resource of kind " + strings.Repeat("x", 40) + expected},
		"two lists":     {listHeader + "---\n" + listHeader, "standard input holds more than the one ResourceList that kustomize and kpt send"},
		"syntax":        {"a: b: c\n", "standard input is not valid YAML: a colon where none can be: indent the fields of one object alike, leave a space behind the colon of the field before, or put a value that holds a colon in quotes"},
		"binary":        {"\x7fELF\x02\x01\x01\x00", "standard input is not valid YAML: a control character: remove it"},
		"unknown alias": {listHeader + "items: [*a]\n", "standard input is not valid YAML: no anchor &a stands before the alias *a"},
		"nested deeply": {strings.Repeat("[", 1e6), "standard input is not valid YAML: objects and lists are nested too deeply"},
		"items twice":   {listHeader + "items: []\nitems: []\n", "the ResourceList has items twice"},
		"items as text": {listHeader + "items: a\n", "items of the ResourceList is text where a list must be"},
		"item as text":  {listHeader + "items: [{}, a]\n", "items[1] is text where an object must be"},
		"item missing":  {listHeader + "items:\n-\n", "items[0] is nothing where an object must be"},
		"item as alias": {listHeader + "items: [&a {}, *a]\n", "items[1] is an alias where an object must be"},
		"config list":   {listHeader + "functionConfig: [a]\n", "functionConfig is a list where an object must be"},
		"results":       {listHeader + "results: [{message: {}}]\n", "results of the ResourceList does not have the form that the function specification gives it"},
		"result values": {listHeader + "results: [{field: {currentValue: .nan}}]\n", "results of the ResourceList holds a value that cannot be passed on"},
		"metadata as alias": {listHeader + "items: [{a: &a {name: x}, metadata: *a}]\n",
			"items[0] has the YAML alias *a as metadata: write it out"},
		"annotations as alias": {listHeader + "items: [{metadata: {labels: &a {name: x}, annotations: *a}}]\n",
			"items[0] has the YAML alias *a as metadata.annotations: write it out"},
		"data as alias": {listHeader + "functionConfig: {apiVersion: v1, kind: ConfigMap, a: &a {}, data: *a}\n",
			"functionConfig has the YAML alias *a as data: write it out"},
		"alias across items": {listHeader + "items: [{spec: &a {}}, {spec: *a}]\n",
			"items[1] has the YAML alias *a, whose anchor is in another object: write it out"},
		"alias in itself": {listHeader + "items: [{metadata: &a {annotations: *a}}]\n",
			"items[0] has the YAML alias *a as metadata.annotations: write it out"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, outcome{"", "error: " + c.want + "\n", 1}, evaluate(nil, c.input))
		})
	}
}

func TestRunKeepsItemsOfAnyForm(t *testing.T) {
	for name, item := range map[string]string{
		"empty":               "{}",
		"metadata as text":    "metadata: a",
		"metadata as a list":  "metadata: [a, b]",
		"annotations null":    "metadata: {name: a, annotations: null}",
		"annotations a list":  "metadata: {annotations: [postgresapp.dev/owner, PostgresApp/a]}",
		"name as a number":    "metadata: {name: 1}",
		"kind as an object":   "kind: {}",
		"keys twice":          "kind: ConfigMap\n  kind: ConfigMap",
		"key as an object":    "? {a: b}\n  : c",
		"spec holding itself": "spec: &a {b: *a}",
		"merge key":           "a: &a {name: b}\n  metadata:\n    !!merge <<: *a",
	} {
		t.Run(name, func(t *testing.T) {
			input := listHeader + "items:\n- " + item + "\n"
			assert.Equal(t, outcome{input, "", 0}, evaluate(nil, input))
		})
	}
}

func TestRunSurvivesNonsense(t *testing.T) {
	for name, input := range map[string]string{
		"10 MB of text":   strings.Repeat("0123456789abcdef", 10<<20/16),
		"10 MB of lines":  strings.Repeat("- a line that is a list\n", 10<<20/24),
		"10 MB of zeroes": strings.Repeat("\x00", 10<<20),
	} {
		t.Run(name, func(t *testing.T) {
			got := evaluate(nil, input)
			assert.Equal(t, 1, got.exitCode)
			assert.Empty(t, got.stdout)
			assert.Regexp(t, `^error: standard input [^\n]{1,200}\n$`, got.stderr)
		})
	}
}

func TestRunReportsAPanicWithoutItsValue(t *testing.T) {
	app := listHeader + "items: [{apiVersion: postgresapp.dev/v1alpha1, kind: PostgresApp, metadata: {name: a}, spec: {panic: true}}]\n"

	got := evaluate(nil, app)
	assert.Equal(t, 1, got.exitCode)
	assert.Empty(t, got.stdout)
	assert.Regexp(t, `^error: internal error in \S+\.expandSimply \(expander_test\.go:\d+\): assignment to entry in nil map: please report it, `+
		`with the input that led to it, at https://github.com/homelab-foundations/postgresapp/issues\n$`, got.stderr)

	var stdout, stderr bytes.Buffer
	exitCode := Run(nil, strings.NewReader(app), &stdout, &stderr, func([]render.Document, *render.Document) render.Result { panic("hunter2") })
	assert.Equal(t, 1, exitCode)
	assert.Empty(t, stdout.String())
	assert.Contains(t, stderr.String(), "error: internal error in ")
	assert.NotContains(t, stderr.String(), "hunter2")
}

func TestRunReportsBrokenStreams(t *testing.T) {
	var stdout, stderr bytes.Buffer
	assert.Equal(t, 1, Run(nil, iotest.ErrReader(errors.New("gone")), &stdout, &stderr, expandSimply))
	assert.Empty(t, stdout.String())
	assert.Equal(t, "error: cannot read standard input: gone\n", stderr.String())

	stderr.Reset()
	reader, writer := io.Pipe()
	require.NoError(t, reader.Close())
	assert.Equal(t, 1, Run(nil, strings.NewReader(listHeader), writer, &stderr, expandSimply))
	assert.Equal(t, "error: cannot write standard output: io: read/write on closed pipe\n", stderr.String())
}

func TestRunDoesNotWaitForATerminal(t *testing.T) {
	device, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer device.Close()
	var stdout, stderr bytes.Buffer
	assert.Equal(t, 2, Run(nil, device, &stdout, &stderr, expandSimply))
	assert.Empty(t, stdout.String())
	assert.Equal(t, usage, stderr.String())
}

func TestPluginArguments(t *testing.T) {
	directory := t.TempDir()
	file := filepath.Join(directory, "config")
	require.NoError(t, os.WriteFile(file, []byte("kind: PostgresApp\n"), 0o600))
	t.Chdir(directory)

	missing := filepath.Join(directory, "missing")
	assert.Equal(t, outcome{"", "error: open " + missing + ": no such file or directory\n", 1}, evaluate([]string{missing}, ""))
	assert.Equal(t, outcome{"", "error: " + file + ": unexpected argument after the file: settings are fields of the resource\n", 1},
		evaluate([]string{file, "more"}, ""))
}

func TestPluginReadsStandardInputOnlyWhereSomethingComes(t *testing.T) {
	var stderr bytes.Buffer
	unreadable := iotest.ErrReader(errors.New("must not be read"))
	generator := []string{filepath.Join("testdata", "plugin", "generator", "config.yaml")}
	transformer := []string{filepath.Join("testdata", "plugin", "transformer", "config.yaml")}

	t.Run("started by hand", func(t *testing.T) {
		t.Setenv(pluginRootEnv, "")
		t.Setenv(pluginConfigEnv, "")
		assert.Equal(t, 0, Run(generator, unreadable, io.Discard, &stderr, expandSimply))
		assert.Equal(t, 1, Run(transformer, unreadable, io.Discard, &stderr, expandSimply))
		assert.Contains(t, stderr.String(), "error: cannot read standard input: must not be read\n")
	})
	t.Run("started by kustomize", func(t *testing.T) {
		t.Setenv(pluginRootEnv, "/repo")
		assert.Equal(t, 1, Run(generator, unreadable, io.Discard, &stderr, expandSimply))
	})
	t.Run("terminal", func(t *testing.T) {
		t.Setenv(pluginRootEnv, "/repo")
		device, err := os.Open(os.DevNull)
		require.NoError(t, err)
		defer device.Close()
		assert.Equal(t, 0, Run(generator, device, io.Discard, &stderr, expandSimply))
	})
}
