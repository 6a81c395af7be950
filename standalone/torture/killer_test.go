package torture

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// killer mistreats an installation. What it does is drawn from a seed; when it does it depends on the clock.
type killer struct {
	in   *installation
	rng  *rand.Rand
	long bool
	only string

	mu     sync.Mutex
	counts map[string]int
	busy   map[string]bool // what is being mistreated; it gets one thing at a time
	under  sync.WaitGroup
}

func newKiller(in *installation, o options, long bool) *killer {
	return &killer{in: in, rng: rand.New(rand.NewPCG(o.seed, 7)), long: long, only: o.only, counts: map[string]int{}, busy: map[string]bool{}}
}

// providerPauses lets mails wait for the provider while cancels are acknowledged that no decision sees: when they go, only the
// last look can call them off.
const providerPauses = "provider pauses, nobody dispatches"

// fault is one kind of mistreatment: of what, how often in comparison, and how. It is undone after a time.
type fault struct {
	name   string
	weight int
	least  time.Duration
	most   time.Duration
	// target keeps two faults from meeting in one place.
	target func() string
	do     func(target string)
	undo   func(target string)
}

// run mistreats until ctx is done, and returns once everything is undone.
func (k *killer) run(ctx context.Context, every time.Duration) {
	faults := k.faults()
	for {
		select {
		case <-ctx.Done():
			k.under.Wait()
			return
		case <-time.After(time.Duration((0.3 + 1.4*k.rng.Float64()) * float64(every))):
		}
		f := k.draw(faults)
		target := f.target()
		length := f.least
		if f.most > f.least {
			length += time.Duration(k.rng.Int64N(int64(f.most - f.least)))
		}
		if !k.take(target) {
			continue
		}
		k.note(f.name)
		k.under.Go(func() {
			defer k.give(target)
			f.do(target)
			if f.undo != nil {
				<-time.After(length)
				f.undo(target)
			}
		})
	}
}

func (k *killer) draw(faults []fault) fault {
	sum := 0
	for _, f := range faults {
		sum += f.weight
	}
	at := k.rng.IntN(sum)
	for _, f := range faults {
		if at -= f.weight; at < 0 {
			return f
		}
	}
	return faults[0]
}

func (k *killer) take(target string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.busy[target] {
		return false
	}
	k.busy[target] = true
	return true
}

func (k *killer) give(target string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.busy, target)
}

func (k *killer) note(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.counts[name]++
}

// total returns how many faults there were.
func (k *killer) total() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, count := range k.counts {
		n += count
	}
	return n
}

