//go:build e2e

package guide

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const operations = repository + "/docs/operations"

// notBefore are pages that begin without the database of which the others tell.
var notBefore = []string{"create.md", "disaster.md"}

// TestOperations runs every page of the operational guide as a reader would who begins with the app of its README.
func TestOperations(t *testing.T) {
	pages, err := filepath.Glob(operations + "/*.md")
	require.NoError(t, err)
	require.Greater(t, len(pages), 10)
	for _, page := range pages {
		name := filepath.Base(page)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blocks, err := ReadBlocks(page)
			require.NoError(t, err)
			s := newScene(t)
			s.prepare(t)
			if !slices.Contains(notBefore, name) {
				s.begin(t)
			}
			s.play(t, blocks)
		})
	}
}

// prepare makes what every page takes for given: the app in a repository, the credentials of the bucket, an application that uses the
// database, and Flux' Kustomizations, which here have nothing to apply.
func (s *scene) prepare(t *testing.T) {
	t.Helper()
	overview, err := ReadBlocks(operations + "/README.md")
	require.NoError(t, err)
	for _, block := range overview {
		if name, _ := block.file(); name != "" {
			s.write(t, name, block.Text)
		}
	}
	s.write(t, "kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: "+s.namespace+
		"\ngenerators:\n- postgres.yaml\n")
	s.apply(t, "{apiVersion: v1, kind: Secret, metadata: {name: shop-backup-credentials}, stringData: {ACCESS_KEY_ID: a, SECRET_ACCESS_KEY: b}}")
	s.apply(t, readFile(t, repository+"/examples/database-app/deployment.yaml"))
	// What an app with `credentials.externalSecret` would have; no secret store answers here.
	s.apply(t, "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: orders-postgres-app}, spec: {secretStoreRef: {kind: "+
		"ClusterSecretStore, name: vault}, target: {name: unused}, data: [{secretKey: password, remoteRef: {key: orders}}]}}")
	for _, name := range []string{"databases", "database-passwords"} {
		s.apply(t, "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: "+name+"}, spec: {interval: 10m, prune: true, "+
			"sourceRef: {kind: GitRepository, name: flux-system}}}")
	}
}

// begin applies the app and waits until the operator has made all that it makes where no pod runs.
func (s *scene) begin(t *testing.T) {
	t.Helper()
	s.shell(t, "postgresapp build . | kubectl apply --server-side -f -")
	eventually(t, func(t *assert.CollectT) {
		s.shell(t, `kubectl get secret/"$CLUSTER-app" pod/"$CLUSTER-1" pvc/"$CLUSTER-1" -n "$NS"
			kubectl get backups.postgresql.cnpg.io -n "$NS" -o name | grep .`)
	})
}

// play runs the blocks of a page.
func (s *scene) play(t *testing.T, blocks []Block) {
	t.Helper()
	for i, block := range blocks {
		var want string
		if i+1 < len(blocks) && blocks[i+1].Language == "text" {
			want = blocks[i+1].Text
		}
		file, merge := block.file()
		switch {
		case merge:
			s.merge(t, file, block.Text)
		case file != "":
			s.write(t, file, block.Text)
		case block.Language == "sh" && block.Note == "variables":
			s.checkVariables(t, block)
		case block.Language == "sh" && block.Note == "server":
			s.checkCommands(t, block)
		case block.Language == "sh":
			require.Empty(t, block.Note, "%s: what is %q?", block.Place, block.Note)
			s.runBlock(t, block, want)
		case block.Language == "text":
			require.Equal(t, "sh", blocks[max(i-1, 0)].Language, "%s: this is the output of what?", block.Place)
		default:
			require.Equal(t, "yaml", block.Language, "%s: neither a command, nor its output, nor a file", block.Place)
		}
	}
}

// runBlock runs a block of commands and holds what they print against what the page shows.
func (s *scene) runBlock(t *testing.T, block Block, want string) {
	t.Helper()
	if want == "" || !onlyReads(block.Text) {
		output, err := s.try(terminal, block.Text)
		require.NoError(t, err, "%s", block.Place)
		require.True(t, Shows(output, want), "%s: the page shows\n%s\nand the output is\n%s", block.Place, want, output)
		return
	}
	eventually(t, func(t *assert.CollectT) {
		output, err := s.try(terminal, block.Text)
		require.NoError(t, err, "%s", block.Place)
		assert.True(t, Shows(output, want), "%s: the page shows\n%s\nand the output is\n%s", block.Place, want, output)
	})
}

