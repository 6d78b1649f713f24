package rig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/cloudnative-pg/cnpg-i/pkg/identity"
	"google.golang.org/grpc"
)

// The Barman Cloud plugin as the operator knows it.
const (
	pluginName    = "barman-cloud.cloudnative-pg.io"
	pluginVersion = "0.15.0"
)

// pluginIdentity is a CNPG-I plugin that has a name and no capabilities. The operator refuses to reconcile a
// Cluster that asks for a plugin it cannot find; with this one it goes on, and adds nothing to the pods.
type pluginIdentity struct {
	identity.UnimplementedIdentityServer
}

func (pluginIdentity) GetPluginMetadata(
	context.Context, *identity.GetPluginMetadataRequest,
) (*identity.GetPluginMetadataResponse, error) {
	return &identity.GetPluginMetadataResponse{Name: pluginName, Version: pluginVersion}, nil
}

func (pluginIdentity) GetPluginCapabilities(
	context.Context, *identity.GetPluginCapabilitiesRequest,
) (*identity.GetPluginCapabilitiesResponse, error) {
	return &identity.GetPluginCapabilitiesResponse{}, nil
}

func (pluginIdentity) Probe(context.Context, *identity.ProbeRequest) (*identity.ProbeResponse, error) {
	return &identity.ProbeResponse{Ready: true}, nil
}

// servePlugin answers for the Barman Cloud plugin on a socket in dir, where the operator looks for plugins of its
// own pod. A socket's path may be about 100 bytes long.
func servePlugin(dir string) (stop func() error, err error) {
	socket := filepath.Join(dir, pluginName)
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, fmt.Errorf("listen as plugin %s: %w", pluginName, err)
	}
	server := grpc.NewServer()
	identity.RegisterIdentityServer(server, pluginIdentity{})
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	return func() error {
		server.Stop()
		return <-served
	}, nil
}