// faults are everything that is done.
func (k *killer) faults() []fault {
	in := k.in
	processes := map[string]*process{}
	var engine, api, worker, dispatcher []string
	for _, group := range []struct {
		list  []*process
		names *[]string
	}{{in.apis, &api}, {in.workers, &worker}, {in.dispatchers, &dispatcher}} {
		for _, p := range group.list {
			processes[p.name] = p
			engine, *group.names = append(engine, p.name), append(*group.names, p.name)
		}
	}
	processes[roleTemporal], processes[roleSandbox] = in.temporalServer, in.provider
	one := func(of ...string) func() string { return func() string { return of[k.rng.IntN(len(of))] } }
	kill := func(target string) { processes[target].kill() }
	freeze := func(target string) { processes[target].signal(syscall.SIGSTOP) }
	thaw := func(target string) { processes[target].signal(syscall.SIGCONT) }
	s := time.Second
	faults := []fault{
		{name: "kill api", weight: 6, target: one(api...), do: kill},
		{name: "kill worker", weight: 8, target: one(worker...), do: kill},
		{name: "kill dispatcher", weight: 6, target: one(dispatcher...), do: kill},
		{name: "kill temporal", weight: 3, target: one(roleTemporal), do: kill},
		{name: "kill sandbox", weight: 3, target: one(roleSandbox), do: kill},
		{name: "freeze process", weight: 8, least: s, most: 5 * s, target: one(engine...), do: freeze, undo: thaw},
		{name: "freeze temporal", weight: 2, least: s, most: 4 * s, target: one(roleTemporal), do: freeze, undo: thaw},
		{
			name: "process away", weight: 5, least: s, most: 8 * s, target: one(append([]string{roleTemporal, roleSandbox}, engine...)...),
			do: func(target string) { processes[target].hold() }, undo: func(target string) { processes[target].release() },
		},
		{name: "flush redis", weight: 3, target: one("redis"), do: func(string) { redisCommand(in.redis.Addr, "FLUSHALL") }},
		{name: "kill redis clients", weight: 2, target: one("redis"), do: func(string) { redisCommand(in.redis.Addr, "CLIENT KILL TYPE normal") }},
		{name: "restart redis", weight: 2, least: s, most: 5 * s, target: one("redis"), do: func(string) { in.redis.Stop() }, undo: func(string) { in.redis.Start() }},
		{name: "restart postgres", weight: 3, least: s, most: 4 * s, target: one("postgres"), do: func(string) { in.postgres.Stop() }, undo: func(string) { in.postgres.Start() }},
		{name: "terminate backends", weight: 4, target: one("postgres"), do: func(string) {
			in.number(`SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'klantreis') AS t`)
		}},
		{name: "cut to record", weight: 3, target: one("postgres"), do: func(string) { in.toRecord.cut() }},
		{name: "stall to record", weight: 2, least: s, most: 4 * s, target: one("postgres"), do: func(string) { in.toRecord.stall() }, undo: func(string) { in.toRecord.resume() }},
		{name: "cut to redis", weight: 1, target: one("redis"), do: func(string) { in.toRedis.cut() }},
		{name: "stall to redis", weight: 2, least: s, most: 4 * s, target: one("redis"), do: func(string) { in.toRedis.stall() }, undo: func(string) { in.toRedis.resume() }},
		{name: "cut to temporal", weight: 2, target: one(roleTemporal), do: func(string) { in.toTemporal.cut() }},
		{name: "stall to temporal", weight: 2, least: s, most: 4 * s, target: one(roleTemporal), do: func(string) { in.toTemporal.stall() }, undo: func(string) { in.toTemporal.resume() }},
		{name: "cut to provider", weight: 3, target: one("provider"), do: func(string) { in.toProvider.cut() }},
		{name: "terminate workflows", weight: 4, target: one("workflows"), do: func(string) { k.terminate() }},
		{name: providerPauses, weight: 4, least: 6 * s, most: 9 * s, target: one("provider"), do: func(string) {
			in.setFaults(`{"fault":"429","next":4,"retryAfterSeconds":4}`)
			for _, p := range in.dispatchers {
				p.signal(syscall.SIGSTOP)
			}
		}, undo: func(string) {
			in.setFaults("")
			for _, p := range in.dispatchers {
				p.signal(syscall.SIGCONT)
			}
		}},
	}
	for name, share := range map[string]float64{"429": 0.5, "429-until": 0.5, "500": 0.5, "503": 0.5, "hang": 0.2, "accept-and-cut": 0.4, "cut-before": 0.4, "413": 0.2} {
		faults = append(faults, fault{
			name: "provider " + name, weight: 2, least: s, most: 5 * s, target: one("provider"),
			do: func(string) {
				in.setFaults(fmt.Sprintf(`{"fault":%q,"probability":%g,"retryAfterSeconds":1}`, name, share))
			},
			undo: func(string) { in.setFaults("") },
		})
	}
	faults = append(faults, k.commands()...)
	if k.long {
		faults = append(faults,
			fault{name: "lose temporal's data", weight: 1, least: s, most: 2 * s, target: one(roleTemporal), do: func(string) {
				in.temporalServer.hold()
				in.loseTemporal()
			}, undo: func(string) {
				in.temporalServer.release()
				k.command("rebuild")
			}},
			fault{name: "freeze worker for long", weight: 1, least: 32 * s, most: 40 * s, target: one(worker...), do: freeze, undo: thaw},
			fault{name: "restart postgres for long", weight: 1, least: 10 * s, most: 20 * s, target: one("postgres"), do: func(string) { in.postgres.Stop() }, undo: func(string) { in.postgres.Start() }},
		)
	}
	slices.SortFunc(faults, func(a, b fault) int { return cmp.Compare(a.name, b.name) })
	return slices.DeleteFunc(faults, func(f fault) bool { return k.only != "" && !strings.HasPrefix(f.name, k.only) })
}
