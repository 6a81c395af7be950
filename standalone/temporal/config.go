package temporal

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	server "go.temporal.io/server/temporal"
)

const (
	clusterName = "active"
	storeName   = "file"
	disabled    = "disabled"

	// historyShards is written into a new file and never changes for it. Shards lock apart, but the file has one writer
	// anyway: measured, 1, 4 and 16 are equally fast. A few keep one slow workflow from holding up the others.
	historyShards = 4
	// servicePorts is how many ports the services need: one each.
	servicePorts = 3
)

// starts tells the servers of one process apart.
var starts atomic.Int64

// newConfig returns the server's configuration. The first port is the frontend's.
func newConfig(ports []int, dataFile string) *config.Config {
	frontend := loopback(ports[0])
	c := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     storeName,
			VisibilityStore:  storeName,
			NumHistoryShards: historyShards,
			DataStores:       map[string]config.DataStore{storeName: {SQL: newStore(dataFile)}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        config.PublicClient{HostPort: frontend},
		Services: map[string]config.Service{
			string(primitives.FrontendService): service(ports[0]),
			string(primitives.HistoryService):  service(ports[1]),
			string(primitives.MatchingService): service(ports[2]),
		},
	}
	c.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopbackIP}
	c.Archival.History.State, c.Archival.Visibility.State = disabled, disabled
	c.NamespaceDefaults.Archival.History.State, c.NamespaceDefaults.Archival.Visibility.State = disabled, disabled
	return c
}

// newStore returns how to open the file. With one connection the server is its only writer and never finds it locked.
// A commit is in the write-ahead log before it is answered, so it survives the death of the process; only a fall of the
// whole machine can take the last moments, and those are in our own record.
func newStore(dataFile string) *config.SQL {
	return &config.SQL{
		PluginName:   sqlite.PluginName,
		DatabaseName: escapePath(dataFile),
		MaxConns:     1,
		MaxIdleConns: 1,
		ConnectAttributes: map[string]string{
			"mode":         "rwc",
			"journal_mode": "wal",
			"synchronous":  "normal",
			"busy_timeout": "10000",
			// SQLite ignores settings that it does not know. This one makes the driver open the file anew: it keeps
			// connections for ever by the text of their settings, also to a file that was moved away since.
			"klantreis_start": strconv.FormatInt(starts.Add(1), 10),
		},
	}
}

func service(port int) config.Service {
	return config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: loopbackIP}}
}

// serverOptions returns what the server is put together from.
func serverOptions(c *config.Config, log log.Logger) []server.ServerOption {
	hosts := map[primitives.ServiceName]static.Hosts{
		// The server insists on knowing where this one is, although nobody runs it.
		primitives.WorkerService: static.SingleLocalHost(c.PublicClient.HostPort),
	}
	var names []string
	for name, service := range c.Services {
		names = append(names, name)
		hosts[primitives.ServiceName(name)] = static.SingleLocalHost(loopback(service.RPC.GRPCPort))
	}
	return []server.ServerOption{
		server.WithConfig(c),
		server.ForServices(names),
		server.WithStaticHosts(hosts),
		server.WithLogger(log),
		server.WithDynamicConfigClient(settings()),
		server.WithAuthorizer(authorization.NewNoopAuthorizer()),
		server.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
	}
}

func loopback(port int) string { return fmt.Sprintf("%s:%d", loopbackIP, port) }
