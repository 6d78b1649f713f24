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
// own pod. The directory is a temporary one with a short name: Linux takes at most 107 bytes for a socket's path.
func servePlugin() (dir string, stop func() error, err error) {
	dir, err = os.MkdirTemp("", "pgapp-")
	if err != nil {
		return "", nil, fmt.Errorf("make a directory for the socket of plugin %s: %w", pluginName, err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, pluginName))
	if err != nil {
		err = fmt.Errorf("listen as plugin %s (if the path is too long, TMPDIR shortens it): %w", pluginName, err)
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	server := grpc.NewServer()
	identity.RegisterIdentityServer(server, pluginIdentity{})
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	return dir, func() error {
		server.Stop()
		return errors.Join(<-served, os.RemoveAll(dir))
	}, nil
}