// writes are commands after which nothing is as before.
var writes = regexp.MustCompile(`(?m)\b(apply|create|delete|cnpg backup|scale|restart|annotate|flux|patch)\b`)

func onlyReads(script string) bool { return !writes.MatchString(script) }

// checkVariables holds the variables that a page has its reader set against those that the tests set.
func (s *scene) checkVariables(t *testing.T, block Block) {
	t.Helper()
	for _, match := range regexp.MustCompile(`\b([A-Z]+)=`).FindAllStringSubmatch(block.Text, -1) {
		assert.Contains(t, s.env, match[1], block.Place)
	}
}

// checkCommands takes a block apart that cannot be run here. The shell itself does it: every program is one that writes down how it was
// called. Then each must have the subcommand and the flags, by its own help.
func (s *scene) checkCommands(t *testing.T, block Block) {
	t.Helper()
	recorder, calls := t.TempDir(), filepath.Join(t.TempDir(), "calls")
	for _, program := range []string{"kubectl", "postgresapp", "flux"} {
		// In one write: the programs of a pipe run at the same time.
		script := "#!/bin/bash\ncall=$(printf '%s\\t' " + program + " \"$@\")\necho \"$call\" >> '" + calls + "'\n"
		require.NoError(t, os.WriteFile(filepath.Join(recorder, program), []byte(script), 0o755))
	}
	_, err := s.try(recorder, block.Text)
	require.NoError(t, err, block.Place)
	for line := range strings.Lines(readFile(t, calls)) {
		require.Empty(t, s.wrongCall(strings.Split(strings.TrimRight(line, "\t\n"), "\t")), block.Place)
	}
}

// wrongCall asks a program for the help of a subcommand, finds the flags of a call in it, and says what it does not find.
func (s *scene) wrongCall(call []string) string {
	var words, flags []string
	for _, word := range call[1:] {
		if word == "--" {
			break
		}
		if strings.HasPrefix(word, "-") {
			name, _, _ := strings.Cut(word, "=")
			flags = append(flags, name)
		} else if len(flags) == 0 {
			words = append(words, word)
		}
	}
	words = words[:min(len(words), 3)] // subcommands come first, and no program here has more of them
	own := words[:min(len(words), 1)]
	if slices.Equal(own, []string{"cnpg"}) {
		own = words[:min(len(words), 2)]
	}
	global := "true"
	if call[0] == "kubectl" {
		global = "kubectl options"
	}
	help, err := s.try(terminal, call[0]+" "+strings.Join(words, " ")+" --help && "+global)
	// For a subcommand that does not exist there is an error, or the help of the one above.
	if err != nil || !regexp.MustCompile(`(?m)^  `+call[0]+" "+strings.Join(own, " ")+`\b`).MatchString(help) {
		return "there is no " + call[0] + " " + strings.Join(own, " ")
	}
	for _, flag := range flags {
		if !regexp.MustCompile(`(^|[\s,])` + regexp.QuoteMeta(flag) + `([\s,=]|$)`).MatchString(help) {
			return call[0] + " " + strings.Join(own, " ") + " has no " + flag
		}
	}
	return ""
}

// TestWrongCall proves that a command of a page that does not exist is found.
func TestWrongCall(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for call, want := range map[string]string{
		"kubectl cnpg psql -n shop orders-postgres -- -c nothing": "",
		"kubectl logs -n shop -l app=orders --tail=50":            "",
		"kubectl cnpg bakup orders-postgres":                      "there is no kubectl cnpg bakup",
		"kubectl cnpg psql --dbname=orders orders-postgres":       "kubectl cnpg psql has no --dbname",
		"kubectl logs --last=50 orders":                           "kubectl logs has no --last",
		"kubectl crate backup orders-postgres":                    "there is no kubectl crate",
		"postgresapp build --lineage=2 .":                         "postgresapp build has no --lineage",
	} {
		assert.Equal(t, want, s.wrongCall(strings.Fields(call)), call)
	}
}
