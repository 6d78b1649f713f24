package rig

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/homelab-foundations/postgresapp/e2e/assets"
)

// operatorProgram is a version of the operator.
type operatorProgram struct {
	set assets.Set

	// image is what the operator gives its init containers. No pod runs, so nothing pulls it.
	image string
}

var newestOperatorImage = operatorImage("1.30.0")

func operatorImage(version string) string { return "ghcr.io/cloudnative-pg/cloudnative-pg:" + version }

// startOperator starts the CloudNativePG operator, with a stand-in for the Barman Cloud plugin, and returns when
// its webhooks answer.
func (r *Rig) startOperator(ctx context.Context, program operatorProgram, webhooks envtest.WebhookInstallOptions) error {
	// The operator looks for plugins once, at its start.
	plugins, stopPlugin, err := servePlugin()
	if err != nil {
		return err
	}
	r.shutdown = append(r.shutdown, stopPlugin)

	certificates := filepath.Join(r.Dir, "certificates")
	if err := operatorCertificates(certificates, webhooks.LocalServingCertDir); err != nil {
		return err
	}
	manager := program.set.Program(assets.CNPGManager)
	if err := operatorBinaries(filepath.Join(r.Dir, "cnpg", "operator"), manager); err != nil {
		return err
	}
	operator, err := r.startProcess("cnpg", []string{
		"OPERATOR_NAMESPACE=" + OperatorNamespace,
		"OPERATOR_IMAGE_NAME=" + program.image,
		"WEBHOOK_CERT_DIR=" + certificates,
		"PLUGIN_SOCKET_DIR=" + plugins,
	}, manager, "controller",
		"--leader-elect=false",
		"--metrics-bind-address=127.0.0.1:0",
		"--webhook-port="+strconv.Itoa(webhooks.LocalServingPort),
	)
	if err != nil {
		return err
	}
	return awaitWebhooks(ctx, operator, webhooks)
}

// operatorCertificates gives the operator the webhook certificates that envtest made and the API server trusts,
// under the names by which it reads certificates it does not manage itself.
func operatorCertificates(dir, envtestDir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for from, to := range map[string]string{"tls.crt": "apiserver.crt", "tls.key": "apiserver.key"} {
		content, err := os.ReadFile(filepath.Join(envtestDir, from))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, to), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// operatorBinaries lays out the operator's image in its working directory: the manager for each architecture it
// supports, which it compares with the one in the pods.
func operatorBinaries(dir, manager string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.Symlink(manager, filepath.Join(dir, "manager_"+runtime.GOARCH))
}

// awaitWebhooks returns when the operator says it is ready.
func awaitWebhooks(ctx context.Context, operator *process, webhooks envtest.WebhookInstallOptions) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(webhooks.LocalServingCAData)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
	defer transport.CloseIdleConnections()
	address := net.JoinHostPort(webhooks.LocalServingHost, strconv.Itoa(webhooks.LocalServingPort))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/readyz", nil)
	if err != nil {
		return err
	}
	for {
		response, err := (&http.Client{Transport: transport}).Do(request)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("status %s", response.Status)
		}
		if dead := operator.alive(); dead != nil {
			return dead
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the operator's webhooks do not answer: %w; its last words:\n%s", err, tail(operator.log))
		case <-time.After(50 * time.Millisecond):
		}
	}
}
