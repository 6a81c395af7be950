package temporal

import (
	"time"

	"go.temporal.io/server/common/dynamicconfig"
)

// unlimited is a rate per second that this machine cannot reach. The server's own limits protect a shared cluster; here
// they would only turn a busy minute into errors, and the callers pace themselves.
const unlimited = 1_000_000

// clockSkew is how far ahead of its clock the server fetches timers, in case the clocks of its hosts differ. A timer that is
// set for a moment before that comes only after it: by default no timer is shorter than a second, which is a day at a day a
// second. Here there is one clock.
const clockSkew = 50 * time.Millisecond

// settings returns the server's settings that differ from its defaults.
func settings() dynamicconfig.StaticClient {
	s := dynamicconfig.StaticClient{
		// Partitions spread a task queue over hosts. With one host they cost two thirds of the throughput.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		dynamicconfig.TimerProcessorMaxTimeShift.Key():          clockSkew,
		// Nothing of ours asks the internet for newer releases.
		dynamicconfig.EnableServerVersionCheck.Key(): false,
	}
	for _, limit := range []dynamicconfig.Key{
		dynamicconfig.FrontendRPS.Key(),
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key(),
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(),
		dynamicconfig.FrontendPersistenceMaxQPS.Key(),
		dynamicconfig.HistoryRPS.Key(),
		dynamicconfig.TimerProcessorMaxPollRPS.Key(),
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
