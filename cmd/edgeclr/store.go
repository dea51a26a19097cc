package main

import (
	"context"

	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon"
	"edgeclr/daemon/client"
	"edgeclr/daemon/heartbeat"
)

// openService opens the store in this process. The monitor heart watches the loops of
// the service. It may be nil.
func openService(ctx context.Context, a *cli.App, n cli.Need, heart *heartbeat.Monitor) (*daemon.Service, error) {
	explicit := a.Given
	if n.Override {
		explicit = nil
	}
	return daemon.Open(ctx, daemon.Options{
		Config: a.Config, Command: "edgeclr " + a.Name, Version: a.Version, Log: a.Log, Level: &a.Level, Explicit: explicit,
		Heart: heart, FitBudget: a.Name == "run", SharedSocket: config.InService(a.Config.Data, a.Environ),
	})
}

// openStore opens the store for one command and returns a client of it. The client
// works like that of a store in another process. release closes the store.
func openStore(ctx context.Context, a *cli.App, n cli.Need) (api *client.Client, release func() error, err error) {
	service, err := openService(ctx, a, n, nil)
	if err != nil {
		return nil, nil, err
	}
	return service.Client(), service.Close, nil
}
