//go:build e2e

package extension

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
	"github.com/homelab-foundations/postgresapp/pkg/build"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

const serviceAccount = "postgresapp-source"

// controller is the extension as it runs in a cluster: a process with the rights of its service account.
type controller struct {
	name       string // of its logs
	program    string
	storage    string
	work       string
	kubeconfig string

	artifacts, metrics, health string // addresses

	process *rig.Program
	starts  int
}

// install applies the extension's own kustomization, with the Deployment that no kubelet will ever start.
func install(ctx context.Context) error {
	manifests, findings, err := build.Build(filesys.MakeFsOnDisk(), "../../source/config/default", build.Options{}, render.Apps)
	if err != nil || findings.Failed() {
		return errors.Join(err, errors.New(findings.String()))
	}
	objects, err := rig.Parse(manifests)
	if err != nil {
		return err
	}
	warnings, err := cluster.Apply(ctx, rig.FluxNamespace, objects...)
	if len(warnings) > 0 {
		err = errors.Join(err, fmt.Errorf("the server warns: %v", warnings))
	}
	return err
}

// newController builds the program and prepares its identity, its storage and its addresses.
func newController(ctx context.Context) (*controller, error) {
	c := &controller{
		program: filepath.Join(cluster.Dir, "postgresapp-source"),
		storage: filepath.Join(cluster.Dir, "extension-storage"),
		work:    filepath.Join(cluster.Dir, "extension-work"),
		name:    "extension",
	}
	compile := exec.CommandContext(ctx, "go", "build", "-o", c.program, "./cmd")
	compile.Dir = "../../source"
	compile.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := compile.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the extension: %w\n%s", err, out)
	}
	for _, address := range []*string{&c.artifacts, &c.metrics, &c.health} {
		var err error
		if *address, err = rig.FreeAddress(); err != nil {
			return nil, err
		}
	}
	return c, c.identify(ctx)
}

// identify writes a kubeconfig with a token of the service account.
func (c *controller) identify(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(cluster.Config)
	if err != nil {
		return err
	}
	seconds := int64((6 * time.Hour).Seconds())
	token, err := client.CoreV1().ServiceAccounts(rig.FluxNamespace).CreateToken(ctx, serviceAccount, &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds},
	}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("a token for the extension: %w", err)
	}
	config := clientcmdapi.NewConfig()
	config.Clusters["rig"] = &clientcmdapi.Cluster{Server: cluster.Config.Host, CertificateAuthorityData: cluster.Config.CAData}
	config.AuthInfos["extension"] = &clientcmdapi.AuthInfo{Token: token.Status.Token}
	config.Contexts["rig"] = &clientcmdapi.Context{Cluster: "rig", AuthInfo: "extension"}
	config.CurrentContext = "rig"
	c.kubeconfig = filepath.Join(cluster.Dir, "extension.kubeconfig")
	return clientcmd.WriteToFile(*config, c.kubeconfig)
}

// restConfig is the extension's own way to the API server.
func (c *controller) restConfig() (*rest.Config, error) {
	return clientcmd.BuildConfigFromFlags("", c.kubeconfig)
}

// start starts the process and waits until it is ready.
func (c *controller) start(flags ...string) error {
	if err := c.launch(flags...); err != nil {
		return err
	}
	return c.awaitReady()
}

// launch starts the process, which is not ready before it leads.
func (c *controller) launch(flags ...string) (err error) {
	if err := os.MkdirAll(c.storage, 0o700); err != nil {
		return err
	}
	c.starts++
	c.process, err = cluster.StartProgram(fmt.Sprintf("%s-%d", c.name, c.starts),
		[]string{"KUBECONFIG=" + c.kubeconfig, "RUNTIME_NAMESPACE=" + rig.FluxNamespace}, c.program, append([]string{
			"--storage-path=" + c.storage, "--storage-addr=" + c.artifacts, "--storage-adv-addr=" + c.artifacts,
			"--metrics-addr=" + c.metrics, "--health-addr=" + c.health, "--events-addr=", "--log-level=debug", "--http-retry=1",
			"--work-dir=" + c.work, "--min-retry-delay=200ms", "--max-retry-delay=2s",
		}, flags...)...)
	return err
}

// ready is the answer of the readiness probe, 0 while there is none.
func (c *controller) ready() (status int) {
	response, err := http.Get("http://" + c.health + "/readyz")
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// awaitReady waits until the readiness probe succeeds.
func (c *controller) awaitReady() error {
	last := 0
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if last = c.ready(); last == http.StatusOK {
			return nil
		}
	}
	log, _ := os.ReadFile(c.process.Log())
	return fmt.Errorf("the extension does not become ready: its probe says %d\n%s", last, log[max(0, len(log)-4096):])
}

// restarted stops the process in an orderly way, does something in between, and starts it again.
func restarted(t *testing.T, between func(), flags ...string) {
	t.Helper()
	require.NoError(t, extension.process.Stop())
	between()
	require.NoError(t, extension.start(flags...))
}

// crashed kills the process, does something in between, and starts it again.
func crashed(t *testing.T, between func(), flags ...string) {
	t.Helper()
	require.NoError(t, extension.process.Kill())
	between()
	require.NoError(t, extension.start(flags...))
}

var expansionsMetric = regexp.MustCompile(`(?m)^postgresapp_source_expansions_total\{result="([a-z]+)"\} ([0-9]+)$`)

// expansions is the number of trees that the process has expanded, or tried to, since it started.
func expansions(t *testing.T) (n int) {
	t.Helper()
	text := extension.measured(t)
	require.Contains(t, text, "gotk_reconcile_duration_seconds", "Flux's metrics are there too")
	for _, match := range expansionsMetric.FindAllStringSubmatch(text, -1) {
		count, err := strconv.Atoi(match[2])
		require.NoError(t, err)
		n += count
	}
	return n
}

// measured are the metrics of the process.
func (c *controller) measured(t *testing.T) string {
	t.Helper()
	response, err := http.Get("http://" + c.metrics + "/metrics")
	require.NoError(t, err)
	defer response.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	require.NoError(t, err)
	return body.String()
}
