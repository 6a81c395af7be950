package temporal

import (
	"go.temporal.io/server/common/dynamicconfig"
)

// unlimited is a rate per second that this machine cannot reach. The server's own limits protect a shared cluster; here
// they would only turn a busy minute into errors, and the callers pace themselves.
const unlimited = 1_000_000

// settings returns the server's settings that differ from its defaults.
func settings() dynamicconfig.StaticClient {
	s := dynamicconfig.StaticClient{
		// Partitions spread a task queue over hosts. With one host they cost two thirds of the throughput.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// Nothing of ours asks the internet for newer releases.
		dynamicconfig.EnableServerVersionCheck.Key(): false,
	}
	for _, limit := range []dynamicconfig.Key{
		dynamicconfig.FrontendRPS.Key(),
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key(),
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(),
		dynamicconfig.FrontendPersistenceMaxQPS.Key(),
		dynamicconfig.HistoryRPS.Key(),
		dynamicconfig.HistoryPersistenceMaxQPS.Key(),
		dynamicconfig.MatchingRPS.Key(),
		dynamicconfig.MatchingPersistenceMaxQPS.Key(),
		dynamicconfig.VisibilityPersistenceMaxReadQPS.Key(),
		dynamicconfig.VisibilityPersistenceMaxWriteQPS.Key(),
	} {
		s[limit] = unlimited
	}
	return s
}
